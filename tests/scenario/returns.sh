#!/bin/sh
# Goal: returned mail raises the right counts and no others, whatever comes, whenever it is killed.
set -eu
. tests/lib.sh
unset SENDER RECIPIENT ORIGINAL_RECIPIENT EXTENSION LOCAL_PART_SUFFIX SOURCE_DATE_EPOCH || :
gen=$PWD/$O/tests/tools/gen

# --- a small study: a tenth of the report's --------------------------------------
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
path() { echo "${HOME_%@*}+$(token "$1")@$DOMAIN"; }
hook() { utvalg-hook -s "$S/spool" -r "$1" <"$T/mail"; }

# report NUMBER ADDRESS STATUS TEXT [LINES of the returned header]
report() {
	cat <<-END
	Message-ID: <report.$1@mx.example.org>
	From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
	To: <>
	Subject: Undelivered Mail Returned to Sender
	Auto-Submitted: auto-replied
	MIME-Version: 1.0
	Content-Type: multipart/report; report-type=delivery-status; boundary="g"

	--g
	Content-Type: text/plain

	This is the mail system at host mx.example.org.

	--g
	Content-Type: message/delivery-status

	Reporting-MTA: dns; mx.example.org

	Final-Recipient: rfc822; $2
	Action: ${ACTION:-failed}
	Status: $3
	Diagnostic-Code: smtp; $4
	END
	[ -z "${5-}" ] || printf '\n--g\nContent-Type: text/rfc822-headers\n\n%b\n' "$5"
	printf '\n--g--\n'
}
hard() { report "$1" "$2" 5.1.1 '550 5.1.1 User unknown' "${3-}" >"$T/mail"; }

# figures "RETURNED NOT-LOCATED" "sentence": after reading; status and table agree.
figures() {
	u bounces >"$T/out" 2>"$T/err" || { _bad "$2: read" "status $?"; return; }
	s=$(u status --json | tr -d ' \n' |
		sed 's/.*"returned":\([0-9]*\),"not_located":\([0-9]*\),.*/\1 \2/')
	same "$s" "$1" "$2"
	t=$(u table mikrobedrifter net --format json | tr -d ' \n' |
		sed 's/.*"total":{"sent":[0-9]*,"returned":\([0-9]*\),.*/\1/')
	same "$t" "$((${1% *} + ${1#* }))" "and the table has the sum"
}
review() { u status --json | tr -d ' \n' | sed 's/.*"review":\([0-9]*\),.*/\1/'; }

# --- one mail after the other -----------------------------------------------------
figures "0 0" "nothing has come back"

hard 1 "$(address 1)"
hook "$(path 1)"
figures "1 0" "a token in the envelope"
hook "$(path 1)"
figures "1 0" "the same mail once more"
has "$T/out" 'seen before 1' "is known"
hard 1b "$(address 1)"
hook "$(path 1)"
figures "1 0" "another report about the same unit"
hard 2 "$(address 2)" "From: a@example.no\nMessage-ID: <$(token 2)@$DOMAIN>"
hook postmaster@example.no
figures "2 0" "a token in the returned Message-ID alone"
hard 3 someone@else.example "X-Utvalg-Ref: $(token 3)"
hook postmaster@example.no
figures "3 0" "a token in X-Utvalg-Ref, for mail that was forwarded"
hard 4 "$(address 4)" "Return-Path: <SRS0=Xy2z=TT=$DOMAIN=${HOME_%@*}+$(token 4)@forward.example>"
hook postmaster@example.no
figures "4 0" "a token behind SRS in the returned Return-Path"
report 5 "$(address 5)" 5.2.2 '552 5.2.2 Mailbox full' >"$T/mail"
hook "$(path 5)"
figures "5 0" "the only mailing came back, if for a full mailbox"
report 6 "$(address 6)" 5.7.1 '554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org' >"$T/mail"
hook "$(path 6)"
figures "5 0" "our sending's fault is no return"
same "$(u status --json | tr -d ' \n' | sed 's/.*"our_fault":\([0-9]*\).*/\1/')" 1 "and shown apart"

hard 7 "$(address 7)"
hook "$(path 7 | tr 'a-m2' 'b-n3')"
figures "5 0" "a forged token, with the right address, marks nobody"
has "$T/out" 'token forged or old 1' "and is told"
hard 8 "$(address 8)"
{
	printf 'X-Utvalg-Envelope-Received: %s\nX-Utvalg-Envelope-Recipient: %s\n' \
		"$(date -u -d '+70 days' +%Y-%m-%dT%H:%M:%SZ)" "$(path 8)"
	printf 'X-Utvalg-Envelope-End: 1\n'
	cat "$T/mail"
} >"$S/spool/new/late"
figures "5 0" "a token that is too old marks nobody"

