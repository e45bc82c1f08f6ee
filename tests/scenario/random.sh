#!/bin/sh
# Goal: killed at two hundred random moments, loading, backup and migration leave the state of before or of after, and the next run ends right.
set -eu
. tests/lib.sh
SOURCE_DATE_EPOCH=1793000000	# one clock for all runs
export SOURCE_DATE_EPOCH
gen=$PWD/$O/tests/tools/gen
"$gen" extract --units 3000 --seed 9 --out "$T/one.json.gz"
"$gen" extract --units 3300 --seed 9 --out "$T/two.json.gz"

# In words: what is in the database, but for moments; and the files.
rows() {
	db "PRAGMA integrity_check; SELECT count(*) FROM pragma_foreign_key_check;
	    SELECT kind, sha256, units, added, changed, gone, in_force FROM extract;
	    SELECT count(*), sum(row_hash % 1000003) FROM unit;
	    SELECT count(*), sum(row_hash % 1000003) FROM unit_history; PRAGMA user_version" 2>&1 || :
}
files() { (cd "$T/w" && find . -type f ! -name 'utvalg.db*' ! -name lock | sort); }
picture() { rows; files; }
now_ms() { date +%s%3N; }

# kills COUNT SEED "sentence" COMMAND...: from the world in $T/before, so often,
# after delays over all of the time that an undisturbed run takes.
killed=0 ended=0
kills() {
	count=$1 seed=$2 what=$3
	shift 3
	cd_fresh
	rows >"$T/old"
	t0=$(now_ms)
	ok "$what, undisturbed" "$@"
	span=$(($(now_ms) - t0))
	picture >"$T/new"
	rows >"$T/new-rows"
	bad='' i=0
	for delay in $(awk -v n="$count" -v s="$seed" -v span="$span" \
	    'BEGIN { srand(s); for (i = 0; i < n; i++) printf "%.4f\n", rand() * span * 1.05 / 1000 + 0.001 }'); do
		i=$((i + 1))
		cd_fresh
		r=0
		timeout --foreground -s KILL "$delay" "$@" >/dev/null 2>&1 </dev/null || r=$?
		case $r in 124 | 137) killed=$((killed + 1)) ;; 0) ended=$((ended + 1)) ;; *) bad="$bad status $r after $delay;" ;; esac
		rows >"$T/got"
		cmp -s "$T/old" "$T/got" || cmp -s "$T/new-rows" "$T/got" ||
			bad="$bad neither before nor after, killed after $delay: $(diff "$T/old" "$T/got" | head -n 3);"
		"$@" >"$T/out" 2>"$T/err" </dev/null || again_may_fail "$@" || bad="$bad run again after $delay: $(tail -n 1 "$T/err");"
		picture >"$T/got"
		cmp -s "$T/new" "$T/got" || bad="$bad not the same in the end, killed after $delay: $(diff "$T/new" "$T/got" | head -n 3);"
		total=$((total + 1))
	done
	if [ -z "$bad" ]; then _ok "$what, killed $count times: whole each time, and right in the end"; else _bad "$what, killed $count times" "$bad"; fi
}
total=0
cd_fresh() {
	rm -rf "$T/w"
	cp -a "$T/before" "$T/w"
}
# A backup that ended is not overwritten.
again_may_fail() { [ "$3" = backup ] || [ "$4" = backup ]; }
run() { utvalg --config "$CONF" "$@"; }
U=$PWD/$O/utvalg

world "$T/before"
CONF=$T/w/utvalg.conf
sed "s|$T/before|$T/w|" "$T/before/utvalg.conf" >"$T/c"
cp "$T/c" "$T/before/utvalg.conf"
cp "$T/one.json.gz" "$T/two.json.gz" "$T/before"
empty() { mkdir -p "$T/before/state"; chmod 700 "$T/before/state"; }
empty

# A register that is there: made once, with the keys, which are random.
cd_fresh
ok "yesterday's register" u pull --from "$T/one.json.gz"
ok "and the keys" u bounces
rm -rf "$T/before"
cp -a "$T/w" "$T/before"
kills 60 11 "the next night's register" "$U" --config "$CONF" pull --from "$T/two.json.gz" --accept-loss test
kills 40 12 "the next night's register through a pipe" sh -c "exec '$U' --config '$CONF' pull --accept-loss test --from - <'$T/two.json.gz'"
kills 40 13 "a backup" "$U" --config "$CONF" backup "$T/w/copy"
ok "and the last one is whole" sh -c "cd '$T/w/copy' && sha256sum -c --quiet SHA256SUMS"

# The first load of all, which goes into the file itself.
rm -f "$T/before/state/utvalg.db"* "$T/before/state/extracts/"*
sqlite3 "$T/before/state/utvalg.db" <pipeline/store/schema.sql
kills 30 14 "the first register" "$U" --config "$CONF" pull --from "$T/one.json.gz"

# A migration.
rm -f "$T/before/state/utvalg.db"*
cat tests/schema/1.sql tests/schema/rows.sql | sqlite3 "$T/before/state/utvalg.db"
rows() {
	db "PRAGMA integrity_check; PRAGMA user_version; SELECT count(*), sum(row_hash) FROM unit WHERE orgnr = 974760673; SELECT count(*) FROM frame_unit" 2>&1 || :
}
kills 30 15 "a migration" "$U" --config "$CONF" migrate

same "$total" 200 "two hundred times in all"
[ "$killed" -ge 120 ] && _ok "$killed of them before the end" || _bad "most of them before the end" "$killed"
