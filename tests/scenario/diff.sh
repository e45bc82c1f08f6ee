#!/bin/sh
# Goal: two extracts are held against each other, by number, day or file, and every unit that differs is found.
set -eu
. tests/lib.sh
SOURCE_DATE_EPOCH=1790985600	# 2026-10-03
export SOURCE_DATE_EPOCH
tools=$PWD/$O/tests/tools

# unit NUMBER NAME FORM MUNICIPALITY MAIL
unit() {
	printf '{"organisasjonsnummer":"%s","navn":"%s","organisasjonsform":{"kode":"%s"},"forretningsadresse":{"kommunenummer":"%s"}%s,"respons_klasse":"Enhet"}\n' \
		"$1" "$2" "$3" "$4" "${5:+,\"epostadresse\":\"$5\"}"
}
array() { echo '['; paste -sd, -; echo ']'; }
A=310000019 B=310000027 C=310000035 D=310000043 E=310000051
{ unit $A ALFA AS 0301 a@example.org
  unit $B BETA ENK 4601
  unit $C GAMMA AS 4601 c@example.org
  unit $D DELTA AS 4601; } | array | gzip >"$T/1.json.gz"
{ unit $C GAMMA AS 4601 c2@example.org
  unit $B 'BETA II' AS 0301 b@example.org
  unit $E EPSILON ESEK 0301
  unit $A ALFA AS 0301; } | array | gzip >"$T/2.json.gz"
{ unit $B 'BETA II' AS 0301 b@example.org
  unit $E EPSILON ENK 0301
  unit $E TWICE ENK 0301
  echo '{"organisasjonsnummer":"1"}'
  unit $A ALFA AS 0301 a@example.org; } | array | gzip >"$T/3.json.gz"

world "$T/w"
printf '[register]\nmax_loss = 1\n' >>"$CONF"
ok "a register" u pull --from "$T/1.json.gz" --date 2026-10-01
ok "and the next" u pull --from "$T/2.json.gz" --date 2026-10-02
ok "and the next" u pull --from "$T/3.json.gz" --date 2026-10-03

cat >"$T/want12" <<END
changed	$A	ALFA	email
changed	$B	BETA II	name,legal_form,email,business_municipality
changed	$C	GAMMA	email
went	$D	DELTA
came	$E	EPSILON
END
ok "by number" u extract diff --list 1 2
same "$(cat "$T/out")" "$(cat "$T/want12")" "each unit, and what of it"
ok "by day" u extract diff --list 2026-10-01 2026-10-02
same "$(cat "$T/out")" "$(cat "$T/want12")" "is the same"
ok "by file" u extract diff --list "$T/1.json.gz" "$T/2.json.gz"
same "$(cat "$T/out")" "$(cat "$T/want12")" "is the same"
ok "of a number and a file" u extract diff --list 1 "$T/2.json.gz"
same "$(cat "$T/out")" "$(cat "$T/want12")" "is the same"
ok "and the other way about" u extract diff --list "$T/1.json.gz" 2
same "$(cat "$T/out")" "$(cat "$T/want12")" "is the same"
ok "backwards" u extract diff --list 2 1
same "$(cut -f 1,2 "$T/out" | sed 's/went/X/; s/came/went/; s/X/came/')" \
	"$(cut -f 1,2 "$T/want12")" "who came went"

ok "counts" u extract diff 1 2
cat >"$T/want" <<END
from extract 1: units 4
to extract 2: units 4
units before 4 = stayed 3 + went 1
units after 4 = stayed 3 + came 1
stayed 3 = changed 3 + the same 0

field                           gained      lost   another
name                                 0         0         1
legal_form                           0         0         1
email                                1         1         1
business_municipality                0         0         1

county                            came      went   changed  moved in moved out
03 Oslo                              1         0         2         1         0
46 Vestland                          0         1         1         0         1