hard 9 "$(address 9)"
hook postmaster@example.no
figures "5 0" "an address alone waits for a second mailing"
same "$(review)" 1 "and for a person"
hard 10 nobody@unknown.example
hook "$HOME_"
figures "5 1" "a return to the study's address that names nobody we know"
{ echo "Delivered-To: $HOME_"; cat "$T/mail"; } >"$T/mail2"
ok "the same report from a file" u bounces "$T/mail2"
figures "5 1" "is counted once"
report 11 nobody@unknown.example 4.2.2 '452 4.2.2 Over quota' >"$T/mail"
hook "$HOME_"
figures "5 1" "one that is not hard is not counted"

for kind in delayed delivered relayed expanded; do
	ACTION=$kind report "12$kind" "$(address 12)" 5.0.0 'about 5.1.1 User unknown' >"$T/mail"
	hook "$(path 12)"
done
printf 'From: <%s>\nSubject: Automatisk svar: Hei\nAuto-Submitted: auto-replied\n\nBorte til mandag.\n' \
	"$(address 12)" >"$T/mail"
hook "$(path 12)"
figures "5 1" "delayed, delivered and automatic answers are no returns"
cat >"$T/mail" <<-END
	From: <fbl@isp.example>
	Subject: complaint
	MIME-Version: 1.0
	Content-Type: multipart/report; report-type=feedback-report; boundary="g"

	--g
	Content-Type: text/plain

	An abuse report.

	--g
	Content-Type: message/feedback-report

	Feedback-Type: abuse
	User-Agent: X/1
	Version: 1

	--g
	Content-Type: message/rfc822

	Return-Path: <$(path 13)>
	From: a@example.no

	x
	--g--
END
hook postmaster@example.no
figures "5 1" "a complaint is no return"
same "$(db "SELECT count(*) FROM disposition WHERE state = 'refused'") $(db 'SELECT count(*) FROM suppression')" \
	"1 2" "but an opt-out, of address and unit"

printf 'From: <%s>\nSubject: Re: Hei\n\nHva gjelder dette?\n' "$(address 14)" >"$T/mail"
hook "$(path 14)"
figures "5 1" "an answer by a person is no return"
same "$(find "$S/spool/unknown" -type f | wc -l | tr -d ' ')" 1 "it is kept in unknown/"
u status --json | tr -d ' \n' >"$T/flat"
has "$T/flat" '"unknown":1' "and counted in status"

# --- strangers ---------------------------------------------------------------------
mkdir -p "$T/strange/new" "$T/strange/cur"
hard NUMBER mailbox@strange.example "From: a@strange.example\nMessage-ID: <x@strange.example>"
awk -v dir="$T/strange/new" -v home="$HOME_" '
	{ text = text $0 "\n" }
	END {
		split(home, h, "@")
		for (i = 0; i < 1000; i++) {
			t = text
			sub(/NUMBER/, "s" i, t)
			to = i % 2 ? "stranger@example.org" : sprintf("%s+%025d@%s", h[1], i, h[2])
			if (i % 2 == 0) { gsub(/0/, "a", to); gsub(/1/, "b", to); gsub(/[89]/, "c", to) }
			sub(/To: <>/, "To: <" to ">", t)
			f = dir "/" i
			printf "%s", t >f
			close(f)
		}
	}' "$T/mail"
ok "a stranger's thousand bounces are read" u bounces --maildir "$T/strange"
has "$T/out" 'mails 1000 = seen before 0 + bounce 1000' "all of them"
has "$T/out" 'of no study 500' "half show nothing of ours"
has "$T/out" 'token forged or old 500' "half a forged token"
figures "5 1" "and raise no count"

# --- hostile mails -----------------------------------------------------------------
rm -rf "$S/spool/unknown"
{ hard 20 "$(address 20)"; cat "$T/mail"; head -c 10485760 /dev/zero | tr '\0' 'x'; } >"$T/m1"
awk 'BEGIN { for (i = 0; i < 3000; i++)
	printf "Content-Type: multipart/mixed; boundary=\"b%d\"\n\n--b%d\n", i, i }' >"$T/m2"
printf 'From: \000a\000\nSubject: \000\n\n\000\000b\n\000' >"$T/m3"
awk 'BEGIN { for (i = 0; i < 200000; i++)
	printf "Received: from a%d by b; Mon, 2 Mar 2026\n", i; print "\nx" }' >"$T/m4"
