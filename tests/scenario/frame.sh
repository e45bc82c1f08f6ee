#!/bin/sh
# Goal: a study is planned and framed from a register, and whatever is wrong with it, its lists or the register is one line that says where.
set -eu
. tests/lib.sh
unset SOURCE_DATE_EPOCH 2>/dev/null || :

world "$T/w"
W=$T/w

# --- five invented units --------------------------------------------------------
unit() {	# NUMBER NAME CODE MUNICIPALITY EMAIL BANKRUPT
	printf '{"organisasjonsnummer":"%s","navn":"%s","organisasjonsform":{"kode":"AS","beskrivelse":"Aksjeselskap"},"naeringskode1":{"kode":"%s","beskrivelse":"-"},"epostadresse":"%s","forretningsadresse":{"land":"Norge","landkode":"NO","kommunenummer":"%s"},"registreringsdatoEnhetsregisteret":"2010-01-04","konkurs":%s,"underAvvikling":false,"underTvangsavviklingEllerTvangsopplosning":false,"respons_klasse":"Enhet"}' \
	    "$1" "$2" "$3" "$5" "$4" "$6"
}
{
	printf '['
	unit 810000007 "EN AS" 59.110 5601 en@example.no false
	printf ',\n'
	unit 810000015 "TO AS" 59.110 5601 to@example.org true
	printf ',\n'
	unit 810000023 "TRE AS" 59.120 5603 "tre @example.no" false
	printf ',\n'
	unit 810000031 "FIRE AS" 59.120 5603 "fire@example..no" false
	printf ',\n'
	unit 810000058 "FEM AS" 59.110 0301 fem@example.no false
	printf ']\n'
} | gzip >"$T/enheter.json.gz"

study() {	# FILE CODES PLACES MORE
	printf '[study]\nname = nord\nstandard = SN2007\n\n[group film]\ncodes = %s\n\n[area nord]\n%s\n%s\n' \
	    "$2" "$3" "${4:-}" >"$W/$1"
}
study nord.ini 59110,59120 'county = Finnmark'

# --- before there is a register --------------------------------------------------
ok "a study is explained without a register" u study check "$W/nord.ini"
has "$T/out" "nord: 18 kommuner i Finnmark" "and its area is named"
ok "and planned without counts" u plan "$W/nord.ini"
has "$T/out" "uten register: ingen tall" "which the plan says"
status 66 "a frame wants a register" u frame "$W/nord.ini"
has "$T/err" "utvalg pull" "and says how to get one"

ok "the register is read" u pull --from "$T/enheter.json.gz"

# --- what is wrong with a study file, in both languages ---------------------------
study code.ini 59110,59190 'county = Finnmark'
study old.ini 59110 'county = Viken'
study place.ini 59110 'municipality = Altaa'
study ambiguous.ini 59110 'municipality = Herøy'
study except.ini 59110 'county = Finnmark
except = Oslo'
for lang in nb en; do
	for f in code old place ambiguous except; do
		for c in plan frame; do
			status 78 "$c refuses $f.ini ($lang)" u --lang $lang $c "$W/$f.ini"
		done
		status 78 "study check refuses $f.ini ($lang)" u --lang $lang study check "$W/$f.ini"
	done
done
status 78 "an unknown code" u frame "$W/code.ini"
has "$T/err" "code.ini:6: 59.190" "is named by its line"
has "$T/err" "59.140" "with the nearest one"
status 78 "an unknown municipality" u frame "$W/place.ini"
has "$T/err" "place.ini:9: " "is named by its line"
has "$T/err" "Alta" "with the nearest name"
status 78 "an ambiguous one" u frame "$W/ambiguous.ini"
has "$T/err" "1818" "is told with its candidates"
same "$(db 'SELECT count(*) FROM frame')" 0 "no faulty study has left a frame"
same "$(db 'SELECT count(*) FROM study')" 0 "nor itself"

# --- nobody left -------------------------------------------------------------------
study empty.ini 59140 'county = Finnmark'
status 65 "an empty frame is refused" u frame "$W/empty.ini"
has "$T/err" "nobody is left" "and says so"
ok "an empty plan is no error" u plan "$W/empty.ini"
study nobody.ini 59110 'municipality = 5601' '[filter]
registered_before = 2001-01-01'
status 65 "so is one that filters empty" u --lang en frame "$W/nobody.ini"
same "$(db 'SELECT count(*) FROM frame')" 0 "an empty frame writes nothing"

# --- lists --------------------------------------------------------------------------
study list.ini 59110,59120 'county = Finnmark' '[list gaarder]
file = gaarder.csv
group = film
name = navn
email = epost
municipality = kommune'
for c in plan frame; do
	status 66 "$c wants the list" u $c "$W/list.ini"
	has "$T/err" "gaarder.csv" "and names its file"
done
printf 'navn;epost\nG;g@example.org\n' >"$W/gaarder.csv"
status 65 "a list without its column is refused" u frame "$W/list.ini"
has "$T/err" "line 1: no column kommune" "with the column"
printf 'navn;epost;kommune\nEn gård;gard@example.org;Alta\nTo;"x;Alta\n' >"$W/gaarder.csv"
status 65 "a list with an open quote is refused" u frame "$W/list.ini"
same "$(db 'SELECT count(*) FROM frame')" 0 "and no half frame is left"
printf 'navn;epost;kommune\nEn gård;gard@example.org;Alta\nTo;to@example.org;Ingensteds\n' >"$W/gaarder.csv"
ok "a list with a place nobody knows is read" u frame --dry-run "$W/list.ini"
has "$T/err" "line 3: municipality not known" "and the row is said"
lacks "$T/err" "Ingensteds" "without what stands in it"

study exclude.ini 59110,59120 'county = Finnmark' '[filter]
exclude = ut.csv'
status 66 "an exclusion list that is missing stops the frame" u frame "$W/exclude.ini"

# --- the frame ------------------------------------------------------------------------
same "$(db 'SELECT count(*) FROM frame')" 0 "a dry run has frozen nothing"
ok "the frame is made" u frame "$W/nord.ini"
has "$T/out" "Bruttopopulasjon .................................. =       4" "of four units"
has "$T/out" "Med i rammen ...................................... =       2" "two are kept"
has "$T/out" "1 adresser er rettet" "one address is mended"
same "$(db "SELECT group_concat(coalesce(reason, email), ' ') FROM (SELECT * FROM frame_unit ORDER BY unit_key)")" \
    "en@example.no bankrupt tre@example.no email_review" "each unit has its reason"
ok "again" u --lang en frame "$W/nord.ini"
has "$T/err" "as it was frozen before" "it stands"
same "$(db 'SELECT count(*) FROM frame')" 1 "there is one frame"
ok "by its name" u frame nord --json
same "$(sqlite3 :memory: "SELECT json_extract(readfile('$T/out'), '$.kept')")" 2 "as JSON too"
ok "it is drawn" u draw nord
study nord.ini 59110 'county = Finnmark'
status 73 "another frame after the draw is refused" u frame "$W/nord.ini"
has "$T/err" "give the study another name" "and says what to do"
same "$(db 'SELECT count(*) FROM frame')" 1 "and nothing has changed"
