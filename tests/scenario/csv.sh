#!/bin/sh
# Goal: CSV and JSON of one night, packed or plain, are the same register.
set -eu
. tests/lib.sh
tools=$PWD/$O/tests/tools

for kind in enhet underenhet; do
	for f in json csv; do
		"$tools/gen" extract --kind $kind --units 2000 --seed 3 --format $f --out "$T/$kind.$f.gz"
		gzip -dc "$T/$kind.$f.gz" >"$T/$kind.$f"
	done
done
same "$(head -n 1 "$T/enhet.csv" | tr , '\n' | wc -l | tr -d ' ')" 90 "the CSV has the register's columns"
[ "$(wc -l <"$T/enhet.csv")" -gt 2001 ] && _ok "and addresses of two lines" || _bad "and addresses of two lines"

# What the CSV does not hold, or holds in one line.
columns=$(sqlite3 :memory: ".read pipeline/store/schema.sql" "SELECT group_concat(CASE
	    WHEN name IN ('purpose', 'activity') THEN 'replace(' || name || ', char(10), '' '')'
	    ELSE name END) FROM pragma_table_info('unit')
	WHERE name NOT IN ('row_hash', 'extract', 'response_class', 'former_names', 'endorsements', 'in_group')")
for f in json json.gz csv csv.gz; do
	world "$T/$f"
	for kind in enhet underenhet; do
		ok "$kind.$f" u pull --kind $kind --from "$T/$kind.$f" --date 2026-10-01
		has "$T/out" "units 2000 = added 2000" "all of it"
	done
	db "SELECT $columns FROM unit ORDER BY orgnr" >"$T/rows.$f"
	same "$(db "SELECT DISTINCT format FROM extract")" "${f%.gz}" "known for what it is"
done
for f in json.gz csv csv.gz; do
	cmp -s "$T/rows.json" "$T/rows.$f" && _ok "$f and json give the same rows" ||
		_bad "$f and json give the same rows" "$(diff "$T/rows.json" "$T/rows.$f" | head -n 4)"
done
ok "the other packing is the same night" u pull --from "$T/enhet.csv" --date 2026-10-01
has "$T/out" "units 2000 = added 0 + changed 0 + unchanged 2000" "with nothing new"
ok "a plain file is checked" u extract check "$T/enhet.csv"
has "$T/out" "read 2000 = units 2000" "to its end"
ok "and compared" u extract diff "$T/enhet.csv" "$T/enhet.csv.gz"
has "$T/out" "stayed 2000 = changed 0 + the same 2000" "with its packed self"
head -c "$(($(wc -c <"$T/enhet.csv") - 5))" "$T/enhet.csv" >"$T/cut.csv"
status 65 "a plain CSV cut in a line" u pull --from "$T/cut.csv" --date 2026-10-02
head -c "$(($(wc -c <"$T/enhet.json") - 3))" "$T/enhet.json" >"$T/cut.json"
status 65 "a plain JSON cut anywhere" u extract check "$T/cut.json"
printf '[register]\nmax_bytes = 1k\n' >>"$CONF"
ok "the limit of a plain file is that of the unpacked" u pull --dry-run --from "$T/enhet.csv" --date 2026-10-02
printf 'max_unpacked = 100k\n' >>"$CONF"
status 65 "which holds" u pull --dry-run --from "$T/enhet.csv" --date 2026-10-02
has "$T/err" "register.max_unpacked allows" "and is said"