legal form                        came      went   changed  moved in moved out
AS                                   0         1         3         1         0
ENK                                  0         0         0         0         1
ESEK                                 1         0         0         0         0
END
same "$(cat "$T/out")" "$(cat "$T/want")" "by field, county and form"

# Over two nights what changed and changed back did not change.
ok "over two nights" u extract diff --list 1 3
same "$(cat "$T/out")" "changed	$B	BETA II	name,legal_form,email,business_municipality
went	$C	GAMMA
went	$D	DELTA
came	$E	EPSILON" "what changed back is not told"
ok "with a file that repeats itself" u extract diff 3 "$T/3.json.gz"
has "$T/out" "to $T/3.json.gz: units 3, unreadable 1, numbers that came before 1" "which is said"
has "$T/out" "stayed 3 = changed 0 + the same 3" "the first counts"
ok "with itself" u extract diff 2 2
has "$T/out" "stayed 4 = changed 0 + the same 4" "nothing is different"

ok "for programs" u --json extract diff --list 1 2
same "$(python3 -c 'import json, sys
d = json.load(sys.stdin)
print(d["kind"], d["from"], d["to"]["units"], d["came"], d["went"], d["changed"])
print([(x["orgnr"], x["what"], x.get("fields")) for x in d["units"]][2:4])
print([f for f in d["by_field"] if f["field"] == "email"], len(d["by_county"]), len(d["by_form"]))' <"$T/out")" \
	"enhet {'extract': 1, 'units': 4} 4 1 1 3
[('310000035', 'changed', ['email']), ('310000043', 'went', None)]
[{'field': 'email', 'gained': 1, 'lost': 1, 'other': 1}] 2 3" "the same as JSON"

# --- a whole one: what the two nights' history says
"$tools/gen" extract --units 3000 --seed 7 --out "$T/day.json.gz"
"$tools/gen" extract --units 3000 --seed 7 --changed 10 --out "$T/night.json.gz"
ok "files of a whole register" u extract diff --list "$T/day.json.gz" "$T/night.json.gz"
cp "$T/out" "$T/files"
world "$T/v"
ok "and loaded" u pull --from "$T/day.json.gz" --date 2026-10-01
ok "one after the other" u pull --from "$T/night.json.gz" --date 2026-10-02
ok "and told from the history" u extract diff --list 2026-10-01 2026-10-02
cmp -s "$T/out" "$T/files" && _ok "they agree" || _bad "they agree"
same "$(cut -f 1 "$T/out" | sort | uniq -c | tr -s ' \n' ' ')" \
	"$(db "SELECT ' ' || added || ' came ' || changed || ' changed ' || gone || ' went ' FROM extract WHERE id = 2")" \
	"and with what the load counted"

# --- what cannot be
status 66 "an extract that is not there" u extract diff 1 9
status 66 "a day before all" u extract diff 2020-01-01 1
db "UPDATE extract SET history = 0 WHERE id = 1"
status 66 "one whose history has been forgotten" u extract diff 1 2
status 66 "by its day too" u extract diff 2026-10-01 2
db "UPDATE extract SET history = 1 WHERE id = 1"
status 66 "a file that is not there" u extract diff 1 "$T/none.json.gz"
printf 'hello' >"$T/bad"
status 65 "a file that is none" u extract diff 1 "$T/bad"
gzip -dc "$T/day.json.gz" | head -n 40 | gzip >"$T/cut.json.gz"
status 65 "a file that is cut short" u extract diff --list 1 "$T/cut.json.gz"
same "$(wc -c <"$T/out" | tr -d ' ')" 0 "... of which nothing is shown"
status 64 "one side alone" u extract diff 1
status 64 "a kind that it is not" u extract diff --kind underenhet 1 2
status 64 "--list without diff" u extract list --list
ok "no database is needed for two files" utvalg --config "$CONF" extract diff "$T/1.json.gz" "$T/2.json.gz"
