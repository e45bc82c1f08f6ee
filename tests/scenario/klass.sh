#!/bin/sh
# Goal: code lists come from Klass whole or not at all, and what was edited in place is seen.
set -eu
. tests/lib.sh
world "$T/w"
SOURCE_DATE_EPOCH=1790000000	# 2026-09-21
export SOURCE_DATE_EPOCH
A=$T/answers

if ! command -v python3 >/dev/null; then
	skip no-python3 "Klass' stand-in"
	exit 0
fi
python3 tests/klass.py make "$A" 2026-09-22
mkfifo "$T/hold"
python3 tests/klass.py serve "$A" "$T/log" <"$T/hold" >"$T/port" &
exec 3>"$T/hold"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ -s "$T/port" ] && break
	sleep 0.2
done
cat >>"$CONF" <<E2
[register]
lookup_tries = 1
lookups_per_second = 0
contact = survey@example.no
[klass]
url = http://127.0.0.1:$(cat "$T/port")/klass/v1/
E2

ok "which lists are in use" u klass show
has "$T/out" "compiled in" "those of the program"
ok "a dry run" u klass sync --dry-run
ok "makes nothing" test ! -e "$T/w/state"

# --- the same lists as ours: read, nothing different
ok "the first sync" u klass sync
has "$T/err" "the lists in use are those of Klass" "is what is compiled in, row for row"
has "$T/log" "/klass/v1/classifications/131/codes?from=2002-01-01&to=2026-09-22 200 application/xml" "asked for since 2002, with a last day"
has "$T/log" "/klass/v1/correspondencetables/2919" "the table by what the version says"
has "$T/log" "survey@example.no" "with a contact"
same "$(db 'SELECT count(*) FROM klass_list')" 5 "five lists are kept"
ok "and are in use" u klass show
has "$T/out" "correspondence 2919 of Klass as of 2026-09-21" "which is said"
ok "also by the plan's own look-ups" u -v nace show 90.201
has "$T/err" "of Klass as of 2026-09-21" "from the database"
ok "again" u klass sync
same "$(db 'SELECT count(*) FROM klass_sync')" 1 "nothing is written anew"
ok "as JSON" u klass show --json
has "$T/out" '"changes": []' "without a difference"
ok "status says which" u status
has "$T/out" "Kodelister: Klass, 2026-09-21" "by the day"

# --- every row that Statistics Norway gives out, where it is at hand
cp -r "$A" "$T/good"
if [ -d ../shared/data/klass ]; then
	python3 tests/klass.py official "$A" 2026-09-22 ../shared/data/klass
	ok "the official rows" u klass sync
	has "$T/err" "the lists in use are those of Klass" "are ours, all of them"
	rm -rf "$A"
	cp -r "$T/good" "$A"
else
	skip no-shared "Statistics Norway's own rows"
fi

# --- edited in place
sed -i 's/Reproduksjon av innspilte opptak/Kopiering av opptak/' "$A/versions_3218.xml"
ok "a code with another name" u klass sync
has "$T/out" "SN2025 18.200: name: Reproduksjon av innspilte opptak -> Kopiering av opptak" "is seen"
ok "and kept" u klass show
has "$T/out" "SN2025 18.200: name" "for who asks later"
ok "the new name is in use" u nace show 18.200
has "$T/out" "Kopiering av opptak" "everywhere"
sed -i 's/>Nesbyen</>Nes i Hallingdal</' "$A/classifications_131_codes.xml"
ok "a place with another name, as JSON" u --json klass sync
cp "$T/out" "$T/data"
ok "is one difference" python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
assert not d["refused"] and not d["unchanged"], d
assert all(c["list"] == "municipalities" and c["field"] == "name" and
    c["is"] == "Nes i Hallingdal" for c in d["changes"]) and d["changes"], d
' "$T/data"

