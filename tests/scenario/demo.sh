#!/bin/sh
# Goal: the report's own study comes out with the report's own figures.
set -eu
. tests/lib.sh

ok "the demonstration runs to its end" sh tests/demo.sh "$T/demo"
sed 's/\xc2\xa0/ /g' "$T/out" >"$T/tables"	# per cent signs keep to their numbers
CONF=$T/demo/utvalg.conf

# Table 7-4.  The report prints 948 returned in all; its rows and its net figure
# say 951 (4750 - 3799 = 897 + 54).
while IFS='|' read -r sentence row; do
	tr -s ' ' <"$T/tables" | grep -qxF -e "$row" && echo "ok - $sentence: $row" ||
		echo "not ok - $sentence: $row"
done <<'ROWS'
net sample|Møre & Romsdal Opplevelse 1576 305 1271
net sample|Møre & Romsdal Mat 71 2 69
net sample|Finnmark Opplevelse 743 115 628
net sample|Finnmark Mat 40 7 33
net sample|Buskerud Opplevelse 2286 466 1820
net sample|Buskerud Mat 34 2 32
net sample, sum|Sum 3853
net sample, not located|Ikke lokalisert 54
net sample, all|I alt 4750 951 3799
rates, delivered|Levert 1852 1340 661 3799
rates, answered|Besvart 121 100 87 308
rates, gross|Brutto svarprosent 7 % 7 % 13 % 8 %
rates, active|Aktive selskap (20 %) 370 268 132 760
rates, net|Netto svarprosent 33 % 37 % 66 % 41 %
ROWS

ok "status says the same to a program" u status --json
tr -d ' \n' <"$T/out" >"$T/flat"
has "$T/flat" '"frame":4750,"drawn":4750,"sent":4750,"returned":897,"not_located":54,"answered":308' \
	"counts of the study in status"

# Everything once more changes nothing.
db '.dump' >"$T/before"
for step in "pull --from $T/demo/enheter.json.gz --date 2026-10-03" "frame $T/demo/mikrobedrifter.ini" \
	'draw mikrobedrifter' "mail mikrobedrifter --wave invite --out maildir:$T/demo/sent" \
	'bounces' "answers mikrobedrifter $T/demo/svar.csv"; do
	# shellcheck disable=SC2086  # words
	ok "again: ${step%% *}" u $step
done
db '.dump' >"$T/after"
same "$(diff "$T/before" "$T/after")" '' "the database is as it was after all steps again"
for mail in "$T"/demo/returned/000?.eml; do
	utvalg-hook -s "$T/demo/state/spool" -r "$(cat "${mail%.eml}.rcpt")" <"$mail"
done
ok "returned mail that comes a second time is read" u bounces
has "$T/out" 'seen before 9' "and known"
same "$(db 'SELECT count(*) FROM bounce')" 951 "and adds nothing"
ok "the table is the same" u table mikrobedrifter net
has "$T/out" ' 951 ' "951 it is"
