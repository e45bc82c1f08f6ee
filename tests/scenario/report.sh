#!/bin/sh
# Goal: the report is whole, the same each time, and fit to be shown on any screen and on paper.
set -eu
. tests/lib.sh

SOURCE_DATE_EPOCH=1791187200	# 2026-10-05, two days after the register's day
export SOURCE_DATE_EPOCH
ok "the demonstration runs to its end" sh tests/demo.sh "$T/demo"
CONF=$T/demo/utvalg.conf
SOURCE_DATE_EPOCH=1791792000
ok "a reminder goes" u mail mikrobedrifter --wave reminder --out "maildir:$T/demo/again"
ok "a report in Norwegian" u report mikrobedrifter "$T/nb.html"
SOURCE_DATE_EPOCH=1792000000
ok "another day" u report mikrobedrifter "$T/later.html"
ok "the same octets" cmp "$T/nb.html" "$T/later.html"
same "$(stat -c %a "$T/nb.html")" 600 "for its owner alone"
ok "a report in English" u report mikrobedrifter --lang en "$T/en.html"
u report mikrobedrifter >"$T/stdout.html" 2>"$T/err" || :
ok "to standard output it is the same" cmp "$T/stdout.html" "$T/nb.html"
ok "not written by --dry-run" u --dry-run report mikrobedrifter "$T/no.html"
ok "that is so" test ! -e "$T/no.html"
status 73 "a folder that is not there is an error" \
	u report mikrobedrifter "$T/none/r.html"

