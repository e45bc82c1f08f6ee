#!/bin/sh
# bench_draw.sh -- a stratified draw of 10 000 from a frame of UNITS (1 150 000),
# and each table of it, beside reading the same units with SQLite alone.  Run by
# `make bench`.
#
# Processor time, the least of three runs, as a ratio to S: `SELECT unit_key, prn`
# of the same frame by the sqlite3 shell.  Nothing here passes or fails.
set -eu
O=${O:?run by make bench} UNITS=${UNITS:-1150000}
W=$(mktemp -d "${TMPDIR:-/tmp}/utvalg-bench.XXXXXX")
trap 'rm -rf "$W"' EXIT
O=$(cd "$O" && pwd)
PATH=$O:$PATH
gen=$O/tests/tools/gen
printf '[store]\nstate = %s/state\n' "$W" >"$W/utvalg.conf"
u() { utvalg -q --config "$W/utvalg.conf" "$@" >/dev/null; }

# Processor time of all children of this shell so far, in microseconds.
spent() {
	times >"$W/times"
	awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, a, /[ms]/); t += a[1] * 60 + a[2] } }
		END { printf "%d", t * 1000000 }' "$W/times"
}
# least COMMAND...: microseconds of the processor, the least of three runs.
least() {
	best=
	for _ in 1 2 3; do
		spent >"$W/from"
		"$@"
		spent >"$W/to"
		us=$(($(cat "$W/to") - $(cat "$W/from")))
		[ -n "$best" ] && [ "$best" -le $us ] || best=$us
	done
	echo $((best > 0 ? best : 1))
}
reading() { sqlite3 "$W/state/utvalg.db" 'SELECT unit_key, prn FROM frame_unit WHERE kept = 1 ORDER BY unit_key' >/dev/null; }
line() { printf '%-40s %6s S   %s s\n' "$1" "$(awk "BEGIN { printf \"%.2f\", $2 / $s }")" "$(awk "BEGIN { printf \"%.2f\", $2 / 1000000 }")"; }

# three of four generated units have no address, or one that another has
"$gen" extract --units $((UNITS * 4)) --seed 1 --study 100 --out "$W/e.gz"
u pull --from "$W/e.gz"
cp config/studies/mikrobedrifter* "$W"
printf 'navn,epost,kommune,orgnr\n' >"$W/matprodusenter.csv"
sed -i -e '/^employees/d; /^legal_form/d; /^registered/d' \
	-e 's/^county = Møre og Romsdal/county = 03, 11, 15, 18, 31, 32, 34, 39, 40, 42, 46, 50, 55/' \
	-e 's/^design = everyone/design = random\nsize = 10000\nstratify = area group/' "$W/mikrobedrifter.ini"
u frame "$W/mikrobedrifter.ini"
kept=$(sqlite3 "$W/state/utvalg.db" 'SELECT count(*) FROM frame_unit WHERE kept = 1')
printf 'a frame of %s units\n' "$kept"
s=$(least reading)
line "reading it with sqlite3 (S)" "$s"
line "draw: 10 000, stratified by area and group" "$(least u draw mikrobedrifter --dry-run)"
u draw mikrobedrifter
line "draw: 1 000 more" "$(least u draw mikrobedrifter --more 1000 --dry-run)"
line "verify: all of it drawn again" "$(least u verify mikrobedrifter)"

# Letters, returns and answers: one in five answered, one in seven came back.
sqlite3 "$W/state/utvalg.db" "
INSERT INTO mailing (id, study, wave, planned, out, bounce, template_sha256)
	SELECT 1, id, 'invite', 1, 'csv:/x', 'b@example.no', '' FROM study;
INSERT INTO mailing_recipient (mailing, sample_unit, address, email_key, state, sent)
	SELECT 1, id, 'a' || id || '@example.no', 'a' || id || '@example.no', 'sent',
	1790000000 FROM sample_unit;
INSERT OR REPLACE INTO disposition (sample_unit, state, sent, returned, our_fault,
	review, late, aapor, why) SELECT id, CASE WHEN id % 5 = 0 THEN 'complete' WHEN
	id % 7 = 0 THEN 'returned' ELSE 'sent' END, 1, id % 5 <> 0 AND id % 7 = 0, 0, 0, 0,
	CASE WHEN id % 5 = 0 THEN '1.1' WHEN id % 7 = 0 THEN '3.30' ELSE '3.19' END, ''
	FROM sample_unit"
for table in net rates funnel codes returns missing rindicator days aapor \
	"cross legal_form" "rates --by accounts"; do
	# shellcheck disable=SC2086  # a table and its words
	line "table $table" "$(least u table mikrobedrifter $table)"
done
