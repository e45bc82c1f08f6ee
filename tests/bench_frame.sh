#!/bin/sh
# bench_frame.sh -- how fast a population is found, in I: the time of `igzip -dc`
# on the register's file (tests/bench.sh).  Run by `make bench`; nothing passes or
# fails.  Asked for: a plan of the report's study in half a second and a frame in
# two, in 200 MB; 500 000 addresses a second.
#
#	UNITS=1150000	size of the register
#	RUNS=3		of each; the least is told, and the most memory
set -eu
O=${O:?run by make bench} UNITS=${UNITS:-1150000} RUNS=${RUNS:-3}
W=$(mktemp -d "${TMPDIR:-/tmp}/utvalg-bench.XXXXXX")
trap 'rm -rf "$W"' EXIT
O=$(cd "$O" && pwd)
peak=$O/tests/tools/peak gen=$O/tests/tools/gen program=$O/utvalg
command -v igzip >/dev/null || igzip() { gzip "$@"; }
printf '[store]\nstate = %s/state\n' "$W" >"$W/utvalg.conf"
u() { "$program" -q --config "$W/utvalg.conf" "$@"; }

# least WORDS...: seconds and KiB of RUNS runs, into $s and $kib.
least() {
	ran=0
	: >"$W/times"
	while [ $ran -lt "$RUNS" ]; do
		ran=$((ran + 1))
		"$peak" "$W/peak" "$@" >/dev/null 2>"$W/error" || { cat "$W/error" >&2; return 1; }
		cat "$W/peak" >>"$W/times"
	done
	s=$(sort -n -k 2 "$W/times" | awk 'NR == 1 { print $2 }')
	kib=$(sort -n "$W/times" | awk 'END { print $1 }')
}
line() {
	what=$1
	shift
	least igzip -dc "$W/day.gz"
	i=$s
	least "$program" -q --config "$W/utvalg.conf" "$@" || { printf '%-40s failed\n' "$what"; return 0; }
	awk -v w="$what" -v s="$s" -v i="$i" -v k="$kib" 'BEGIN {
		printf "%-40s %6.2f I  %7.2f s  %5d MB\n", w, s / (i > 0 ? i : 0.01), s, k / 1024 }'
}

"$gen" extract --units "$UNITS" --seed 1 --study 3 --out "$W/day.gz" >/dev/null
"$gen" extract --units "$UNITS" --seed 1 --study 3 --changed 2 --out "$W/night.gz" >/dev/null
"$gen" study --plan tests/mikrobedrifter.plan --dir "$W/study" --seed 1 >/dev/null
cp config/studies/* "$W"
cp "$W/study/matprodusenter.csv" "$W"
# Every code there is: the whole register is the population.
{
	printf '[study]\nname = alle\nstandard = SN2025\n[group alle]\ncodes ='
	for code in 01 02 03 05 06 07 08 09 $(seq 10 99); do
		case $code in 04|34|40|44|45|48|54|57|67|76|83|89|98) continue ;; esac
		printf ' %s' $code
	done
	printf '\n[area alle]\ncounty ='
	sep=
	for county in Oslo Rogaland "Møre og Romsdal" Nordland Østfold Akershus Buskerud Innlandet Vestfold Telemark Agder Vestland Trøndelag Troms Finnmark; do
		printf '%s %s' "$sep" "$county"
		sep=,
	done
	printf '\n'
} >"$W/alle.ini"
u pull --from "$W/day.gz" --date 2026-09-01 >/dev/null

echo "frames of a register of $UNITS units; the least of $RUNS runs"
line "plan of the report's study" plan "$W/mikrobedrifter.ini"
line "frame of the report's study" frame --dry-run "$W/mikrobedrifter.ini"
u frame "$W/mikrobedrifter.ini" >/dev/null
if u study check "$W/alle.ini" >"$W/out" 2>&1; then
	line "plan of the whole register" plan "$W/alle.ini"
	line "frame of the whole register" frame --dry-run "$W/alle.ini"
else
	cat "$W/out"
fi
u pull --from "$W/night.gz" --date 2026-09-02 --accept-loss bench >/dev/null
line "the frame of the day before" frame --dry-run --as-of 2026-09-01 "$W/mikrobedrifter.ini"
u frame "$W/mikrobedrifter.ini" >/dev/null
line "the difference of two frames" frame diff mikrobedrifter
sqlite3 "$W/state/utvalg.db" 'SELECT email FROM unit WHERE email IS NOT NULL' >"$W/addresses"
n=$(wc -l <"$W/addresses")
# shellcheck disable=SC2016
least sh -c '"$1" email check --json - <"$2"' - "$program" "$W/addresses"
awk -v n="$n" -v s="$s" 'BEGIN { printf "email check: %d addresses a second\n", n / (s > 0 ? s : 0.01) }'
