#!/bin/sh
# lint.sh -- what a compiler does not say: each header stands alone, clang-tidy,
# cppcheck, shellcheck, mandoc.  Run by `make lint`, which gives STD_C.
set -eu
: "${STD_C:?run by make lint}"
bad=0
note() { echo "lint: $*" >&2; bad=1; }
sources=$(git ls-files '*.c' | grep -v -e '_test\.c$' -e '_fuzz\.c$')
tests=$(git ls-files '*_test.c' '*_fuzz.c')
headers=$(git ls-files '*.h')

for h in $headers; do
	# shellcheck disable=SC2086  # options
	eval "cc $STD_C -fsyntax-only -Wall -Wextra -x c" "$h" || note "$h does not stand alone"
done
eval "printf '%s\n' $STD_C" | sed "s|^-I|-I$PWD/|" >build/compile_flags.txt
# shellcheck disable=SC2086
printf '%s\n' $sources | xargs -P 2 -n 8 clang-tidy --quiet -p build \
	--warnings-as-errors='*' 2>build/tidy.log || note "clang-tidy"
# shellcheck disable=SC2086
cppcheck --quiet --std=c11 --enable=warning,performance,portability \
	--inline-suppr --suppress=missingIncludeSystem --error-exitcode=1 -j 2 -I. \
	$sources $tests || note "cppcheck"
# shellcheck disable=SC2046  # words
shellcheck -S warning -e SC1091 $(git ls-files '*.sh') .ci/run || note "shellcheck"
for page in man/*.[1-9]; do
	mandoc -Tlint -Wwarning "$page" || note "$page"
done
# Each module has its line in docs/DESIGN.md.
for f in $sources $headers; do
	case $f in tests/*|*_test.h) continue ;; esac
	n=$(basename "$f")
	n=${n%.*}
	grep -qE "^\\| \`$n(\\.\\[ch\\]|\\.[ch])\`" docs/DESIGN.md || note "$f has no line in docs/DESIGN.md"
done
# docs/REGISTER.md has the columns and indexes of the register, in their order.
sqlite3 :memory: ".read pipeline/store/schema.sql" "SELECT name FROM
	pragma_table_info('unit')" "SELECT name FROM sqlite_schema WHERE type =
	'index' AND tbl_name IN ('unit', 'unit_history') AND sql IS NOT NULL" |
	sed "s/.*/\`&\`/" >build/register.schema
sed -n 's/^| \(`[a-z0-9_]*`\) |.*/\1/p' docs/REGISTER.md | diff build/register.schema - >&2 ||
	note "docs/REGISTER.md is not as the schema"
[ "$bad" = 0 ] && echo "lint: nothing to say"
exit $bad
