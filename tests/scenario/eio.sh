#!/bin/sh
# Goal: where the disk cannot be read any more, in the extract, a kept file or the database, it is said in one line and the old state stays.
set -eu
. tests/lib.sh
SOURCE_DATE_EPOCH=1793000000
export SOURCE_DATE_EPOCH
if [ "${MODE:-release}" = asan ]; then
	skip no-preload "read errors"
	exit 0
fi
${CC:-cc} -shared -fPIC -O1 -o "$T/eio.so" tests/preload/eio.c -ldl
gen=$PWD/$O/tests/tools/gen
"$gen" extract --units 3000 --seed 9 --out "$T/one.json.gz"
"$gen" extract --units 3200 --seed 9 --out "$T/two.json.gz"
world "$T/w"
S=$T/w/state
utvalg --config "$CONF" pull --from - <"$T/one.json.gz" >/dev/null 2>&1
picture() {
	db "PRAGMA integrity_check; SELECT id, sha256, in_force FROM extract WHERE in_force = 1;
	    SELECT count(*), sum(row_hash % 1000003) FROM unit; SELECT count(*) FROM unit_history"
	(cd "$S" && find . -type f ! -name 'utvalg.db-*' ! -name utvalg.db ! -name lock | sort)
}
picture >"$T/old"
cp -a "$T/w" "$T/before"

# broken FILE "sentence" COMMAND...: after none, one, two ... reads of it.
broken() {
	file=$1 what=$2
	shift 2
	bad='' failed=0
	for after in 0 1 2 3 5 8 13 21 34 55 89 144 233; do
		rm -rf "$T/w"
		cp -a "$T/before" "$T/w"
		r=0
		LD_PRELOAD=$T/eio.so EIO_PATH=$file EIO_AFTER=$after \
			utvalg --config "$CONF" "$@" >"$T/out" 2>"$T/err" </dev/null || r=$?
		[ $r != 0 ] || continue
		failed=$((failed + 1))
		[ "$r $(grep -c '^utvalg: ' "$T/err")" = "74 1" ] || bad="$bad after $after: status $r: $(tail -n 1 "$T/err");"
		rm -rf "$T/copy"
		picture >"$T/now"
		cmp -s "$T/old" "$T/now" || bad="$bad after $after: $(diff "$T/old" "$T/now" | head -n 3);"
	done
	[ $failed -gt 0 ] || bad="it never failed"
	if [ -z "$bad" ]; then _ok "$what cannot be read, $failed times: one line, 74, and all as it was"; else _bad "$what cannot be read" "$bad"; fi
}
broken /two.json.gz "an extract" pull --from "$T/two.json.gz" --accept-loss test
kept=$(find "$S/extracts" -type f)
rm "$T/before/state/utvalg.db"*
cp -a "$T/w/state/utvalg.db" "$T/before/state/utvalg.db"
picture >"$T/old"
broken "$(basename "$kept")" "a kept extract" pull --from "$kept" --accept-loss test
broken /utvalg.db "the database, loading," pull --from "$T/two.json.gz" --accept-loss test
broken /state/utvalg.db "the database, in a backup," backup "$T/copy"
rm -rf "$T/w"
cp -a "$T/before" "$T/w"
ok "and when it can be read again" u pull --from "$T/two.json.gz" --accept-loss test
