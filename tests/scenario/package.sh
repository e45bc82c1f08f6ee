#!/bin/sh
# Goal: a package holds all of a study and nobody's name, is there whole or not at all, and is the same twice.
set -eu
. tests/lib.sh

ok "the demonstration runs to its end" sh tests/demo.sh "$T/demo"
CONF=$T/demo/utvalg.conf
P=$T/arkiv

ok "a package" u package mikrobedrifter "$P" --zip
ok "its sums are right" sh -c 'cd "$1" && sha256sum -c --quiet SHA256SUMS' - "$P"
same "$(sed 's/^[0-9a-f]*  //' "$P/SHA256SUMS"; echo SHA256SUMS)" \
	"$(cd "$P" && find . -type f ! -name SHA256SUMS | sed 's,^\./,,' | LC_ALL=C sort; echo SHA256SUMS)" \
	"they name every file"
for f in README.txt sample.csv sample.xlsx sample.sav sample.dta frame.csv weights.csv \
	codebook.csv codebook.xml datapackage.json manifest.json job.ini report.html tables/net.csv \
	tables/rates.md tables/7-6.csv; do
	[ -s "$P/$f" ] || { _bad "$f is in it"; continue; }
done
ok "job.ini is the study file" cmp "$P/job.ini" config/studies/mikrobedrifter.ini
has "$P/README.txt" 'NLOD' "the licence is named"

# Nobody in it: no address, number or name of the register, no token.
db "SELECT printf('%09d', orgnr) FROM frame_unit WHERE orgnr IS NOT NULL" >"$T/who"
db "SELECT token FROM sample_unit" >>"$T/who"
db "SELECT email FROM frame_unit WHERE email IS NOT NULL" >>"$T/who"
db "SELECT name FROM frame_unit WHERE length(name) > 12" >>"$T/who"
same "$(cat "$P"/*.csv "$P"/*.json "$P"/*.xml "$P"/*.html "$P"/*.sav "$P"/*.dta "$P"/tables/* |
	grep -aFc -f "$T/who" || :)" 0 "no name, number, address or token of any unit"
unzip -p "$P/sample.xlsx" | grep -aFc -f "$T/who" >"$T/out" || :
same "$(cat "$T/out")" 0 "nor in the workbook"
same "$(head -1 "$P/sample.csv" | tr , '\n' | grep -cE '^(token|unit|email|orgnr)$' || :)" 0 \
	"no column for them"
same "$(grep -E '^[0-9]+,all,1,' "$P/sample.csv" | cut -d, -f1 | awk '$1 != NR' | wc -l)" 0 "rows in the order of their numbers"
same "$(awk 'END { print NR - 1 }' "$P/frame.csv")" 8367 "the whole population"

# DDI: well-formed, in the schema's order.
ok "the codebook is XML" xmllint --noout "$P/codebook.xml"
ok "its elements are DDI's, in DDI's order" xmllint --noout --relaxng tests/ddi25.rng "$P/codebook.xml"
sed 's,<dataKind>.*</dataKind>,,; s,<abstract>,<dataKind>survey data</dataKind><abstract>,' \
	"$P/codebook.xml" >"$T/wrong.xml"
r=0
xmllint --noout --relaxng tests/ddi25.rng "$T/wrong.xml" >/dev/null 2>&1 || r=$?
same "$r" 3 "another order is seen"
if [ -f ../shared/data/sampling/ddi/codebook25_sample.xml ]; then
	ok "a sample that others found valid is so here" xmllint --noout --relaxng tests/ddi25.rng \
		../shared/data/sampling/ddi/codebook25_sample.xml
	ok "and the least there can be" xmllint --noout --relaxng tests/ddi25.rng \
		../shared/data/sampling/ddi/codebook25_minimal.xml
fi
same "$(xmllint --xpath 'count(//*[local-name()="var"][@files="F1"])' "$P/codebook.xml")" \
	"$(head -1 "$P/sample.csv" | tr , '\n' | wc -l)" "each column of the sample is described"

# Data Package: sizes and hashes are the files'.
cat >"$T/dp.py" <<'PY'
import csv, hashlib, json, os, sys
top = sys.argv[1]
d = json.load(open(os.path.join(top, "datapackage.json"), encoding="utf-8"))
assert d["$schema"].endswith("/2.0/datapackage.json") and d["licenses"][0]["name"] == "NLOD-2.0"
names = [r["name"] for r in d["resources"]]
assert len(set(names)) == len(names)
for r in d["resources"]:
    data = open(os.path.join(top, r["path"]), "rb").read()
    assert len(data) == r["bytes"], r["path"]
    assert "sha256:" + hashlib.sha256(data).hexdigest() == r["hash"], r["path"]
    if r.get("type") != "table":
        continue
    rows = list(csv.reader(open(os.path.join(top, r["path"]), encoding="utf-8", newline="")))
    fields = r["schema"]["fields"]
    assert rows[0] == [f["name"] for f in fields], r["path"]
    for row in rows[1:]:
        assert len(row) == len(fields)
        for f, v in zip(fields, row):
            if v == "":
                continue
            if f["type"] == "integer":
                int(v)
            elif f["type"] == "number":
                float(v)
            if f["type"] == "string" and "categories" in f and f["name"] != "naering":
                assert v in [c["value"] for c in f["categories"]], (f["name"], v)
