#!/bin/sh
# Goal: an extract that is too unlike the one in force is refused, says what it lacks, and is taken with a reason.
set -eu
. tests/lib.sh
tools=$PWD/$O/tests/tools

"$tools/gen" extract --units 6000 --seed 5 --out "$T/day.json.gz"
gzip -dc "$T/day.json.gz" >"$T/day.json"
world "$T/w"
ok "a register" u pull --from "$T/day.json.gz" --date 2026-10-01

# What it has is kept with it, and is what a query of the table finds.
table="SELECT 'units', '', count(*) FROM unit UNION ALL
    SELECT 'county', coalesce(substr(business_municipality, 1, 2), ''), count(*) FROM unit GROUP BY 2 UNION ALL
    SELECT 'form', coalesce(legal_form, ''), count(*) FROM unit GROUP BY 2"
for f in $(db "SELECT name FROM pragma_table_info('unit') WHERE name NOT IN ('row_hash', 'extract')"); do
	table="$table UNION ALL SELECT 'field', '$f', n FROM (SELECT count($f) n FROM unit) WHERE n > 0"
done
same "$(db "SELECT what, name, units FROM extract_count WHERE extract = 1 ORDER BY 1, 2")" \
	"$(db "SELECT * FROM ($table) ORDER BY 1, 2")" "what it has is kept with it, to the unit"

# other FILE SED: the same night with something else in it.
other() { sed "$2" "$T/day.json" | gzip >"$T/$1.json.gz"; }
# refused FILE TEXT SENTENCE
refused() {
	status 65 "$3" u pull --from "$T/$1.json.gz" --date 2026-10-02
	has "$T/err" "$2" "... and says so"
	has "$T/err" "refused (--accept-loss REASON takes it)" "... and what can be done"
	same "$(db "SELECT id FROM extract WHERE in_force = 1; SELECT count(*) FROM unit WHERE extract <> 1;
	    SELECT refused LIKE '%$2%' FROM extract ORDER BY id DESC LIMIT 1")" "1
0
1" "... the register stays, the refusal stands in the list"
}

county=$(db "SELECT name FROM extract_count WHERE what = 'county' AND name <> '' ORDER BY units DESC LIMIT 1")
other county 's/"kommunenummer" : "'"$county"'/"kommunenummer" : "99/'
refused county "county $county: 0 units after" "a county that is another"
has "$T/err" ", and 1 more:" "... the one it went to counts too"
other form 's/"kode" : "ENK"/"kode" : "XXX"/'
refused form "legal form ENK: 0 units after" "a legal form that is another"
other email '/"epostadresse"/d'
refused email "field epostadresse: no unit has it, after" "a column that is gone"
awk '/"epostadresse"/ && ++n % 4 == 0 { next } { print }' "$T/day.json" | gzip >"$T/fewer.json.gz"
refused fewer "e-mail addresses:" "a quarter of the addresses gone"
{ sed '$d' "$T/day.json"; echo ','; sed 1d "$T/day.json"; } | gzip >"$T/twice.json.gz"
refused twice "6000 numbers came before in the same file" "every number twice"

# A register that an older utvalg loaded has kept nothing: it is counted.
db "DELETE FROM extract_count"
refused email "field epostadresse: no unit has it, after" "of a register that was not counted"

status 65 "a dry run refuses too" u pull --dry-run --from "$T/email.json.gz" --date 2026-10-02
ok "a reason takes it" u pull --from "$T/email.json.gz" --date 2026-10-02 \
	--accept-loss "addresses are not open any more"
same "$(db "SELECT detail LIKE 'enhet: field epostadresse: no unit has it, after % and 1 more: addresses are not open any more' FROM event WHERE what = 'loss accepted'")" \
	1 "which stands in the journal"
same "$(db "SELECT count(email) FROM unit")" 0 "and it is in force"

# Limits are settings.
printf '[register]\nmax_county_change = 1\nmax_form_change = 1\nmin_change = 10000\n' >>"$CONF"
ok "with other limits it needs no reason" u pull --from "$T/county.json.gz" --date 2026-10-03
same "$(db "SELECT count(*) FROM event WHERE what = 'loss accepted'")" 1 "and none is noted"
ok "the state is sound" u doctor
