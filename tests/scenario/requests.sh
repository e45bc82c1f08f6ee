#!/bin/sh
# Goal: a researcher hands in a study and alone can read the answer; nothing in a request reaches beyond its own text.
set -eu
. tests/lib.sh

if [ "$(id -u)" != 0 ]; then
	skip not-root "requests of several accounts"
	exit 0
fi

# Three invented accounts: two researchers in a group, and the service's own.
A=61001 B=61002 SERVICE=61000 GROUP=61000
as() {	# UID command...
	_u=$1
	shift
	setpriv --reuid="$_u" --regid="$GROUP" --clear-groups "$@"
}

state=$T/private/state spool=$T/requests results=$T/results
mkdir -p "$state" "$spool" "$results" "$T/mine"
chmod 711 "$T/private"
chown $SERVICE:$GROUP "$state" "$spool" "$results"
chmod 700 "$state"
chmod 3770 "$spool"
chmod 711 "$results"
chmod 1777 "$T/mine"
CONF=$T/utvalg.conf
printf '[store]\nstate = %s\n[requests]\nrequests = %s\nresults = %s\nrequest_max = 4k\n' \
    "$state" "$spool" "$results" >"$CONF"

# The program where every account can reach it.
install -m 755 "$O/utvalg" "$T/utvalg"
run() { _u=$1; shift; as "$_u" "$T/utvalg" --config "$CONF" "$@"; }
serve() { run $SERVICE requests serve; }

# fails "sentence" command...: passes if it does not succeed.
fails() {
	_s=$1
	shift
	if "$@" >/dev/null 2>&1; then _bad "$_s" "$*"; else _ok "$_s"; fi
}

as $A true || { skip not-root "changing the account"; exit 0; }

# Four invented units in Finnmark and one elsewhere.
unit() {	# NUMBER NAME CODE MUNICIPALITY EMAIL
	printf '{"organisasjonsnummer":"%s","navn":"%s","organisasjonsform":{"kode":"AS","beskrivelse":"Aksjeselskap"},"naeringskode1":{"kode":"%s","beskrivelse":"-"},"epostadresse":"%s","forretningsadresse":{"land":"Norge","landkode":"NO","kommunenummer":"%s"},"registreringsdatoEnhetsregisteret":"2010-01-04","konkurs":false,"underAvvikling":false,"underTvangsavviklingEllerTvangsopplosning":false,"respons_klasse":"Enhet"}' \
	    "$1" "$2" "$3" "$5" "$4"
}
{
	printf '['
	unit 810000007 "EN AS" 59.110 5601 en@example.no
	printf ',\n'
	unit 810000015 "TO AS" 59.110 5601 to@example.org
	printf ',\n'
	unit 810000023 "TRE AS" 59.120 5603 tre@example.no
	printf ',\n'
	unit 810000031 "FIRE AS" 59.120 5603 ""
	printf ',\n'
	unit 810000058 "FEM AS" 59.110 0301 fem@example.no
	printf ']\n'
} | gzip >"$T/enheter.json.gz"
chmod 644 "$T/enheter.json.gz"

study() {	# NAME
	cat <<END
[study]
name = $1
title = Film i Finnmark
standard = SN2025
[group film]
label = Film
codes = 59.1
[area finnmark]
label = Finnmark
county = Finnmark
[sample]
draw_on_request = yes
END
}
study film >"$T/mine/film.ini"
chmod 644 "$T"/mine/*

hand_in() {	# UID FILE -> its name in $ID
	run "$1" request --json "$2" >"$T/out" 2>"$T/err" || return 1
	ID=$(sed -n 's/.*"request": "\(.*\)".*/\1/p' "$T/out")
	[ -n "$ID" ]
}

# --- before there is a register
ok "researcher A hands in a study file" hand_in $A "$T/mine/film.ini"
if [ ! -e "$spool/$ID.ini" ]; then
	grep -q 'access list' "$T/err" || exit 1
	skip no-acl "access lists"
	exit 0
fi
first=$ID
has "$T/out" '"answer": "' "and is told where the answer will be"
same "$(stat -c '%u %A' "$spool/$first.ini")" "$A -rw-r-----" "what is handed in is for the asker and the service"
fails "researcher B cannot read it" as $B cat "$spool/$first.ini"
fails "nor take it away" as $B rm -f "$spool/$first.ini"
ok "it is listed for A" run $A requests list
has "$T/out" "waiting" "as waiting"
ok "B lists only what is B's" run $B requests
lacks "$T/out" "$first" "which A's is not"
ok "a request without a register is answered all the same" serve
has "$T/out" "refused 1" "by a refusal"
ok "A reads why" as $A cat "$results/$first/answer.txt"
has "$T/out" "utvalg pull" "the register comes first"

# --- served
ok "the register is loaded" run $SERVICE pull --from "$T/enheter.json.gz" --date 2026-11-24
ok "A hands in again" hand_in $A "$T/mine/film.ini"
second=$ID
ok "it is served" serve
has "$T/out" "requests 1 = served 1 + refused 0 + left 0" "and counted"
for f in answer.txt frame.csv sample.csv funnel.txt record.json; do
	ok "A has $f" as $A test -s "$results/$second/$f"
	ok "A reads $f" as $A cat "$results/$second/$f"
	fails "B does not read A's $f" as $B cat "$results/$second/$f"
