#!/bin/sh
# Goal: returned mail out of a real IMAP and POP3 server: all of it, once, whatever the server does.
set -eu
. tests/lib.sh
if [ "$(id -u)" != 0 ]; then
	skip not-root "a mail server of its own"
	exit 0
fi
gen=$PWD/$O/tests/tools/gen
small_plan 10 >"$T/plan"
cp config/studies/mikrobedrifter* "$T"
"$gen" study --plan "$T/plan" --dir "$T" --seed 3 >/dev/null
world "$T/w"
S=$T/w/state
ok "the register" u pull --from "$T/enheter.json.gz"
ok "the frame" u frame "$T/mikrobedrifter.ini"
ok "the draw" u draw mikrobedrifter
ok "the mails" u mail mikrobedrifter --wave invite --out "maildir:$T/sent"
HOME_=$(db 'SELECT bounce FROM mailing')
DOMAIN=${HOME_#*@}
db 'SELECT id, address, return_token FROM mailing_recipient ORDER BY id' >"$T/list"
address() { sed -n "${1}p" "$T/list" | cut -d'|' -f2; }
token() { sed -n "${1}p" "$T/list" | cut -d'|' -f3; }

# A server of its own: Dovecot, in a folder, on loopback, with its own users.
D=$T/dovecot
chmod 755 "$T"
mkdir -p "$D/run" "$D/home"
chown nobody "$D/home"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$D/key" -out "$D/cert" \
	-days 3 -subj /CN=localhost -addext subjectAltName=DNS:localhost >"$T/out" 2>&1
port=$((21000 + $$ % 9000))
cat >"$D/conf" <<CONF
base_dir = $D/run
log_path = $D/log
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <$D/cert
ssl_key = <$D/key
disable_plaintext_auth = no
mail_location = maildir:$D/home/%u
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = dovecot
default_login_user = dovenull
passdb {
  driver = static
  args = password=hemmelig
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$D/home/%u
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $port
  }
  inet_listener imaps {
    port = $((port + 1))
    ssl = yes
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = $((port + 2))
  }
  inet_listener pop3s {
    port = $((port + 3))
    ssl = yes
  }
}
service stats {
  chroot =
}
CONF
stop() {
	[ ! -f "$D/run/master.pid" ] || kill "$(cat "$D/run/master.pid")" 2>/dev/null || :
	[ -z "${liar:-}" ] || kill "$liar" 2>/dev/null || :
}
trap stop EXIT
dovecot -c "$D/conf" >"$T/out" 2>"$T/err" || _bad "a Dovecot of our own starts"
for _ in $(seq 100); do
	grep -qs "starting up" "$D/log" && break
	sleep 0.1
done
has "$D/log" "starting up" "a Dovecot of our own runs"
IMAP=imap://retur@localhost:$port/INBOX IMAPS=imaps://retur@localhost:$((port + 1))/INBOX
POP=pop3://pop@localhost:$((port + 2)) POPS=pop3s://pop@localhost:$((port + 3))

printf 'hemmelig\n' >"$T/secret"
chmod 600 "$T/secret"
settings() {	# lines of [bounces]
	printf '[store]\nstate = %s\n[bounces]\nmailbox_timeout = 20s\n%s\n' "$S" "$1" >"$CONF"
}
WITH="mailbox_password_file = $T/secret
mailbox_ca_file = $D/cert"

# hard N: a report about recipient N into a user's mailbox; the sender's mail server sees a token.
hard() {	# N USER
	m=$D/home/$2
	mkdir -p "$m/new" "$m/cur" "$m/tmp"
	cat >"$m/new/$(date +%s).M$1.host" <<-END
		Message-ID: <report.$1@mx.example.org>
		From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
		To: <$(printf %s "${HOME_%@*}")+$(token "$1")@$DOMAIN>
		Subject: Undelivered Mail Returned to Sender
		MIME-Version: 1.0
		Content-Type: multipart/report; report-type=delivery-status; boundary="g"

		--g
		Content-Type: message/delivery-status

		Reporting-MTA: dns; mx.example.org

		Final-Recipient: rfc822; $(address "$1")
		Action: failed
		Status: 5.1.1
		Diagnostic-Code: smtp; 550 5.1.1 User unknown

		--g--
	END
	chown -R nobody "$m"
}
note() {	# USER: somebody writes
	printf 'From: kari@example.org\nSubject: Hei\n\nRing meg.\n' >"$D/home/$1/new/1.note.host"
	chown -R nobody "$D/home/$1"
}
returned() { db 'SELECT coalesce(sum(returned), 0) FROM disposition'; }
seen() { find "$D/home/$1" -name '*:2,*S*' -type f | wc -l; }

