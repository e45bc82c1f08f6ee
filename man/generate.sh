#!/bin/sh
# generate.sh [--check] -- write what comes from the program's tables into the
# manual pages (between ".\" begin NAME" and ".\" end NAME") and into
# completion/utvalg.bash.  --check: only say what differs, and fail.
set -eu
cd "$(dirname "$0")/.."
O=${O:-build/release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
check=0
[ "${1:-}" != --check ] || check=1

page() {	# FILE
	awk -v dir="$work" -v prog="$O/utvalg" '
		/^\.\\" begin / {
			print; name = $3; skip = 1
			cmd = prog " help --mdoc " name
			n = 0
			while ((cmd | getline line) > 0) { print line; n++ }
			if (close(cmd) != 0 || n == 0) exit 1
			next
		}
		/^\.\\" end / { skip = 0 }
		!skip { print }
	' "$1" >"$work/page"
}

settle() {	# FILE
	if cmp -s "$work/page" "$1"; then return; fi
	if [ $check = 1 ]; then
		echo "$1 is not what the tables say: sh man/generate.sh" >&2
		diff "$1" "$work/page" >&2 || exit 1
	fi
	cat "$work/page" >"$1"
	echo "wrote $1"
}

for f in man/utvalg.1 man/utvalg.conf.5 man/utvalg-study.5; do
	page "$f"
	settle "$f"
done
"$O/utvalg" help --completion >"$work/page"
settle completion/utvalg.bash
"$O/utvalg" help --mdoc example >"$work/page"
settle config/utvalg.conf
