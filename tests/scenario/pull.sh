#!/bin/sh
# Goal: whatever the register answers, yesterday's units stay in force until a whole new extract is in.
set -eu
. tests/lib.sh
SOURCE_DATE_EPOCH=1790000000	# 2026-09-21
export SOURCE_DATE_EPOCH
tools=$PWD/$O/tests/tools
unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY 2>/dev/null || :

day1() { "$tools/gen" extract --units 300 --seed 1 --out "$T/enheter.json.gz"; }
day2() { "$tools/gen" extract --units 310 --seed 1 --out "$T/enheter.json.gz"; }
day1
"$tools/gen" extract --units 50 --seed 1 --kind underenhet --out "$T/underenheter.json.gz"

mkfifo "$T/hold"
exec 8<>"$T/hold"	# the register lives as long as this test
"$tools/httpd" --seconds 300 --log "$T/log" "$T/enheter.json.gz" "$T/underenheter.json.gz" \
	<"$T/hold" >"$T/port" 8>&- &
n=0
while [ ! -s "$T/port" ] && [ $n -lt 100 ]; do n=$((n + 1)); sleep 0.05; done
U=http://127.0.0.1:$(cat "$T/port")

# register FOLDER: a world whose register this is.
register() {
	world "$1"
	cat >>"$CONF" <<-END
		[register]
		url_enhet = $U/enheter/lastned
		url_underenhet = $U/underenheter/lastned
		min_change = 100000
		contact = https://example.org/survey
		connect_timeout = 3s
		stall_timeout = 1s
		keep_extracts = 1
	END
	S=$1/state
}
# What is in force, and the files that are kept.
picture() {
	db "SELECT id, kind, register_date, sha256 FROM extract WHERE in_force = 1;
	    SELECT count(*), sum(row_hash % 1000003) FROM unit; SELECT count(*) FROM unit_history"
	ls "$S/extracts"
}
asked() { wc -l <"$T/log" | tr -d ' '; }

register "$T/w"

# --- as it should be ---------------------------------------------------------
ok "nothing is written by a dry run" u pull --dry-run
has "$T/out" "units 300 = added 300" "which says what would be"
same "$(ls "$T/w")" utvalg.conf "not even a folder"

ok "the register is fetched" u pull
same "$(db 'SELECT register_date * 86400, date_basis, source, length(etag), read, units FROM extract')" \
	"1790985600|header|$U/enheter/lastned|32|300|300" "its day is the header's, which is no HTTP date"
has "$T/log" "GET /enheter/lastned 200 application/vnd.brreg.enhetsregisteret.enhet.v2+gzip | utvalg/" \
	"the second version is asked for by name"
has "$T/log" "(https://example.org/survey)" "and who asks is said"
same "$(ls "$S/extracts")" "enhet-2026-10-03-$(sha256sum <"$T/enheter.json.gz" | cut -c 1-12).json.gz" \
	"the file is kept under its day"
cmp -s "$S"/extracts/enhet-* "$T/enheter.json.gz" && _ok "octet by octet" || _bad "octet by octet"

picture >"$T/yesterday"
n=$(asked)
ok "the same file again" u pull
has "$T/out" "in force already" "is no news"
same "$(($(asked) - n)) $(tail -n 1 "$T/log" | cut -d ' ' -f 1)" "1 HEAD" "and is not fetched again"
ok "without an ETag it is fetched" u pull --from "$U/no-etag"
has "$T/out" "in force already" "but known by its octets"
n=$(asked)
ok "an ETag of another place" u pull --from "$U/no-head"
same "$(tail -n +$((n + 1)) "$T/log" | cut -d ' ' -f 1-3)" "GET /no-head 200" "says nothing about this one"
n=$(asked)
ok "a server that knows no HEAD" u pull --from "$U/no-head"
same "$(tail -n +$((n + 1)) "$T/log" | cut -d ' ' -f 1-3 | tr '\n' ' ')" "HEAD /no-head 405 GET /no-head 200 " \
	"is asked for the file itself"
