#!/bin/sh
# Goal: a backup taken while others work is a whole state, and the doctor finds what does not hold.
set -eu
. tests/lib.sh
gen=$PWD/$O/tests/tools/gen
small_plan 20 >"$T/plan"
world "$T/w"
cp config/studies/* "$T/w"
"$gen" study --plan "$T/plan" --dir "$T/w" --seed 5 >/dev/null
u pull --from "$T/w/enheter.json.gz" >/dev/null 2>&1
u frame "$T/w/mikrobedrifter.ini" >/dev/null 2>&1
u draw mikrobedrifter >/dev/null
u mail mikrobedrifter --wave invite --out "maildir:$T/w/sent" >/dev/null
"$gen" bounces --maildir "$T/w/sent" --fates "$T/w/fates.tsv" --out "$T/w/back"
u bounces "$T"/w/back/*.eml >/dev/null
"$gen" answers --maildir "$T/w/sent" --fates "$T/w/fates.tsv" --out "$T/w/svar.csv"
u answers mikrobedrifter "$T/w/svar.csv" >/dev/null

ok "the doctor finds a state sound" u doctor
lacks "$T/out" BROKEN "in every point"

ok "a backup" u backup "$T/copy"
ok "its sums are right" sh -c "cd '$T/copy' && sha256sum -c --quiet SHA256SUMS"
same "$(find "$T/copy" -type f -perm /077 | wc -l)" 0 "nobody else can read it"
same "$(find "$T/copy" -name '*-wal' -o -name '*-shm' -o -name '*-journal' | wc -l)" 0 "one file, no log beside it"
status 73 "a folder that holds something is left alone" u backup "$T/copy"
db .dump >"$T/want"
u table mikrobedrifter net >"$T/net"
world "$T/new"
mkdir -m 700 "$T/new/state"
cp -a "$T/copy/utvalg.db" "$T/copy/keys" "$T/new/state"
db .dump >"$T/got"
same "$(cmp "$T/want" "$T/got")" '' "the same database"
ok "that works" u table mikrobedrifter net
same "$(cmp "$T/out" "$T/net")" '' "and prints the same"
ok "the doctor agrees" u doctor

# One row of each kind out of place.
broken() {	# "sentence" SQL
	cp -a "$T/copy/utvalg.db" "$T/new/state/utvalg.db"
	rm -f "$T"/new/state/utvalg.db-*
	db "PRAGMA foreign_keys = OFF; $2"
	status 65 "found: $1" u doctor
	has "$T/out" BROKEN "and named"
}
broken "a unit gone" "DELETE FROM unit WHERE orgnr = (SELECT min(orgnr) FROM unit)"
broken "a frame's row gone" "UPDATE frame SET kept = kept + 1"
broken "a funnel that does not add up" "UPDATE frame SET outside_code = outside_code + 1"
broken "an address twice" "UPDATE frame_unit SET email_key = (SELECT email_key FROM frame_unit WHERE kept = 1 LIMIT 1) WHERE id IN (SELECT id FROM frame_unit WHERE kept = 1 ORDER BY id DESC LIMIT 1)"
broken "a probability over 1" "UPDATE sample_unit SET pi = 1.5 WHERE id = 1"
broken "a sample's row gone" "DELETE FROM disposition; DELETE FROM sample_unit WHERE id = 1"
broken "a state gone" "DELETE FROM disposition WHERE sample_unit = 1"
broken "an answered unit that counts as returned" "UPDATE disposition SET returned = 1 WHERE state = 'complete'"

# --- what ought to be so -------------------------------------------------------
cp -a "$T/copy/utvalg.db" "$T/new/state/utvalg.db"
rm -f "$T"/new/state/utvalg.db-*
mkdir -p "$T/new/state/spool/new"
warned() {	# "sentence" TEXT
	r=0
	u doctor >"$T/out" 2>"$T/err" || r=$?
	same "$r $(grep -c '^WARNING' "$T/out")" "1 1" "$1: a warning"
	has "$T/out" "WARNING $2" "which says so"
}
ok "nothing to be warned of" u doctor
: >"$T/new/state/spool/new/1"
ok "mail that has just come" u doctor
touch -d '2 hours ago' "$T/new/state/spool/new/1"
warned "mail that waits" "returned mail has not waited"
rm "$T/new/state/spool/new/1"
now=$(date +%s)
db "INSERT INTO run (night, step, started, ended, status) VALUES (1, 'bounces', 1, $((now - 200000)), 0)"
warned "no good night for long" "a step of the night ended well"
db "UPDATE run SET ended = $now"
ok "a good night" u doctor
db "INSERT INTO run (night, step, started) VALUES (2, 'bounces', 1)"
warned "a night cut off" "no step of the last night was cut off"

# --- metrics -----------------------------------------------------------------
world "$T/m"
printf 'metrics = %s/m/utvalg.prom\n' "$T" >>"$CONF"
"$gen" extract --units 100 --seed 5 --out "$T/m.json.gz"
ok "a command that writes" u pull --from "$T/m.json.gz"
has "$T/m/utvalg.prom" 'utvalg_register_units{kind="enhet"} 100' "tells the metrics file"
has "$T/m/utvalg.prom" 'utvalg_last_run_status{stage="pull"} 0' "how it went"
same "$(stat -c %a "$T/m/utvalg.prom") $(ls "$T/m")" "644 state
utvalg.conf
utvalg.prom" "which all may read, and nothing beside it"
status 65 "one that fails" u pull --from "$T/plan"
has "$T/m/utvalg.prom" 'utvalg_last_run_status{stage="pull"} 65' "tells that"
has "$T/m/utvalg.prom" 'utvalg_extracts_refused{kind="enhet"} 1' "and what was refused"
has "$T/m/utvalg.prom" 'utvalg_last_success_timestamp_seconds{stage="pull"} ' "and when it last went well"
before=$(sha256sum <"$T/m/utvalg.prom")
ok "a dry run" u pull --dry-run --from "$T/m.json.gz"
same "$(sha256sum <"$T/m/utvalg.prom")" "$before" "tells nothing"
rm "$T/m/utvalg.prom"
mkdir "$T/m/utvalg.prom"
ok "where it cannot be written the work is done all the same" u bounces
has "$T/err" "metrics" "and that is said"

# --- a backup that was killed ------------------------------------------------
world "$T/new"
for step in $(grep -hoE 'talk_step\("backup\.[0-9]+"\)' pipeline/store/care.c | sed 's/.*"\(.*\)".*/\1/' | sort -u); do
	rm -rf "$T/copy2"
	r=0
	UTVALG_KILL_AT=$step utvalg --config "$CONF" backup "$T/copy2" >/dev/null 2>&1 || r=$?
	same "$r $(find "$T/copy2" -name INCOMPLETE | wc -l)" "137 1" "killed at $step: it shows that it is none"
	ok "$step: again, into the same folder" u backup "$T/copy2"
	same "$(ls "$T/copy2" | tr '\n' ' ')" "SHA256SUMS keys utvalg.db " "$step: it is whole"
