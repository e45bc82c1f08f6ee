#!/bin/sh
# Goal: any past day's register is read back as if that day's extract alone had been loaded.
set -eu
. tests/lib.sh

# day N UNIT...: an extract of 2026-09-0N.
unit() { printf '{"organisasjonsnummer":"%s","navn":"%s","organisasjonsform":{"kode":"AS"},"respons_klasse":"Enhet"%s}' "$1" "$2" "${3:-}"; }
day() {
	n=$1
	shift
	printf '[' >"$T/$n.json"
	sep=
	for u in "$@"; do printf '%s%s' "$sep" "$u" >>"$T/$n.json"; sep=','; done
	printf ']' >>"$T/$n.json"
	gzip -f "$T/$n.json"
}
a=974760673 b=923609016 c=999999999
day 1 "$(unit $a EN)" "$(unit $b TO)"
day 2 "$(unit $a EN ',"epostadresse":"post@en.example.no"')" "$(unit $b TO)" "$(unit $c TRE)"
day 3 "$(unit $a EN-A ',"epostadresse":"post@en.example.no"')" "$(unit $c TRE)"
day 4 "$(unit $a EN-A)" "$(unit $b TO-B)" "$(unit $c TRE)"

world "$T/w"
for n in 1 2 3 4; do
	ok "the register of day $n" u pull --from "$T/$n.json.gz" --date 2026-09-0$n --accept-loss test
done
for n in 1 2 3 4; do
	world "$T/alone$n"
	u pull --from "$T/$n.json.gz" --date 2026-09-0$n >/dev/null
	for orgnr in $a $b $c; do
		CONF=$T/alone$n/utvalg.conf
		u unit $orgnr --json 2>/dev/null | grep -v -e '"from"' -e '"to"' -e '"extract"' >"$T/want" || :
		CONF=$T/w/utvalg.conf
		u unit $orgnr --as-of 2026-09-0$n --json 2>/dev/null | grep -v -e '"from"' -e '"to"' -e '"extract"' >"$T/got" || :
		same "$(cat "$T/got")" "$(cat "$T/want")" "day $n of $orgnr as if loaded alone"
	done
done
CONF=$T/w/utvalg.conf
ok "the day between two extracts is the earlier's" u unit $a --as-of 2026-09-30
has "$T/out" "EN-A" "today's name"
status 66 "a unit that had left that day" u unit $b --as-of 2026-09-03
status 66 "a day before the first register" u unit $a --as-of 2026-08-31
has "$T/err" "2026-08-31" "is named"
status 64 "a wrong number" u unit 974760674
ok "all versions" u unit $a --history
same "$(grep -c '^2026' "$T/out")" 4 "of a unit that changed three times"

ok "the list of extracts" u extract list
same "$(grep -c . "$T/out")" 4 "has all"
has "$T/out" "in force" "and says which is in force"
status 66 "an extract that is not there" u extract show 99
ok "a whole file is checked" u extract check "$T/2.json.gz"
has "$T/out" "read 3 = units 3 + unreadable 0" "and counted"
printf '[{"navn":"X"}]' | gzip >"$T/bad.json.gz"
r=0
u extract check "$T/bad.json.gz" >"$T/out" 2>"$T/err" || r=$?
same $r 1 "a unit without a number makes the check end with 1"
printf '[{"navn":"X"' | gzip >"$T/cut.json.gz"
status 65 "a file that is cut" u extract check "$T/cut.json.gz"
