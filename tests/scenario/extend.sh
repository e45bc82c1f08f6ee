#!/bin/sh
# Goal: a sample that was drawn is extended and a unit replaced; the new ones are written to, once.
set -eu
. tests/lib.sh
SOURCE_DATE_EPOCH=1793000000
export SOURCE_DATE_EPOCH
gen=$PWD/$O/tests/tools/gen

small_plan 10 >"$T/plan"
cp config/studies/mikrobedrifter* "$T"
"$gen" study --plan "$T/plan" --dir "$T" --seed 3 >/dev/null
sed -e 's/^name = mikrobedrifter/name = del/' \
	-e 's/^design = everyone/design = random\nsize = 60\nstratify = area\nreserves = 1/' \
	"$T/mikrobedrifter.ini" >"$T/del.ini"
world "$T/w"
ok "the register is read" u pull --from "$T/enheter.json.gz"
ok "a frame" u frame "$T/del.ini"
status 66 "more of nothing" u draw del --more 3
ok "60 are drawn" u draw del
ok "and written to" u mail del --wave invite --out "maildir:$T/w/sent"
mails() { find "$T/w/sent" -type f | wc -l; }
same "$(mails)" 60 "60 letters"
db "SELECT frame_unit, token FROM sample_unit ORDER BY id" >"$T/first"

status 64 "more of nobody" u draw del --more 0
status 64 "two wishes at once" u draw del --more 3 --to 70
status 64 "a reserve without a reason" u draw del --replace 810000000
status 65 "more than there are" u draw del --more 100000
status 65 "fewer than are drawn" u draw del --to 59
same "$(db 'SELECT count(*) FROM sample_unit')" 60 "nothing has changed"

SOURCE_DATE_EPOCH=1793864000	# ten days later
ok "five more, shown first" u draw del --more 5 --dry-run
ok "five more" u draw del --more 5 --json
has "$T/out" '"added": 5' "five came in"
ok "as many as make 70" u draw del --to 70
ok "and again: nothing" u draw del --to 70
same "$(db 'SELECT count(*) FROM sample_unit')" 70 "70 are drawn"
db "SELECT frame_unit, token FROM sample_unit ORDER BY id LIMIT 60" >"$T/got"
same "$(cmp "$T/first" "$T/got" && echo same)" same "who was drawn is as before, token and all"
same "$(db "SELECT sum(abs(u.pi - 1.0 * h.drawn_units / h.frame_units) > 1e-12) FROM sample_unit u
	JOIN sample_stratum h ON h.sample = u.sample AND h.stratum = u.stratum")" 0 \
	"every probability is that of one draw of so many"
same "$(db 'SELECT abs(sum(weight / shared) - (SELECT sum(frame_units) FROM sample_stratum)) < 1e-6
	FROM sample_unit u JOIN frame_unit f ON f.id = u.frame_unit')" 1 "the weights sum to the frame"
ok "it is drawn again" u verify del
has "$T/out" "2 after the draw taken again, 0 differ" "and its steps"

ok "the reserves are listed" u draw del --reserves
has "$T/out" "stratum,order,unit" "as CSV"
line=$(sed -n 2p "$T/out")
area=${line%%,*} reserve=${line##*,}
ok "and as JSON" u draw del --reserves --json
has "$T/out" "\"unit\": \"$reserve\"" "with the same first one"
gone=$(db "SELECT f.unit_key FROM sample_unit u JOIN frame_unit f ON f.id = u.frame_unit
	WHERE u.stratum = '$area' ORDER BY u.id LIMIT 1")
ok "the first comes in" u draw del --replace "$gone" --why "nedlagt etter trekningen"
has "$T/out" "reserve $reserve of $area comes in" "the one that was listed"
same "$(db 'SELECT count(*) FROM sample_unit')" 71 "and takes nobody's place"
ok "asked for again, it came in before" u draw del --replace "$gone" --why "nedlagt"
same "$(db 'SELECT count(*) FROM sample_unit')" 71 "no other comes in"
status 65 "a stratum has no more than it holds" u draw del --replace "$reserve" --why "x"
status 65 "no reserve comes in for who is not drawn" u draw del --replace 999999999 --why "x"
ok "it is drawn again" u verify del
lacks "$T/w/state/samples/del.json" "$gone" "no unit is in the record"
lacks "$T/w/state/samples/del.json" "nedlagt" "and no reason"

ok "the invitation is sent to those drawn since" u mail del --wave invite --out "maildir:$T/w/sent"
same "$(mails)" 71 "11 letters more"
ok "and not again" u mail del --wave invite --out "maildir:$T/w/sent"
same "$(mails)" 71 "nobody gets two"
same "$(db "SELECT count(*) FROM (SELECT 1 FROM mailing_recipient GROUP BY sample_unit HAVING count(*) > 1)")" 0 \
	"and is written down once"
same "$(find "$T/w/sent" -type f -exec grep -h '^Date:' {} + | sort | uniq -c | awk '{ print $1 }' | sort -n | xargs)" "11 60" \
	"the letters are of their own day"
ok "the doctor finds nothing" u doctor

# a list for a platform: those drawn since come in a file of their own
sed -e 's/^name = del/name = liste/' "$T/del.ini" >"$T/liste.ini"
ok "another" u frame "$T/liste.ini"
ok "drawn" u draw liste
ok "listed" u mail liste --wave invite --out "csv:$T/w/a.csv"
ok "extended" u draw liste --more 4
status 73 "the first list is not written over" u mail liste --wave invite --out "csv:$T/w/a.csv"
ok "a list of the new" u mail liste --wave invite --out "csv:$T/w/b.csv"
same "$(wc -l <"$T/w/b.csv")" 5 "names them alone"

db "UPDATE sample_unit SET pi = pi / 2 WHERE step = 1 AND sample = 1"
r=0
u verify del >"$T/out" 2>"$T/err" || r=$?
same "$r" 1 "a change is seen"
ok "systematic has no next" sh -c 'sed -e "s/^name = del/name = hver/; s/^design = random/design = systematic/; /^reserves/d" "$1/del.ini" >"$1/hver.ini"' x "$T"
ok "its frame" u frame "$T/hver.ini"
ok "its draw" u draw hver
status 65 "it is not extended" u draw hver --more 2
