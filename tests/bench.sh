#!/bin/sh
# bench.sh -- speed and memory, as ratios against something run beside it.
# Run by `make bench`; nothing here passes or fails.
#
#	UNITS=1150000	size of the register
#	RUNS=3		of each
#	TEN=1		ten times the units, too
#	DUCKDB=no	without DuckDB beside it
#
# I is the time of `igzip -dc` (ISA-L) alone on the same file, measured before
# each kind of run: the machine is never quite the same.  A line tells the least
# and the median of the runs in I, the least in seconds, and the most resident
# memory.  Generated: the same units every time.
set -eu
O=${O:?run by make bench} UNITS=${UNITS:-1150000} RUNS=${RUNS:-3}
W=$(mktemp -d "${TMPDIR:-/tmp}/utvalg-bench.XXXXXX")
trap 'rm -rf "$W"' EXIT
O=$(cd "$O" && pwd)
peak=$O/tests/tools/peak gen=$O/tests/tools/gen program=$O/utvalg here=$PWD
command -v igzip >/dev/null || igzip() { gzip "$@"; }
printf '[store]\nstate = %s/state\n' "$W" >"$W/utvalg.conf"
nothing() { :; }
empty() { rm -rf "$W/state"; }
reload() { empty; cp -a "$W/loaded" "$W/state"; sync; }

# runs SETUP COMMAND...: least, median (seconds) and kib of RUNS runs.
runs() {
	setup=$1 ran=0
	shift
	: >"$W/times"
	while [ $ran -lt "$RUNS" ]; do
		ran=$((ran + 1))
		$setup
		"$peak" "$W/peak" "$@" >/dev/null 2>"$W/error" || { cat "$W/error" >&2; return 1; }
		cat "$W/peak" >>"$W/times"
	done
	least=$(sort -n -k 2 "$W/times" | awk 'NR == 1 { print $2 }')
	median=$(sort -n -k 2 "$W/times" | awk '{ t[NR] = $2 } END { print t[int((NR + 1) / 2)] }')
	kib=$(sort -n "$W/times" | awk 'END { print $1 }')
}
by() { awk "BEGIN { printf \"%.2f\", $1 / ($2 > 0 ? $2 : 0.01) }"; }
# I of FILE, into $i
unit_of() { runs nothing igzip -dc "$1"; i=$least; }
# line WHAT FILE SETUP COMMAND...
line() {
	what=$1 of=$2
	shift 2
	unit_of "$of"
	runs "$@" || { printf '%-40s failed\n' "$what"; return 0; }
	printf '%-40s %6s I  %6s I  %7s s  %5s MB\n' "$what" "$(by "$least" "$i")" \
		"$(by "$median" "$i")" "$least" "$((kib / 1024))"
}

# nights NAME UNITS: NAME.gz, the same in other octets, and another night's.
nights() {
	"$gen" extract --units "$2" --seed 1 --study 3 --out "$W/$1.gz"
	{ cat "$W/$1.gz"; printf '' | gzip -n; } >"$W/$1-same.gz"
	"$gen" extract --units "$2" --seed 1 --study 3 --changed 1 --out "$W/$1-night.gz"
}
# load NAME WORDS: first load, a night with 1 % changed, a night without.
load() {
	line "$2first load" "$W/$1.gz" empty "$program" -q --config "$W/utvalg.conf" \
		pull --from "$W/$1.gz"
	first=$least
	rm -rf "$W/loaded"
	mv "$W/state" "$W/loaded"
	line "$2next night, 1 % changed" "$W/$1-night.gz" reload "$program" -q --config \
		"$W/utvalg.conf" pull --from "$W/$1-night.gz"
	line "$2next night, nothing changed" "$W/$1.gz" reload "$program" -q --config \
		"$W/utvalg.conf" pull --from "$W/$1-same.gz"
}

