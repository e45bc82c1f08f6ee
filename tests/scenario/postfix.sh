#!/bin/sh
# Goal: with a real Postfix, out and back: what it refuses, bounces and delays is counted as what it is.
set -eu
. tests/lib.sh
if [ "$(id -u)" != 0 ]; then
	skip not-root "a mail server of its own"
	exit 0
fi
daemons=$(postconf -h -c /nowhere daemon_directory 2>/dev/null || :)
[ -d "${daemons:-}" ] || daemons=/usr/lib/postfix/sbin
P=$T/postfix S=$T/w/state
chmod 755 "$T"
mkdir -p "$P/conf" "$P/queue" "$P/data" "$P/mail" "$P/bin"
chown postfix "$P/data" "$P/mail"
# The hook as a user of its own, who can reach neither the build nor the state.
cp "$O/utvalg-hook" "$P/bin"
mkdir -m 700 "$P/spool"
chown nobody "$P/spool"

cat >"$P/conf/main.cf" <<MAIN
compatibility_level = 3.6
queue_directory = $P/queue
data_directory = $P/data
command_directory = /usr/sbin
daemon_directory = $daemons
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.example.no
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
maillog_file = $P/log
maillog_file_prefixes = $T
recipient_delimiter = +
virtual_mailbox_domains = static:all
virtual_mailbox_base = $P/mail
virtual_mailbox_maps = texthash:$P/conf/boxes
virtual_uid_maps = static:$(id -u postfix)
virtual_gid_maps = static:$(id -g postfix)
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = check_recipient_access texthash:$P/conf/refused, permit_mynetworks, reject
transport_maps = texthash:$P/conf/transport
hook_destination_recipient_limit = 1
delay_warning_time = 1s
confirm_delay_cleared = no
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
MAIN
cat >"$P/conf/master.cf" <<MASTER
PORT inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
showq unix n - n - - showq
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
hook unix - n n - 20 pipe
  flags=DR user=nobody null_sender=
  argv=$P/bin/utvalg-hook -s $P/spool -f \${sender} -r \${recipient}
  -o \${original_recipient} -e \${extension}
MASTER

# 20 addresses: 12 live, 3 unknown to the mailbox, 2 refused at RCPT, 2 full, 1 delayed.
{
	echo 'navn;epost;kommune'
	for i in 01 02 03 04 05 06 07 08 09 10 11 12; do echo "G$i;live$i@a.example.no;0301"; done
	for i in 1 2 3; do echo "U$i;dead$i@b.example.no;0301"; done
	for i in 1 2; do echo "R$i;gone$i@c.example.no;0301"; done
	for i in 1 2; do echo "F$i;full$i@d.example.no;0301"; done
	echo "D;slow@e.example.no;0301"
} >"$T/list.csv"
sed -n 's/.*;\(live.*\);.*/\1 \1\//p' "$T/list.csv" >"$P/conf/boxes"
echo 'c.example.no 550 5.1.1 User unknown' >"$P/conf/refused"
cat >"$P/conf/transport" <<'TRANSPORT'
b@svar.example.no hook:
d.example.no error:5.2.2 Mailbox full
e.example.no retry:4.4.1 Connection timed out
TRANSPORT
cat >"$T/sms.ini" <<'INI'
[study]
name = sms
title = Prøve
[group food]
label = Mat
[area oslo]
municipality = 0301
[list food]
file = list.csv
group = food
name = navn
email = epost
municipality = kommune
[mail]
from = post@example.org
bounce = b@svar.example.no
subject = Hei
invite = brev.txt
art14 = elsewhere
INI
printf 'Hei {name}\n' >"$T/brev.txt"
world "$T/w"
printf '[{"organisasjonsnummer":"974760673","navn":"REGISTERENHETEN","organisasjonsform":{"kode":"ORGL"}}]' |
	gzip >"$T/enheter.json.gz"

# A certificate of its own, for STARTTLS.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$P/conf/key" -out "$P/conf/cert" \
	-days 3 -subj /CN=localhost -addext subjectAltName=DNS:localhost >"$T/out" 2>&1
cat >>"$P/conf/main.cf" <<MAIN
smtpd_tls_security_level = may
smtpd_tls_cert_file = $P/conf/cert
smtpd_tls_key_file = $P/conf/key
smtpd_tls_loglevel = 1
MAIN

