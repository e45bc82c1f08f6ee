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
for bad in 'accounts = 2024-2020' 'vat = maybe' 'language = x' 'activity = -1' 'activity = 9'; do
	study "$bad"
	status 78 "$bad is refused" u plan "$T/w/f.ini"
	has "$T/err" "f.ini:10: " "by its line"
done

# --- signs of activity ------------------------------------------------------------
study ''
ok "the plan" u plan "$T/w/f.ini" --lang en
tr -s "\n " "  " <"$T/out" >"$T/flat"
has "$T/flat" "In all 4 / 6 66.7 %" "tells how many show signs of activity"
has "$T/out" "points  0: 2  1: 0  2: 2  3: 0  4: 0  5: 1  6: 0  7: 1  8: 0" "and how many have so many points"
ok "as JSON" u plan "$T/w/f.ini" --json
same "$(sqlite3 :memory: "SELECT j ->> '$.activity.cells[0].active', j ->> '$.activity.cells[0].known' FROM (SELECT readfile('$T/out') AS j)")" "4|6" "by group and area"
flow() {	# [activity] of a study that is drawn and sent
	printf '[study]\nname = %s\nstandard = SN2025\n[group film]\ncodes = 59\n[area nord]\ncounty = Finnmark\n[filter]\nbankrupt = in\n[sample]\ndesign = everyone\n[activity]\n%s\nsource = en tidligere studie\n' "$1" "$2" >"$T/w/$1.ini"
	u frame "$T/w/$1.ini" >/dev/null 2>&1 && u draw "$1" >/dev/null 2>&1
	sqlite3 "$T/w/state/utvalg.db" "INSERT INTO mailing (study, wave, planned, out, bounce, template_sha256) SELECT id, 'invite', 1, 'csv:x', 'a@b', '' FROM study WHERE name = '$1';
	INSERT INTO mailing_recipient (mailing, sample_unit, address, email_key, state, sent) SELECT (SELECT max(id) FROM mailing), u.id, f.email, f.email_key, 'sent', 2 FROM sample_unit u JOIN sample s ON s.id = u.sample JOIN frame_unit f ON f.id = u.frame_unit WHERE s.study = (SELECT id FROM study WHERE name = '$1');
	INSERT INTO disposition SELECT u.id, iif(f.activity >= 4, 'complete', 'sent'), 1, 0, 0, 0, 0, iif(f.activity >= 4, '1.1', '3.19'), 'x' FROM sample_unit u JOIN sample s ON s.id = u.sample JOIN frame_unit f ON f.id = u.frame_unit WHERE s.study = (SELECT id FROM study WHERE name = '$1')"
}
flow stated 'share = 0.40'
flow guessed 'share = estimated
points = 2'
flow strict 'share = estimated
points = 4'
share() { sqlite3 :memory: "SELECT j ->> '$.active_share.value', j ->> '$.register_estimate.signs', j ->> '$.register_estimate.used' FROM (SELECT readfile('$T/out') AS j)"; }
ok "a study that states its share" u table stated rates --format json
same "$(share)" "0.4|4|0" "is told the register's too"
ok "in words" u table stated rates --lang en
tr -s '\n ' '  ' <"$T/out" >"$T/flat"
has "$T/flat" "signs of activity (2 points or more) of 4 of 6 in the frame, 66.7" "beneath the table"
ok "a share estimated" u table guessed rates --format json
same "$(share)" "0.6667|4|1" "is the register's"
ok "in words" u table guessed rates --lang en
tr -s '\n ' '  ' <"$T/out" >"$T/flat"
has "$T/flat" "estimated by the register's signs of activity" "and said to be"
ok "with another limit" u table strict rates --format json
same "$(share)" "0.3333|2|1" "is another"
ok "the study says so" u --lang en study check "$T/w/strict.ini"
has "$T/out" "estimated by the register's signs of activity, 4 points or more" "in words"
ok "the eligible share of the unknown" u table guessed aapor --e activity --lang en
tr -s '\n ' '  ' <"$T/out" >"$T/flat"
has "$T/flat" "as many points of activity" "can be of them too"
ok "as JSON" u table guessed aapor --e activity --format json
same "$(sqlite3 :memory: "SELECT readfile('$T/out') ->> '$.RR3'")" "0.5" "two of the four who are unknown show signs"
