#!/bin/sh
# run.sh TEST... -- run the unit tests given (cmocka programs) and all scenario
# tests (tests/scenario/*.sh), count, and end with "N passed, N failed, N
# skipped".  Fails when a test failed, when one asserted nothing, or when one
# was skipped that tests/skips does not list.
#
# O: build folder.  RUN: put before unit tests (valgrind).  UNIT_ONLY: no
# scenarios.  ONLY: run only tests whose name holds this.
set -u
O=${O:?} RUN=${RUN:-} UNIT_ONLY=${UNIT_ONLY:-} ONLY=${ONLY:-}
work=$(mktemp -d "${TMPDIR:-/tmp}/utvalg-test.XXXXXX") || exit 1
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
SKIPS=$work/skips
: >"$SKIPS"
passed=0 failed=0 empty=0

count() {	# FILE NAME STATUS
	p=$(grep -c -E '^(ok |\[       OK \])' "$1")
	f=$(grep -c -E '^(not ok |\[  FAILED  \] [^0-9])' "$1")
	s=$(grep -c '^skip - ' "$1")
	if [ "$3" != 0 ] && [ "$f" = 0 ]; then
		f=1
		echo "not ok - $2 ended with status $3"
	fi
	if [ "$((p + f + s))" = 0 ]; then
		empty=$((empty + 1))
		echo "not ok - $2 asserts nothing"
	fi
	passed=$((passed + p)) failed=$((failed + f))
}

for t in "$@"; do
	name=${t#"$O"/}
	case $name in *"$ONLY"*) ;; *) continue ;; esac
	# shellcheck disable=SC2086  # RUN is a command and its options
	CMOCKA_MESSAGE_OUTPUT=STDOUT SKIPS=$SKIPS $RUN "$t" >"$work/log" 2>&1
	r=$?
	count "$work/log" "$name" $r
	if [ $r != 0 ]; then
		grep -v -E '^\[( RUN      |       OK )\]' "$work/log" | head -n 60
	else
		grep '^skip - ' "$work/log"
		echo "ok - $name ($p)"
	fi
done

if [ -z "$UNIT_ONLY" ]; then
	for t in tests/scenario/*.sh; do
		[ -e "$t" ] || continue
		case $t in *"$ONLY"*) ;; *) continue ;; esac
		grep -q '^# Goal: ' "$t" || { echo "not ok - $t has no Goal: line"; failed=$((failed + 1)); }
		T=$work/t
		rm -rf "$T"
		mkdir -p "$T"
		chmod 755 "$T"
		T=$T O=$O SKIPS=$SKIPS sh "$t" >"$work/log" 2>&1
		r=$?
		count "$work/log" "$t" $r
		[ $r = 0 ] || tail -n 5 "$work/log" | sed 's/^/# /'
		grep -A 10 '^not ok ' "$work/log"
		grep '^skip - ' "$work/log"
		echo "ran $t ($p ok, $f not ok): $(sed -n 's/^# Goal: //p' "$t")"
	done
fi

skipped=0
for s in $(sort "$SKIPS"); do
	skipped=$((skipped + 1))
	if ! grep -q "^$s	" tests/skips; then
		echo "not ok - skipped without standing in tests/skips: $s"
		failed=$((failed + 1))
	fi
done
failed=$((failed + empty))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
