#!/bin/sh
# Goal: real name servers say which domains take mail: each is asked once, trouble is unknown and nobody's loss, and a frame leaves out only what is known to be dead.
set -eu
. tests/lib.sh
PATH=$PATH:/usr/sbin:/sbin
unset SOURCE_DATE_EPOCH 2>/dev/null || :

world "$T/w"
W=$T/w
started=
finish() { for p in $started; do kill "$p" 2>/dev/null || :; done; }
trap finish EXIT

# --- two servers: one that misbehaves, and dnsmasq, that sends what is in
# sick.example.no on to it ---------------------------------------------------------
"$O/tests/tools/dnsd" "$T/port" "$T/dnsd.log" &
started="$started $!"
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s "$T/port" ] && break; sleep 0.1; done
stub=$(cat "$T/port")

cat >"$T/dnsmasq.conf" <<END
listen-address=127.0.0.1
bind-interfaces
no-resolv
no-hosts
pid-file=
log-queries
log-facility=$T/dnsmasq.log
local=/example.no/
server=/sick.example.no/127.0.0.1#$stub
mx-host=one.example.no,mx.firma.example.no,10
mx-host=two.example.no,mx2.firma.example.no,20
mx-host=two.example.no,mx1.firma.example.no,10
dns-rr=null.example.no,15,000000
dns-rr=mixed.example.no,15,000000
mx-host=mixed.example.no,mx.firma.example.no,10
mx-host=here.example.no,localhost,0
mx-host=literal.example.no,8.8.4.4,10
cname=alias.example.no,one.example.no
host-record=v4.example.no,8.8.4.4
host-record=v6.example.no,2001:4860:4860::8844
host-record=loop4.example.no,127.0.0.1
host-record=loop6.example.no,::1
host-record=private.example.no,10.1.2.3
host-record=either.example.no,127.0.0.1,2001:4860:4860::8844
txt-record=nothing.example.no,v=spf1 -all
END
i=0
while [ $i -lt 60 ]; do
	i=$((i + 1))
	echo "mx-host=big.example.no,mx$i.some-server-with-a-long-name.example.no,$i"
done >>"$T/dnsmasq.conf"
i=0
while [ $i -lt 2000 ]; do
	i=$((i + 1))
	echo "mx-host=d$i.example.no,mx.firma.example.no,10"
done >>"$T/dnsmasq.conf"

port=
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	port=$((20000 + ($$ * 20 + try * 997) % 12000))
	dnsmasq -k -C "$T/dnsmasq.conf" -p "$port" --user="$(id -un)" --group="$(id -gn)" 2>"$T/dnsmasq.err" &
	pid=$!
	sleep 0.3
	if kill -0 "$pid" 2>/dev/null; then
		started="$started $pid"
		break
	fi
done
printf '[store]\nstate = %s/state\n[dns]\nservers = 127.0.0.1:%s\n' "$W" "$port" >"$CONF"
stub_conf=$T/stub.conf
printf '[store]\nstate = %s/state\n[dns]\nservers = [::1]:1 127.0.0.1:%s\n' "$W" "$stub" >"$stub_conf"
printf '[store]\nstate = %s/state\n[dns]\nservers = 127.0.0.1:1\n' "$W" >"$T/gone.conf"

# --- verdicts ------------------------------------------------------------------------
verdicts() { sed -n 's/^\([^:]*\): .*(\([a-z-]*\)).*/\1 \2/p' "$T/out"; }
asked() { grep -c "query\[$1\] $2 from" "$T/dnsmasq.log" || :; }

cat >"$T/want" <<'END'
one.example.no mx
two.example.no mx
null.example.no null-mx
mixed.example.no mx
here.example.no no-mail
literal.example.no no-mail
alias.example.no mx
v4.example.no fallback
v6.example.no fallback
loop4.example.no no-mail
loop6.example.no no-mail
private.example.no no-mail
either.example.no fallback
nothing.example.no no-mail
nowhere.example.no no-domain
big.example.no mx
servfail.sick.example.no unknown
END
cut -d ' ' -f 1 "$T/want" >"$T/domains"
ok "domains are asked about, one a line" sh -c "utvalg --config '$CONF' email mx - <'$T/domains'"
same "$(verdicts)" "$(cat "$T/want")" "each has its verdict"
has "$T/out" "two.example.no: tar imot e-post (mx): mx1.firma.example.no" "with the first mail server"
has "$T/out" "mixed.example.no: tar imot e-post (mx): mx.firma.example.no" "that is one"
same "$(asked MX one.example.no)" 1 "a domain is asked once"
same "$(asked A one.example.no)$(asked AAAA one.example.no)" 00 "and for nothing that is not needed"
same "$(asked MX big.example.no)" 2 "a truncated answer is asked for again over TCP"
same "$(asked AAAA v4.example.no)" 0 "an address that can be reached is enough"
same "$(test -e "$W/state" || echo none)" none "asking makes no database"