echo "a register of $UNITS units; the least and the median of $RUNS runs"
nights day "$UNITS"
unit_of "$W/day.gz"
echo "I = $i s ($(stat -c %s "$W/day.gz" | awk '{ printf "%.0f", $1 / 1e6 }') MB of gzip)"
line "reading alone (extract check)" "$W/day.gz" nothing "$program" -q --config \
	"$W/utvalg.conf" extract check "$W/day.gz"
load day ""
ours=$first

# The same units as CSV: to be no slower than the JSON, in the same I.
"$gen" extract --units "$UNITS" --seed 1 --study 3 --format csv --out "$W/day.csv.gz"
line "CSV: first load, in I of the JSON" "$W/day.gz" empty "$program" -q --config \
	"$W/utvalg.conf" pull --from "$W/day.csv.gz"

# What a study asks of it.
cp config/studies/* "$W"
"$gen" study --plan tests/mikrobedrifter.plan --dir "$W/study" --seed 1 >/dev/null
cp "$W/study/matprodusenter.csv" "$W"
reload
line "plan of the report's study" "$W/day.gz" nothing "$program" -q --config \
	"$W/utvalg.conf" plan "$W/mikrobedrifter.ini"
line "frame of the report's study" "$W/day.gz" nothing "$program" -q --config \
	"$W/utvalg.conf" frame "$W/mikrobedrifter.ini"

# zlib in the place of ISA-L.
if ${MAKE:-make} -s NO_ISAL=1 O=build/bench-zlib build/bench-zlib/utvalg >"$W/make" 2>&1; then
	program=$here/build/bench-zlib/utvalg
	load day "zlib: "
	program=$O/utvalg
else
	echo "zlib: not built: $(tail -n 1 "$W/make")"
fi

if [ -n "${TEN:-}" ]; then
	nights ten $((UNITS * 10))
	load ten "ten times: "
	echo "ten times the units, first load: $(by "$first" "$ours") times the time"
	rm -f "$W"/ten*
fi

# DuckDB on the same file: the same fields, no index.  Its npm package brings the
# library; it lies in build/, and is fetched once.
duck=$here/build/bench-duckdb
if [ "${DUCKDB:-}" = no ]; then
	echo "DuckDB: not asked for"
elif ! command -v npm >/dev/null && ! sh tests/deps.sh duckdb; then
	echo "DuckDB: no comparison, there is no npm"
elif mkdir -p "$duck" && { [ -d "$duck/node_modules/@duckdb/node-api" ] ||
	npm install --silent --no-audit --no-fund --prefix "$duck" @duckdb/node-api \
		>"$W/npm" 2>&1; }; then
	cp tests/bench/duckdb.mjs "$duck"
	none() { rm -f "$W/duck.db" "$W/duck.db.wal"; }
	REGISTER=$here/docs/REGISTER.md
	export REGISTER
	line "DuckDB: first load, no index" "$W/day.gz" none node "$duck/duckdb.mjs" \
		"$W/day.gz" "$W/duck.db"
	theirs=$least
	line "utvalg beside it" "$W/day.gz" empty "$program" -q --config "$W/utvalg.conf" \
		pull --from "$W/day.gz"
	echo "utvalg loads, with its indexes, $(by "$theirs" "$least") times as fast as DuckDB"
else
	echo "DuckDB: no comparison, npm does not get it: $(tail -n 1 "$W/npm")"
fi

# Addresses.
sqlite3 "$W/loaded/utvalg.db" 'SELECT email FROM unit WHERE email IS NOT NULL' >"$W/one"
cat "$W/one" "$W/one" >"$W/addresses"
n=$(wc -l <"$W/addresses")
# shellcheck disable=SC2016
runs nothing sh -c 'grep -E "^[^@ ]+@[^@ ]+\.[^@ ]+$" "$1" | cat' - "$W/addresses"
g=$least
# shellcheck disable=SC2016
runs nothing sh -c '"$1" email check --json - <"$2"' - "$program" "$W/addresses"
echo "email check --json: $(by "$least" "$g") times grep -E, $(awk "BEGIN { print int($n / $least) }") addresses a second"