ok "without an ETag, again" u pull --from "$U/enheter/lastned"
ok "a redirect" u pull --from "$U/redirect"
ok "in chunks, without a length" u pull --from "$U/chunked"
ok "sub-units have their own file" u pull --kind underenhet
has "$T/log" "GET /underenheter/lastned 200 application/vnd.brreg.enhetsregisteret.underenhet.v2+gzip" \
	"and their own type"
same "$(db 'SELECT kind, count(*) FROM unit GROUP BY kind' | tr '\n' ' ')" "0|300 1|50 " \
	"side by side"
picture >"$T/yesterday"

# --- as it should not be -----------------------------------------------------
day2
while read -r path want text; do
	status "$want" "$path" u pull --from "$U/$path"
	has "$T/err" "$text" "says: $text"
	picture >"$T/now"
	cmp -s "$T/yesterday" "$T/now" && _ok "$path: yesterday's is in force, no file is left" ||
		_bad "$path: yesterday's is in force, no file is left" "$(diff "$T/yesterday" "$T/now")"
done <<END
cut 75 remaining to read
chunked-cut 75 transfer closed
too-long 75 100 bytes remaining to read
stall 75 too slow
trickle 75 too slow
half 65 truncated after
html 65 not gzip
plain 65 not gzip
empty 65 empty
garbage 65 behind the end
bomb 65 not whole
400 69 answered 400
404 69 answered 404
204 69 answered 204
304 69 answered 304
loop 69 redirected more than five times
redirect-file 69 not to be followed
429 75 not again for 120 seconds
500 75 answered 500
503 75 answered 503
END
status 75 "nobody there" u pull --from http://127.0.0.1:1/enheter
status 64 "no address of the web" u pull --from ftp://127.0.0.1/enheter
status 69 "a password in the address" u pull --from "http://navn:hemmelig@${U#http://}/404"
lacks "$T/err" hemmelig "is not told"
same "$(db "SELECT count(*) FROM extract WHERE refused IS NOT NULL AND in_force = 0")" 6 \
	"each refused file is a row with its reason"
same "$(db "SELECT count(*) FROM extract WHERE refused LIKE 'truncated%'")" 1 "such as: truncated"

# --- limits ------------------------------------------------------------------
(	register "$T/small"
	echo 'max_bytes = 8k' >>"$CONF"
	status 65 "larger than allowed, by its length" u pull
	has "$T/err" "register.max_bytes" "says which setting"
	status 65 "larger than allowed, without a length" u pull --from "$U/chunked"
	status 65 "larger than allowed, a file" u pull --from "$T/enheter.json.gz"
	same "$(ls "$S/extracts")" "" "nothing is left of them")
(	register "$T/bomb"
	printf 'max_bytes = 1M\nmax_unpacked = 1M\n' >>"$CONF"
	status 65 "a bomb" u pull --from "$U/bomb"
	has "$T/err" "unpacks to more than" "goes off nowhere")

# --- broken off, and taken up again --------------------------------------------
status 75 "a transfer that breaks off is given up" u pull --from "$U/resume"
(	register "$T/resume"
	echo 'resume = yes' >>"$CONF"
	want=$(sha256sum <"$T/enheter.json.gz" | cut -d ' ' -f 1)
	for way in resume resume-whole resume-again; do
		rm -rf "$S"
		ok "$way: comes back for the rest" u pull --from "$U/$way"
		has "$T/err" "coming back for the rest" "$way: says so"
		same "$(db "SELECT sha256 FROM extract WHERE in_force = 1")" "$want" \
			"$way: the very same file"
	done
	for way in resume-changed resume-elsewhere; do
		rm -rf "$S"
		status 75 "$way: what comes is no part of it" u pull --from "$U/$way"
		has "$T/err" "another file than when it began" "$way: says so"
		same "$(ls "$S/extracts")" "" "$way: nothing is left of it"
	done)

