#!/bin/sh
# demo.sh -- the report's own study, from a register extract to its two tables,
# in a folder of its own (build/demo, or $1).  Run by `make demo`.
#
# The register, the list of food producers, the returned mail and the answers
# are invented by tests/tools/gen from tests/mikrobedrifter.plan, which holds
# the counts that go in: how many units of which county and group, how many dead
# addresses, how many answers.  Everything between is utvalg, as in earnest.
set -eu
O=${O:?run by make demo}
D=${1:-build/demo}
say() { printf '%s\n' "$*" >&2; }
run() {		# show what is typed, then do it
	printf '\n$ %s\n' "$*" >&2
	"$@"
}

rm -rf "$D"
mkdir -p "$D"
O=$(cd "$O" && pwd)
D=$(cd "$D" && pwd)
PLAN=$PWD/tests/mikrobedrifter.plan
cp config/studies/* "$D"
cd "$D"
PATH=$O:$PATH
export PATH
gen="$O/tests/tools/gen"
"$gen" study --plan "$PLAN" --dir . --seed 1

# A settings file of one line makes a private world.
printf '[store]\nstate = state\n' >utvalg.conf
utvalg() { command utvalg --config "$D/utvalg.conf" --lang "${DEMO_LANG:-nb}" "$@"; }

say "A register extract, and a study file to go with it, in $D"
run utvalg pull --from enheter.json.gz --date 2026-10-03
run utvalg frame mikrobedrifter.ini >&2
run utvalg draw mikrobedrifter
# The letters go out before the invented answers come in.
SOURCE_DATE_EPOCH=1791187200	# 2026-10-05
export SOURCE_DATE_EPOCH
run utvalg mail mikrobedrifter --wave invite --out maildir:sent

"$gen" bounces --maildir sent --fates fates.tsv --out returned
say ''
say "\$ utvalg-hook < ...   (once for each returned mail, as the mail server does)"
for mail in returned/*.eml; do
	utvalg-hook -s state/spool -f '' -r "$(cat "${mail%.eml}.rcpt")" <"$mail"
done
run utvalg bounces

SOURCE_DATE_EPOCH=1793440000	# 2026-10-31
"$gen" answers --maildir sent --fates fates.tsv --out svar.csv --seed 1
run utvalg answers mikrobedrifter svar.csv

run utvalg table mikrobedrifter net
printf '\n'
run utvalg table mikrobedrifter rates

say ''
run utvalg report mikrobedrifter rapport.html >&2
say "The whole of it, with pictures: $D/rapport.html"
