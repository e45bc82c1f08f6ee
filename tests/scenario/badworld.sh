#!/bin/sh
# Goal: bad files, bad databases and a state that cannot be written give one line and the right status, and change nothing.
set -eu
. tests/lib.sh
SOURCE_DATE_EPOCH=1790000000
export SOURCE_DATE_EPOCH
gen=$PWD/$O/tests/tools/gen
world "$T/w"
S=$T/w/state

picture() { db "PRAGMA integrity_check; SELECT * FROM unit; SELECT * FROM unit_history; SELECT * FROM extract WHERE in_force = 1; SELECT count(*) FROM extract_fault"; }
# intact "sentence": nothing in force has changed.
intact() {
	picture >"$T/now"
	cmp -s "$T/yesterday" "$T/now" && _ok "$1" || _bad "$1" "$(diff "$T/yesterday" "$T/now" | head -n 4)"
}

# --- files -------------------------------------------------------------------
"$gen" extract --units 200 --seed 5 --out "$T/good.json.gz"
"$gen" extract --units 20 --seed 5 --kind underenhet --out "$T/sub.json.gz"
ok "yesterday's register" u pull --from "$T/good.json.gz"
picture >"$T/yesterday"

F=$T/bad
mkdir "$F" "$F/folder"
size=$(wc -c <"$T/good.json.gz")
gunzip -c "$T/good.json.gz" >"$T/good.json"
long=$(wc -c <"$T/good.json")
head -c $((size / 2)) "$T/good.json.gz" >"$F/truncated"
head -c $((size - 1)) "$T/good.json.gz" >"$F/short-by-one"
printf '<!DOCTYPE html><html><body>Vedlikehold</body></html>' >"$F/html"
gzip -c "$F/html" >"$F/html.gz"
head -c $((long / 2)) "$T/good.json" | gzip >"$F/cut-in-a-unit"
head -c $((long - 3)) "$T/good.json" | gzip >"$F/cut-at-the-end"
: >"$F/empty"
printf '' | gzip >"$F/empty.gz"
printf '[ ]\n' | gzip >"$F/empty-array"
printf '{"timestamp":1,"status":500,"error":"Internal Server Error"}' | gzip >"$F/error-object"
printf '"orgnr","navn"\n"810000007","EN AS"\n' | gzip >"$F/csv"
head -c $((long / 2)) "$T/good.json" >"$F/not-packed"
printf '{"timestamp":1,"status":500}' >"$F/not-packed-object"
{ cat "$T/good.json.gz"; printf 'behind'; } >"$F/garbage-behind"
sed 's/"navn" : "/&\xff/' "$T/good.json" | gzip >"$F/latin-1"
printf '\037\213' >"$F/two-octets"
head -c 4000 /dev/zero >"$F/zeros"
ln -s "$F/nowhere" "$F/link-to-nothing"
ln -s "$F/folder" "$F/link-to-folder"
cp "$T/sub.json.gz" "$F/sub-units"
head -c "$size" "$T/good.json.gz" | tr 'a' 'b' >"$F/flipped"

while read -r file want text; do
	status "$want" "$file" u pull --from "$F/$file"
	has "$T/err" "$text" "$file: $text"
	intact "$file: yesterday's is in force"
done <<END
truncated 65 truncated after
short-by-one 65 truncated after
html 65 not gzip
html.gz 65 line 1
cut-in-a-unit 65 not whole
cut-at-the-end 65 not whole
empty 65 empty
empty.gz 65 empty
empty-array 65 no units in it
error-object 65 an object where an array of units should be
csv 65 CSV with a column organisasjonsnummer
not-packed 65 not whole
not-packed-object 65 not gzip
garbage-behind 65 behind the end
latin-1 65 UTF-8
two-octets 65 truncated after
zeros 65 not gzip
folder 66 is a folder
link-to-folder 66 is a folder
link-to-nothing 66 No such file
missing 66 No such file
sub-units 65 an underenhet among enheter
flipped 65 broken gzip
END
status 65 "units given as sub-units" u pull --kind underenhet --from "$T/good.json.gz"
has "$T/err" "an enhet among underenheter" "says what they are"
intact "and none of them is in"
ln -s "$T/good.json.gz" "$F/link-to-good"
ok "a link to a good file is a good file" u pull --from "$F/link-to-good"
has "$T/out" "in force already" "the same one"
r=0
u night --from "$F/truncated" >"$T/out" 2>"$T/err" || r=$?
same "$r" 65 "a night whose pull is refused ends with that status"
same "$(db "SELECT step, status FROM run ORDER BY id" | tr '\n' ' ')" "pull enhet|65 bounces|0 " \
	"but goes on"

# One record that is no unit costs only itself.
awk '/"organisasjonsnummer"/ && !done { done = 1; next } { print }' "$T/good.json" |
	gzip >"$F/one-without-number"
ok "a unit without a number" u pull --from "$F/one-without-number"
has "$T/out" "read 200 = units 199 + unreadable 1" "is counted"
has "$T/out" "no organisation number" "and listed"
same "$(db 'SELECT line > 1, orgnr, reason FROM extract_fault')" "1||no organisation number" \
	"with its line"
