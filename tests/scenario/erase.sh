#!/bin/sh
# Goal: a unit that is erased is gone from everything, no table changes, and it does not come back.
set -eu
. tests/lib.sh
SOURCE_DATE_EPOCH=1793000000
export SOURCE_DATE_EPOCH
gen=$PWD/$O/tests/tools/gen

small_plan 20 >"$T/plan"
cp config/studies/mikrobedrifter* "$T"
"$gen" study --plan "$T/plan" --dir "$T" --seed 3 >/dev/null
world "$T/w"
S=$T/w/state
M=mikrobedrifter
ok "a study" u pull --from "$T/enheter.json.gz"
mkdir -p "$S/extracts"
cp "$T/enheter.json.gz" "$S/extracts/enhet-2026-10-01-000000000000.json.gz"
u frame "$T/$M.ini" >/dev/null 2>&1
u draw $M >/dev/null 2>&1
u mail $M --wave invite --out "maildir:$T/sent" >/dev/null 2>&1
"$gen" bounces --maildir "$T/sent" --fates "$T/fates.tsv" --out "$T/returned"
for mail in "$T"/returned/*.eml; do
	utvalg-hook -s "$S/spool" -r "$(cat "${mail%.eml}.rcpt")" <"$mail"
done
u bounces >/dev/null 2>&1
"$gen" answers --maildir "$T/sent" --fates "$T/fates.tsv" --out "$T/svar.csv" --seed 3
u answers $M "$T/svar.csv" >/dev/null 2>&1

# Every table that is a table.
tables() {
	for t in net rates funnel codes missing returns aapor; do
		echo "== $t"
		u table $M $t --format csv 2>&1 || :
	done
	u rates $M 2>&1 || :
	u weights $M --format csv 2>/dev/null | sed 's/^[^,;]*//' | sort || :
}
pick() {	# CONDITION: a drawn unit of the register
	db "SELECT f.orgnr FROM sample_unit s JOIN frame_unit f ON f.id = s.frame_unit JOIN disposition d ON d.sample_unit = s.id WHERE f.orgnr > 0 AND $1 ORDER BY f.orgnr LIMIT 1"
}
A=$(pick "d.state = 'complete'")
R=$(pick "d.state = 'returned'")
N=$(pick "d.state = 'sent'")
K=$(db "SELECT orgnr FROM frame_unit WHERE kept = 0 AND orgnr > 0 ORDER BY orgnr LIMIT 1")
[ -n "$A" ] && [ -n "$R" ] && [ -n "$N" ] && [ -n "$K" ] && _ok "units of every fate" || _bad "units of every fate"

tables >"$T/before"
ok "verify before" u verify $M
status 64 "a reason is wanted" u erase "$A"
status 64 "that names nobody" u erase "$A" --reason "asked by $A"
status 64 "not by its address either" u erase "$A" --reason "post@example.no"
status 64 "a number that is none" u erase 123 --reason x
db .dump >"$T/dump"
ok "a dry run" u erase "$A" --reason "article 17" --dry-run
has "$T/out" "would be erased" "says what would be"
db .dump | cmp -s - "$T/dump" && _ok "and changes nothing" || _bad "and changes nothing"

for o in $A $R $N $K; do
	db "SELECT name FROM frame_unit WHERE orgnr = $o UNION SELECT email FROM frame_unit WHERE orgnr = $o AND email IS NOT NULL UNION SELECT name FROM unit WHERE orgnr = $o UNION SELECT $o" >>"$T/who"
	ok "erased" u erase "$o" --reason "article 17"
done
tables >"$T/after"
if cmp -s "$T/before" "$T/after"; then _ok "no table changes"; else
	_bad "no table changes" "$(diff "$T/before" "$T/after" | head -n 6)"; fi
ok "the draw verifies" u verify $M
has "$T/out" "3 erased since" "and says how many are erased"
ok "the state is sound" u doctor

db .dump >"$T/dump"
zcat "$S"/extracts/*.gz >>"$T/dump"
find "$S/spool" "$S/samples" -type f -exec cat {} + >>"$T/dump"
n=0
while read -r who; do
	if grep -qF -e "$who" "$T/dump"; then n=$((n + 1)); fi
done <"$T/who"
same "$n" 0 "nothing of them is left in database, extracts, spool and records"
same "$(db "SELECT count(*) FROM tombstone WHERE why = 'asked'")" 4 "but their tombstones"
same "$(zcat "$S"/extracts/enhet-2026-10-01-*.gz | grep -c organisasjonsnummer)" \
	"$(($(zcat "$T/enheter.json.gz" | grep -c organisasjonsnummer) - 4))" "the kept extract has all others"
ok "and can be read" u extract check "$S/extracts/enhet-2026-10-01-000000000000.json.gz"

u pull --from "$T/enheter.json.gz" --accept-loss "again" >"$T/out" 2>&1 || :
cp "$T/enheter.json.gz" "$T/again.json.gz"
printf '\n' | gzip >>"$T/again.json.gz"
ok "the same units in another file" u pull --from "$T/again.json.gz"
has "$T/out" "erased 4" "are left out"
same "$(db "SELECT count(*) FROM unit WHERE orgnr IN ($A, $R, $N, $K)")" 0 "and do not come back"
ok "the state is sound" u doctor
ok "erased again" u erase "$A" --reason "article 17"
has "$T/out" "had been before" "says so"
SOURCE_DATE_EPOCH=1794000000
ok "a reminder" u mail $M --wave reminder --out "maildir:$T/sent2"
same "$(grep -rlF -f "$T/who" "$T/sent2" | wc -l | tr -d ' ')" 0 "goes to none of them"
tables >"$T/after"
cmp -s "$T/before" "$T/after" && _ok "and still no table changes" || _bad "and still no table changes" "$(diff "$T/before" "$T/after" | head -n 6)"
ok "audit" u audit
has "$T/out" "erased 4; places where something is left of them: 0" "finds nothing of them"
has "$T/out" "on request: article 17" "and shows what was done"
lacks "$T/out" "$A" "without saying to whom"
# each kind of leftover, by hand
left() {	# SENTENCE WHERE
	r=0
	u audit >"$T/out" 2>"$T/err" || r=$?
	same "$r" 1 "$1: ends with 1"
	has "$T/out" "LEFT    $2" "and says where"
}
db "INSERT INTO event (at, what, detail) VALUES (1, 'x', 'see $R')"
left "a number in the log" event.detail
db "DELETE FROM event WHERE what = 'x'; UPDATE frame_unit SET orgnr = $N WHERE id = (SELECT max(id) FROM frame_unit)"
left "a number in a frame" frame_unit.orgnr
db "UPDATE frame_unit SET orgnr = NULL WHERE orgnr = $N"
mkdir -p "$S/spool/done"
echo "To: <$(grep @ "$T/who" | head -n 1)>" >"$S/spool/done/old"
left "an address in the spool" spool/done/old
rm "$S/spool/done/old"
cp "$T/enheter.json.gz" "$S/extracts/enhet-2026-09-01-111111111111.json.gz"
left "a number in an extract" extracts/enhet-2026-09-01
rm "$S/extracts/enhet-2026-09-01-111111111111.json.gz"
ok "and all is well again" u audit
