#!/bin/sh
# Goal: a person sees which addresses to decide about, decides in a file, and the frame does what was decided and counts it; nothing is corrected in silence.
set -eu
. tests/lib.sh
unset SOURCE_DATE_EPOCH 2>/dev/null || :

world "$T/w"
W=$T/w

# --- invented units: a hundred at one domain, and what people type ------------------
unit() {	# NUMBER EMAIL
	printf '{"organisasjonsnummer":"%s","navn":"X","organisasjonsform":{"kode":"AS","beskrivelse":"-"},"naeringskode1":{"kode":"59.110","beskrivelse":"-"},"epostadresse":"%s","forretningsadresse":{"land":"Norge","landkode":"NO","kommunenummer":"5601"},"registreringsdatoEnhetsregisteret":"2010-01-04","konkurs":false,"underAvvikling":false,"underTvangsavviklingEllerTvangsopplosning":false,"respons_klasse":"Enhet"}' "$1" "$2"
}
numbers=$(awk 'BEGIN { for (i = 81000001; n < 108 && i < 81999999; i++) {
	s = 0; split("3 2 7 6 5 4 3 2", w, " ")
	for (k = 1; k <= 8; k++) s += substr(i, k, 1) * w[k]
	d = (11 - s % 11) % 11
	if (d < 10) { print i d; n++ } } }')
n=0
{
	printf '['
	for number in $numbers; do
		n=$((n + 1))
		case $n in
		101) address=en@nordlys.example.on ;;		# held: no such suffix
		102) address='fire@example..no' ;;		# held: what was meant?
		103) address='fem@example.no; seks@example.org' ;;
		104) address='sju@gmial.com' ;;
		105) address='blåbær@example.no' ;;		# held: SMTPUTF8
		106) address='=åtte@@example.no' ;;
		107) address='post@nordly.example.no' ;;	# rare, beside a hundred
		108) address='noreply@nordlys.example.no' ;;
		*) address=u$n@nordlys.example.no ;;
		esac
		[ $n = 1 ] || printf ',\n'
		unit "$number" "$address"
	done
	printf ']\n'
} >"$T/enheter.json"
gzip -c "$T/enheter.json" >"$T/enheter.json.gz"
no() { echo "$numbers" | sed -n "${1}p"; }
study() {	# MORE
	printf '[study]\nname = nord\nstandard = SN2007\n\n[group film]\ncodes = 59110\n\n[area nord]\ncounty = Finnmark\n%s\n' "${1:-}" >"$W/nord.ini"
}
study
ok "the register is read" u pull --from "$T/enheter.json.gz"

# --- what there is to look at -----------------------------------------------------
ok "the review of a study" u email review "$W/nord.ini"
cp "$T/out" "$T/text"
has "$T/text" "Ikke brukt før noen har avgjort det: 4" "what is held is counted"
has "$T/text" "sju@gmial.com  -> sju@gmail.com  (typo)" "a known domain misspelt"
has "$T/text" "post@nordly.example.no  -> post@nordlys.example.no" \
	"a rare domain beside one that many have"
has "$T/text" "nordlys.example.no: enheter 101" "with how many have it"
has "$T/text" "fem@example.no; seks@example.org  -> seks@example.org" \
	"several in a field, and the others"
lacks "$T/text" "u1@" "what is in order is not shown"
ok "in English" u --lang en email review "$W/nord.ini"
has "$T/out" "Not used before somebody decides: 4" "the same in English"
ok "as lines of JSON" u --json email review "$W/nord.ini"
same "$(grep -c '"why": *"held"' "$T/out")" 4 "one object a row"
has "$T/out" '"suggested_users": 101' "with the use of domains"
status 64 "a format that is none" u email review --format xml "$W/nord.ini"
status 64 "an option of another word" u email check --ask en@example.no
status 64 "without a study" u email review

# --- decided in a file ------------------------------------------------------------
ok "as the file to fill in" u email review --format csv "$W/nord.ini"
cp "$T/out" "$W/rettelser.csv"
same "$(head -n 1 "$W/rettelser.csv" | cut -d, -f1-5)" "enhet,registrert,rettet,av,dato" \
	"its columns are those of a correction"
