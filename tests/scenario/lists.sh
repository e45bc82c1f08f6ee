#!/bin/sh
# Goal: a list beside the register is taken as people keep it (CSV, Excel, LibreOffice), put together with the register, and what is not certain is decided by a person in a file; a file that cannot be read is refused in one line, and nothing is half-done.
set -eu
. tests/lib.sh
unset SOURCE_DATE_EPOCH 2>/dev/null || :

world "$T/w"
W=$T/w
book=$PWD/$O/tests/tools/book

unit() {	# NUMBER NAME CODE EMAIL
	printf '{"organisasjonsnummer":"%s","navn":"%s","organisasjonsform":{"kode":"AS","beskrivelse":"-"},"naeringskode1":{"kode":"%s","beskrivelse":"-"},"epostadresse":"%s","forretningsadresse":{"land":"Norge","landkode":"NO","kommunenummer":"5601"},"registreringsdatoEnhetsregisteret":"2010-01-04","konkurs":false,"underAvvikling":false,"underTvangsavviklingEllerTvangsopplosning":false,"respons_klasse":"Enhet"}' "$@"
}
{
	printf '[\n'
	unit 810000007 'FILMFABRIKKEN AS' 59.110 film@example.no
	printf ',\n'
	unit 810000015 'FJELLMAT DA' 01.110 fjell@example.no
	printf ',\n'
	unit 810000023 'TVILLING AS' 01.110 tvilling@example.no
	printf ',\n'
	unit 810000031 'TVILLING' 01.110 tvilling2@example.no
	printf ']\n'
} >"$T/enheter.json"
gzip -c "$T/enheter.json" >"$T/enheter.json.gz"
study() {	# FILE MORE
	printf '[study]\nname = mat\nstandard = SN2007\n\n[group film]\ncodes = 59110\n\n[group food]\n\n[area nord]\ncounty = Finnmark\n\n[list gard]\nfile = %s\ngroup = food\norgnr = Org.nr.\n%s\n' "$1" "${2:-}" >"$W/mat.ini"
}
{
	printf 'Navn\tEpost\tKommune\tOrg.nr.\n'
	printf 'Filmfabrikken\tny@example.org\tAlta\t810000007\n'
	printf 'Fjellmat\t\t5601\t\n'
	printf 'Tvilling\t\tAlta\t\n'
	printf 'Ost & smør\tost@example.org\tAlta\t\n'
	printf 'Ost og smør AS\tost2@example.org\tAlta\t\n'
	printf 'Ei øy\toy@example.org\tOslo\t\n'
} >"$T/table"
tr '\t' ';' <"$T/table" >"$W/gard.csv"
"$book" xlsx "$W/gard.xlsx" <"$T/table"
"$book" ods "$W/gard.ods" <"$T/table"
cp "$W/gard.xlsx" "$W/excel.csv"
study gard.csv
ok "the register is read" u pull --from "$T/enheter.json.gz"

# --- the same list, whatever it is kept in --------------------------------------------
for file in gard.csv gard.xlsx gard.ods excel.csv; do
	study "$file"
	ok "a plan with $file" u --lang en plan "$W/mat.ini"
	sed -n '/^Lists/,/^$/p' "$T/out" | sed '1,2d' >"$T/list.$file"
	same "$(grep -c . "$T/list.$file")" 7 "each row has one fate: $file"
	same "$(cat "$T/list.$file")" "$(cat "$T/list.gard.csv")" "the same of $file"
done
has "$T/list.gard.csv" "there already, by organisation number ......... -       1" \
	"a unit of the register adds nothing"
has "$T/list.gard.csv" "new, of the register by name and place ........ +       1" \
	"one without a number is found by its name"
has "$T/list.gard.csv" "more than once in the lists ................... -       1" \
	"one that is there twice is taken once"
has "$T/list.gard.csv" "to be decided by a person ..................... -       1" \
	"two of one name are not guessed at"
ok "as JSON" u --json plan "$W/mat.ini"
has "$T/out" '"sheet": "Produsenter"' "with the sheet that was read"

