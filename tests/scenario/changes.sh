#!/bin/sh
# Goal: the register is kept up to date by its change feed, whatever that answers, and can be stopped anywhere.
set -eu
. tests/lib.sh
SOURCE_DATE_EPOCH=1791190800	# 2026-10-05 09:00 UTC
export SOURCE_DATE_EPOCH
tools=$PWD/$O/tests/tools
unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY 2>/dev/null || :

A=310000000 B=310000019 C=310000027 D=310000035 E=310000043
F=$T/feed
mkdir -p "$F/enheter" "$F/underenheter"

# unit NUMBER NAME [KIND]: as the single-unit request answers it.
unit() {
	printf '{"organisasjonsnummer":"%s","navn":"%s","organisasjonsform":{"kode":"AS"},"epostadresse":"post@n%s.example.no","_links":{"self":{"href":"x"}},"respons_klasse":"%s"}' \
		"$1" "$2" "$1" "${3:-Enhet}"
}
put() { unit "$1" "$2" >"$F/enheter/$1.json"; }
event() { printf '%s\t2026-10-0%s.000Z\t%s\t%s\n' "$@" >>"$F/enheter.tsv"; }

# extract NUMBER NAME...: a bulk file.
extract() {
	_s='['
	while [ $# -gt 0 ]; do
		printf '%s' "$_s"
		unit "$1" "$2"
		_s=,
		shift 2
	done
	printf ']'
}
extract $A ALFA $B BETA $C GAMMA $D DELTA | gzip >"$T/enheter.json.gz"
extract 310000051 UNDER | sed 's/"AS"/"BEDR"/; s/"Enhet"/"Underenhet"/' | gzip >"$T/underenheter.json.gz"

mkfifo "$T/hold"
exec 8<>"$T/hold"
"$tools/httpd" --seconds 3600 --log "$T/log" --feed "$F" --modified "Sat Oct 03 04:30:43 CEST 2026" \
	"$T/enheter.json.gz" "$T/underenheter.json.gz" <"$T/hold" >"$T/port" 8>&- &
n=0
while [ ! -s "$T/port" ] && [ $n -lt 100 ]; do n=$((n + 1)); sleep 0.05; done
U=http://127.0.0.1:$(cat "$T/port")

register() {
	world "$1"
	cat >>"$CONF" <<-END
		[register]
		url_enhet = $U/enheter/lastned
		url_underenhet = $U/underenheter/lastned
		lookups_per_second = 0
		lookup_tries = 2
		connect_timeout = 3s
		stall_timeout = 1s
		changes_page = 3
	END
}
names() { db "SELECT group_concat(name, ' ') FROM (SELECT name FROM unit WHERE kind = 0 AND deleted_date IS NULL ORDER BY orgnr)"; }

event 900 1T06:00:00 $A Endring
event 1000 2T06:00:00 $A Endring
put $A ALFA
put $B BETA
put $C GAMMA
put $D DELTA

# --- where it begins
register "$T/w"
status 66 "no changes without a register" u pull --changes
status 64 "--changes goes with --kind alone" u pull --changes --from "$T/enheter.json.gz"
: >"$T/log"
ok "the register is fetched" u pull
same "$(awk '{print $1, $2}' "$T/log" | tr '\n' ' ')" \
	"HEAD /enheter/lastned GET /oppdateringer/enheter GET /enheter/lastned " \
	"the position is asked for before the file is fetched"
same "$(db "SELECT feed_start FROM extract")" 1000 "from the day before the file's, and no earlier"

# --- every kind
event 1100 3T06:00:00 $B Endring
event 1200 4T06:00:00 $C Sletting
event 1300 4T06:01:00 $D Fjernet
event 1400 5T06:00:00 $E Ny
event 1500 5T06:01:00 $B Ukjent
event 1600 5T06:02:00 $A 'Sammensl\u00e5tt'
event 1700 5T06:03:00 123456789 Endring
put $B 'BETA TO'
put $E EPSILON
printf '{"organisasjonsnummer":"%s","navn":"GAMMA","slettedato":"2026-10-04","respons_klasse":"SlettetEnhet"}' $C >"$F/enheter/$C.json"
: >"$F/enheter/$D.410"
: >"$T/log"
cp -a "$T/w" "$T/before"
ok "changes are taken" u pull --changes
has "$T/out" "changes of enhet, from id 1000 to 1700" "it says from where to where"
has "$T/err" "a kind this version does not know: Sammensl??tt" "and names a new kind"
has "$T/err" "1 events without a right organisation number" "and what has no number"
same "$(names)" "ALFA BETA TO EPSILON" "changed, deleted, removed and new"
same "$(db "SELECT name || deleted_date FROM unit WHERE orgnr = $C")" GAMMA20730 "a deleted one stays, with its day"
same "$(db "SELECT (SELECT count(*) FROM unit WHERE orgnr = $D) + (SELECT count(*) FROM unit_history WHERE orgnr = $D)")" 0 "of a removed one nothing stays"
same "$(db "SELECT count(*) FROM tombstone WHERE why = 'removed' AND stratum LIKE 'AS/%'")" 1 "but its tombstone"
same "$(grep -c "GET /enheter/$D " "$T/log")" 0 "and it is not looked up"
lacks "$T/log" "page=" "never by page"
ok "the state is sound" u doctor
ok "again" u pull --changes --json
has "$T/out" '"events": 0' "nothing is done twice"
has "$T/out" '"known": 4' "what was read again is known"
ok "a past day reads back" u unit $B --as-of 2026-10-04
has "$T/out" "BETA" "as it was"
lacks "$T/out" "BETA TO" "then"
ok "and today" u unit $B
has "$T/out" "BETA TO" "as it is"

# --- killed anywhere
picture() {
	db "SELECT * FROM unit ORDER BY orgnr; SELECT * FROM unit_history ORDER BY orgnr, until;
	    SELECT * FROM feed_event ORDER BY id; SELECT kind, next FROM feed; SELECT hash, why FROM tombstone;
	    SELECT id, kind, origin, read, units, added, changed, gone, held FROM extract ORDER BY id"
}
picture >"$T/want"
steps=$(grep -rhoE 'talk_step\("changes\.[0-9]+"\)' pipeline | sed 's/.*"\(.*\)".*/\1/' | sort -u)
for step in $steps; do
	rm -rf "$T/w"
	cp -a "$T/before" "$T/w"
	mkdir -p "$T/w/state/keys"
	# the same key, or hashes differ
	[ -e "$T/keys" ] || cp -a "$T/w/state/keys" "$T/keys"
	r=0
	UTVALG_KILL_AT=$step utvalg --config "$CONF" pull --changes >"$T/out" 2>"$T/err" </dev/null || r=$?
	same "$r" 137 "killed at $step"
	ok "and run again" u pull --changes
	picture | sed 's/^[0-9a-f]\{64\}|/HASH|/' >"$T/got"
	sed 's/^[0-9a-f]\{64\}|/HASH|/' "$T/want" >"$T/want.plain"
	same "$(cat "$T/got")" "$(cat "$T/want.plain")" "the state is that of an undisturbed run"
	same "$(db 'PRAGMA integrity_check')" ok "and sound"
done

# --- a feed that behaves badly: each, and then the same end
bad() {	# WORD STATUS TEXT
	rm -rf "$T/w"
	cp -a "$T/before" "$T/w"
	echo "feed $1" >"$F/say"
	status "$2" "feed: $1" u pull --changes
	[ "$2" = 0 ] || has "$T/err" "$3" "says so"
	[ "$2" = 0 ] || same "$(names)" "ALFA BETA GAMMA DELTA" "nothing is changed"
	rm -f "$F/say"
	ok "and later" u pull --changes
	same "$(names)" "ALFA BETA TO EPSILON" "all is there after feed: $1"
}
bad 500 75 "answered 500"
bad html 75 "something else"
bad cut 75 "something else"
bad other 75 "something else"
bad promise 75 "something else"
bad 429-long 75 "not again for 3600 seconds"
bad 404 69 "there is none at that address"
bad stall 75 "Timeout was reached"
bad "429 1" 0 ""
bad repeat 0 ""
bad shuffle 0 ""
bad empty 0 ""

# what the feed never told within the overlap, the next file mends
rm -rf "$T/w"
cp -a "$T/before" "$T/w"
echo "feed gap" >"$F/say"
ok "feed: gap" u pull --changes
rm -f "$F/say"
ok "and later" u pull --changes
same "$(names)" "ALFA BETA TO GAMMA EPSILON" "one event is lost"
extract $A ALFA $B 'BETA TO' $E EPSILON | gzip >"$T/whole.json.gz"
ok "a whole file" u pull --from "$T/whole.json.gz" --date 2026-10-05 --accept-loss "GAMMA"
same "$(names)" "ALFA BETA TO EPSILON" "mends it"

# --- units that cannot be looked up
sick() {	# WORD
	rm -rf "$T/w"
	cp -a "$T/before" "$T/w"
	echo "$B $1" >"$F/say"
	ok "unit: $1" u pull --changes
	has "$T/err" "events wait" "says that it waits"
	same "$(names)" "ALFA BETA EPSILON" "the others are in"
	rm -f "$F/say"
	ok "and later" u pull --changes
	has "$T/out" "acted on" "what waited is done"
	same "$(names)" "ALFA BETA TO EPSILON" "all is there after unit: $1"
}
sick 500
sick html
sick cut
sick stall
sick 404
rm -rf "$T/w"
cp -a "$T/before" "$T/w"
echo "$B 429 1" >"$F/say"
ok "a unit that answers 429 once" u pull --changes
same "$(names)" "ALFA BETA TO EPSILON" "is asked again"
echo "$B 410" >"$F/say"
event 1800 5T07:00:00 $B Endring
ok "a unit that is gone (410)" u pull --changes
same "$(names)" "ALFA EPSILON" "is erased"
rm -f "$F/say"

# --- sub-units have a feed of their own
printf '77\t2026-10-03T06:00:00.000Z\t310000051\tEndring\n' >"$F/underenheter.tsv"
unit 310000051 'UNDER TO' Underenhet | sed 's/"AS"/"BEDR"/' >"$F/underenheter/310000051.json"
ok "sub-units" u pull --kind underenhet
ok "and their changes" u pull --kind underenhet --changes
same "$(db "SELECT name FROM unit WHERE kind = 1")" "UNDER TO" "from their own feed"

# --- the night: a file every three days, and the feed between
rm -rf "$T/n"
register "$T/n"
printf '[night]\npull = yes\npull_days = 3\nchanges = yes\n' >>"$CONF"
: >"$T/log"
ok "the night fetches a file" u night
same "$(grep -c "GET /enheter/lastned" "$T/log")" 1 "once"
same "$(names)" "ALFA BETA TO EPSILON" "and takes what happened since"
for day in 1 2; do
	SOURCE_DATE_EPOCH=$((1791190800 + day * 86400)) utvalg --config "$CONF" night >"$T/out" 2>"$T/err"
done
same "$(grep -c "GET /enheter/lastned" "$T/log")" 1 "no file on the next two"
SOURCE_DATE_EPOCH=$((1791190800 + 3 * 86400)) utvalg --config "$CONF" night >"$T/out" 2>"$T/err"
same "$(grep -c "HEAD /enheter/lastned" "$T/log")" 2 "but it asks on the third"
same "$(db "SELECT count(*) FROM run WHERE step = 'changes enhet' AND status = 0")" 4 "and reads the feed each night"
CONF=$T/w/utvalg.conf

# --- a file that is older than what was looked up undoes nothing
event 1900 5T08:00:00 $A Endring
put $A 'ALFA TO'
ok "changes" u pull --changes
extract $A ALFA $B BETA $C GAMMA $D DELTA $E EPSILON | gzip >"$T/late.json.gz"
ok "a file of two days ago" u pull --from "$T/late.json.gz" --date 2026-10-03 \
	--accept-loss "back by two days"
has "$T/out" "erased 2" "leaves out what was removed since"
same "$(names)" "ALFA TO EPSILON" "and changes nothing that is newer"
ok "the state is sound" u doctor
exec 8>&-
