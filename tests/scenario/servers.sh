#!/bin/sh
# Goal: Exim and OpenSMTPD, set up with the manual's own lines, hand returns to the hook and keep what it cannot take.
set -eu
. tests/lib.sh
exim=$PWD/build/packages/exim4-daemon-light open=$PWD/build/packages/opensmtpd
if [ "$(id -u)" != 0 ]; then
	skip not-root "mail servers of its own"
	exit 0
fi
if ! [ -x "$exim/usr/sbin/exim4" ] || ! [ -x "$open/usr/sbin/smtpd" ] ||
	ldd "$exim/usr/sbin/exim4" "$open/usr/sbin/smtpd" | grep -q 'not found'; then
	skip no-mta "Exim and OpenSMTPD"
	exit 0
fi
if ! unshare -m true 2>/dev/null; then
	skip no-mount "mail servers in folders of their own"
	exit 0
fi

# The lines of the manual: of its section, those of example N, as a reader sees them.
manual() {	# SECTION
	awk -v want=".Ss $1" '
	/^\.Ss / { on = ($0 == want) }
	on && /^\.Bd -literal/ { text = 1; next }
	/^\.Ed/ { text = 0 }
	on && text { gsub(/\\e/, "\\"); print }' man/utvalg-hook.8
}
manual Exim >"$T/exim.lines"
manual OpenSMTPD >"$T/smtpd.lines"
has "$T/exim.lines" "utvalg_pipe:" "the manual has lines for Exim"
has "$T/smtpd.lines" 'mda "/usr/local/sbin/utvalg-hook"' "and for OpenSMTPD"

# A study whose letters come back to there.
printf 'navn;epost;kommune\nA;a@far.example.org;0301\nB;b@far.example.org;0301\nC;c@far.example.org;0301\n' >"$T/list.csv"
cat >"$T/hjem.ini" <<'INI'
[study]
name = hjem
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
from = post@example.no
bounce = retur@example.no
invite = brev.txt
art14 = elsewhere
INI
echo 'Hei {name}' >"$T/brev.txt"
world "$T/w"
printf '[{"organisasjonsnummer":"974760673","navn":"REGISTERENHETEN","organisasjonsform":{"kode":"ORGL"}}]' |
	gzip >"$T/enheter.json.gz"
u pull --from "$T/enheter.json.gz" >"$T/out" 2>"$T/err" || _bad "a register"
u frame "$T/hjem.ini" >"$T/out" 2>"$T/err" || _bad "a frame"
u draw hjem >"$T/out" 2>"$T/err" || _bad "a draw"
ok "three letters" u mail hjem --wave invite --out "maildir:$T/box"

# ... and one whose letters go out through one of them.
sed 's/^name = hjem/name = ut/' "$T/hjem.ini" >"$T/ut.ini"
u frame "$T/ut.ini" >"$T/out" 2>"$T/err" || _bad "another frame"
u draw ut >"$T/out" 2>"$T/err" || _bad "another draw"
for c in cert other; do
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/$c.key" -out "$T/$c" -days 2 \
		-subj /CN=localhost -addext subjectAltName=DNS:localhost >/dev/null 2>&1
done
mv "$T/cert.key" "$T/key"