# --- decided in a file ----------------------------------------------------------------
ok "what is to be decided" u list review "$W/mat.ini"
has "$T/out" "810000023 TVILLING AS" "the units that may be meant"
status 64 "a format that is none" u list review "$W/mat.ini" --format xml
status 64 "another word" u list show "$W/mat.ini"
ok "as the file to fill in" u list review "$W/mat.ini" --format csv
cp "$T/out" "$W/avgjort.csv"
same "$(head -n 1 "$W/avgjort.csv" | cut -d, -f1-4)" "rad,avgjort,av,dato" "its columns"
study gard.xlsx 'decisions = avgjort.csv'
ok "nothing is decided yet" u --lang en plan "$W/mat.ini"
has "$T/out" "to be decided by a person" "and it still waits"
sed -i 's/,,,,gard/,810000031,kari,2026-11-25,gard/' "$W/avgjort.csv"
ok "it is decided" u --lang en plan "$W/mat.ini"
has "$T/out" "new, decided by a person ...................... +       1" "and done"
lacks "$T/out" "to be decided by a person" "and not asked again"
ok "the frame" u frame "$W/mat.ini"
same "$(sqlite3 "$W/state/utvalg.db" "SELECT group_concat(unit_key, ' ') FROM (SELECT \
CASE WHEN orgnr IS NULL THEN source ELSE unit_key END AS unit_key FROM frame_unit ORDER BY 1)")" \
	"810000007 810000015 810000031 list:gard" "has them by number, and one by itself"
same "$(sqlite3 "$W/state/utvalg.db" "SELECT email_raw || ' ' || email_other FROM \
frame_unit WHERE orgnr = 810000007")" "film@example.no ny@example.org" "both addresses are kept"
frames=$(sqlite3 "$W/state/utvalg.db" "SELECT count(*) FROM frame")

# --- what cannot be read --------------------------------------------------------------
"$book" xlsm "$W/makro.xlsx" <"$T/table"
"$book" locked "$W/last.ods" <"$T/table"
"$book" bomb "$W/bombe.ods" <"$T/table"
printf '\320\317\021\340\241\261\032\341 gammel' >"$W/gammel.xls"
printf '\320\317\021\340\241\261\032\341 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0' >"$W/last.xlsx"
head -c 3000 "$W/gard.xlsx" >"$W/kuttet.xlsx"
sed 's/Kommune/Sted/' "$T/table" | "$book" xlsx "$W/uten.xlsx"
sed 's/Epost/Navn/' "$T/table" | "$book" xlsx "$W/dobbelt.xlsx"
{ printf 'Produsenter\n\n'; cat "$T/table"; } | "$book" xlsx "$W/tittel.xlsx"
{ head -n 1 "$T/table"; printf 'Name\tE-mail\tMunicipality\tOrg. no.\n'; sed 1d "$T/table"; } |
	"$book" xlsx "$W/to.xlsx"
{ cat "$W/gard.csv"; printf 'Sm\370r;;Alta;\n'; } >"$W/blandet.csv"
printf '\377\376N\0a\0v\0n\0' >"$W/utf16.csv"
printf '%%PDF-1.4' >"$W/gard.pdf"
bad() {	# FILE TEXT
	study "$1"
	status 65 "$1 is refused" u frame "$W/mat.ini"
	has "$T/err" "list gard: $1: $2" "and it says why: $1"
}
bad makro.xlsx "a workbook with macros (.xlsm)"
bad last.ods "an encrypted workbook"
bad last.xlsx "an encrypted workbook"
bad bombe.ods "content.xml: unpacks to more than 200 times its size"
bad gammel.xls "an old Excel workbook (.xls)"
bad kuttet.xlsx "a workbook that is broken or cut off"
bad uten.xlsx "row 1: no column kommune (municipality); there are Navn, Epost, Sted"
bad dobbelt.xlsx "row 1: the column navn is there twice, again in B"
bad tittel.xlsx "row 1: no column navn (name), but row 3 is the heading: heading = 3"
bad to.xlsx "row 2 is a second heading"
bad blandet.csv "UTF-8 and Windows-1252 in one file"
bad utf16.csv "line 1: UTF-16"
bad gard.pdf "a document, no table"
study ingen.xlsx
status 66 "a file that is not there" u frame "$W/mat.ini"
study gard.xlsx 'sheet = Ark9'
status 65 "a sheet that is not there" u frame "$W/mat.ini"
has "$T/err" "no sheet Ark9; there is Produsenter" "with those that are"
same "$(sqlite3 "$W/state/utvalg.db" "SELECT count(*) FROM frame")" "$frames" \
	"nothing was written of any of them"
study tittel.xlsx 'heading = 3'
ok "with its heading named it is read" u plan "$W/mat.ini"