done
as $A cat "$results/$second/frame.csv" >"$T/frame.csv"
same "$(grep -c '^8' "$T/frame.csv")" 4 "the frame holds the four units of the area"
has "$T/frame.csv" "no_email" "one is left out with its reason"
as $A cat "$results/$second/sample.csv" >"$T/sample.csv"
same "$(grep -c '^8' "$T/sample.csv")" 3 "three are drawn, as the file asks for"
has "$results/$second/record.json" '"state": "served"' "the record says what was done"
fails "B cannot look into A's answer" as $B ls "$results/$second"
fails "A cannot list the answers of all" as $A ls "$results"
fails "A cannot read the state" as $A ls "$state"
fails "A cannot change the answer" as $A sh -c ": >>'$results/$second/answer.txt'"
ok "A sees it among A's requests" run $A requests list --json
has "$T/out" '"state": "served"' "as served"
has "$T/out" '"state": "refused"' "the first as refused"
ok "B does not" run $B requests list --json
lacks "$T/out" "$second" "see it"
ok "the administrator sees all" run $SERVICE requests list
has "$T/out" "$second" "also A's"

ok "the same file again" hand_in $A "$T/mine/film.ini"
ok "is served again" serve
ok "with the same sample" as $A cmp "$results/$second/sample.csv" "$results/$ID/sample.csv"
ok "nothing is waiting: nothing is done" serve
has "$T/out" "requests 0 = " "and said so"

# --- nobody else's study
ok "B hands in a study of the same name" hand_in $B "$T/mine/film.ini"
ok "the service goes on" serve
has "$T/out" "refused 1" "it is refused"
ok "B reads why" as $B cat "$results/$ID/answer.txt"
has "$T/out" "belongs to somebody else" "the name is taken"

# --- nothing outside its own text
refused() {	# "sentence" TEXT: handing in FILE on standard input is refused
	cat >"$T/mine/bad.ini"
	chmod 644 "$T/mine/bad.ini"
	status 78 "$1: refused when handed in" run $A request "$T/mine/bad.ini"
	has "$T/err" "$2" "$1: the reason is given"
	# past the check, straight into the spool
	as $A sh -c "umask 022; cat '$T/mine/bad.ini' >'$spool/by-hand.ini'"
	ok "$1: served" serve
	has "$T/out" "refused 1" "$1: refused when served"
}
{ study lists; printf '[list mat]\nfile = /etc/passwd\ngroup = film\n'; } | refused "a list" "cannot name files"
{ study templates; printf '[mail]\ninvite = /etc/passwd\n'; } | refused "a template" "cannot name files"
{ study excluded; printf '[filter]\nexclude = ../state/keys/salt\n'; } | refused "an exclusion file" "cannot name files"
{ study other; printf '[store]\nstate = /\n'; } | refused "a setting" "store"
study unknown | sed 's/59.1/99.999/' | refused "a code that is none" "99.999"

as $A ln -s "$state/keys/salt" "$spool/link.ini"
as $A mkfifo "$spool/fifo.ini"
as $A sh -c "head -c 5000 /dev/zero | tr '\\000' '#' >'$spool/large.ini'"
as $A mkdir "$spool/folder.ini" && as $A touch "$spool/folder.ini/x"
as $A sh -c "umask 022; cat '$T/mine/film.ini' >'$spool/two.ini'; ln '$spool/two.ini' '$T/mine/two.ini'"
as $A sh -c "umask 022; cat '$T/mine/film.ini' >'$spool/odd name;.ini'"
as $A sh -c "umask 077; cat '$T/mine/film.ini' >'$spool/closed.ini'"
ok "links, fifos, folders, large and closed files" timeout 60 setpriv --reuid=$SERVICE --regid=$GROUP --clear-groups \
    "$T/utvalg" --config "$CONF" requests serve
has "$T/out" "requests 7 = served 1 + refused 6 + left 0" "are all refused, an odd name alone is not"
same "$(find "$spool" -maxdepth 1 -name '*.ini' | wc -l | tr -d ' ')" 0 "nothing is left to be looked at for ever"
fails "the salt has not got out" grep -rq "$(cat "$state/keys/salt")" "$results"

i=0
while [ $i -lt 25 ]; do
	as $A sh -c "umask 022; cat '$T/mine/film.ini' >'$spool/many-$i.ini'"
	i=$((i + 1))
done
status 75 "A has too many waiting to hand in one more" run $A request "$T/mine/film.ini"
ok "many at once" serve
has "$T/out" "served 20 + refused 5" "are served up to twenty"

# --- killed anywhere
n=1
while [ $n -lt 12 ]; do
	hand_in $A "$T/mine/film.ini" || break
	r=0
	as $SERVICE env UTVALG_KILL_AT=request.$n "$T/utvalg" --config "$CONF" requests serve >/dev/null 2>&1 || r=$?
	[ $r = 137 ] || break
	serve >/dev/null 2>&1 || break
	as $A cmp -s "$results/$second/sample.csv" "$results/$ID/sample.csv" || break
	as $A cmp -s "$results/$second/frame.csv" "$results/$ID/frame.csv" || break
	[ -z "$(find "$spool/taken" -name '*.ini')" ] || break
	n=$((n + 1))
done
same "$r $n" "0 5" "killed at each of its four steps and run again, the answer is the same"
hand_in $A "$T/mine/film.ini" || :
as $SERVICE env UTVALG_KILL_AT=request.lay "$T/utvalg" --config "$CONF" requests serve >/dev/null 2>&1 || :
ok "killed with the answer half laid out, the next run" serve
ok "lays it out whole" as $A test -s "$results/$ID/answer.txt"
same "$(find "$results" -name '.tmp-*')" "" "nothing half-made is left"