print("ok", len(d["resources"]))
PY
if command -v python3 >/dev/null; then
	ok "the Data Package says what the files hold" python3 "$T/dp.py" "$P"
fi

# Twice, elsewhere: the same octets.
mkdir -p "$T/c"
ok "elsewhere" env TZ=Asia/Tokyo SOURCE_DATE_EPOCH=1900000000 "$O/utvalg" --config "$CONF" \
	package mikrobedrifter "$T/c/arkiv" --zip
ok "the same octets" diff -r "$P" "$T/c/arkiv"
ok "also of the zip file" cmp "$P.zip" "$T/c/arkiv.zip"
ok "it unpacks" unzip -q "$P.zip" -d "$T/un"
ok "into the same" diff -r "$P" "$T/un/arkiv"
ok "again in its place: nothing to do" u package mikrobedrifter "$P"
has "$T/err" 'as they were' "that is said"

# What is there is not lost.
ok "in English" u --lang en package mikrobedrifter "$T/en"
has "$T/en/README.txt" 'GENERAL INFORMATION' "the text is"
status 73 "another package is not replaced" u --lang en package mikrobedrifter "$P"
ok "it is as it was" diff -r "$P" "$T/un/arkiv"
ok "unless it is said" u --lang en package mikrobedrifter "$P" --force
ok "then it is the new one" diff -r "$P" "$T/en"
ok "and the zip file beside it too" sh -c 'rm -rf "$2" && unzip -q "$1.zip" -d "$2" && diff -r "$1" "$2/arkiv"' - "$P" "$T/un"
mkdir "$T/mine"
echo mine >"$T/mine/thesis.txt"
status 73 "a folder with something else is refused" u package mikrobedrifter "$T/mine" --force
same "$(cat "$T/mine/thesis.txt")" mine "and left as it is"
echo more >"$T/en/notes.txt"
status 73 "a package that somebody put a file into, too" u package mikrobedrifter "$T/en" --force
ok "a dry run" u --dry-run package mikrobedrifter "$T/dry"
ok "writes nothing" test ! -e "$T/dry"
status 73 "a place that is not there" u package mikrobedrifter "$T/nowhere/x"
same "$(find "$T" -name '.*.utvalg-tmp' | wc -l)" 0 "nothing half-made lies about"

# With names, where asked for.
ok "with contact.csv" u package mikrobedrifter "$T/with" --identified
same "$(stat -c %a "$T/with/contact.csv" "$T/with/frame-identified.csv" | tr '\n' ' ')" "600 600 " "for its owner alone"
same "$(awk 'END { print NR - 1 }' "$T/with/contact.csv")" 4750 "each drawn unit"
same "$(sed -n 2p "$T/with/contact.csv" | cut -d, -f2)" \
	"$(db "SELECT min(token) FROM sample_unit")" "the number is the place of the token"

# For anybody.
db "UPDATE answer_value SET value = 'Vi holder til ved kirken' WHERE name = 'kommentar' AND answer = (SELECT min(v.answer) FROM answer_value v JOIN answer a ON a.id = v.answer WHERE a.used = 1 AND v.name = 'kommentar')"
ok "an open edition" u package mikrobedrifter "$T/open" --open
same "$(head -1 "$T/open/sample.csv" "$T/open/frame.csv" | tr , '\n' | grep -cE '^(municipality|kommentar)$' || :)" 0 \
	"without municipality and open answers"
ok "all of it fits together" sh -c 'cd "$1" && sha256sum -c --quiet SHA256SUMS' - "$T/open"
same "$(xmllint --xpath 'string(//*[local-name()="var"][@name="nace"][1]/*[local-name()="catgry"][1]/*[local-name()="catValu"])' "$T/open/codebook.xml" | grep -cE '^[0-9]{2}$')" 1 \
	"two digits of the industry code"
has "$T/open/README.txt" 'utelatt: kommentar' "which are named"
alone() { sed -n 's/^  "alone": \([0-9]*\),$/\1/p' "$1"; }
u --json package mikrobedrifter "$T/open" --open >"$T/open.json"
u --json package mikrobedrifter "$P" --force >"$T/all.json"
ok "fewer units stand alone in it" test "$(alone "$T/open.json")" -lt "$(alone "$T/all.json")"
status 64 "not with addresses" u package mikrobedrifter "$T/no" --open --contact

# An erasure names what is to be made again.
A=$(db "SELECT f.orgnr FROM sample_unit u JOIN frame_unit f ON f.id = u.frame_unit WHERE f.orgnr > 0 ORDER BY u.token LIMIT 1")
ok "a unit is erased" u erase "$A" --reason "article 17"
has "$T/err" "utvalg package mikrobedrifter $T/with --force" "the package is named"
u doctor >"$T/doctor" || :
has "$T/doctor" 'WARNING no package holds a unit that has been erased' "the doctor sees it"
for d in with arkiv c/arkiv; do
	ok "$d is made again" u package mikrobedrifter "$T/$d" --identified --force
done
same "$(grep -rlF "$A" "$T/with" "$P" "$T/c/arkiv" || :)" "" "it is in none of them"
same "$(awk 'END { print NR - 1 }' "$T/with/contact.csv")" 4749 "nor in the addresses"
