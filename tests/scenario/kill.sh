#!/bin/sh
# Goal: killed at any step and run again, every stage ends in the state of an undisturbed run.
set -eu
. tests/lib.sh
SOURCE_DATE_EPOCH=1793000000	# one clock for all runs
export SOURCE_DATE_EPOCH
gen=$PWD/$O/tests/tools/gen

# A small study: a tenth of the report's.
small_plan 10 >"$T/plan"
cp config/studies/mikrobedrifter* "$T"
"$gen" study --plan "$T/plan" --dir "$T" --seed 3 >/dev/null
world "$T/w"
S=$T/w/state

# The whole of the state in words: the database without the random access
# tokens where a run makes them, and every file but the lock.
picture() {	# DRAWING: tokens are made in this stage
	if [ "$1" = draw ] || [ "$1" = more ]; then
		db "SELECT 'sample_unit', id, sample, frame_unit, stratum, pi, weight, length(token), step FROM sample_unit ORDER BY id"
		db '.dump' | grep -v '^INSERT INTO sample_unit'
	else
		db '.dump'
	fi
	(cd "$T/w" && find . -type f ! -name 'utvalg.db*' ! -name lock ! -name trying |
		sort | xargs -r sha256sum)
}

# stage NAME COMMAND...: an undisturbed run, then one for each of its steps.
stage() {
	name=$1
	shift
	steps=$(grep -rhoE "talk_step\\(\"$name\\.[0-9]+\"\\)" pipeline |
		sed 's/.*"\(.*\)".*/\1/' | sort -u)
	[ -n "$steps" ] || { _bad "$name has numbered steps"; return; }
	rm -rf "$T/before"
	cp -a "$T/w" "$T/before"
	ok "$name, undisturbed" u "$@"
	picture "$name" >"$T/want"
	rm -rf "$T/after"
	cp -a "$T/w" "$T/after"
	for step in $steps; do
		rm -rf "$T/w"
		cp -a "$T/before" "$T/w"
		r=0
		UTVALG_KILL_AT=$step utvalg --config "$CONF" "$@" >"$T/out" 2>"$T/err" </dev/null || r=$?
		if [ $r != 137 ]; then
			_bad "$name is killed at $step" "status $r"
			continue
		fi
		r=0
		u "$@" >"$T/out" 2>"$T/err" </dev/null || r=$?
		if [ $r != 0 ]; then
			_bad "$name runs again after $step" "status $r"
			continue
		fi
		picture "$name" >"$T/got"
		if cmp -s "$T/want" "$T/got"; then
			_ok "$name killed at $step and run again: the same"
		else
			_bad "$name killed at $step and run again: the same" \
				"$(diff "$T/want" "$T/got" | head -n 4)"
		fi
		same "$(db 'PRAGMA integrity_check')" ok "integrity after $step"
	done
	rm -rf "$T/w"
	cp -a "$T/after" "$T/w"
}

stage pull pull --from "$T/enheter.json.gz"
# The secret salt is made once, at random; random numbers hang on it.
ok "the keys are there" u plan "$T/mikrobedrifter.ini"
stage frame frame "$T/mikrobedrifter.ini"
stage draw draw mikrobedrifter
# another study of the same units, a part of them, then more
sed -e 's/^name = mikrobedrifter/name = del/' -e 's/^design = everyone/design = random\nsize = 60\nstratify = area/' \
	"$T/mikrobedrifter.ini" >"$T/del.ini"
ok "a study that draws a part" u frame "$T/del.ini"
ok "drawn" u draw del
stage more draw del --to 75
ok "and drawn again it is the same" u verify del
stage mail mail mikrobedrifter --wave invite --out "maildir:$T/w/sent"

"$gen" bounces --maildir "$T/w/sent" --fates "$T/fates.tsv" --out "$T/returned"
for mail in "$T"/returned/*.eml; do
	utvalg-hook -s "$S/spool" -r "$(cat "${mail%.eml}.rcpt")" <"$mail"
done
stage bounces bounces
# with a rule more, the archive says something else
printf 'rule nobody\nreason onhold\npattern user unknown|does not exist|unknown user\nhit user unknown\nmiss full\n' >"$T/w/own.rules"
printf '[bounces]\nrules = own.rules\n' >>"$CONF"
stage replay bounces --replay --apply
same "$(db "SELECT count(*) > 0 FROM bounce_reading WHERE superseded = 1")" 1 "the old readings are kept"
printf '[store]\nstate = %s\n' "$S" >"$CONF"
ok "and without the rule" u bounces --replay --apply
"$gen" answers --maildir "$T/w/sent" --fates "$T/fates.tsv" --out "$T/svar.csv" --seed 3
stage answers answers mikrobedrifter "$T/svar.csv"
stage package package mikrobedrifter "$T/w/arkiv" --zip
ok "and the table stands" u table mikrobedrifter net