# A place of its own for the servers: accounts, spools and programs where they are
# at home, seen by nobody else.
cat >"$T/inside.sh" <<'INSIDE'
set -eu
mount --make-rprivate /
cp -a /etc "$T/etc"
for a in utvalg:4001:/var/lib/utvalg Debian-exim:4002:/var/spool/exim4 \
	opensmtpd:4003:/var/empty opensmtpq:4004:/var/empty; do
	n=${a%%:*} r=${a#*:}
	sed -i "/^$n:/d" "$T/etc/passwd" "$T/etc/group"
	echo "$n:x:${r%%:*}:${r%%:*}::${r#*:}:/usr/sbin/nologin" >>"$T/etc/passwd"
	echo "$n:x:${r%%:*}:" >>"$T/etc/group"
done
mount --bind "$T/etc" /etc
for d in /usr/local/sbin /usr/libexec /var/lib /var/spool /var/log /run; do
	mkdir -p $d
	mount -t tmpfs tmpfs $d
done
cp "$HOOK" /usr/local/sbin
chmod 755 /usr/local/sbin/utvalg-hook
install -d -o 4001 -g 4001 -m 700 /var/lib/utvalg/spool
rm -rf /etc/exim4
mkdir -p /etc/exim4 /var/lib/opensmtpd/empty /var/spool/smtpd
chmod 711 /var/spool/smtpd
install -d -o Debian-exim -g Debian-exim /var/spool/exim4 /var/log/exim4
cp -a "$OPEN/usr/libexec/opensmtpd" /usr/libexec
cp "$T/cert" "$T/key" /etc/exim4
chown Debian-exim /etc/exim4/key

EXIM="$EXIMROOT/usr/sbin/exim4"
{
	cat <<CONF
exim_path = $EXIM
primary_hostname = mail.example.no
keep_environment =
tls_advertise_hosts = *
tls_certificate = /etc/exim4/cert
tls_privatekey = /etc/exim4/key
auth_advertise_hosts = \${if eq{\$tls_in_cipher}{}{}{*}}
daemon_smtp_ports = EXIMPORT
local_interfaces = 127.0.0.1
log_file_path = /var/log/exim4/%slog
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
begin acl
rcpt:
  accept domains = example.no
  accept authenticated = *
  deny message = relay not permitted
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{\$auth2}{us}}{eq{\$auth3}{secret}}}}
  server_set_id = \$auth2
begin retry
* * F,1h,1s
begin routers
CONF
	sed '/^utvalg_pipe:/,$d' "$T/exim.lines"
	printf 'away:\n  driver = redirect\n  data = :blackhole:\n\n'
	echo 'begin transports'
	sed -n '/^utvalg_pipe:/,$p' "$T/exim.lines"
} >"$T/exim.conf"
{ echo 'listen on 127.0.0.1 port OPENPORT'; cat "$T/smtpd.lines"; } >"$T/smtpd.conf"