status 1 "a typed domain that takes no mail is told by the status" \
    sh -c "utvalg --config '$CONF' email mx one.example.no null.example.no || { echo 'utvalg: .' >&2; exit 1; }"
: >"$T/dnsmasq.log"
ok "an address and the same domain in other letters" u --lang en email mx --json post@ONE.example.no one.example.no.
same "$(wc -l <"$T/out")" 2 "have an answer each"
same "$(asked MX one.example.no)" 1 "and one question"
same "$(sqlite3 :memory: "SELECT json_extract(value, '\$.verdict', '\$.exchange', '\$.resolver') FROM json_each('[' || replace(trim(CAST(readfile('$T/out') AS TEXT), char(10)), char(10), ',') || ']') LIMIT 1")" \
    "[\"mx\",\"mx.firma.example.no\",\"127.0.0.1:$port\"]" "as JSON too"
status 65 "what is no domain is refused" u email mx 'a b'
status 64 "nothing to ask about" u email mx

# --- trouble ---------------------------------------------------------------------------
: >"$T/dnsd.log"
status 75 "when most are unknown that is said" utvalg --config "$stub_conf" --lang en email mx \
    firma.x silent.x servfail.x refused.x notimp.x garbage.x short.x referral.x alias.x cut.x ghost.x asick.x aok.x
has "$T/err" "11 of 13 domains are unknown" "with how many"
same "$(verdicts | grep -v unknown)" "firma.x mx
aok.x fallback" "no trouble is taken for an answer"
same "$(grep -c 'firma.x' "$T/dnsd.log")" 1 "a server that is not there is followed by the next"
status 75 "without any name service" utvalg --config "$T/gone.conf" email mx one.example.no null.example.no
same "$(verdicts)" "one.example.no unknown
null.example.no unknown" "all are unknown"
has "$T/err" "2 of 2" "and it says so"
printf '[dns]\nservers = 192.0.2.1 ns.example.no\n' >"$T/bad.conf"
status 78 "servers are given as addresses" utvalg --config "$T/bad.conf" config
has "$T/err" "bad.conf:2:" "which the settings say by line"

# --- many, with one that never answers -----------------------------------------------------
i=0
while [ $i -lt 2000 ]; do
	i=$((i + 1))
	echo "d$i.example.no"
	[ $i != 50 ] || echo silent.sick.example.no
done >"$T/domains"
: >"$T/dnsmasq.log"
t=$(date +%s%N)
ok "2 000 domains and one that never answers" sh -c "utvalg --config '$CONF' email mx - <'$T/domains'"
t=$((($(date +%s%N) - t) / 1000000))
echo "# 2 001 domains in $t ms"
same "$(verdicts | cut -d ' ' -f 2 | sort | uniq -c | tr -s ' ')" " 2000 mx
 1 unknown" "have their verdicts"
ok "without waiting for it" test $t -lt 20000
same "$(grep -c 'query\[MX\] d[0-9]*\.example' "$T/dnsmasq.log")" 2000 "each was asked once"

