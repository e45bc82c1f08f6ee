# shellcheck shell=sh
# lib.sh -- what scenario tests say and how they say it.  Sourced.
#
# tests/run.sh gives: O the build folder, T a fresh folder, SKIPS a file to
# note skips in; the working directory is the root of the project.
# Each check prints one line, "ok - sentence" or "not ok - sentence".

: "${O:?run by tests/run.sh}" "${T:?run by tests/run.sh}"
PATH="$PWD/$O:$PATH"
export PATH
unset UTVALG_KILL_AT CREDENTIALS_DIRECTORY 2>/dev/null || :
LC_ALL=C.UTF-8
export LC_ALL

_ok() { echo "ok - $1"; }
_bad() {
	echo "not ok - $1"
	shift
	for _l in "$@"; do printf '#   %s\n' "$_l"; done
	for _f in out err; do
		[ -s "$T/$_f" ] && head -n 8 "$T/$_f" | sed "s/^/#   $_f: /"
	done
	return 0
}

# ok "sentence" command...: passes if the command succeeds.  stdout and stderr
# are left in $T/out and $T/err.
ok() {
	_s=$1
	shift
	_r=0
	"$@" >"$T/out" 2>"$T/err" </dev/null || _r=$?
	if [ "$_r" = 0 ]; then _ok "$_s"; else _bad "$_s" "status $_r: $*"; fi
}

# status N "sentence" command...: passes on that exit status, and, unless N is
# 0, on exactly one line on stderr (no stack trace, no silence).
status() {
	_n=$1 _s=$2
	shift 2
	_r=0
	"$@" >"$T/out" 2>"$T/err" </dev/null || _r=$?
	if [ "$_r" != "$_n" ]; then
		_bad "$_s" "status $_r, wanted $_n: $*"
	elif [ "$_n" != 0 ] && [ "$(grep -c '^utvalg: ' "$T/err")" != 1 ]; then
		_bad "$_s" "wanted exactly one line of error: $*"
	else
		_ok "$_s"
	fi
}

# has FILE TEXT "sentence", lacks FILE TEXT "sentence": fixed text.
has() {
	if grep -qF -e "$2" "$1"; then _ok "$3"; else _bad "$3" "not in $1: $2"; fi
}
lacks() {
	if grep -qF -e "$2" "$1"; then _bad "$3" "in $1: $2"; else _ok "$3"; fi
}

# same GOT WANT "sentence": text.
same() {
	if [ "$1" = "$2" ]; then _ok "$3"; else _bad "$3" "got:    $1" "wanted: $2"; fi
}

# skip NAME "sentence": NAME must stand in tests/skips with its reason.
skip() {
	echo "skip - $2 ($1)"
	echo "$1" >>"$SKIPS"
}

# world FOLDER: a private world there; $CONF is its settings file.
world() {
	mkdir -p "$1"
	printf '[store]\nstate = %s/state\n' "$1" >"$1/utvalg.conf"
	CONF=$1/utvalg.conf
}
# u arguments...: utvalg in that world.
u() { utvalg --config "$CONF" "$@"; }

# One value from its database.
db() { sqlite3 -cmd '.timeout 5000' "$(dirname "$CONF")/state/utvalg.db" "$1"; }

# small_plan N: the report's plan with every count divided by N, rounded up.
small_plan() {
	awk -F'\t' -v OFS='\t' -v by="$1" '
	/^#/ || /^$/ || /^register/ { print; next }
	{ for (i = 2; i <= NF; i++)
		if ($i ~ /^[0-9]+$/ && $1 != "companies" &&
		    !(i == 2 && ($1 == "found" || $1 == "answers" || $1 == "obliged")))
			$i = int($i / by) + ($i % by > 0)
	  print }' tests/mikrobedrifter.plan
}
