#!/bin/sh
# bench.sh -- speed and memory, as ratios against something run beside it.
# Run by `make bench`; UNITS sets the size of the register (200 000).
#
# Times are the least of three runs.  Nothing here passes or fails.
set -eu
O=${O:?run by make bench} UNITS=${UNITS:-200000}
W=$(mktemp -d "${TMPDIR:-/tmp}/utvalg-bench.XXXXXX")
trap 'rm -rf "$W"' EXIT
O=$(cd "$O" && pwd)
PATH=$O:$PATH
printf '[store]\nstate = %s/state\n' "$W" >"$W/utvalg.conf"
u() { utvalg -q --config "$W/utvalg.conf" "$@" >/dev/null; }

# least SETUP COMMAND...: milliseconds, of three runs, each after SETUP.
least() {
	setup=$1
	shift
	best=
	for _ in 1 2 3; do
		$setup
		from=$(date +%s%N)
		"$@"
		t=$((($(date +%s%N) - from) / 1000000))
		[ -n "$best" ] && [ "$best" -le $t ] || best=$t
	done
	echo $((best > 0 ? best : 1))
}
ratio() { awk "BEGIN { printf \"%.2f\", $1 / $2 }"; }
nothing() { :; }
empty() { rm -rf "$W/state"; }
unpack() { gzip -dc "$W/units.json.gz" >/dev/null; }
unpack_isal() { igzip -dc "$W/units.json.gz" >/dev/null; }
read_alone() { u extract check "$W/units.json.gz"; }
pull() { u pull --from "$W/units.json.gz"; }
other() { u pull --from "$W/same.json.gz"; }
reload() { rm -rf "$W/state"; cp -a "$W/loaded" "$W/state"; }

echo "a register of $UNITS units"
"$O/tests/tools/gen" extract --units "$UNITS" --seed 1 --out "$W/units.json.gz"
gzip -dc "$W/units.json.gz" | gzip -1 >"$W/same.json.gz"
g=$(least nothing unpack)
echo "gzip -dc alone                        1.00  ($g ms)"
t=$(least nothing read_alone)
echo "reading alone, in gzip -dc            $(ratio "$t" "$g")  ($t ms)"
if command -v igzip >/dev/null; then
	i=$(least nothing unpack_isal)
	echo "reading alone, in igzip -dc           $(ratio "$t" "$i")  ($i ms)"
fi
t=$(least empty pull)
echo "first load, in gzip -dc               $(ratio "$t" "$g")  ($t ms)"
cp -a "$W/state" "$W/loaded"
t=$(least reload other)
echo "next night, nothing changed           $(ratio "$t" "$g")  ($t ms)"
if [ -x "$O/tests/tools/peak" ]; then
	empty
	"$O/tests/tools/peak" "$W/peak" utvalg -q --config "$W/utvalg.conf" \
		pull --from "$W/units.json.gz" >/dev/null
	read -r kib _ <"$W/peak"
	echo "first load, resident                  $((kib / 1024)) MB"
fi
cp config/studies/* "$W"
reload
plan() { u plan "$W/mikrobedrifter.ini"; }
t=$(least nothing plan)
echo "plan of the report's study, in gzip   $(ratio "$t" "$g")  ($t ms)"

sqlite3 "$W/loaded/utvalg.db" 'SELECT email FROM unit WHERE email IS NOT NULL' >"$W/one"
for _ in 1 2 3 4 5 6 7 8; do cat "$W/one"; done >"$W/addresses"
n=$(wc -l <"$W/addresses")
grep_them() { grep -E '^[^@ ]+@[^@ ]+\.[^@ ]+$' "$W/addresses" | cat >/dev/null; }
check() { utvalg email check --json - <"$W/addresses" >/dev/null; }
g=$(least nothing grep_them)
t=$(least nothing check)
echo "email check --json, in grep -E        $(ratio "$t" "$g")  ($n addresses, $((n * 1000 / t)) a second)"