# --- who gets in -------------------------------------------------------------------
for i in 1 2 3 4 5; do hard $i retur; done
note retur
settings "mailbox_password_file = $T/secret"
status 75 "a certificate that nobody vouches for" u bounces --imap "$IMAPS"
status 75 "nor over STARTTLS" u bounces --imap "$IMAP"
settings "$WITH"
status 64 "a password on the command line" u bounces --imap "imaps://retur:hemmelig@localhost/INBOX"
lacks "$T/err" hemmelig "is not said again"
status 64 "one protocol's URL for the other" u bounces --imap "$POPS"
printf 'feil\n' >"$T/wrong"
chmod 600 "$T/wrong"
settings "mailbox_password_file = $T/wrong
mailbox_ca_file = $D/cert"
status 77 "a wrong password" u bounces --imap "$IMAPS"
status 77 "with POP3 too" u bounces --pop3 "$POPS"
chmod 644 "$T/wrong"
status 78 "a password that others can read" u bounces --imap "$IMAPS"
settings "mailbox_ca_file = $D/cert"
status 78 "no password" u bounces --imap "$IMAPS"
settings "$WITH"
status 69 "a folder that is not there" u bounces --imap "imaps://retur@localhost:$((port + 1))/Nei"
status 75 "a server that is not there" u bounces --imap "imaps://retur@localhost:1/INBOX"
same "$(returned) $(seen retur)" "0 0" "none of that read or flagged anything"

# --- IMAP ----------------------------------------------------------------------------
ok "in a dry run" u bounces --dry-run --imap "$IMAPS"
has "$T/out" "in the mailbox 6 = known 0 + fetched 6" "six would be fetched"
same "$(db 'SELECT count(*) FROM bounce_message') $(find "$S/spool/new" -type f 2>/dev/null | wc -l)" "0 0" "and none is"
ok "a mailbox over TLS" u bounces --imap "$IMAPS"
has "$T/out" "in the mailbox 6 = known 0 + fetched 6" "all six are fetched"
same "$(returned)" 5 "five are returns"
same "$(find "$S/spool/unknown" -type f | wc -l)" 1 "one is for a person"
same "$(find "$D/home/retur/new" "$D/home/retur/cur" -type f | wc -l) $(seen retur)" "6 0" "all stay there, unread"
ok "again, over STARTTLS" u bounces --imap "$IMAP"
same "$(returned)" 5 "another name of the same mailbox counts nothing twice"
same "$(db 'SELECT count(*) FROM bounce_message')" 6 "and keeps nothing twice"
ok "again" u bounces --imap "$IMAPS"
has "$T/out" "in the mailbox 6 = known 6 + fetched 0" "fetches nothing"

settings "$WITH
mailbox = $IMAPS
mailbox_after = seen"
hard 6 retur
ok "the mailbox of the settings" u bounces
has "$T/out" "in the mailbox 7 = known 6 + fetched 1" "is read without being named"
same "$(returned) $(seen retur)" "6 6" "what was understood is flagged, the rest is not"
settings "$WITH
mailbox = $IMAPS
mailbox_after = move
mailbox_move_to = Retur på is"
mkdir -p "$D/home/retur/.Retur p&AOU- is/new" "$D/home/retur/.Retur p&AOU- is/cur" "$D/home/retur/.Retur p&AOU- is/tmp"
chown -R nobody "$D/home/retur"
hard 7 retur
ok "moving what is understood" u bounces
same "$(returned) $(find "$D/home/retur/.Retur p&AOU- is" -type f -name '*.M7.*' | wc -l)" "7 1" "to a folder with a name of its own"
same "$(find "$D/home/retur/cur" -type f | wc -l)" 7 "the others stay"
settings "$WITH
mailbox_after = delete"
hard 8 retur
hard 8 slett
note slett
ok "deleting" u bounces --imap "imaps://slett@localhost:$((port + 1))/INBOX"
same "$(find "$D/home/slett/cur" "$D/home/slett/new" -type f | wc -l)" 1 "leaves what was not understood"
same "$(returned)" 8 "and what was deleted is counted"

# --- POP3 ----------------------------------------------------------------------------
for i in 11 12 13; do hard $i pop; done
note pop
settings "$WITH"
ok "a maildrop over TLS" u bounces --pop3 "$POPS"
has "$T/out" "in the mailbox 4 = known 0 + fetched 4" "all four are fetched"
same "$(returned)" 11 "three are returns"
ok "again, over STLS" u bounces --pop3 "$POP"
same "$(returned)" 11 "changes nothing"
settings "$WITH
mailbox_after = seen"
status 78 "POP3 has no flags" u bounces --pop3 "$POPS"
settings "$WITH
mailbox_after = delete"
hard 14 pop
ok "deleting with POP3" u bounces --pop3 "$POPS"
same "$(returned) $(find "$D/home/pop/new" "$D/home/pop/cur" -type f | wc -l)" "12 1" "leaves what was not understood"

