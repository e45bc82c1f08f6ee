#!/bin/sh
# Goal: the frame of a past day is the one that was made that day, row by row, and the difference of two frames names each unit that came or went, why, and adds up.
set -eu
. tests/lib.sh
unset SOURCE_DATE_EPOCH 2>/dev/null || :
gen=$PWD/$O/tests/tools/gen

# unit NUMBER CODE MUNICIPALITY EMAIL [MORE]
unit() {
	printf '{"organisasjonsnummer":"%s","navn":"N%s","organisasjonsform":{"kode":"AS"},"naeringskode1":{"kode":"%s"},"forretningsadresse":{"land":"Norge","landkode":"NO","kommunenummer":"%s"},"registreringsdatoEnhetsregisteret":"2010-01-04","konkurs":false,"respons_klasse":"Enhet"' "$1" "$1" "$2" "$3"
	[ -z "$4" ] || printf ',"epostadresse":"%s"' "$4"
	printf '%s}' "${5:-}"
}
day() {	# NUMBER UNIT...
	n=$1
	shift
	printf '[' >"$T/$n.json"
	sep=
	for x in "$@"; do printf '%s%s' "$sep" "$x" >>"$T/$n.json"; sep=','; done
	printf ']' >>"$T/$n.json"
	gzip -f "$T/$n.json"
}
world "$T/w"
study() {	# FILE NAME MORE
	printf '[study]\nname = %s\nstandard = SN2025\n[group film]\ncodes = 59\n[area nord]\ncounty = Finnmark\n[area oslo]\ncounty = Oslo\n%s\n' "$2" "${3:-}" >"$T/w/$1"
}
study film.ini film
rows() {	# FRAME: all of it but its number
	sqlite3 "$T/w/state/utvalg.db" "SELECT $columns FROM frame_unit WHERE frame = $1 ORDER BY unit_key"
}

keep=$(unit 810000007 59.110 5601 a@example.no)
day 1 "$keep" "$(unit 810000015 59.110 5601 b@example.no)" "$(unit 810000023 59.120 5603 c@example.no)" \
    "$(unit 810000031 59.110 5601 '')" "$(unit 810000058 59.110 5601 e@example.no)" "$(unit 810000066 62.100 5601 f@example.no)" \
    "$(unit 810000074 59.110 5601 g@example.no)" "$(unit 810000082 59.110 5601 h@example.no)"
# 15 gone, 23 moves out, 31 gets an address, 58 loses its own, 66 gets a code of
# the study, 74 to Oslo, 82 gets another code, 104 is new
day 2 "$keep" "$(unit 810000023 59.120 4601 c@example.no)" "$(unit 810000031 59.110 5601 d@example.no)" \
    "$(unit 810000058 59.110 5601 '')" "$(unit 810000066 59.110 5601 f@example.no)" "$(unit 810000074 59.110 0301 g@example.no)" \
    "$(unit 810000082 62.100 5601 h@example.no)" "$(unit 810000104 59.110 5601 i@example.no)"
day 3 "$keep"

ok "the first day" u pull --from "$T/1.json.gz" --date 2026-09-01
ok "is framed" u frame "$T/w/film.ini"
columns=$(sqlite3 "$T/w/state/utvalg.db" "SELECT group_concat(name) FROM pragma_table_info('frame_unit') WHERE name NOT IN ('id', 'frame')")
ok "and says so" u frame film --as-of 2026-09-01
has "$T/err" "as it was frozen before" "the same as of that day"
ok "a second day" u pull --from "$T/2.json.gz" --date 2026-09-02 --accept-loss test
ok "is framed too" u frame film
ok "and a third is loaded" u pull --from "$T/3.json.gz" --date 2026-09-03 --accept-loss test
ok "the plan of a past day" u plan film --as-of 2026-09-01 --lang en
has "$T/out" "register of 2026-09-01" "is by its register"
same "$(db 'SELECT count(*) FROM frame')" 2 "and freezes nothing"
ok "the first day once more" u frame film --as-of 2026-09-01
has "$T/err" "utvalg draw takes" "says what it is now"
same "$(rows 3)" "$(rows 1)" "gives the rows of that day"
ok "a day between" u frame film --as-of 2026-09-02 --dry-run --json
same "$(sqlite3 :memory: "SELECT json_extract(readfile('$T/out'), '$.kept')")" "$(db 'SELECT kept FROM frame WHERE id = 2')" "counts as it did then"
q="extract_sha256, study_sha256, suppression_sha256, register_units, outside_code, outside_area, population, kept"
same "$(db "SELECT $q FROM frame WHERE id = 3")" "$(db "SELECT $q FROM frame WHERE id = 1")" "of the same register, with the same funnel"
status 66 "a day before the first register" u frame film --as-of 2026-08-31
has "$T/err" "2026-08-31" "is named"
status 64 "a day that is none" u frame film --as-of 2026-02-30
same "$(db "SELECT count(*) FROM frame")" 3 "and makes no frame"