# A free port: the first at which the server stays up.
stop() { postfix -c "$P/conf" stop >/dev/null 2>&1 || :; }
trap stop EXIT
port=$((20000 + $$ % 10000))
for _ in 1 2 3 4 5; do
	sed -i "1s/^[^ ]*/127.0.0.1:$port/" "$P/conf/master.cf"
	postfix -c "$P/conf" start >"$T/out" 2>&1 || :
	sleep 1
	grep -q 'fatal' "$P/log" 2>/dev/null || break
	stop
	rm -f "$P/log"
	port=$((port + 37))
done
has "$P/log" "daemon started" "a Postfix of our own runs"
mail() {	# lines of [mail]
	printf '[store]\nstate = %s\n[mail]\nsmtp = smtp://localhost:%s\n%s\n' "$S" "$port" "$1" >"$CONF"
}
mail ''

u pull --from "$T/enheter.json.gz" >"$T/out" 2>"$T/err" || _bad "a register"
u frame "$T/sms.ini" >"$T/out" 2>"$T/err" || _bad "a frame"
u draw sms >"$T/out" 2>"$T/err" || _bad "a sample"
mail 'starttls = always'
status 75 "a certificate that nobody vouches for" u mail sms --wave invite
same "$(db 'SELECT count(*) FROM mailing')" 0 "gets no letter"
mail "starttls = always
ca_file = $P/conf/cert"
ok "letters to twenty, over STARTTLS" u mail sms --wave invite
same "$(grep -c 'TLS connection established from localhost' "$P/log")" 1 "and one connection for all"
has "$T/out" "sent now 18" "eighteen are taken"
has "$T/out" "refused for good 2" "two are refused at once"

# until FILES: the spool holds so many, or a while has gone.
spooled() { find "$P/spool/new" -type f 2>/dev/null | wc -l; }
for _ in $(seq 60); do
	[ "$(spooled)" -ge 6 ] && break
	sleep 0.5