# --- refused whole
before=$(db .dump | cksum)
refused() {	# STATUS TEXT "sentence"
	status "$1" "$3" u klass sync
	has "$T/err" "$2" "$3: says why"
	same "$(db .dump | cksum)" "$before" "$3: nothing is written"
	rm -rf "$A"
	cp -r "$T/good" "$A"
	sed -i 's/Reproduksjon av innspilte opptak/Kopiering av opptak/' "$A/versions_3218.xml"
	sed -i 's/>Nesbyen</>Nes i Hallingdal</' "$A/classifications_131_codes.xml"
}
echo '<!DOCTYPE html><html><body>Vedlikehold</body></html>' >"$A/versions_3218.xml"
refused 65 "document type" "a page of HTML"
echo '<html><body>Vedlikehold</body></html>' >"$A/classifications_104_codes.xml"
refused 65 'counties: not what was asked for: "html"' "HTML without its type"
head -c 100000 "$T/good/versions_30.xml" >"$A/versions_30.xml"
refused 65 "SN2007: " "an answer cut off"
rm "$A/correspondencetables_2919.xml"
refused 69 "correspondence: not there: 404" "an answer that is not there"
sed -i 's|<sourceId>3218</sourceId><targetId>30<|<sourceId>3218</sourceId><targetId>31<|' "$A/versions_3218.xml"
refused 65 "names no table of correspondence" "no table"
sed -i 's|<sourceCode>18.200</sourceCode>|<sourceCode>18.201</sourceCode>|; s|<targetCode>90.011</targetCode>|<targetCode>90.919</targetCode>|' "$A/correspondencetables_2919.xml"
refused 65 "a code that is in no list" "a table with codes that nobody knows"
sed -i 's|<parentCode>90.20</parentCode>|<parentCode>90.99</parentCode>|' "$A/versions_3218.xml"
refused 65 "lie in no section" "codes that lie in nothing"
sed -i 's|<oldCode>1507</oldCode>|<oldCode>1517</oldCode>|g' "$A/classifications_131_changes.xml"
refused 65 "1507 ended on 2024-01-01 and went nowhere" "a municipality that went nowhere"
python3 - "$A/classifications_131_codes.xml" <<'E2'
import re, sys
s = open(sys.argv[1], encoding="utf-8").read()
open(sys.argv[1], "w", encoding="utf-8").write(re.sub(r"<codeItem><code>1516<.*?</codeItem>\n", "", s))
E2
refused 65 "municipalities 1516" "a municipality that is lost"
python3 - "$A/versions_3218.xml" "$A/correspondencetables_2919.xml" <<'E2'
import re, sys
s = open(sys.argv[1], encoding="utf-8").read()
s = re.sub(r"<classificationItem><code>46.890<.*?</classificationItem>\n", "", s, flags=re.S)
open(sys.argv[1], "w", encoding="utf-8").write(s)
E2
cp -r "$A" "$T/lost"
refused 65 "1 that is in use is gone: SN2025 46.890" "a code that is lost"
has "$T/err" "--accept REASON" "what can be done"
rm -rf "$A"
cp -r "$T/lost" "$A"
status 64 "without a reason" u klass sync --accept ""
ok "with one" u klass sync --accept "SSB took it out"
has "$T/out" "SN2025 46.890: gone" "it is listed"
same "$(db "SELECT detail FROM event WHERE what = 'klass accepted'")" "SSB took it out" "and why is kept"
ok "the code is none from then on" u nace show 46.890
has "$T/out" "46.890 is no code: read as its class" "and its class is"

# --- killed before it is written
rm -rf "$A"
cp -r "$T/good" "$A"
before=$(db .dump | cksum)
r=0
UTVALG_KILL_AT=klass.1 u klass sync >"$T/out" 2>"$T/err" </dev/null || r=$?
same "$r" 137 "killed"
same "$(db .dump | cksum)" "$before" "nothing is written"
ok "and again" u klass sync
has "$T/out" "SN2025 46.890: new" "all of it"

exec 3>&-
wait
status 75 "nobody answers" u klass sync
