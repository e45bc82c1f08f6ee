#!/bin/sh
# Goal: a night on which one unit in a hundred has changed leaves the register of that night alone, and a history that is exact to the row.
set -eu
. tests/lib.sh
gen=$PWD/$O/tests/tools/gen
world "$T/w"
old=$T/old.db new=$T/new.db db=$T/w/state/utvalg.db

"$gen" extract --units 20000 --seed 5 --out "$T/day1.json.gz"
"$gen" extract --units 20000 --seed 5 --changed 1 --out "$T/day2.json.gz"
ok "the first night alone" u pull --from "$T/day1.json.gz"
sqlite3 "$db" "VACUUM INTO '$old'"
ok "the next night" u pull --from "$T/day2.json.gz"
same "$(db 'PRAGMA integrity_check')" ok "the database is whole"
same "$(db 'PRAGMA journal_mode')" wal "and readers can read while it is written again"
cp -a "$T/w/state" "$T/w/both"
rm -rf "$T/w/state"
ok "the second night alone" u pull --from "$T/day2.json.gz"
sqlite3 "$db" "VACUUM INTO '$new'"

# Everything but row order and the extract that a row came in.
columns=$(sqlite3 "$db" "SELECT group_concat(name) FROM pragma_table_info('unit') WHERE name <> 'extract'")
ask() {
	sqlite3 "$T/w/both/utvalg.db" "ATTACH '$old' AS old; ATTACH '$new' AS new; $1"
}
differ() {	# A B: rows of A that B does not have
	ask "SELECT count(*) FROM (SELECT $columns FROM $1 EXCEPT SELECT $columns FROM $2)"
}
same "$(differ main.unit new.unit) $(differ new.unit main.unit)" "0 0" "the units are those of that night"
same "$(ask 'SELECT count(*) - count(DISTINCT orgnr) FROM main.unit')" 0 "each once"
same "$(ask "SELECT count(*) FROM (SELECT $columns FROM main.unit_history EXCEPT SELECT $columns FROM old.unit)")" 0 "history has nothing but rows of the night before"
same "$(ask 'SELECT count(*) FROM main.unit_history')" "$(differ old.unit new.unit)" "just those that are no more"
same "$(ask 'SELECT group_concat(DISTINCT extract || until) FROM main.unit_history')" 12 "with the extracts they were true in"
changed=$(ask "SELECT count(*) FROM main.unit_history h JOIN main.unit u USING (orgnr)")
gone=$(ask "SELECT count(*) FROM main.unit_history WHERE orgnr NOT IN (SELECT orgnr FROM main.unit)")
added=$(ask "SELECT count(*) FROM main.unit WHERE orgnr NOT IN (SELECT orgnr FROM old.unit)")
same "$(ask 'SELECT changed, gone, added FROM main.extract WHERE id = 2')" "$changed|$gone|$added" "the counts of the extract are those of the rows"
[ "$changed" -gt 100 ] && [ "$gone" -gt 0 ] && [ "$added" -gt 0 ] && _ok "some changed, some went, some came" || _bad "some changed, some went, some came" "$changed $gone $added"
same "$(ask 'SELECT count(*) FROM main.unit WHERE extract = 2')" $((changed + added)) "and no other row was touched"

# The very first load has a journal of its own kind: killed, it leaves nothing.
rm -rf "$T/w/state"
for at in pull.2 pull.3 pull.4 pull.5; do
	rm -rf "$T/w/state"
	r=0
	UTVALG_KILL_AT=$at u pull --from "$T/day1.json.gz" >"$T/out" 2>&1 || r=$?
	[ "$r" != 0 ] && _ok "a first load killed at $at" || _bad "a first load killed at $at"
	case $at in pull.5) want=20000 ;; *) want=0 ;; esac
	same "$(db 'SELECT count(*) FROM unit')" $want "leaves all or nothing ($at)"
	ok "and the next run" u pull --from "$T/day1.json.gz"
	same "$(db 'SELECT count(*) FROM unit; PRAGMA integrity_check; PRAGMA journal_mode' | tr '\n' ' ')" "20000 ok wal " "has all of it ($at)"
done

# A file is hashed while it is read, if its size says that it is another.
sum() { sha256sum "$1" | cut -d ' ' -f 1; }
same "$(db 'SELECT sha256 FROM extract WHERE in_force = 1')" "$(sum "$T/day1.json.gz")" "what is in force has the hash of its file"
head -c 100000 "$T/day2.json.gz" >"$T/cut.json.gz"
status 65 "a file cut short is refused" u pull --from "$T/cut.json.gz"
same "$(db 'SELECT sha256 FROM extract ORDER BY id DESC LIMIT 1')" "$(sum "$T/cut.json.gz")" "with its hash"
cp "$T/day1.json.gz" "$T/elsewhere.json.gz"
ok "the same octets from elsewhere" u pull --from "$T/elsewhere.json.gz"
has "$T/out" "in force already" "are the same file"
