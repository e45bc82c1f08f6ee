#!/bin/sh
# Goal: what the register really sends is read field by field as another reader of JSON reads it.
set -eu
. tests/lib.sh
P=../shared/data/register
if [ ! -d "$P" ]; then
	skip no-shared "real payloads"
	exit 0
fi
world "$T/w"

# inner FILE LIST: the units of a search answer, commas between.
inner() { sqlite3 :memory: "SELECT group_concat(value, ',') FROM json_each(readfile('$P/$1'), '\$._embedded.$2')"; }

{
	printf '['
	for f in enhet_923609016_2026-03 enhet_925836613_2026-08 enhet_974760673_2026-09 \
	    enhet_docs_example_v2 enhet_mock_orgl_910562223 enhet_slettet_docs_example \
	    enhet_slettet_2026-09 enhet_410_gone; do
		cat "$P/$f.json"
		printf ',\n'
	done
	inner enheter_search_asa_5_2026-03.json enheter
	printf ',\n'
	inner enheter_search_page1.json enheter
	printf ',\n'
	inner enheter_search_page2.json enheter
	printf ',\n{"organisasjonsnummer":"310000019","forretningsadresse":'
	cat "$P/address_foreign.json"
	printf '}\n]\n'
} >"$T/enhet.json"
{
	printf '['
	inner underenheter_search_925836613_2026-08.json underenheter
	printf ',\n'
	inner underenheter_search_docs_example.json underenheter
	printf ',\n'
	cat "$P/underenhet_docs_example_v2.json"
	printf ',\n'
	cat "$P/underenhet_slettet_docs_example.json"
	printf ']\n'
} >"$T/underenhet.json"

# The other reader: SQLite's.  Table want: the first record of each number that
# has a right check digit; other: how many records are none such.
other() {	# FILE SQL
	sqlite3 "$T/w/state/utvalg.db" "
	CREATE TEMP TABLE record AS SELECT key, value AS v,
	    json_extract(value, '\$.organisasjonsnummer') AS nr FROM json_each(readfile('$1'));
	CREATE TEMP TABLE want AS SELECT min(key) AS key, CAST(nr AS INTEGER) AS orgnr, v FROM record
	    WHERE length(nr) = 9 AND (3 * substr(nr, 1, 1) + 2 * substr(nr, 2, 1) +
		7 * substr(nr, 3, 1) + 6 * substr(nr, 4, 1) + 5 * substr(nr, 5, 1) +
		4 * substr(nr, 6, 1) + 3 * substr(nr, 7, 1) + 2 * substr(nr, 8, 1) +
		substr(nr, 9, 1)) % 11 = 0 GROUP BY nr;
	$2"
}
at() { echo "nullif(json_extract(v, '\$.$1'), '')"; }
differ() {	# FILE COLUMN EXPRESSION: how many differ, of how many
	other "$1" "SELECT sum(u.$2 IS NOT ($3)) || ' of ' || count(*) || coalesce(max(CASE WHEN u.$2 IS NOT ($3)
	    THEN ', ' || w.orgnr || ': ' || coalesce(u.$2, 'NULL') || ' is not ' || coalesce($3, 'NULL') END), '')
	    FROM want w LEFT JOIN unit u USING (orgnr)"
}

# compare FILE UNITS: each field of each unit.
compare() {
	while read -r type column path; do
		case $type in
		text) e=$(at "$path") ;;
		int) e="CAST($(at "$path") AS INTEGER)" ;;
		day) e="CAST(julianday($(at "$path")) - 2440587.5 AS INTEGER)" ;;
		code) e="CAST(replace($(at "$path"), '.', '') AS INTEGER)" ;;
		lines) e="(SELECT group_concat(value, char(10)) FROM json_each(v, '\$.$path')
		    WHERE nullif(value, '') IS NOT NULL)" ;;
		count) e="json_array_length(v, '\$.$path')" ;;
		esac
		same "$(differ "$1" "$column" "$e")" "0 of $2" "$(basename "$1" .json): $column"
	done <<-END
		text name navn
		text legal_form organisasjonsform.kode
		day legal_form_ended organisasjonsform.utgaatt
		int parent overordnetEnhet
		day deleted_date slettedato
		text response_class respons_klasse
		text email epostadresse
		text website hjemmeside
		text phone telefon
		text mobile mobil
		text business_country_code forretningsadresse.landkode
		text business_postcode forretningsadresse.postnummer
		text business_place forretningsadresse.poststed
		lines business_lines forretningsadresse.adresse
		text business_municipality forretningsadresse.kommunenummer
		text business_municipality_name forretningsadresse.kommune
		text location_municipality beliggenhetsadresse.kommunenummer
		lines location_lines beliggenhetsadresse.adresse
		text postal_municipality postadresse.kommunenummer
		lines postal_lines postadresse.adresse
		code nace1 naeringskode1.kode
		code nace2 naeringskode2.kode
		code nace3 naeringskode3.kode
		int employees antallAnsatte
		int has_employees harRegistrertAntallAnsatte
		day employees_date registreringsdatoAntallAnsatteEnhetsregisteret
		text sector institusjonellSektorkode.kode
		day registered_date registreringsdatoEnhetsregisteret
		day founded_date stiftelsesdato
		day start_date oppstartsdato
		day closed_date nedleggelsesdato
		int vat registrertIMvaregisteret
		day vat_date registreringsdatoMerverdiavgiftsregisteret
		lines vat_voluntary frivilligMvaRegistrertBeskrivelser
		int business_register registrertIForetaksregisteret
		int accounts_year sisteInnsendteAarsregnskap
		int bankrupt konkurs
		day bankrupt_date konkursdato
		int winding_up underAvvikling
		int forced_winding_up underTvangsavviklingEllerTvangsopplosning
		text language maalform
		lines purpose vedtektsfestetFormaal
		lines activity aktivitet
		int in_group erIKonsern
		text capital kapital.belop
		int capital_shares kapital.antallAksjer
		text capital_currency kapital.valuta
	END
}