ok "what changed" u frame diff 1 2 --lang en
has "$T/out" "new in the register                                               1" "who is new"
has "$T/out" "was left out: no e-mail address registered                        1" "who got an address"
has "$T/out" "is left out: no e-mail address registered                         1" "who lost it"
has "$T/out" "no longer in the register                                         1" "who went"
has "$T/out" "moved away                                                        1" "who moved out"
has "$T/out" "1 in both frames have changed group or area" "who moved within"
ok "as units" u frame diff 1 2 --units
same "$(sed 1d "$T/out" | cut -d, -f1-5 | tr '\n' ' ')" \
    "810000031,came,no_email,kept, 810000066,came,absent,kept,code 810000104,came,absent,kept,register 810000015,went,kept,absent,register 810000023,went,kept,absent,place 810000058,went,kept,no_email, 810000082,went,kept,absent,code 810000074,moved,kept,kept, " \
    "each with its reason on both sides"
ok "backwards" u frame diff 2 1 --units
same "$(grep -c ',came,' "$T/out") $(grep -c ',went,' "$T/out")" "4 3" "who came has gone"
ok "the last two of a study" u frame diff film --json
same "$(sqlite3 :memory: "SELECT j ->> '$.first.frame', j ->> '$.second.frame', j ->> '$.first.kept', j ->> '$.second.kept', (SELECT sum(value ->> 'units') FROM json_each(j, '$.counts')) FROM (SELECT readfile('$T/out') AS j)")" "2|3|5|6|8" "as JSON, and every change is counted once"
ok "a frame with itself" u frame diff 2 2 --lang en
has "$T/out" "Nobody has come" "is no difference"
study strict.ini strict '[filter]
legal_form = ENK AS
registered_before = 2009-01-01'
study other.ini other '[filter]
registered_before = 2020-01-01'
ok "another study" u frame "$T/w/other.ini" --as-of 2026-09-01
ok "against the first" u frame diff 1 other --lang en
has "$T/out" "Nobody has come" "of the same units"
status 65 "a study that filters all out" u frame "$T/w/strict.ini" --as-of 2026-09-01
ok "the list of frames" u frame list
same "$(grep -c register "$T/out")" 4 "has them all"
status 66 "a frame that is not there" u frame diff 1 99
status 66 "a study that is not there" u frame diff 1 nobody
status 64 "one frame alone" u frame diff