printf 'Subject: =?no-such-charset?Q?=E5?=\nContent-Type: text/plain; charset="\377\376"\n\n\200\201\377\n' >"$T/m5"
{ printf 'Subject: '; head -c 5000000 /dev/zero | tr '\0' 'y'; printf '\n\nx\n'; } >"$T/m6"
head -c 2097152 /dev/zero | tr '\0' '>' >"$T/m7"
: >"$T/m8"
printf 'From a@b Mon Mar  2 10:00:00 2026\r\r\rX: y\r\r' >"$T/m9"
for i in 1 2 3 4 5 6 7 8 9; do
	cp "$T/m$i" "$T/mail"
	hook "hostile$i@$DOMAIN"
done
hard 21 "$(address 21)"
hook "$(path 21)"
ok "ten megabytes, 3000 nested parts, 200 000 headers and others are read in bounded time" \
	timeout 30 "$PWD/$O/utvalg" --config "$CONF" bounces
has "$T/out" 'mails 10 = ' "all of them"
figures "6 1" "and the one behind them counts"
same "$(find "$S/spool/new" -type f | wc -l | tr -d ' ')" 0 "nothing is left to read"
kept=0
for i in 1 2 3 4 5 6 7 8 9; do
	f=$(grep -lF "hostile$i@" "$S"/spool/done/* "$S"/spool/unknown/* | head -n 1)
	sed '1,/^X-Utvalg-Envelope-End: 1$/d' "${f:-/dev/null}" | cmp -s - "$T/m$i" && kept=$((kept + 1))
done
same "$kept" 9 "and each is kept octet by octet"
same "$(db "SELECT count(*) FROM bounce_message WHERE kind = 'broken'")" 0 "none broke the reader"

head -c 62914560 /dev/zero | tr '\0' 'z' >"$T/mail"
hook "hostile10@$DOMAIN"
ok "sixty megabytes from a file" u bounces "$T/mail"
ok "and from the hook" u bounces
has "$T/out" 'mails 1 = seen before 1' "are the same mail"
same "$(db "SELECT note FROM bounce_message ORDER BY id DESC LIMIT 1")" "limit: size; stored in part" "and that it was cut is noted"
rm "$T/mail"

# --- deliveries while it reads -------------------------------------------------------
i=100
while [ $i -lt 200 ]; do
	hard "hook$i" "$(address $i)"
	mv "$T/mail" "$T/mail.$i"
	utvalg-hook -s "$S/spool" -r "$(path $i)" <"$T/mail.$i" &
	[ $((i % 9)) != 0 ] || u bounces >>"$T/while" 2>&1 || echo "status $?" >>"$T/while"
	i=$((i + 1))
done
wait
lacks "$T/while" status "reading while a hundred hooks deliver"
figures "106 1" "loses none of them"

# --- killed anywhere -----------------------------------------------------------------
SOURCE_DATE_EPOCH=$(date +%s)
export SOURCE_DATE_EPOCH
hard NUMBER ADDRESS
awk -F'|' -v dir="$S/spool/new" -v home="$HOME_" -v lines="$T/list" '
	FILENAME != lines { text = text $0 "\n"; next }
	FNR <= 400 { for (k = 1; k <= 3; k++) {
		split(home, h, "@")
		t = text
		sub(/NUMBER/, "k" FNR "." k, t)
		sub(/ADDRESS/, $2, t)
		f = sprintf("%s/%04d.%d", dir, FNR, k)
		printf "X-Utvalg-Envelope-Recipient: %s+%s@%s\nX-Utvalg-Envelope-End: 1\n%s", h[1], $3, h[2], t >f
		close(f)
	} }' "$T/mail" "$T/list"
picture() {
	db '.dump'
	find "$S/spool" -type f ! -name trying | sort
}
cp -a "$T/w" "$T/before"
ok "twelve hundred mails, undisturbed" u bounces
picture >"$T/want"
n=0 killed=0
while [ $n -lt 20 ]; do
	n=$((n + 1))
	rm -rf "$T/w"
	cp -a "$T/before" "$T/w"
	for _ in 1 2; do
		utvalg --config "$CONF" bounces >"$T/out" 2>"$T/err" &
		pid=$!
		sleep "0.$(printf %03d $(($(od -An -N2 -tu2 /dev/urandom) % 250)))"
		kill -9 $pid 2>/dev/null || :
		r=0
		wait $pid 2>/dev/null || r=$?
		[ $r != 137 ] || killed=$((killed + 1))
	done
	u bounces >"$T/out" 2>"$T/err" || { _bad "it runs again" "status $?"; break; }
	picture >"$T/got"
	cmp -s "$T/want" "$T/got" || { _bad "killed $n, the same" "$(diff "$T/want" "$T/got" | head -n 4)"; break; }
done
same "$n" 20 "killed at random twenty times and run again: the same"
if [ $killed -gt 0 ]; then _ok "kills met it at work"; else _bad "kills met it at work"; fi
unset SOURCE_DATE_EPOCH
figures "$(db 'SELECT sum(returned) FROM disposition') 1" "status and table as the database"

# --- rules ---------------------------------------------------------------------------
printf '[bounces]\nrules = %s/own.rules\n' "$T" >>"$CONF"
status 78 "rules that are not there" u bounces
printf 'rule a\nreason nothing\n' >"$T/own.rules"
status 78 "rules that are wrong" u bounces
has "$T/err" 'own.rules:2: ' "say in which line"
printf 'rule a\nreason suspend\npattern abc\nhit xyz\nmiss y\n' >"$T/own.rules"
status 78 "rules that do not do what their examples say" u bounces
printf 'rule stengt\nreason hasmoved\npattern butikken er stengt\nhit Butikken er stengt\nmiss user unknown\n' \
	>"$T/own.rules"
report 30 "$(address 410)" 5.0.0 '550 Butikken er stengt' >"$T/mail"
hook "$(path 410)"
ok "rules that are right" u bounces
same "$(db "SELECT reason || ' ' || rule FROM bounce ORDER BY id DESC LIMIT 1")" "hasmoved stengt" "are followed"

# --- a mail that breaks the reader ---------------------------------------------------
# It takes the run with it, again and again; the next run tries it in a process of
# its own, and if that dies too the mail is kept, marked and passed over.
rm -f "$S"/spool/new/*
for i in 411 412 413; do
	hard "crash$i" "$(address $i)"
	hook "$(path $i)"
done
first=$(find "$S/spool/new" -type f | sort | head -n 1)
before=$(db 'SELECT count(*) FROM bounce_message')
r=0
UTVALG_KILL_AT=bounces.1 utvalg --config "$CONF" bounces >"$T/out" 2>"$T/err" </dev/null || r=$?
same "$r" 137 "a mail takes the reader with it"
has "$S/spool/trying" "$(basename "$first")" "and stands named where the next run looks"
same "$(db 'SELECT count(*) FROM bounce_message')" "$before" "nothing half written"
r=0
UTVALG_KILL_AT=bounces.probe utvalg --config "$CONF" bounces >"$T/out" 2>"$T/err" </dev/null || r=$?
same "$r" 0 "the next run loses a child to it and goes on"
has "$T/out" 'bounce 2 ' "the mails behind it are read"
has "$T/out" 'broken 1' "and it is counted"
same "$(db "SELECT kind || ' ' || review || ' ' || note FROM bounce_message WHERE file = '$(basename "$first")'")" \
	"broken 1 broke the reader" "marked for a person"
if [ -f "$S/spool/unknown/$(basename "$first")" ]; then _ok "and kept"; else _bad "and kept"; fi
ok "one run later" u bounces
has "$T/out" 'mails 0 = ' "nothing is left to break"
hard crash414 "$(address 414)"
hook "$(path 414)"
r=0
UTVALG_KILL_AT=bounces.1 utvalg --config "$CONF" bounces >"$T/out" 2>"$T/err" </dev/null || r=$?
same "$r" 137 "a run that is killed beside a good mail"
ok "and run again" u bounces
has "$T/out" 'bounce 1 ' "reads it after all"

# --- folders and files that are no mail ------------------------------------------------
mkdir -p "$T/m/new" "$T/m/cur" "$T/m/new/dir"
ln -s /etc/passwd "$T/m/new/link"
mkfifo "$T/m/new/pipe"
printf 'Subject: x\n\nhei\n' >"$T/m/cur/good"
head -c 60000000 /dev/zero >"$T/m/cur/huge"
had=$(db 'SELECT count(*) FROM bounce_message')
status 74 "a maildir with a folder, a link and a pipe in it" timeout 60 utvalg -q --config "$CONF" bounces --maildir "$T/m"
same "$(db 'SELECT count(*) FROM bounce_message')" "$((had + 2))" "its mails are read, a huge one by its head"
same "$(db "SELECT count(*) FROM bounce_message WHERE note LIKE '%stored in part%' AND file = 'huge'")" 1 "and that is noted"
printf 'From nobody\nSubject: x\n\nhei\n' >"$T/no.mbox"
status 65 "a file that is no mbox" u bounces --mbox "$T/no.mbox"
status 66 "a folder for an mbox" u bounces --mbox "$T"
status 66 "no maildir" u bounces --maildir "$T/nowhere"
: >"$T/empty.mbox"
ok "an empty mbox" u bounces --mbox "$T/empty.mbox"
printf 'From a@b.example Thu Jan  1 00:00:00 1970\n' >"$T/short.mbox"
ok "an mbox that ends behind its first line" u bounces --mbox "$T/short.mbox"