study "[email]
corrections = rettelser.csv"
ok "with nothing decided the plan is as it was" u plan "$W/nord.ini"
lacks "$T/out" "avgjort av et menneske" "and says nothing of decisions"
decide() {	# NUMBER REGISTERED CORRECTED
	printf '%s,"%s",%s,NN,2026-03-02\n' "$(no "$1")" "$2" "$3"
}
{
	echo unit,registered,corrected,by,date
	decide 102 fire@example..no fire@example.no
	decide 104 sju@gmial.com sju@gmail.com
	decide 105 blåbær@example.no -
	decide 107 post@nordly.example.no post@nordly.example.no
	decide 101 en@helt.andre.example.no en@nordlys.example.no
} >"$W/rettelser.csv"
ok "the frame does what was decided" u frame "$W/nord.ini"
has "$T/out" "4 adresser er avgjort av et menneske." "and counts it"
has "$T/out" "1 avgjørelser gjelder adresser som er endret" "a stale one apart"
has "$T/err" "line 6: the register has another address now: not used" "and names it"
lacks "$T/err" "@" "without the address"
same "$(db "SELECT email || ' ' || email_raw || ' ' || email_note FROM frame_unit WHERE orgnr = $(no 102)")" \
	"fire@example.no fire@example..no decided" "the registered one is kept beside it"
same "$(db "SELECT email FROM frame_unit WHERE orgnr = $(no 104)")" sju@gmail.com \
	"a slip is mended"
same "$(db "SELECT kept || reason || detail FROM frame_unit WHERE orgnr = $(no 105)")" \
	"0email_unusabledecided" "left out by decision"
ok "the review of what is left" u email review "$W/nord.ini"
lacks "$T/out" "gmial" "does not ask what is decided"
lacks "$T/out" "post@nordly." "also where it was found right"
has "$T/out" "=åtte@@example.no" "and asks the rest"
ok "the same again is the same frame" u frame "$W/nord.ini"
sed -i '$d' "$W/rettelser.csv"
ok "with one decision less it is another" u frame "$W/nord.ini"
same "$(db 'SELECT count(DISTINCT lists_sha256) FROM frame')" 2 \
	"which its record says"

# --- what Excel makes of it -------------------------------------------------------
ok "for Excel" u email review --format excel "$W/nord.ini"
has "$T/out" "'=åtte@@example.no" "a formula is made harmless"
{
	printf '\357\273\277enhet;registrert;rettet;av;dato\r\n'
	printf "%s;'=åtte@@example.no;aatte@example.no;NN;2026-03-02\r\n" "$(no 106)"
} >"$W/rettelser.csv"
ok "and what comes back from it is understood" u frame "$W/nord.ini"
has "$T/out" "1 adresser er avgjort" "as the same address"

# --- what is wrong with a file ----------------------------------------------------
bad() {	# SENTENCE LINE TEXT...
	{ echo unit,registered,corrected,by,date; printf '%s\n' "$2"; } >"$W/rettelser.csv"
	status 65 "$1" u frame "$W/nord.ini"
	has "$T/err" "$3" "says: $3"
	lacks "$T/err" "example.no" "and no address"
}
bad "no address" "$(no 102),fire@example..no,fire,NN,2026-03-02" "line 2: what it is corrected to is no usable address"
bad "nobody who decided" "$(no 102),fire@example..no,fire@example.no,,2026-03-02" "line 2: it does not say by whom"
bad "no day" "$(no 102),fire@example..no,fire@example.no,NN,2. mars" "line 2: the date"
bad "twice" "$(no 102),a,fire@example.no,NN,2026-03-02
$(no 102),b,fem@example.no,NN,2026-03-02" "lines 2 and 3 are about one unit"
bad "too few fields" "$(no 102),a" "line 2"
echo orgnr,rettet >"$W/rettelser.csv"
status 65 "a column too few" u frame "$W/nord.ini"
has "$T/err" 'line 1: there is no column "registered"' "names it"
rm "$W/rettelser.csv"
status 66 "a file that is not there" u frame "$W/nord.ini"
