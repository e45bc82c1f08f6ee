#!/bin/sh
# Goal: every filter of a study leaves out those it names and nobody else, and the plan says how many each one costs.
set -eu
. tests/lib.sh

n=0
unit() {	# FORM MORE: the next unit
	n=$((n + 1))
	set -- "$(echo 810000007 810000015 810000023 810000031 810000058 810000066 810000074 810000082 810000104 | cut -d ' ' -f $n)" "$@"
	[ "$1" = 810000007 ] || printf ',\n'
	printf '{"organisasjonsnummer":"%s","navn":"N%s","organisasjonsform":{"kode":"%s"},"naeringskode1":{"kode":"59.110"},"epostadresse":"a%s@example.no","forretningsadresse":{"land":"Norge","landkode":"NO","kommunenummer":"5601"},"registreringsdatoEnhetsregisteret":"2010-01-04"%s,"respons_klasse":"Enhet"}' "$1" "$1" "$2" "$1" "$3"
}
{
	printf '['
	unit AS ',"registrertIMvaregisteret":true,"sisteInnsendteAarsregnskap":"2025","institusjonellSektorkode":{"kode":"2100"},"maalform":"Bokmål","antallAnsatte":12,"harRegistrertAntallAnsatte":true'
	unit AS ',"registrertIMvaregisteret":true,"sisteInnsendteAarsregnskap":"2021","institusjonellSektorkode":{"kode":"2100"},"maalform":"Nynorsk","harRegistrertAntallAnsatte":true'
	unit AS ',"registrertIMvaregisteret":false,"sisteInnsendteAarsregnskap":"2025","institusjonellSektorkode":{"kode":"6100"},"maalform":"Nynorsk","harRegistrertAntallAnsatte":false'
	unit ENK ',"registrertIMvaregisteret":true,"institusjonellSektorkode":{"kode":"8200"},"maalform":"Bokmål","harRegistrertAntallAnsatte":false'
	unit ENK ',"registrertIMvaregisteret":false,"institusjonellSektorkode":{"kode":"8200"},"harRegistrertAntallAnsatte":false'
	unit DA ',"registrertIMvaregisteret":true,"harRegistrertAntallAnsatte":true,"konkurs":true'
	printf ']\n'
} | gzip >"$T/e.json.gz"
world "$T/w"
ok "a register" u pull --from "$T/e.json.gz" --date 2026-11-24

study() { printf '[study]\nname = f\nstandard = SN2025\n[group film]\ncodes = 59\n[area nord]\ncounty = Finnmark\n[filter]\nbankrupt = in\n%s\n' "$1" >"$T/w/f.ini"; }
kept() {	# FILTER WANT: how many are left
	study "$1"
	u plan "$T/w/f.ini" --json >"$T/out" 2>"$T/err" || _bad "plan with $1"
	same "$(sqlite3 :memory: "SELECT j ->> '$.funnel.population', j ->> '$.funnel.outside_filter', j ->> '$.filters[0].units', (SELECT coalesce(sum(value), 0) FROM json_each(j, '$.funnel.filters')) FROM (SELECT readfile('$T/out') AS j)")" \
	    "$2|$((6 - $2))|$((6 - $2))|$((6 - $2))" "$1 leaves $2"
}
kept 'legal_form = AS' 3
kept 'legal_form_not = AS' 3
kept 'employees = none' 3
kept 'employees = 1-4' 2
kept 'employees = 5-' 1
kept 'vat = yes' 4
kept 'vat = no' 2
kept 'accounts = 2024-' 2
kept 'accounts = none' 3
kept 'accounts = -2021' 1
kept 'sector = 8200 6100' 3
kept 'sector_not = 8200' 4
kept 'language = nynorsk' 2
kept 'language = bokmål' 2
kept 'activity = 1' 4
kept 'activity = 2' 4
kept 'activity = 3' 2
kept 'activity = 7' 1

study 'legal_form = AS
vat = yes
accounts = 2024-'
ok "several filters" u plan "$T/w/f.ini" --lang en
has "$T/out" "legal form: AS  (-3)" "have a line each"
has "$T/out" "in the VAT register: yes  (-1)" "that counts whom it is the first to leave out"
has "$T/out" "year of the last accounts: 2024-  (-1)" "in their order"
ok "and in Norwegian, in the frame" u frame "$T/w/f.ini" --dry-run
has "$T/out" "organisasjonsform" "by name"
ok "without a register's counts too" u study check "$T/w/f.ini"
has "$T/out" "i Merverdiavgiftsregisteret: yes" "a study is explained with its filters"
for bad in 'accounts = 2024-2020' 'vat = maybe' 'language = x' 'activity = -1'; do
	study "$bad"
	status 78 "$bad is refused" u plan "$T/w/f.ini"
	has "$T/err" "f.ini:10: " "by its line"
done
