#!/bin/sh
# Goal: a frame hangs on nothing but its units: not on the extract's order, not on units that have nothing to do with it; and every unit of the population stands in one row with one reason.
set -eu
. tests/lib.sh
gen=$PWD/$O/tests/tools/gen

"$gen" extract --units 5000 --seed 11 --out "$T/a.json.gz" >/dev/null
gzip -dc "$T/a.json.gz" >"$T/a.json"
# The same units in an order of their hashes; with a thousand strangers first: other
# numbers, in no code and no place of the study, and with addresses of their own.
sqlite3 :memory: "SELECT '[' || group_concat(value, ',') || ']' FROM (SELECT value FROM
	json_each(readfile('$T/a.json')) ORDER BY (value ->> '$.organisasjonsnummer') * 7919 % 10007)" |
	gzip >"$T/shuffled.json.gz"
"$gen" extract --units 9000 --seed 12 --out "$T/b.json.gz" >/dev/null
gzip -dc "$T/b.json.gz" >"$T/b.json"
sqlite3 :memory: "SELECT '[' || group_concat(value, ',') || ']' FROM (SELECT value FROM (SELECT
	json_remove(json_set(value, '$.naeringskode1', json_object('kode', '01.110')), '$.epostadresse') AS value FROM
	json_each(readfile('$T/b.json')) WHERE value ->> '$.organisasjonsnummer' NOT IN (SELECT
	value ->> '$.organisasjonsnummer' FROM json_each(readfile('$T/a.json'))) LIMIT 1000)
	UNION ALL SELECT value FROM json_each(readfile('$T/a.json')))" | gzip >"$T/strangers.json.gz"

study() {	# FILE NAME MORE
	printf '[study]\nname = %s\nstandard = SN2025\n[group a]\ncodes = 43 47 55 56 59 62 68\n[group b]\ncodes = 70 71 85 86 90 93 96\n[area nord]\ncounty = Finnmark, Troms, Nordland\n[area rest]\ncounty = Oslo, Akershus, Vestland\n%s\n' "$2" "${3:-}" >"$1"
}
salt=
load() {	# NAME EXTRACT: a world with it, of one salt
	world "$T/$1"
	if [ -n "$salt" ]; then
		mkdir -p "$T/$1/state"
		chmod 700 "$T/$1/state"
		cp -a "$salt" "$T/$1/state/"
	fi
	ok "$1 is loaded" u pull --from "$T/$2.json.gz" --date 2026-09-01
}
load plain a
columns="unit_key, source, orgnr, name, legal_form, nace, municipality, group_name, area_name, email, email_key, email_note, prn, kept, reason, detail, keeper, shared, activity"
rows() { db "SELECT $columns FROM frame_unit WHERE frame = (SELECT max(id) FROM frame) ORDER BY unit_key"; }

# Studies of many kinds; each framed from the three extracts.
i=0
for more in '' '[email]
keep = most-employees' '[filter]
vat = yes' '[filter]
employees = -4
legal_form_not = KBO SAM' '[filter]
activity = 2
bankrupt = in' '[filter]
accounts = 2020-
registered_after = 2005-01-01' '[filter]
vat = no
accounts = none
legal_form = ENK'; do
	i=$((i + 1))
	study "$T/s$i.ini" "s$i" "$more"
	world "$T/plain"
	ok "study $i" u frame "$T/s$i.ini"
	rows >"$T/want$i"
	same "$(db "SELECT f.population, count(*), count(DISTINCT unit_key), f.kept, sum(u.kept), sum(u.kept = (u.reason IS NOT NULL)), f.register_units - f.outside_code - f.outside_area - f.outside_filter FROM frame f JOIN frame_unit u ON u.frame = f.id WHERE f.id = (SELECT max(id) FROM frame)")" \
	    "$(db "SELECT population, population, population, kept, kept, 0, population FROM frame WHERE id = (SELECT max(id) FROM frame)")" \
	    "has each unit once, with one reason or kept, and adds up"
	same "$(db "SELECT count(*) FROM frame_unit d WHERE frame = (SELECT max(id) FROM frame) AND reason = 'duplicate' AND NOT EXISTS (SELECT 1 FROM frame_unit k WHERE k.frame = d.frame AND k.unit_key = d.keeper AND k.kept = 1 AND k.email_key = d.email_key)")" 0 "duplicates name one who is kept"
	[ "$(grep -c . "$T/want$i")" -ge 10 ] && _ok "and is no empty one" || _bad "and is no empty one" "$(grep -c . "$T/want$i") rows"
done
salt=$T/plain/state/keys
for other in shuffled strangers; do
	load "$other" "$other"
	for n in $(seq $i); do
		u frame "$T/s$n.ini" >"$T/out" 2>"$T/err" || _bad "study $n from $other"
		rows >"$T/got"
		cmp -s "$T/got" "$T/want$n" && _ok "study $n is the same from $other" || _bad "study $n is the same from $other" "$(diff "$T/want$n" "$T/got" | head -n 4)"
	done
done
same "$(db 'SELECT count(*) FROM unit')" 6000 "the strangers were there"