has "$T/nb.html" 'lang="nb"' "its language is said"
has "$T/en.html" 'lang="en"' "in English too"
has "$T/nb.html" 'norsk lisens for offentlige data (NLOD)' "the register's licence is named"
lacks "$T/nb.html" '<script' "no script"
same "$(grep -c -E '(src|href)="[^#]' "$T/nb.html" || :)" 0 "nothing is fetched"
same "$([ "$(wc -c <"$T/nb.html")" -lt 300000 ] && echo small)" small "under 300 kB"
lacks "$T/nb.html" '�' "no letter is lost"
if command -v python3 >/dev/null; then
	ok "it is XML, too" python3 -c \
		'import sys, xml.etree.ElementTree as t; t.parse(sys.argv[1])' "$T/nb.html"
else
	skip no-python3 "a report is read as XML"
fi

# The figures are those of the tables.
u table mikrobedrifter funnel --format csv >"$T/funnel.csv"
for level in Ramme 'Sendt ut' Levert Besvart; do
	n=$(awk -F, -v l="$level" '$1 == l { print $3 }' "$T/funnel.csv")
	shown=$(sed 's/\xc2\xa0//g; s/<text/\n&/g' "$T/nb.html" |
		grep -A 1 "class=\"strong\">$level</text>" | sed -n 's/.*>\([0-9]*\)<\/text>.*/\1/p' | tail -n 1)
	same "$shown" "$n" "the picture's $level is the table's"
done

# A study that is framed only has the parts it has reached.
cp -r "$T/demo/state" "$T/young"
sqlite3 "$T/young/utvalg.db" "PRAGMA foreign_keys = 0; DELETE FROM disposition;
	DELETE FROM mailing_recipient; DELETE FROM mailing; DELETE FROM sample_unit;
	DELETE FROM sample_stratum; DELETE FROM sample"
printf '[store]\nstate = %s\n' "$T/young" >"$T/young.conf"
# shellcheck disable=SC2034  # lib.sh reads it
CONF=$T/young.conf
ok "of a frame that is not drawn yet" u report mikrobedrifter "$T/young.html"
has "$T/young.html" 'Undersøkelsen er ikke kommet lenger ennå.' "it says so"
lacks "$T/young.html" 'id="dager"' "and has no more"

# Sent, and nobody has answered or bounced.
cp -r "$T/demo/state" "$T/silent"
sqlite3 "$T/silent/utvalg.db" "PRAGMA foreign_keys = 0; DELETE FROM answer_value;
	DELETE FROM answer; DELETE FROM bounce; DELETE FROM bounce_message;
	UPDATE disposition SET state = 'sent', returned = 0, aapor = '3.19'"
printf '[store]\nstate = %s\n' "$T/silent" >"$T/silent.conf"
CONF=$T/silent.conf
ok "of one that nobody has answered" u report mikrobedrifter "$T/silent.html"

# Long names, small cells hidden.
cp -r "$T/demo" "$T/long"
printf '[store]\nstate = %s\n' "$T/long/state" >"$T/long.conf"
CONF=$T/long.conf
sed -e 's/^label = Finnmark$/label = Finnmark, med alle kommuner fra Alta i vest til Sør-Varanger i øst/' \
	-e 's/^label = Opplevelser$/label = Opplevelsesvirksomhetsundervisningsarrangementer/' \
	-e 's/^small = off/small = 5/' -i "$T/long/mikrobedrifter.ini"
ok "new labels" u study renew "$T/long/mikrobedrifter.ini"
ok "a report with them" u report mikrobedrifter "$T/long.html"
has "$T/long.html" 'Celler med færre enn 5 svar vises ikke' "small cells are hidden, and it says so"
has "$T/long.html" '<td class="n">:</td>' "by their sign"

# What a browser makes of it.  On paper: A4 less its margins, with the styles of
# print taken for all; likewise the dark.
look() {	# FOLDER VIEWS: lines into $T/seen
	{
		printf '<!DOCTYPE html><meta charset="utf-8"><body><script>const VIEWS = [%s];\n' "$2"
		cat tests/measure.js
		printf '</script></body>'
	} >"$1/look.html"
	timeout 240 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars \
		--user-data-dir="$T/chromium" --allow-file-access-from-files \
		--virtual-time-budget=60000 --dump-dom "file://$1/look.html" \
		>"$T/dom" 2>"$T/chromium.err" || :
	sed 's/&amp;/\&/g; s/&lt;/</g; s/&gt;/>/g' "$T/dom" |
		sed -n '/^looked \|^fault \|^end/p' >"$T/seen"
}
if command -v chromium >/dev/null; then
	mkdir "$T/web"
	views=
	for l in nb en young silent long; do
		cp "$T/$l.html" "$T/web"
		sed 's/@media print/@media all/' "$T/$l.html" >"$T/web/$l-print.html"
		sed 's/@media (prefers-color-scheme: dark)/@media all/' "$T/$l.html" \
			>"$T/web/$l-dark.html"
		for w in 1280 800 400; do
			views="${views}['$l at $w', '$l.html', $w, false],"
		done
		views="${views}['$l on paper', '$l-print.html', 665, true],
			['$l in the dark', '$l-dark.html', 800, false],"
	done
	look "$T/web" "$views"
	same "$(grep -c '^looked ' "$T/seen")" 25 "twenty-five views have been looked at"
	same "$(tail -n 1 "$T/seen")" end "to the end"
	same "$(grep '^fault ' "$T/seen" | head -n 12)" '' "and none has a fault"
	has "$T/seen" 'looked nb at 1280: 5 pictures, 14 tables' "pictures and tables are there"

	# The measuring finds what is broken on purpose.
	broken() {	# "sentence" WANT WIDTH PRINT SED
		sed "$5" "$T/web/nb$([ "$4" = false ] || echo -print).html" >"$T/web/broken.html"
		cmp -s "$T/web/broken.html" "$T/web/nb.html" && _bad "$1: nothing was broken"
		look "$T/web" "['broken', 'broken.html', $3, $4]"
		has "$T/seen" "fault broken: $2" "$1"
	}
	broken "large letters are seen to overlap" overlap: 1280 false \
		's/svg text { font-size: 14px/svg text { font-size: 30px/'
	broken "pale ones to be illegible" contrast 800 false 's/--muted: #59626b/--muted: #a9a9a9/'
	broken "what does not scroll to overflow" overflows: 400 false \
		's/\.scroll { overflow-x: auto; }//'
	broken "what is wider than paper to be cut off" 'is cut off:' 500 true \
		's/svg { min-width: 0;/svg { min-width: 60rem;/'
	broken "a picture without description" 'no alternative text' 800 false \
		's/role="img"/role="none"/'
	ok "a picture of it" timeout 120 chromium --headless --no-sandbox --disable-gpu \
		--hide-scrollbars --user-data-dir="$T/chromium" --window-size=1280,2000 \
		--screenshot="$T/nb.png" "file://$T/nb.html"
	ok "it is there" test -s "$T/nb.png"
else
	skip no-chromium "a browser looks at the report"
fi
