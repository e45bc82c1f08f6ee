#!/bin/sh
# Goal: on a full disk, and past a limit on file sizes, every stage leaves the old state; with room again it ends as if nothing had been.
set -eu
. tests/lib.sh
SOURCE_DATE_EPOCH=1793000000	# one clock for all runs
export SOURCE_DATE_EPOCH
gen=$PWD/$O/tests/tools/gen

# A small study: a twentieth of the report's.
small_plan 20 >"$T/plan"
cp config/studies/mikrobedrifter* "$T"
"$gen" study --plan "$T/plan" --dir "$T" --seed 3 >/dev/null
world "$T/w"

# The world lies on a disk of its own, if we may have one.
mounted=
trap '[ -z "$mounted" ] || umount "$T/w"' EXIT
disk() {	# SIZE: put the world of $T/before on a disk of so many KiB
	[ -z "$mounted" ] || umount "$T/w"
	mounted=
	mount -t tmpfs -o "size=$1k,mode=755" tmpfs "$T/w"
	mounted=yes
	cp -a "$T/before/." "$T/w"
}
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=64k tmpfs "$T/w" 2>/dev/null; then
	umount "$T/w"
	may_mount=yes
else
	may_mount=
	skip no-mount "a full disk"
fi

# All of the database but the state of what was begun, and every other file.
picture() {
	db 'PRAGMA integrity_check; SELECT count(*) FROM unit_history'
	db '.dump'
	(cd "$T/w" && find . -type f ! -name 'utvalg.db*' ! -name lock ! -name trying |
		sort | xargs -r sha256sum)
}
same_as() {	# FILE "sentence"
	picture >"$T/got"
	cmp -s "$1" "$T/got" && _ok "$2" || _bad "$2" "$(diff "$1" "$T/got" | head -n 4)"
}
# whole NAME: mailings and returns go one by one and keep what is done; all
# else is as before.  Nothing half-written anywhere.
whole() {
	same "$(db 'PRAGMA integrity_check')" ok "$1: the database is whole"
	same "$(find "$T/w" -name '*.part' -o -name '*.tmp' | head -n 3)" "" "$1: no file is left half-written"
	case $1 in
	mail*|bounces*) ;;
	*) same_as "$T/old" "$1: the old state is as it was" ;;
	esac
}

# stage NAME COMMAND...: undisturbed; with less and less room; with room again.
stage() {
	name=$1
	shift
	rm -rf "$T/before"
	cp -a "$T/w" "$T/before"
	picture >"$T/old"
	ok "$name, undisturbed" u "$@"
	picture >"$T/want"
	rm -rf "$T/after"
	cp -a "$T/w" "$T/after"
	used=$(du -sk --apparent-size "$T/before" | cut -f 1)
	failed=0
	for room in ${may_mount:+0 40 100 200 400}; do
		disk $((used + 20000))
		# fill up, and leave ${room} KiB
		free=$(df -k "$T/w" | awk 'NR == 2 { print $4 }')
		head -c $(((free - room) * 1024)) /dev/zero >"$T/w/filler"
		r=0
		u "$@" >"$T/out" 2>"$T/err" </dev/null || r=$?
		if [ $r = 0 ]; then
			rm -f "$T/w/filler"
			continue
		fi
		failed=$((failed + 1))
		rm "$T/w/filler"
		same "$r $(grep -c '^utvalg: ' "$T/err")" "74 1" "$name with $room KiB free: one line and 74"
		grep -q -e 'full' -e 'No space left' "$T/err" && _ok "which says why" || _bad "which says why"
		whole "$name with $room KiB free"
		ok "$name when there is room again" u "$@"
		same_as "$T/want" "$name: all is as if nothing had been"
	done
	if [ -n "$may_mount" ]; then
		[ $failed -gt 0 ] && _ok "$name has been without room" || _bad "$name has been without room"
		umount "$T/w"
		mounted=
	fi
	# the same by a limit on the size of files, in blocks of 512 octets
	rm -rf "$T/w"
	cp -a "$T/before" "$T/w"
	r=0
	(ulimit -f 16; utvalg --config "$CONF" "$@" >/dev/null 2>"$T/err" </dev/null) || r=$?
	same "$r $(grep -c '^utvalg: ' "$T/err")" "74 1" "$name with files of 8 KiB at most: one line and 74"
	whole "$name with files of 8 KiB at most"
	ok "$name without the limit" u "$@"
	same_as "$T/want" "$name: all is as it should be"
	rm -rf "$T/w"
	cp -a "$T/after" "$T/w"
}

"$gen" extract --units 1500 --seed 9 --out "$T/yesterday.json.gz"
ok "yesterday's register" u pull --from "$T/yesterday.json.gz"
# The secrets are made once, at random.
ok "the keys are there" u plan "$T/mikrobedrifter.ini"
stage pull pull --from "$T/enheter.json.gz" --accept-loss "another register"
stage frame frame "$T/mikrobedrifter.ini"
ok "draw" u draw mikrobedrifter
stage mail mail mikrobedrifter --wave invite --out "maildir:$T/w/sent"
"$gen" bounces --maildir "$T/w/sent" --fates "$T/fates.tsv" --out "$T/returned"
for mail in "$T"/returned/*.eml; do
	utvalg-hook -s "$T/w/state/spool" -r "$(cat "${mail%.eml}.rcpt")" <"$mail"
done
stage bounces bounces
stage package package mikrobedrifter "$T/w/arkiv" --zip

# What is fetched does not fit: its part is gone at once.
if [ -n "$may_mount" ]; then
	rm -rf "$T/before"
	cp -a "$T/w" "$T/before"
	picture >"$T/old"
	"$gen" extract --units 3000 --seed 9 --out "$T/big.json.gz"
	disk $(($(du -sk --apparent-size "$T/before" | cut -f 1) + 20000))
	free=$(df -k "$T/w" | awk 'NR == 2 { print $4 }')
	head -c $(((free - 200) * 1024)) /dev/zero >"$T/w/filler"
	r=0
	utvalg --config "$CONF" pull --from - <"$T/big.json.gz" >/dev/null 2>"$T/err" || r=$?
	same "$r $(grep -c '^utvalg: ' "$T/err")" "74 1" "a fetched file that does not fit: one line and 74"
	rm "$T/w/filler"
	whole "a fetched file that does not fit"
fi

# What tidies up needs no room, and a backup that has none leaves nothing.
if [ -n "$may_mount" ]; then
	umount "$T/w"
	mounted=
	disk $(($(du -sk --apparent-size "$T/before" | cut -f 1) + 20000))
	mkdir -p "$T/w/state/extracts"
	for day in 1 2 3 4 5; do
		: >"$T/w/state/extracts/enhet-2026-01-0$day-aaaaaaaaaaa$day.json.gz"
	done
	free=$(df -k "$T/w" | awk 'NR == 2 { print $4 }')
	head -c $(((free - 100) * 1024)) /dev/zero >"$T/w/filler"
	r=0
	u backup "$T/w/copy" >/dev/null 2>"$T/err" || r=$?
	same "$r $(grep -c '^utvalg: ' "$T/err") $(ls "$T/w/copy")" "74 1 " "a backup on a full disk: one line, 74, nothing left"
	ok "old extracts are removed on a full disk" u extract prune
	has "$T/out" "removed 2" "as many as there are too many"
	rm "$T/w/filler"
	same "$(db 'PRAGMA integrity_check')" ok "and the database is whole"
	ok "and a backup when there is room" u backup "$T/w/copy"
fi