# --- frames ----------------------------------------------------------------------------------
n=0
unit() {	# NUMBER DOMAIN
	[ $n = 0 ] || printf ',\n'
	n=$((n + 1))
	printf '{"organisasjonsnummer":"%s","navn":"NR %s","organisasjonsform":{"kode":"AS","beskrivelse":"Aksjeselskap"},"naeringskode1":{"kode":"59.110","beskrivelse":"-"},"epostadresse":"post@%s","forretningsadresse":{"land":"Norge","landkode":"NO","kommunenummer":"5601"},"registreringsdatoEnhetsregisteret":"2010-01-04","konkurs":false,"underAvvikling":false,"underTvangsavviklingEllerTvangsopplosning":false,"respons_klasse":"Enhet"}' \
	    "$1" "$1" "$2"
}
{
	printf '['
	unit 810000007 one.example.no
	unit 810000015 null.example.no
	unit 810000023 nothing.example.no
	unit 810000031 nowhere.example.no
	unit 810000058 alias.example.no
	unit 810000066 v6.example.no
	printf ']\n'
} | gzip >"$T/enheter.json.gz"
study() {	# FILE NAME MX
	printf '[study]\nname = %s\nstandard = SN2007\n[group film]\ncodes = 59110\n[area nord]\ncounty = Finnmark\n[email]\nmx = %s\n' \
	    "$2" "$3" >"$W/$1"
}
study nord.ini nord yes
study free.ini free no
reasons() {
	db "SELECT group_concat(coalesce(reason || ':' || coalesce(detail, ''), 'kept'), ' ') FROM (SELECT * FROM frame_unit WHERE frame = (SELECT max(id) FROM frame) ORDER BY unit_key)"
}
day1=1795600000 day2=1795686400
ok "the register is read" u pull --from "$T/enheter.json.gz"
: >"$T/dnsmasq.log"
ok "a study that does not want to know" u frame "$W/free.ini"
same "$(grep -c 'query\[' "$T/dnsmasq.log" || :)" 0 "asks nobody"
ok "a plan of one that does" u --lang en plan "$W/nord.ini"
has "$T/err" "6 of 6 domains have not been asked" "says that it has not"
same "$(grep -c 'query\[' "$T/dnsmasq.log" || :)" 0 "nor does it"

status 75 "no frame without name service" env SOURCE_DATE_EPOCH=$day1 utvalg --config "$T/gone.conf" frame "$W/nord.ini"
has "$T/err" "of 6 domains asked for, 6 are unknown" "which is said"
same "$(db "SELECT count(*) FROM frame f JOIN study s ON s.id = f.study WHERE s.name = 'nord'")$(db 'SELECT count(*) FROM domain')" 00 "nothing is frozen or remembered"

ok "the frame of the first day" env SOURCE_DATE_EPOCH=$day1 utvalg --config "$CONF" --lang en frame "$W/nord.ini"
same "$(reasons)" "kept email_unusable:null-mx email_unusable:no-mail kept kept kept" \
    "leaves out who cannot be reached, not who was not found once"
has "$T/out" "6 domains were looked up; 2 take no mail, 0 are not known." "and counts them"
same "$(db "SELECT group_concat(name || ' ' || verdict || ' ' || ttl, ', ') FROM (SELECT * FROM domain ORDER BY name)")" \
    "alias.example.no mx 604800, nothing.example.no no-mail 86400, nowhere.example.no no-domain 86400, null.example.no null-mx 86400, one.example.no mx 604800, v6.example.no fallback 604800" \
    "what was answered is remembered"
: >"$T/dnsmasq.log"
ok "again on that day" env SOURCE_DATE_EPOCH=$((day1 + 60)) utvalg --config "$CONF" --lang en frame "$W/nord.ini"
has "$T/err" "as it was frozen before" "it stands"
same "$(grep -c 'query\[' "$T/dnsmasq.log" || :)" 0 "and nobody is asked"
ok "what is remembered answers" env SOURCE_DATE_EPOCH=$((day1 + 60)) utvalg --config "$T/gone.conf" email mx --store --json one.example.no
has "$T/out" '"remembered": true' "and says that it is"

ok "the frame of the next day" env SOURCE_DATE_EPOCH=$day2 utvalg --config "$CONF" --lang en frame "$W/nord.ini"
same "$(reasons)" "kept email_unusable:null-mx email_unusable:no-mail email_unusable:no-domain kept kept" \
    "leaves out who was not found twice"
same "$(grep -c 'query\[MX\]' "$T/dnsmasq.log" || :)" 3 "only what was not found, or cannot be reached, is asked again"
ok "it is drawn" env SOURCE_DATE_EPOCH=$day2 utvalg --config "$CONF" draw nord
ok "and stands" env SOURCE_DATE_EPOCH=$((day2 + 600)) utvalg --config "$CONF" frame "$W/nord.ini"
has "$T/err" "as it was frozen before" "as long as the same domains are dead"
