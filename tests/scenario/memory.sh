#!/bin/sh
# Goal: loading a register of 100 000 units takes less than 48 MB the first time and 64 MB every time after.
set -eu
. tests/lib.sh
if [ "${MODE:-release}" = asan ]; then
	skip sanitizers "memory of a load"
	exit 0
fi
tools=$PWD/$O/tests/tools
world "$T/w"
mb=64

# load "sentence" ARGUMENTS...: utvalg pull, its peak held against the limit.
load() {
	says=$1
	shift
	ok "$says" "$tools/peak" "$T/peak" utvalg --config "$CONF" pull "$@"
	read -r kib seconds <"$T/peak"
	if [ "$kib" -gt 0 ] && [ "$kib" -lt $((mb * 1024)) ]; then
		_ok "$says: peak $((kib / 1024)) MB, $seconds s"
	else
		_bad "$says: below $mb MB" "peak $((kib / 1024)) MB"
	fi
}

"$tools/gen" extract --units 100000 --seed 7 --out "$T/day1.json.gz"
"$tools/gen" extract --units 104000 --seed 8 --out "$T/day2.json.gz"
# Reading alone: the same whatever the size.
reading() {
	ok "reading alone, $1 units" "$tools/peak" "$T/peak" utvalg --config "$CONF" \
		extract check "$2"
	read -r kib seconds <"$T/peak"
}
"$tools/gen" extract --units 5000 --seed 7 --out "$T/small.json.gz"
reading 5000 "$T/small.json.gz"
small=$kib
reading 100000 "$T/day1.json.gz"
if [ "$small" -gt 0 ] && [ "$kib" -lt $((small + 1024)) ] && [ "$kib" -lt 24576 ]; then
	_ok "twenty times the units are read in the same memory: $kib KiB, $seconds s"
else
	_bad "twenty times the units are read in the same memory" "$small, then $kib KiB"
fi

mb=48
load "a first load of 100 000 units" --from "$T/day1.json.gz"
same "$(db 'SELECT count(*) FROM unit')" 100000 "all are there"
mb=64
load "the same file again" --from "$T/day1.json.gz"
load "a register where all is another" --from "$T/day2.json.gz" --accept-loss "a test"
same "$(db 'SELECT count(*) FROM unit')" 104000 "all are there, too"

# One record of many octets costs no more than the limit on a record.
{
	printf '[{"organisasjonsnummer":"810000007","navn":"'
	head -c 150000000 /dev/zero | tr '\0' 'A'
	printf '"},{"organisasjonsnummer":"310000019","navn":"B"}]'
} | gzip -1 >"$T/long.json.gz"
load "a name of 150 MB" --kind enhet --from "$T/long.json.gz" --accept-loss "a test"
same "$(db 'SELECT reason FROM extract_fault')" "longer than 1 MiB" "is listed, and the rest is read"