done
same "$(spooled)" 6 "five bounces and one delay came back through the pipe"
same "$(find "$P/mail" -path '*/new/*' -type f | wc -l)" 12 "twelve were delivered"
one=$(find "$P/mail" -path '*/new/*' -type f | head -n 1)
same "$(grep -c '^Return-Path: <b+' "$one")" 1 "with one Return-Path, the signed one"
mkdir -p "$S/spool/new"
cp "$P"/spool/new/* "$S/spool/new/"
ok "the bounces are read" u bounces
same "$(db "SELECT group_concat(reason || ' ' || hard || ' ' || located || ' ' || n, ', ') FROM
	(SELECT reason, hard, located, count(*) AS n FROM bounce b JOIN bounce_message m
	ON m.id = b.message WHERE m.kind = 'bounce' GROUP BY 1, 2, 3 ORDER BY 1)")" \
	"mailboxfull 0 certain 2, userunknown 1 certain 5" "each is what it is, and whose it is is certain"
same "$(db "SELECT count(*) FROM bounce_message WHERE kind = 'delayed'")" 1 "the delayed one only waits"
same "$(db "SELECT count(*) FROM bounce b JOIN mailing_recipient r ON r.id = b.recipient
	WHERE b.address <> r.address")" 0 "each report is about the address written to"
# ENVID and ORCPT come back: this is what a server that drops the rest leaves us
same "$(cat "$P"/spool/new/* | grep -ci '^Original-Envelope-Id: [a-p][a-z2-7]\{24\}')" 6 "with the ENVID"
same "$(cat "$P"/spool/new/* | grep -ci '^Original-Recipient: rfc822;')" 6 "and the address asked about"
u status --json | tr -d ' \n' >"$T/flat"
has "$T/flat" '"sent":20,"returned":7,"not_located":0' "the table of returns is exact"
ok "again" u bounces
u status --json | tr -d ' \n' >"$T/flat"
has "$T/flat" '"sent":20,"returned":7,"not_located":0' "nothing is counted twice"

# --- the hook cannot store: Postfix keeps it, and it is not lost ---------------
token=$(db "SELECT return_token FROM mailing_recipient WHERE address LIKE 'live01%'")
before=$(spooled)
chown root "$P/spool" "$P/spool/new" "$P/spool/tmp" 2>/dev/null
chmod 500 "$P/spool" "$P/spool/new" "$P/spool/tmp"
cat >"$T/bounce" <<MAIL
From: MAILER-DAEMON@far.example.org
To: b+$token@svar.example.no
Subject: Undelivered Mail Returned to Sender

<live01@a.example.no>: 550 5.1.1 User unknown
MAIL
# 1000 from elsewhere, while the spool is shut
cat >"$T/many" <<'AWK'
BEGIN {
	for (i = 1; i <= 1000; i++) {
		printf "MAIL FROM:<>\r\nRCPT TO:<b+%s@svar.example.no>\r\nDATA\r\n", token
		printf "Subject: returned %d\r\nFrom: MAILER-DAEMON@far.example.org\r\n\r\n", i
		printf "<live01@a.example.no>: 550 5.1.1 User unknown\r\n.\r\n"
	}
}
AWK
{ printf 'EHLO far.example.org\r\n'; awk -v token="$token" -f "$T/many"; printf 'QUIT\r\n'; } >"$T/session"
timeout 60 curl -s --max-time 60 "telnet://127.0.0.1:$port" <"$T/session" >"$T/out" 2>"$T/err" || :
same "$(grep -c 'queued as' "$T/out")" 1000 "a thousand bounces come in while the spool is shut"
sleep 3
same "$(spooled)" "$before" "none is stored"
same "$(grep -c 'status=bounced.*hook' "$P/log")" 0 "none is bounced"
has "$P/log" "relay=hook" "they were tried"
has "$P/log" "status=deferred" "and are deferred"
chmod 700 "$P/spool" "$P/spool/new" "$P/spool/tmp"
chown nobody "$P/spool" "$P/spool/new" "$P/spool/tmp"
# in the middle of it the whole mail server stops, dies and comes again
sleep 0.3
pid=$(tr -d ' ' <"$P/queue/pid/master.pid")
kill -STOP "$pid"
sleep 0.3
kill -KILL "$pid"
sleep 1
postfix -c "$P/conf" start >"$T/out" 2>&1 || :
for _ in $(seq 60); do
	[ "$(spooled)" -ge "$((before + 1000))" ] && break
	postqueue -c "$P/conf" -f 2>/dev/null || :	# what the dead one was about to deliver
	sleep 1
done
same "$(cat "$P"/spool/new/* | grep -a '^Subject: returned' | sort -u | wc -l)" 1000 "then all thousand are stored"
rm -f "$S"/spool/new/*
cp "$P"/spool/new/* "$S/spool/new/"
ok "and read" u bounces
u status --json | tr -d ' \n' >"$T/flat"
has "$T/flat" '"sent":20,"returned":8,"not_located":0' "a thousand reports on one are one return"
# --- a thousand hooks at once, some killed -----------------------------------------------
mkdir -m 700 "$P/spool2"
hook() { "$P/bin/utvalg-hook" -s "$P/spool2" -r "b+$token@svar.example.no"; }
# one hook that this test has started, in the middle of its work
kill_some() {
	(printf 'Subject: at once 0\n\n' && sleep 5) |
		"$P/bin/utvalg-hook" -s "$P/spool2" -r "b+$token@svar.example.no" &
	victim=$!
	sleep 0.1
	kill -KILL "$victim" 2>/dev/null || :
}
i=0
: >"$T/accepted"
while [ $i -lt 1000 ]; do
	i=$((i + 1))
	(
		printf 'Subject: at once %d\n\n<live01@a.example.no>: 550 5.1.1 User unknown\n' "$i" |
			hook && echo "$i" >>"$T/accepted"
	) &
	[ $((i % 250)) != 0 ] || kill_some
done
wait
same "$(find "$P/spool2/tmp" -type f | wc -l | awk '{ print ($1 <= 1000) }')" 1 "a thousand hooks at once"
cat "$P"/spool2/new/* | sed -n 's/^Subject: at once //p' | sort -u >"$T/stored"
sort -u "$T/accepted" | comm -23 - "$T/stored" >"$T/lost"
same "$(wc -l <"$T/lost" | tr -d ' ')" 0 "every mail that a hook said yes to is stored"
same "$(cat "$P"/spool2/new/* | grep -c '^Subject: at once ')" "$(find "$P/spool2/new" -type f | wc -l | tr -d ' ')" "each file is one whole mail"

# --- the spool's disk is full ------------------------------------------------------------
full=$P/full
mkdir "$full"
if ! mount -t tmpfs -o size=1m,mode=700,uid="$(id -u nobody)" tmpfs "$full" 2>/dev/null; then
	skip no-mount "a spool on a disk of its own"
	exit 0
fi
off() {
	stop
	umount "$full" 2>/dev/null || :
}
trap off EXIT
sed -i "s|-s $P/spool |-s $full/spool |" "$P/conf/master.cf"
postfix -c "$P/conf" reload >"$T/out" 2>&1 || :
sleep 1
setpriv --reuid=nobody --clear-groups dd if=/dev/zero of="$full/ballast" bs=1k count=900 2>/dev/null || :
: >"$T/session"
{
	printf 'EHLO far.example.org\r\n'
	awk -v token="$token" 'BEGIN {
		for (i = 1; i <= 40; i++) {
			printf "MAIL FROM:<>\r\nRCPT TO:<b+%s@svar.example.no>\r\nDATA\r\n", token
			printf "Subject: full %d\r\nFrom: MAILER-DAEMON@far.example.org\r\n\r\n", i
			printf "<live01@a.example.no>: 550 5.1.1 User unknown\r\n"
			for (k = 0; k < 60; k++) printf "%060d\r\n", k
			printf ".\r\n"
		}
	}'
	printf 'QUIT\r\n'
} >"$T/session"
timeout 60 curl -s --max-time 60 "telnet://127.0.0.1:$port" <"$T/session" >"$T/out" 2>"$T/err" || :
same "$(grep -c 'queued as' "$T/out")" 40 "forty bounces come in while the spool's disk is full"
sleep 3
kept=$(cat "$full"/spool/new/* 2>/dev/null | grep -ac '^Subject: full' || :)
postqueue -c "$P/conf" -j | grep '"address": "b+' >"$T/queue" || :
queued=$(wc -l <"$T/queue" | tr -d ' ')
if [ "$kept" -lt 40 ] && [ "$queued" -gt 0 ]; then _ok "not all of them find room"; else _bad "not all of them find room" "stored $kept, queued $queued"; fi
same "$(grep -c '"queue_name": "\(deferred\|active\|incoming\)"' "$T/queue")" "$queued" "those that do not are deferred"
same "$(grep -c 'status=bounced.*hook' "$P/log" || :)" 0 "none is bounced"
same "$(find "$full/spool/tmp" -type f | wc -l | tr -d ' ')" 0 "no half mail is left"
rm -f "$full/ballast"
for _ in $(seq 60); do
	[ "$(find "$full/spool/new" -type f | wc -l)" -ge 40 ] && break
	# room for those that wait: what is stored is read meanwhile
	postqueue -c "$P/conf" -f 2>/dev/null || :
	sleep 1
done
same "$(cat "$full"/spool/new/* | grep -a '^Subject: full' | sort | uniq | wc -l | tr -d ' ')" 40 "when there is room, all forty are stored"
same "$(cat "$full"/spool/new/* | grep -ac '^Subject: full')" 40 "each once"
same "$(postqueue -c "$P/conf" -j | grep -c '"address": "b+' || :)" 0 "and the queue is empty"
rm -f "$S"/spool/new/*
cp "$full"/spool/new/* "$S/spool/new/"
ok "they are read" u bounces
u status --json | tr -d ' \n' >"$T/flat"
has "$T/flat" '"sent":20,"returned":8,"not_located":0' "and are still one return"

# --- the table of returns -------------------------------------------------------------------
u table sms returns --format csv --lang en >"$T/table" 2>"$T/err" || _bad "the table of returns"
has "$T/table" "Reason,unknown recipient,6,75.0" "by reason: five of old and the one that answered late"
has "$T/table" ",mailbox full,2,25.0" "... and two full boxes"
has "$T/table" "Wave,invitation,8,100.0" "by wave: all of the invitation"
has "$T/table" "Domain,b.example.no,3,37.5" "by domain: the one with three"
has "$T/table" ",other domains,5,62.5" "... and those too few to be named"
has "$T/table" "Returned,,8,100.0" "each part adds up"
