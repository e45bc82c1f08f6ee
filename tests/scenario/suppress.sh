#!/bin/sh
# Goal: who is on the suppression list is in no frame and gets no letter, and the list shows nobody.
set -eu
. tests/lib.sh
SOURCE_DATE_EPOCH=1793000000	# 2026-10-26
export SOURCE_DATE_EPOCH
gen=$PWD/$O/tests/tools/gen

small_plan 20 >"$T/plan"
cp config/studies/mikrobedrifter* "$T"
"$gen" study --plan "$T/plan" --dir "$T" --seed 3 >/dev/null
world "$T/w"
M=mikrobedrifter
status 66 "no list without a state" u suppress list
ok "a register" u pull --from "$T/enheter.json.gz"
ok "a frame" u frame "$T/$M.ini"
kept() { db "SELECT kept FROM frame ORDER BY id DESC LIMIT 1"; }
K=$(kept)
A=$(db "SELECT orgnr FROM frame_unit WHERE kept = 1 AND orgnr > 0 AND shared = 1 ORDER BY prn LIMIT 1")
B=$(db "SELECT email FROM frame_unit WHERE kept = 1 AND orgnr > 0 AND shared = 1 ORDER BY prn LIMIT 1 OFFSET 1")
C=$(db "SELECT email FROM frame_unit WHERE kept = 1 AND orgnr > 0 AND shared = 1 ORDER BY prn LIMIT 1 OFFSET 2")

status 64 "something to add is wanted" u suppress add
status 64 "a reason that is none" u suppress add "$A" --reason because
status 65 "a value that is none" u suppress add "310000001"
lacks "$T/err" 310000001 "which the error does not repeat"
ok "by number and by address" u suppress add "$A" "$(echo "$B" | tr a-z A-Z)" --source "telephone"
has "$T/out" "entries 2 = added 2 + there before 0" "counts them"
ok "for a while that is over" u suppress add "$C" --until 2026-10-25
ok "again" u suppress add "$A"
has "$T/out" "there before 1" "is no news"
ok "a frame" u frame "$T/$M.ini"
same "$(kept)" "$((K - 2))" "without those two"
same "$(db "SELECT group_concat(DISTINCT reason) FROM frame_unit WHERE orgnr = $A AND frame = (SELECT max(id) FROM frame)")" suppressed "who carry the reason"
ok "a later day" u suppress add "$C" --until 2026-10-27
ok "a frame" u frame "$T/$M.ini"
same "$(kept)" "$((K - 3))" "counts today"
same "$(db "SELECT count(DISTINCT suppression_sha256) FROM frame")" 3 "each frame says which list it used"
ok "the list" u suppress list
has "$T/out" "$(db "SELECT substr(suppression_sha256, 1, 12) FROM frame ORDER BY id DESC LIMIT 1")" "is the one of the last frame"
db "SELECT * FROM suppression" >"$T/rows"
lacks "$T/rows" "$A" "and shows no number"
lacks "$T/rows" "@" "and no address"
ok "is it on the list" u suppress list "$A"

printf 'orgnr;epost;grunn;til\n%s;%s;opt-out;\n;x@example.no;;2027-01-01\n' "$A" "$B" >"$T/list.csv"
ok "a file" u suppress add --from "$T/list.csv"
has "$T/out" "entries 3 = added 1 + there before 2" "is taken"
printf 'orgnr\n310000000\n310000001\n' >"$T/bad.csv"
db "SELECT * FROM suppression" >"$T/rows"
status 65 "a file with a fault" u suppress add --from "$T/bad.csv"
has "$T/err" "line 3" "says where"
db "SELECT * FROM suppression" | cmp -s - "$T/rows" && _ok "and is not taken at all" || _bad "and is not taken at all"
printf 'navn\nOla\n' >"$T/bad.csv"
status 65 "a file without a column that is known" u suppress add --from "$T/bad.csv"

u suppress add "@${C#*@}" >/dev/null
ok "a domain" u frame "$T/$M.ini"
same "$(db "SELECT count(*) FROM frame_unit WHERE kept = 1 AND email LIKE '%@${C#*@}' AND frame = (SELECT max(id) FROM frame)")" 0 "nobody there is left"
ok "taken off" u suppress remove "@${C#*@}" "$A" "$B" "$C"
ok "a frame" u frame "$T/$M.ini"
same "$(kept)" "$K" "as before"
ok "erased" u erase "$A" --reason "article 17"
status 65 "an erased one is not taken off" u suppress remove "$A"

# --- written to lately, by another study --------------------------------------------
sed "s/^name = mikrobedrifter/name = forste/; s/^design = .*/design = random\nsize = 50/" "$T/$M.ini" >"$T/forste.ini"
ok "a study of fifty" u frame "$T/forste.ini"
ok "is drawn" u draw forste
ok "and written to" u mail forste --wave invite --out "csv:$T/letters.csv"
sed "s/^name = mikrobedrifter/name = neste/; s/^\[filter\]/[filter]\nquarantine = 6/" "$T/$M.ini" >"$T/neste.ini"
ok "the next study leaves them in peace" u frame "$T/neste.ini"
next="FROM frame_unit f JOIN frame r ON r.id = f.frame JOIN study s ON s.id = r.study WHERE s.name = 'neste'"
n=$(db "SELECT count(*) $next AND f.reason = 'quarantine'")
same "$(db "SELECT count(*) $next AND email_key IN (SELECT email_key FROM mailing_recipient)")" "$n" \
	"all who got a letter or share the address, and nobody else"
[ "$n" -ge 50 ] && _ok "fifty or more ($n)" || _bad "fifty or more ($n)"
has "$T/out" "har nylig fått brev fra en undersøkelse" "with a line of its own"
ok "which the funnel has, too" u table neste funnel --format csv
has "$T/out" "har nylig fått brev fra en undersøkelse,-$n," "with the same number"
