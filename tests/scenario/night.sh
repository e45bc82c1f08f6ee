#!/bin/sh
# Goal: the night does what is due, goes on after a refused pull, and ends in the same state however often it is killed.
set -eu
. tests/lib.sh

unit() {	# NUMBER EMAIL
	printf '{"organisasjonsnummer":"%s","navn":"EN AS","organisasjonsform":{"kode":"AS","beskrivelse":"Aksjeselskap"},"naeringskode1":{"kode":"59.110","beskrivelse":"-"},"epostadresse":"%s","forretningsadresse":{"land":"Norge","landkode":"NO","kommunenummer":"5601"},"respons_klasse":"Enhet"}' "$1" "$2"
}
{
	printf '['
	unit 810000007 en@example.no
	printf ',\n'
	unit 810000015 to@example.org
	printf ']\n'
} | gzip -n >"$T/one.json.gz"
{
	printf '['
	unit 810000007 en@example.no
	printf ',\n'
	unit 810000015 to@example.org
	printf ',\n'
	unit 810000023 tre@example.org
	printf ']\n'
} | gzip -n >"$T/two.json.gz"
printf '<html>later</html>' >"$T/html"
head -c 100 "$T/two.json.gz" >"$T/cut.json.gz"
cat >"$T/film.ini" <<'END'
[study]
name = film
title = Film
standard = SN2025
[group film]
label = Film
codes = 59.1
[area nord]
label = Nord
county = Finnmark
END
printf 'From: MAILER-DAEMON@example.org\nTo: retur@example.no\nSubject: hei\n\nhei\n' >"$T/mail"

# Yesterday's register and a study with a frame; one mail has come back.
SOURCE_DATE_EPOCH=1795600000
export SOURCE_DATE_EPOCH
morning() {	# FOLDER
	world "$1"
	u pull --from "$T/one.json.gz" --date 2026-11-24 >/dev/null
	u frame "$T/film.ini" >/dev/null 2>&1
	u draw film >/dev/null
	mkdir -p "$1/state/spool/new" "$1/state/spool/tmp"
	"$PWD/$O/utvalg-hook" -s "$1/state/spool" -f '' -r retur@example.no <"$T/mail"
}
# What is in a world, but for names of random octets.
content() {
	db "SELECT 'unit', orgnr FROM unit ORDER BY orgnr;
	    SELECT 'extract', sha256, in_force, refused FROM extract ORDER BY id;
	    SELECT 'bounce', kind, assigned FROM bounce_message ORDER BY id;
	    SELECT 'run', night, step, status, text FROM run ORDER BY step;"
	(cd "$(dirname "$CONF")/state" && find tables extracts spool/new spool/done spool/unknown -type f 2>/dev/null |
	    sed 's|\(spool/[a-z]*\)/.*|\1/mail|' | sort)
}

morning "$T/plain"
ok "a night" u night --from "$T/two.json.gz"
has "$T/out" "steps 3 = done 3 + skipped 0 + failed 0" "of three steps"
content >"$T/want"
has "$T/want" "unit|810000023" "the new unit is in the register"
has "$T/want" "tables/film" "the tables are written"
ok "again the same day" u night --from "$T/two.json.gz"
has "$T/out" "steps 3 = done 2 + skipped 1 + failed 0" "the pull is not repeated"

n=1 killed=0
while [ $n -lt 40 ]; do
	morning "$T/k$n"
	r=0
	UTVALG_KILL_AT=night.$n u night --from "$T/two.json.gz" >/dev/null 2>&1 || r=$?
	[ $r = 137 ] || break
	killed=$((killed + 1))
	u night --from "$T/two.json.gz" >/dev/null 2>&1 || { _bad "after step $n the next run fails"; break; }
	content >"$T/got"
	cmp -s "$T/got" "$T/want" || { _bad "killed at step $n it ends otherwise" "$(diff "$T/want" "$T/got")"; break; }
	n=$((n + 1))
done
same "$killed" 9 "killed at each of nine steps and run again, the end is the same"

for bad in html cut.json.gz; do
	morning "$T/bad-$bad"
	status 65 "a night with $bad for an extract" u night --from "$T/$bad"
	has "$T/out" "steps 3 = done 2 + skipped 0 + failed 1" "returned mail and tables are done all the same"
	has "$T/err" "utvalg: night: pull enhet" "and the refusal is told"
	ok "status" u status --json
	has "$T/out" '"units": 2' "yesterday's register is in force"
	has "$T/out" '"failed": 1' "and the failure is seen"
	same "$(db "SELECT count(*) FROM bounce_message")" 1 "the mail was read"
	ok "later the same day the file is whole" u night --from "$T/two.json.gz"
	ok "status" u status --json
	has "$T/out" '"units": 3' "the new register is in force"
	has "$T/out" '"failed": 0' "and nothing failed any more"
done

morning "$T/dry"
before=$(cd "$T/dry" && find . -type f ! -name '*-shm' ! -name '*-wal' | sort | xargs sha256sum)
ok "a dry run" u night --dry-run --from "$T/two.json.gz"
same "$(cd "$T/dry" && find . -type f ! -name '*-shm' ! -name '*-wal' | sort | xargs sha256sum)" "$before" "changes no file"