start() {	# NAME PORT
	case $1 in
	exim) sed "s/EXIMPORT/$2/" "$T/exim.conf" >/etc/exim4/exim4.conf
		"$EXIM" -bdf -q1s >"$T/exim.out" 2>&1 & ;;
	smtpd) sed "s/OPENPORT/$2/" "$T/smtpd.conf" >/etc/smtpd.conf
		"$OPEN/usr/sbin/smtpd" -d -f /etc/smtpd.conf >"$T/smtpd.out" 2>&1 & ;;
	esac
	pid=$!
}
answers() { curl -s -m 2 "smtp://127.0.0.1:$1" -X NOOP >/dev/null 2>&1; }
# listens NAME: on some free port.
listens() {
	for try in 1 2 3 4 5 6 7 8; do
		port=$((20000 + ($$ * 7 + try * 1237) % 40000))
		start "$1" "$port"
		for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			kill -0 $pid 2>/dev/null || break
			! answers "$port" || return 0
			sleep 0.2
		done
		kill $pid 2>/dev/null || :
		wait $pid || :
	done
	return 1
}
hand() {	# TOKEN MARK
	printf 'From: MAILER-DAEMON@far.example.org\nTo: retur+%s@example.no\nSubject: Undelivered Mail Returned to Sender\nX-Mark: %s\n\n<post@far.example.org>: host mx said: 550 5.1.1 User unknown\n' \
		"$1" "$2" >"$T/back.eml"
	curl -s --url "smtp://127.0.0.1:$port" --mail-from '' \
		--mail-rcpt "retur+$1@example.no" -T "$T/back.eml"
}
again() { [ "$1" != smtpd ] || "$OPEN/usr/sbin/smtpctl" schedule all >/dev/null 2>&1 || :; }
came() {	# NAME MARK
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
		if grep -qs "^X-Mark: $2" /var/lib/utvalg/spool/new/*; then return 0; fi
		again "$1"
		sleep 0.3
	done
	return 1
}
# Out through Exim, which lets nobody send but whom it knows, and asks who only
# under TLS.
try() {	# NAME PASSWORD CERTIFICATE FURTHER-LINES
	printf '%s\n' "$2" >"$T/word"
	chmod 600 "$T/word"
	printf '[store]\nstate = %s/w/state\n[mail]\nsmtp = smtp://localhost:%s\nca_file = %s\n%s\n' \
		"$T" "$port" "$3" "$4" >"$T/way.conf"
	r=0
	"$UTVALG" --config "$T/way.conf" mail ut --wave invite >"$T/way.out" 2>"$T/way.err" </dev/null || r=$?
	echo "out $1 $r $(sed -n 's/.*= sent/sent/p' "$T/way.out")$(grep -o 'AUTH' "$T/way.err" | head -n 1)" >>"$T/result"
}
out_through_exim() {
	known='user = us
password_file = word
starttls = always'
	try stranger x "$T/cert" 'starttls = always'
	try other-certificate secret "$T/other" "$known"
	try wrong-password wrong "$T/cert" "$known"
	try clear secret "$T/cert" 'user = us
password_file = word
starttls = never'
	try known secret "$T/cert" "$known"
}
for name in exim smtpd; do
	listens $name || { echo "$name does-not-start" >>"$T/result"; continue; }
	[ $name != exim ] || out_through_exim
	case $name in exim) tokens=$EXIMTOKENS ;; smtpd) tokens=$OPENTOKENS ;; esac
	hand "${tokens%% *}" "$name-one" && came $name $name-one && echo "$name one" >>"$T/result"
	# a spool that cannot be written: the hook says 75, and the server keeps the mail
	mv /var/lib/utvalg/spool /var/lib/utvalg/away
	: >/var/lib/utvalg/spool
	hand "${tokens#* }" "$name-two" && sleep 1.5
	rm /var/lib/utvalg/spool
	mv /var/lib/utvalg/away /var/lib/utvalg/spool
	if grep -qs "^X-Mark: $name-two" /var/lib/utvalg/spool/new/*; then echo "$name too-early" >>"$T/result"; fi
	came $name $name-two && echo "$name two" >>"$T/result"
	kill $pid
	wait $pid || :
done
mkdir "$T/got"
cp /var/lib/utvalg/spool/new/* "$T/got" || :
cat /var/log/exim4/*log >>"$T/exim.out" 2>/dev/null || :
INSIDE
t() { db "SELECT return_token FROM mailing_recipient WHERE address = '$1@far.example.org'"; }
: >"$T/result"
r=0
export T
HOOK="$PWD/$O/utvalg-hook" UTVALG="$PWD/$O/utvalg" EXIMROOT="$exim" OPEN="$open" \
	EXIMTOKENS="$(t a) $(t b)" OPENTOKENS="$(t b) $(t c)" \
	timeout 100 unshare -m sh "$T/inside.sh" >"$T/out" 2>"$T/err" </dev/null || r=$?
same "$r" 0 "both servers were there"
for name in exim smtpd; do
	case $name in exim) n=Exim ;; smtpd) n=OpenSMTPD ;; esac
	has "$T/result" "$name one" "$n takes the manual's lines, and hands a return to the hook"
	has "$T/result" "$name two" "$n keeps what the hook cannot take, and brings it later"
	lacks "$T/result" "$name too-early" "$n had nothing to bring before"
done
has "$T/result" "out stranger 0 sent before 0 + sent now 0 + uncertain 0 + refused for good 0 + put off 3" \
	"a server that does not know us takes no letter; none counts as dead"
has "$T/result" "out other-certificate 75 " "a certificate that does not hold: no letter, and no password"
has "$T/result" "out wrong-password 77 " "a wrong password"
has "$T/result" "out clear 77 AUTH" "without TLS it asks for none, and gets none"
has "$T/result" "out known 0 sent before 0 + sent now 3" "with TLS and the right one all go"
same "$(grep -c 'A=plain:us.*P=esmtpsa\|P=esmtpsa.*A=plain:us' "$T/exim.out")" 3 "as the server's log says"
[ "$(wc -l <"$T/result")" = 9 ] || { cat "$T/exim.out" "$T/smtpd.out" 2>/dev/null | tail -n 30 | sed 's/^/# /'; }
mkdir -p "$T/w/state/spool/new"
cp "$T"/got/* "$T/w/state/spool/new/" 2>/dev/null || _bad "something came"
ok "it is read" u bounces
same "$(db "SELECT count(*), group_concat(DISTINCT located), group_concat(DISTINCT reason) FROM bounce")" \
	"4|certain|userunknown" "four returns, each with its token"
same "$(db 'SELECT count(*) FROM disposition WHERE returned = 1')" 3 "of three units, b's twice"