same "$(db 'SELECT count(*) FROM unit')" 199 "the rest is in force"
u pull --from "$F/one-without-number" --json --date 2026-01-01 >"$T/out" 2>"$T/err" || :
has "$T/out" '"unchanged": true' "again: nothing new"

# --- databases ---------------------------------------------------------------
# each WANT "sentence" COMMAND...: by every command that opens the database.
each() {
	_want=$1 _what=$2
	_sum=$(cat "$S"/utvalg.db* | sha256sum)
	for c in "pull --from $T/good.json.gz" "frame config/studies/mikrobedrifter.ini" \
	    "draw mikrobedrifter" "mail mikrobedrifter --wave invite --out maildir:$T/w/sent" \
	    bounces "table mikrobedrifter net" status "plan config/studies/mikrobedrifter.ini" \
	    night; do
		# shellcheck disable=SC2086  # a command and its operands
		status "$_want" "$_what: ${c%% *}" u $c
	done
	same "$(cat "$S"/utvalg.db* | sha256sum)" "$_sum" "$_what: it is left alone"
}
cp -a "$T/w" "$T/saved"
sqlite3 "$S/utvalg.db" 'PRAGMA user_version = 99'
each 78 "a database from a newer version"
has "$T/err" "newer version" "says so"
rm -f "$S"/utvalg.db*
sqlite3 "$S/utvalg.db" 'PRAGMA user_version = 99; CREATE TABLE x (y)'
each 78 "a newer one of another shape"
rm -f "$S"/utvalg.db*
sqlite3 "$S/utvalg.db" 'CREATE TABLE x (y)'
each 65 "another program's database"
rm -f "$S"/utvalg.db*
printf 'this is not a database, but long enough to look like a file that might be one' >"$S/utvalg.db"
each 65 "a file that is no database"
rm -rf "$S/utvalg.db"*
mkdir "$S/utvalg.db"
r=0
u status >"$T/out" 2>"$T/err" || r=$?
case $r in 65|66|73|74) _ok "a folder in its place" ;; *) _bad "a folder in its place" "status $r" ;; esac

# Pages overwritten in the middle: found when they are read.
rm -rf "$T/w"
cp -a "$T/saved" "$T/w"
pages=$(($(wc -c <"$S/utvalg.db") / 4096))
dd if=/dev/zero of="$S/utvalg.db" bs=4096 seek=5 count=$((pages - 5)) conv=notrunc 2>/dev/null
status 65 "a damaged database" u pull --from "$T/sub.json.gz" --kind underenhet
has "$T/err" "malformed" "is said to be damaged"
rm -rf "$T/w"
cp -a "$T/saved" "$T/w"

# --- a state that is none ----------------------------------------------------
world "$T/file"
: >"$T/file/state"
for c in "pull --from $T/good.json.gz" bounces night; do
	# shellcheck disable=SC2086
	status 73 "the state is a file: ${c%% *}" u $c
done
status 66 "the state is a file: status" u status
world "$T/w"
rm -rf "$S/extracts"
: >"$S/extracts"
status 73 "extracts is a file" sh -c 'utvalg --config "$1" pull --from - <"$2"' - "$CONF" "$T/good.json.gz"
rm "$S/extracts"

# --- read-only ---------------------------------------------------------------
mounted=
trap '[ -z "$mounted" ] || umount "$mounted"' EXIT
commands="pull --from $T/good.json.gz
frame config/studies/mikrobedrifter.ini
draw mikrobedrifter
mail mikrobedrifter --wave invite --out maildir:$T/sent
bounces
night"
if [ "$(id -u)" = 0 ] && mount --bind "$S" "$S" 2>/dev/null; then
	mounted=$S
	mount -o remount,bind,ro "$S"
	sum=$(cat "$S/utvalg.db" | sha256sum)
	echo "$commands" >"$T/commands"
	while read -r c; do
		# shellcheck disable=SC2086
		status 73 "a read-only state: ${c%% *}" u $c
		has "$T/err" "ead-only" "says so"
	done <"$T/commands"
	ok "what only reads still reads it" u status
	same "$(cat "$S/utvalg.db" | sha256sum)" "$sum" "and nothing has changed"
	umount "$S"
	mounted=
	ok "when it can be written again, it is" u pull --from "$T/good.json.gz"
else
	skip no-mount "a read-only state"
fi
if [ "$(id -u)" = 0 ] && setpriv --reuid 65534 --clear-groups true 2>/dev/null; then
	other() { setpriv --reuid 65534 --regid 65534 --clear-groups utvalg --config "$CONF" "$@"; }
	chmod 755 "$T/w"
	chmod 644 "$CONF"
	chmod 700 "$S"
	for c in "pull --from $T/good.json.gz" bounces night status; do
		# shellcheck disable=SC2086
		status 77 "somebody else's state: ${c%% *}" other $c
	done
	chmod 755 "$S"
	chmod 644 "$S"/utvalg.db*
	for c in "pull --from $T/good.json.gz" bounces night; do
		# shellcheck disable=SC2086
		status 77 "a state that may only be read: ${c%% *}" other $c
	done
	intact_db=$(db 'PRAGMA integrity_check')
	same "$intact_db" ok "and it is whole"
else
	skip not-root "somebody else's state"
fi