# --- sub-units, and a list that is looked up ------------------------------------------
# An underenhet has its enhet's legal form, VAT and flags: as they were that day.
world "$T/b"
sub() { printf '{"organisasjonsnummer":"%s","navn":"U%s","organisasjonsform":{"kode":"BEDR"},"overordnetEnhet":"%s","naeringskode1":{"kode":"59.110"},"beliggenhetsadresse":{"land":"Norge","landkode":"NO","kommunenummer":"5601"},"epostadresse":"u%s@example.no","respons_klasse":"Underenhet"}' "$1" "$1" "$2" "$1"; }
day u1 "$(sub 810000112 810000007)" "$(sub 810000120 810000015)"
day u2 "$(sub 810000112 810000007)"
day m1 "$(unit 810000007 59.110 5601 a@example.no ',"registrertIMvaregisteret":true')" "$(unit 810000015 70.220 0301 b@example.no ',"registrertIMvaregisteret":true')"
day m2 "$(unit 810000007 59.110 5601 a@example.no ',"registrertIMvaregisteret":false')" "$(unit 810000015 70.220 0301 b@example.no ',"registrertIMvaregisteret":true')"
printf 'navn;epost;kommune;orgnr\nN810000015;liste@example.no;Alta;810000015\nEn gård;gard@example.no;Alta;\n' >"$T/b/l.csv"
printf '[study]\nname = begge\nstandard = SN2025\nunits = both\n[group film]\ncodes = 59\n[area nord]\ncounty = Finnmark\n[list gaard]\nfile = l.csv\ngroup = film\norgnr = orgnr\n[filter]\nvat = yes\n' >"$T/b/b.ini"
b() { sqlite3 "$T/b/state/utvalg.db" "SELECT $columns FROM frame_unit WHERE frame = $1 ORDER BY unit_key"; }
for n in m u; do ok "the first day ($n)" u pull --kind "$([ $n = m ] && echo enhet || echo underenhet)" --from "$T/${n}1.json.gz" --date 2026-09-01; done
ok "both kinds" u frame "$T/b/b.ini"
for n in m u; do ok "the second day ($n)" u pull --kind "$([ $n = m ] && echo enhet || echo underenhet)" --from "$T/${n}2.json.gz" --date 2026-09-02 --accept-loss test; done
ok "the second day's frame" u frame begge
ok "and the first's" u frame begge --as-of 2026-09-01
same "$(b 3)" "$(b 1)" "has what the enhet was then"
[ "$(b 1 | grep -c .)" -ge 4 ] && _ok "of both kinds and the list" || _bad "of both kinds and the list" "$(b 1)"
ok "who went" u frame diff 1 2 --units
has "$T/out" "810000007,went,kept,absent,field" "for its VAT"
has "$T/out" "810000112,other,one_firm,absent,parent" "its underenhet with it"
has "$T/out" "810000120,went,kept,absent,register" "for having gone"

# --- many units, many kinds of change ------------------------------------------------
world "$T/m"
printf '[study]\nname = stor\nstandard = SN2025\n[group a]\ncodes = 47 55 56 59 62 68\n[group b]\ncodes = 70 71 85 86 90 93\n[area nord]\ncounty = Finnmark, Troms\n[area oslo]\ncounty = Oslo, Akershus\n[filter]\nemployees = -50\n' >"$T/m/stor.ini"
"$gen" extract --units 6000 --seed 7 --out "$T/e1.json.gz" >/dev/null
"$gen" extract --units 6000 --seed 7 --changed 20 --out "$T/e2.json.gz" >/dev/null
ok "a register" u pull --from "$T/e1.json.gz" --date 2026-09-01
ok "framed" u frame "$T/m/stor.ini"
ok "another night, a fifth changed" u pull --from "$T/e2.json.gz" --date 2026-09-02 --accept-loss test
ok "framed" u frame stor
ok "and as of the first" u frame stor --as-of 2026-09-01
rows() { sqlite3 "$T/m/state/utvalg.db" "SELECT $columns FROM frame_unit WHERE frame = $1 ORDER BY unit_key"; }
rows 1 >"$T/r1"
rows 3 >"$T/r3"
cmp -s "$T/r1" "$T/r3" && _ok "the frame of the first, $(grep -c . "$T/r1") rows" || _bad "the frame of the first"
ok "and as of the second" u frame stor --as-of 2026-09-02
rows 2 >"$T/r2"
rows 4 >"$T/r4"
cmp -s "$T/r2" "$T/r4" && _ok "is the second's" || _bad "is the second's"
ok "the difference" u frame diff 1 2 --json --units
same "$(db "SELECT (SELECT count(*) FROM frame_unit b WHERE frame = 2 AND kept = 1 AND NOT EXISTS (SELECT 1 FROM frame_unit a WHERE a.frame = 1 AND a.unit_key = b.unit_key AND a.kept = 1))")" \
    "$(sqlite3 :memory: "SELECT readfile('$T/out') ->> '$.came'")" "counts who came"
same "$(sqlite3 :memory: "SELECT sum(value ->> 'why' = 'field' OR value ->> 'why' = 'study') FROM json_each(readfile('$T/out'), '$.units')")" 0 "and knows why for each"
