#!/bin/sh
# run.sh TEST... -- run the unit tests given (cmocka programs) and all scenario
# tests (tests/scenario/*.sh), count, and end with "N passed, N failed, N
# skipped".  Fails when a test failed, when one asserted nothing, or when one
# was skipped that tests/skips does not list.
#
# O: build folder.  RUN: put before unit tests (valgrind).  UNIT_ONLY: no
# scenarios.  ONLY: run only tests whose name holds this.  JOBS: tests at once
# (as many as there are processors); each has a folder and ports of its own.
set -u
unset MAKEFLAGS MAKELEVEL	# a test that runs make is nobody's part
O=${O:?} RUN=${RUN:-} UNIT_ONLY=${UNIT_ONLY:-} ONLY=${ONLY:-} JOBS=${JOBS:-$(nproc)}
work=$(mktemp -d "${TMPDIR:-/tmp}/utvalg-test.XXXXXX") || exit 1
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
lanes=
trap 'kill $lanes 2>/dev/null; exit 130' INT TERM
SKIPS=$work/skips
: >"$SKIPS"

count() {	# FILE NAME STATUS: into p, f, e; a line for what the file lacks
	p=$(grep -c -E '^(ok |\[       OK \])' "$1")
	f=$(grep -c -E '^(not ok |\[  FAILED  \] [^0-9])' "$1")
	s=$(grep -c '^skip - ' "$1")
	e=0
	if [ "$3" != 0 ] && [ "$f" = 0 ]; then
		f=1
		echo "not ok - $2 ended with status $3"
	fi
	if [ "$((p + f + s))" = 0 ]; then
		e=1
		echo "not ok - $2 asserts nothing"
	fi
}

unit() {	# PROGRAM
	name=${1#"$O"/}
	# shellcheck disable=SC2086  # RUN is a command and its options
	CMOCKA_MESSAGE_OUTPUT=STDOUT SKIPS=$SKIPS $RUN "$1" >"$log" 2>&1
	r=$?
	count "$log" "$name" $r
	if [ $r != 0 ]; then
		grep -v -E '^\[( RUN      |       OK )\]' "$log" | head -n 60
	else
		grep '^skip - ' "$log"
		echo "ok - $name ($p)"
	fi
}

scenario() {	# SCRIPT
	T=$work/$n.t
	mkdir -p "$T"
	chmod 755 "$T"
	T=$T O=$O SKIPS=$SKIPS sh "$1" >"$log" 2>&1
	r=$?
	count "$log" "$1" $r
	grep -q '^# Goal: ' "$1" || { echo "not ok - $1 has no Goal: line"; f=$((f + 1)); }
	[ $r = 0 ] || tail -n 5 "$log" | sed 's/^/# /'
	grep -A 10 '^not ok ' "$log"
	grep '^skip - ' "$log"
	echo "ran $1 ($p ok, $f not ok): $(sed -n 's/^# Goal: //p' "$1")"
	rm -rf "$T"
}

# Take the next test that no other lane has taken, until there is none.
lane() {
	n=0
	for t; do
		n=$((n + 1))
		mkdir "$work/$n.taken" 2>/dev/null || continue
		log=$work/$n.log
		case $t in
		*.sh) scenario "$t" ;;
		*) unit "$t" ;;
		esac >"$work/$n.said"
		cat "$work/$n.said"
		echo "$p $f $e" >"$work/$n.sum"
	done
}

if [ -z "$UNIT_ONLY" ]; then
	for t in tests/scenario/*.sh; do
		set -- "$@" "$t"
	done
fi
for t; do		# those asked for, and each once around
	shift
	case $t in *"$ONLY"*) [ ! -e "$t" ] || set -- "$@" "$t" ;; esac
done
for _ in $(seq "$JOBS"); do
	lane "$@" &
	lanes="$lanes $!"
done
wait
passed=0 failed=0 empty=0
for i in $(seq $#); do
	if read -r p f e 2>/dev/null <"$work/$i.sum"; then
		passed=$((passed + p)) failed=$((failed + f)) empty=$((empty + e))
	else
		echo "not ok - test $i was not run"
		failed=$((failed + 1))
	fi
done

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