# --- the next day ------------------------------------------------------------
ok "the next day's file" u pull
same "$(db "SELECT units FROM extract WHERE in_force = 1 AND kind = 'enhet'")" 310 "is in force"
same "$(db 'SELECT count(*) FROM unit WHERE kind = 0')" 310 "all of it"
while read -r path date basis; do
	"$tools/gen" extract --units $((310 + $(db 'SELECT count(*) FROM extract'))) --seed 1 --out "$T/enheter.json.gz"
	ok "$path" u pull --from "$U/$path"
	same "$(db "SELECT date(register_date * 86400, 'unixepoch'), date_basis FROM extract WHERE in_force = 1 AND kind = 'enhet'")" \
		"$date|$basis" "$path: the day is $date, the $basis's"
done <<END
http-date 2026-10-03 header
no-date 2026-09-21 clock
bad-date 2026-09-21 clock
END
has "$T/err" "sent no date" "and that is said"
same "$(find "$S/extracts" -name 'enhet-*' | wc -l | tr -d ' ')" 2 \
	"old files are removed: keep_extracts beside the one in force"
same "$(find "$S/extracts" -name 'underenhet-*' | wc -l | tr -d ' ')" 1 "of each kind"

# --- losses ------------------------------------------------------------------
"$tools/gen" extract --units 200 --seed 1 --out "$T/enheter.json.gz"
status 65 "a third of the units is gone" u pull
has "$T/err" "units are gone" "says how many"
kept=$S/extracts/enhet-2026-10-03-$(sha256sum <"$T/enheter.json.gz" | cut -c 1-12).json.gz
[ -e "$kept" ] && _ok "the refused file is kept, to look into" || _bad "the refused file is kept"
ok "and taken with a reason, without asking the register again" \
	u pull --from "$kept" --accept-loss "dead units removed"
same "$(db "SELECT units, date(register_date * 86400, 'unixepoch') FROM extract WHERE in_force = 1 AND kind = 'enhet'")" \
	"200|2026-10-03" "it has the day it had"
same "$(db 'SELECT detail FROM event' | sed 's/.*: //')" "dead units removed" "the reason is kept"
ok "from standard input" sh -c 'utvalg --config "$1" pull --kind underenhet --from - <"$2"' - \
	"$CONF" "$T/underenheter.json.gz"
has "$T/out" "in force already" "is the same file"

# --- killed ------------------------------------------------------------------
utvalg --config "$CONF" pull --from "$U/stall" >/dev/null 2>&1 &
pid=$!
n=0
while [ ! -s "$S/extracts/enhet.part" ] && [ $n -lt 100 ]; do n=$((n + 1)); sleep 0.02; done
kill -9 $pid
wait $pid 2>/dev/null || :
[ -e "$S/extracts/enhet.part" ] && _ok "killed while fetching: a part is left" ||
	_bad "killed while fetching: a part is left"
ok "the next run, of whatever file" u pull --from "$T/enheter.json.gz"
[ ! -e "$S/extracts/enhet.part" ] && _ok "takes it away" || _bad "takes it away"

"$tools/gen" extract --units 1200 --seed 1 --out "$T/enheter.json.gz"
cp -a "$T/w" "$T/before"
u pull --accept-loss "many more" >/dev/null
picture >"$T/want"
for step in 1 2 3 4 5; do
	rm -rf "$T/w"
	cp -a "$T/before" "$T/w"
	r=0
	UTVALG_KILL_AT=pull.$step utvalg --config "$CONF" pull --accept-loss "many more" >/dev/null 2>&1 || r=$?
	same $r 137 "killed at step $step"
	ok "and run again" u pull --accept-loss "many more"
	picture >"$T/now"
	cmp -s "$T/want" "$T/now" && _ok "the same state and the same files" ||
		_bad "the same state and the same files" "$(diff "$T/want" "$T/now")"
done
exec 8>&-
