#!/bin/sh
# Goal: what an industry code or a place was and what became of it, on any day since 2002.
set -eu
. tests/lib.sh
json() {	# SENTENCE PROGRAM FILE: is it so, to another reader of JSON?
	if command -v python3 >/dev/null; then
		ok "$1" python3 -c "$2" "$3"
	else
		skip no-python3 "$1"
	fi
}
world "$T/w"
SOURCE_DATE_EPOCH=1790000000	# 2026-09-21
export SOURCE_DATE_EPOCH

# --- places
ok "a number and what became of it" u region show 1507
has "$T/out" "Kommune 1507 Ålesund, 2020-01-01 til 2023-12-31, i 15 Møre og Romsdal" "its days"
has "$T/out" "av 1504 Ålesund, 1523 Ørskog, 1529 Skodje, 1534 Haram, 1546 Sandøy" "made of five"
has "$T/out" "ble 2024-01-01 (delt): 1508 Ålesund, 1580 Haram" "and split"
ok "a name in its days" u --lang en region show Haram
same "$(grep -c '^Municipality' "$T/out")" 2 "Haram was two municipalities"
ok "a number that was used again" u region show 0704
same "$(grep -c '^Kommune 0704' "$T/out")" 2 "one line for each"
ok "a county that is gone" u --lang en region show Viken
has "$T/out" "became 2024-01-01: 31 Østfold (12), 32 Akershus (21), 33 Buskerud (18)" "its heirs"
ok "a county on a day" u region at 2016-01-01 Buskerud
same "$(grep -c '^  06' "$T/out")" 21 "old Buskerud had 21"
has "$T/out" "0627 Røyken -> slått sammen: 3203 Asker" "one that left"
has "$T/out" "! 3203 Asker tar også inn 0220 Asker" "what comes along is named"
has "$T/out" "! 3301 Drammen tar også inn 0711 Svelvik" "and here"
ok "followed to another day" u region at 2016-01-01 Buskerud --to 2020-06-01
has "$T/out" "30 Viken (19)" "all of it in Viken then"
for d in 2002-01-01:434 2016-01-01:428 2018-01-01:422 2020-01-01:356 2024-01-01:357; do
	ok "the country on ${d%:*}" u region at "${d%:*}" --all
	same "$(grep -E '^  [0-9]{4} ' "$T/out" | grep -vc ' er delt, ')" "${d#*:}" "all its municipalities"
done
ok "as JSON" u --json region at 2019-12-31 Finnmark 0602
cp "$T/out" "$T/data"
json "that is JSON" '
import json, sys
c, p = json.load(open(sys.argv[1]))
assert c["number"] == "20" and len(c["municipalities"]) == 19, c
assert len(c["carried"]["municipalities"]) == 18, c["carried"]
assert all(m["number"][:2] == "56" and not m["over_covers"] for m in c["carried"]["municipalities"])
assert p["became"]["fate"] == "merged" and p["became"]["municipalities"][0]["number"] == "3301", p
' "$T/data"
ok "a name as JSON" u --json region show Finnmark
cp "$T/out" "$T/data"
json "with its two counties" '
import json, sys
(a,) = json.load(open(sys.argv[1]))
assert [c["number"] for c in a["counties"]] == ["20", "56"], a
assert a["counties"][0]["last_day"] == "2019-12-31", a["counties"][0]
' "$T/data"
status 65 "no such place" u region show Finmark
has "$T/err" "did you mean Finnmark (56)?" "the nearest is named"
status 65 "a number of another day" u region at 2012-01-01 5503
has "$T/err" "1901 Harstad (Troms), 1915 Bjarkøy (Troms)" "what it was then"
status 64 "a day that is none" u region at 2016-02-30
status 64 "a day before the lists" u region at 2001-12-31
status 64 "backward in time" u region at 2016-01-01 --to 2015-01-01
status 64 "at without a day" u region at

# --- codes
ok "what a code is in the other standard" u nace show 90.201
has "$T/out" "<- SN2007 90.011" "where it comes from"
ok "the same digits for something else" u nace show --standard SN2007 69.201
has "$T/out" "! SN2025 69.201 er noe annet" "are warned of"
ok "but not for the same" u nace show 55.300
lacks "$T/out" "!" "no warning"
status 65 "a retired code" u nace show 96.020
has "$T/err" "its successors in SN2025: 96.210, 96.220" "is refused with its successors"
ok "back" u nace translate 90.201 --to SN2007
has "$T/out" "-> SN2007 90.011" "needs no --standard"
status 1 "nothing found" sh -c "utvalg nace search 96.02 2>'$T/said'; r=\$?; sed 's/^/utvalg: /' '$T/said' >&2; exit \$r"
has "$T/said" "in SN2007: --standard SN2007" "but the other standard has it"
status 64 "--to where nothing is translated" u nace show 55 --to SN2007

# --- a study that means places as they were
study() {
	cat >"$T/s.ini" <<-EOF
	[study]
	name = s
	title = S
	standard = SN2007
	[group one]
	codes = 59110
	[area a]
	label = Omegn
	$1
	EOF
}
study "county = Buskerud as of 2016-01-01, Møre og Romsdal as of 2016-01-01
except = Drammen"
ok "a plan of counties as they were" u plan "$T/s.ini"
has "$T/out" "06 Buskerud per 2016-01-01: 21 kommuner, nå 19" "then and now"
has "$T/out" "! 3203 Asker er med i sin helhet, også det som var 0220 Asker" "what comes along"
lacks "$T/out" "0711 Svelvik" "nothing of what is left out"
has "$T/out" "1504 Ålesund, 1523 Ørskog, 1529 Skodje, 1534 Haram, 1546 Sandøy: delt i 1508 Ålesund, 1580 Haram; alle delene er med" "what was split is named, with what was made of it"
has "$T/out" "! 5055 Heim er med i sin helhet, også det som var 1612 Hemne, 1613 Snillfjord" "also across the county's border"
ok "in English" u --lang en plan "$T/s.ini"
has "$T/out" "all parts are in" "the same"
ok "the plan as JSON" u --json plan "$T/s.ini"
cp "$T/out" "$T/data"
json "has it too" '
import json, sys
(a,) = json.load(open(sys.argv[1]))["areas"]
b, m = a["as_of"]
assert b["number"] == "06" and len(b["then"]) == 21 and len(b["now"]) == 19, b
assert [n["also_from"] for n in b["now"] if n["number"] == "3203"] == [["0220"]], b
assert [n["counts"] for n in b["now"] if n["number"] == "3301"] == [False], b
assert len(m["split"]) == 5, m
assert "3301" not in a["municipalities"] and "1580" in a["municipalities"], a
' "$T/data"
ok "a check of it" u study check "$T/s.ini"
study "county = Viken"
status 78 "a county that is gone" u plan "$T/s.ini"
has "$T/err" 'as it was: "Viken as of 2023-12-31"' "how it is written"
study "county = Finnmark as of 2016"
status 78 "as of no day" u plan "$T/s.ini"
has "$T/err" 'not by "2016"' "which"
study "county = Finnmark as of 2031-01-01"
status 78 "as of a day to come" u plan "$T/s.ini"
has "$T/err" "followed forward, and the register is of 2026-09-21" "why"