done
rm -rf "$T/copy2"
mkdir "$T/copy2"
: >"$T/copy2/INCOMPLETE"
: >"$T/copy2/letter"
status 73 "what is not a backup's is not cleared away" u backup "$T/copy2"
same "$(ls "$T/copy2")" letter "it is still there"
rm -rf "$T/copy2"
r=0
(ulimit -f 16; utvalg --config "$CONF" backup "$T/copy2" >"$T/out" 2>"$T/err") || r=$?
same "$r $(grep -c '^utvalg: ' "$T/err") $(ls "$T/copy2")" "74 1 " "a backup that fails leaves nothing"

# --- old extracts ------------------------------------------------------------
world "$T/p"
printf '[register]\nkeep_extracts = 1\n' >>"$CONF"
E=$T/p/state/extracts
for day in 01 02 03 04; do
	"$gen" extract --units 2"$day" --seed 5 --out "$T/p.json.gz"
	utvalg --config "$CONF" pull --date "2026-10-$day" --from - <"$T/p.json.gz" >/dev/null 2>&1
done
same "$(ls "$E" | cut -c 1-16 | tr '\n' ' ')" "enhet-2026-10-03 enhet-2026-10-04 " "each pull leaves as many as are to be kept"
cp "$E"/enhet-2026-10-03-* "$E/enhet-2026-09-01-aaaaaaaaaaaa.json.gz"
: >"$E/notes"
before=$(ls "$E")
ok "prune, dry" u extract prune --dry-run
has "$T/out" "would remove  enhet-2026-09-01-aaaaaaaaaaaa.json.gz" "says what would go"
has "$T/out" "in force" "and why what stays"
has "$T/out" "files 3 = kept 2 + would remove 1 + failed 0" "and adds up"
same "$(ls "$E")" "$before" "and removes nothing"
ok "prune" u extract prune --json
has "$T/out" '"removed": 1' "removes it"
same "$(ls "$E" | cut -c 1-16 | tr '\n' ' ')" "enhet-2026-10-03 enhet-2026-10-04 notes " "and nothing else"
cp "$E"/enhet-2026-10-03-* "$E/enhet-2026-09-01-aaaaaaaaaaaa.json.gz"
for step in 1 2; do
	r=0
	UTVALG_KILL_AT=prune.$step utvalg --config "$CONF" extract prune >/dev/null 2>&1 || r=$?
	same $r 137 "prune is killed at $step"
	[ $step = 1 ] || cp "$E"/enhet-2026-10-03-* "$E/enhet-2026-09-01-aaaaaaaaaaaa.json.gz"
	ok "and run again" u extract prune
	same "$(ls "$E" | cut -c 1-16 | tr '\n' ' ')" "enhet-2026-10-03 enhet-2026-10-04 notes " "it ends right"
	cp "$E"/enhet-2026-10-03-* "$E/enhet-2026-09-01-aaaaaaaaaaaa.json.gz"
done