# --- too large --------------------------------------------------------------------------
settings "$WITH
mailbox_max = 100k"
hard 15 stor
{ printf 'Subject: stor\n\n'; head -c 200000 /dev/zero | tr '\0' 'x'; } >"$D/home/stor/new/2.stor.host"
chown -R nobody "$D/home/stor"
ok "a mail over the limit" u bounces --imap "imaps://stor@localhost:$((port + 1))/INBOX"
has "$T/out" "fetched 1 + too large 1" "is left there, and said"
same "$(returned)" 13 "the other is read"

# --- killed at each step -------------------------------------------------------------------
for i in $(seq 20 29); do hard "$i" drep; done
settings "$WITH
mailbox_after = delete"
steps=$(grep -rhoE 'talk_step\("(intake|bounces)\.[0-9]+"\)' pipeline | sed 's/.*"\(.*\)".*/\1/' | sort -u)
cp -a "$T/w" "$T/before"
cp -a "$D/home/drep" "$T/drep"
for step in $steps; do
	rm -rf "$T/w" "$D/home/drep"
	cp -a "$T/before" "$T/w"
	cp -a "$T/drep" "$D/home/drep"
	r=0
	UTVALG_KILL_AT=$step utvalg --config "$CONF" bounces --imap "imaps://drep@localhost:$((port + 1))/INBOX" \
		>"$T/out" 2>"$T/err" </dev/null || r=$?
	same $r 137 "killed at $step"
	u bounces --imap "imaps://drep@localhost:$((port + 1))/INBOX" >"$T/out" 2>"$T/err" || _bad "$step: it runs again"
	same "$(returned) $(db 'SELECT count(*) FROM bounce_message WHERE message_id LIKE "%report.2_@%"')" "23 10" \
		"$step: ten are returned, each once"
	same "$(find "$D/home/drep/cur" "$D/home/drep/new" -type f | wc -l)" 0 "$step: and gone from the server"
done

# --- servers that lie ------------------------------------------------------------------------
liar=
lie() {	# FILE: what the server says, line by line, each after a line of ours
	[ -z "$liar" ] || { kill "$liar" 2>/dev/null; wait "$liar" 2>/dev/null; } || :
	: >"$T/ready"
	"$O/tests/tools/liar" $((port + 7)) "$1" >"$T/ready" &
	liar=$!
	for _ in $(seq 100); do
		[ -s "$T/ready" ] && break
		sleep 0.1
	done
}
box="imap://retur@localhost:$((port + 7))/INBOX"
settings "mailbox_starttls = no
mailbox_password_file = $T/secret"
before=$(db 'SELECT count(*) FROM bounce_message')
opening='* OK hei
%T CAPABILITY * CAPABILITY IMAP4rev1
%T LOGIN
%T CAPABILITY * CAPABILITY IMAP4rev1
%T EXAMINE * 2 EXISTS^* OK [UIDVALIDITY 7] x
'
{ printf %s "$opening"; echo '%T UID * 1 FETCH (UID 1 RFC822.SIZE 30)'; echo '%T UID * 1 FETCH (UID 1 BODY[] {99999999999}'; } >"$T/lie"
lie "$T/lie"
status 76 "a server that sends more than it may" u bounces --imap "$box"
{ printf %s "$opening"; echo '%T UID * 1 FETCH (UID 1 RFC822.SIZE 30)'; echo '%! UID * 1 FETCH (UID 1 BODY[] {30}^Subject: x'; } >"$T/lie"
lie "$T/lie"
status 75 "a server that cuts in the middle of a mail" u bounces --imap "$box"
{ printf %s "$opening"; echo '%T UID * 1 FETCH (UID 1 RFC822.SIZE 30)'; echo '%T UID * 1 FETCH (UID 2 BODY[] {2}^ab)'; } >"$T/lie"
lie "$T/lie"
status 76 "a server that sends another mail" u bounces --imap "$box"
{ printf %s "$opening"; echo '%T UID * 1 FETCH (UID'; } >"$T/lie"
lie "$T/lie"
status 76 "a list that cannot be read" u bounces --imap "$box"
printf '%s\n' '* OK hei' '%T CAPABILITY * CAPABILITY IMAP4rev1' '%T LOGIN' '%T CAPABILITY * CAPABILITY IMAP4rev1' '%T EXAMINE * 2 EXISTS' >"$T/lie"
lie "$T/lie"
status 76 "a server without UIDVALIDITY" u bounces --imap "$box"
printf '%s\n' '* OK hei' '%! CAPABILITY' >"$T/lie"
lie "$T/lie"
status 75 "a server that hangs up" u bounces --imap "$box"
same "$(db 'SELECT count(*) FROM bounce_message')" "$before" "none of them leaves half a mail"
same "$(db 'PRAGMA integrity_check')" ok "the database is whole"
same "$(grep -c 'hemmelig' "$D/log" || :)" 0 "the password is in no log"