for kind in enhet underenhet; do
	gzip -c "$T/$kind.json" >"$T/$kind.json.gz"
	ok "$kind: loaded" u pull --kind "$kind" --from "$T/$kind.json.gz" --date 2026-10-03
	k=$([ "$kind" = enhet ] && echo 0 || echo 1)
	same "$(db "SELECT units, read, unreadable FROM extract WHERE kind = '$kind'")" \
		"$(other "$T/$kind.json" 'SELECT (SELECT count(*) FROM want), count(*), count(*) - (SELECT count(*) FROM want) FROM record')" \
		"$kind: read, units and unreadable as the other reader counts"
	same "$(db "SELECT count(*) FROM unit WHERE kind = $k")" \
		"$(other "$T/$kind.json" 'SELECT count(*) FROM want')" "$kind: all units are there"
	compare "$T/$kind.json" "$(db "SELECT units FROM extract WHERE kind = '$kind'")"
done

# A few said in so many words, in case both readers are wrong together.
same "$(db 'SELECT name, business_municipality, nace1, email FROM unit WHERE orgnr = 974760673')" \
	"REGISTERENHETEN I BRØNNØYSUND|1813|84110|firmapost@brreg.no" "letters, a number and a code"
same "$(db "SELECT name, date(founded_date * 86400, 'unixepoch'), nace1, nace3, capital_shares FROM unit WHERE orgnr = 923609016")" \
	"EQUINOR ASA|1972-09-18|6100|19200|2556807512" "the first of two records stands"
same "$(db "SELECT former_names ->> '\$[0].navn', former_names ->> '\$[0].tilDato', endorsements FROM unit WHERE orgnr = 925836613")" \
	"Norsk Tipping a/s|2010-11-11 20:21:23|0" "an earlier name"
same "$(db 'SELECT business_country_code, business_place, business_postcode IS NULL, business_municipality IS NULL FROM unit WHERE orgnr = 310000019')" \
	"PL|81-336 GDYNIA|1|1" "an address abroad"
same "$(db "SELECT coalesce(name, '-'), date(deleted_date * 86400, 'unixepoch'), bankrupt IS NULL FROM unit WHERE orgnr = 999999999")" \
	"-|2026-09-21|1" "what is not said is not no"
same "$(db "SELECT DISTINCT reason FROM extract_fault WHERE extract = 1 ORDER BY 1" | tr '\n' ' ')" \
	"organisasjonsnummer: has a wrong check digit organisation number came before " \
	"the made-up numbers of the register's guide are none"

# The bulk files of sub-units, as they came.
world "$T/sub"
gzip -c "$P/underenheter_bulk_2020_2stk.json" >"$T/2stk.json.gz"
ok "the head of a bulk file" u pull --kind underenhet --from "$T/2stk.json.gz" --date 2020-06-01
same "$(db "SELECT name, parent, location_municipality, employees, date(start_date * 86400, 'unixepoch') FROM unit" | tr '\n' ' ')" \
	"PENNY INVEST AS|981090799|1124|3|1999-09-10 HAV BULK AS|981100190|0301|0|1999-09-08 " "is read"
same "$(db "SELECT standard FROM extract")" SN2007 "and of the old standard"
status 65 "a bulk file of made-up numbers" u pull --kind underenhet --from "$P/underenheter_lastned_alle.json.gz"
has "$T/err" "2 other records" "has no unit in it"
status 65 "sub-units given as units" u pull --from "$T/2stk.json.gz"

# What else the register sends is no extract.
for f in error_400_valideringsfeil.json error_500.json enheter_search_page1.json \
    enheter_search_empty.json oppdateringer_enheter_2026-09.json \
    enhetsregisteret_openapi_v1.5.0.json enhet_923609016_2026-03.json \
    enheter_bulk_2026-08_first_entity_excerpt.txt; do
	gzip -c "$P/$f" >"$T/other.gz"
	status 65 "$f is no extract" u pull --from "$T/other.gz"
done
same "$(db 'SELECT count(*) FROM unit')" 2 "and changes nothing"

# The CSV of a bulk file, as it came.
world "$T/csv"
gzip -c "$P/enheter_bulk_2024_excerpt.csv" >"$T/csv.gz"
ok "the head of a CSV bulk file" u pull --from "$T/csv.gz" --date 2024-02-01
same "$(db "SELECT name, legal_form, nace1, business_municipality, employees FROM unit WHERE orgnr = 832175692")" \
	"WAYS AS|AS|62010|0301|5" "is read by its columns"
status 65 "units given as sub-units" u pull --kind underenhet --from "$T/csv.gz"
has "$T/err" "columns are those of enheter" "are known by theirs"
