#!/bin/sh
# Goal: over SMTP nobody gets two and nobody is forgotten, whatever the mail server does.
set -eu
. tests/lib.sh
SOURCE_DATE_EPOCH=1793000000	# one clock for all runs
export SOURCE_DATE_EPOCH
smtpd=

# server ARGUMENTS...: the stand-in, with an empty box; its port into the settings.
server() {
	stop
	rm -rf "$T/box" "$T/port"
	mkdir "$T/box"
	"$O/tests/tools/smtpd" "$T/port" "$T/box" "$@" &
	smtpd=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -s "$T/port" ] && break
		sleep 0.1
	done
	settings ''
}
stop() {
	[ -z "$smtpd" ] || { kill "$smtpd" && wait "$smtpd"; } 2>/dev/null || :
	smtpd=
}
trap stop EXIT
settings() {	# further lines of [mail]
	printf '[store]\nstate = %s/w/state\n[mail]\nsmtp = smtp://127.0.0.1:%s\ntimeout = 5s\n%s\n' \
		"$T" "$(cat "$T/port")" "$1" >"$CONF"
}
fresh() { rm -rf "$T/w/state"; cp -a "$T/state" "$T/w/state"; }
invite() { u mail sms --wave invite "$@"; }
states() {
	db "SELECT group_concat(state || ' ' || n, ', ') FROM (SELECT state, count(*) AS n
	    FROM mailing_recipient GROUP BY state ORDER BY state)"
}
taken() { cat "$T"/box/* 2>/dev/null | grep -c '^RCPT TO' || :; }
twice() { cat "$T"/box/* 2>/dev/null | grep '^RCPT TO' | sort | uniq -d | wc -l; }

# Sixty producers on a list: no register is needed for letters.
{
	echo 'navn;epost;kommune'
	i=1
	while [ $i -le 60 ]; do
		echo "Gard $i;post$i@gard$((i % 6)).example.no;0301"
		i=$((i + 1))
	done
} >"$T/list.csv"
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
unsubscribe = https://svar.example.no/nei/{token}
invite = brev.txt
reminder = brev.txt
days_between = 0
art14 = elsewhere
INI
printf 'Hei {name}\n.\nSvar: {token}\n' >"$T/brev.txt"
world "$T/w"
# ... but a register there must be.
printf '[{"organisasjonsnummer":"974760673","navn":"REGISTERENHETEN","organisasjonsform":{"kode":"ORGL"}}]' |
	gzip >"$T/enheter.json.gz"
u pull --from "$T/enheter.json.gz" >"$T/out" 2>"$T/err" || _bad "a register"
u frame "$T/sms.ini" >"$T/out" 2>"$T/err" || _bad "a frame"
ok "a study of sixty is drawn" u draw sms
same "$(db 'SELECT count(*) FROM sample_unit')" 60 "sixty are drawn"

cp -a "$T/w/state" "$T/state"

# --- to ourselves -------------------------------------------------------------
server
ok "the first three to ourselves" invite --to-me me@example.org --preview 3
same "$(grep -h '^RCPT' "$T"/box/* | cut -d' ' -f2 | sort | uniq -c | tr -s ' ')" " 3 TO:<me@example.org>" "go to us"
same "$(grep -hc '^MAIL FROM:<post@example.org>' "$T/box/001")" 1 "and come back to the sender"
real=$(db 'SELECT token FROM sample_unit ORDER BY id LIMIT 1')
lacks "$T/box/001" "$real" "they open nobody's questionnaire"
has "$T/box/001" "Hei Gard " "they read like the letter to the first"
same "$(db 'SELECT count(*) FROM mailing')" 0 "nothing is written down"
status 64 "an address that is none" invite --to-me 'me'
server --at 1:unknown
status 69 "a server that does not know us" invite --to-me me@example.org

# --- all is well -------------------------------------------------------------
server
ok "sixty letters" invite
has "$T/out" "recipients 60 = sent before 0 + sent now 60" "they are counted"
same "$(states)" "sent 60" "and written down"
same "$(taken) $(twice)" "60 0" "the server has each once"
token=$(db 'SELECT return_token FROM mailing_recipient WHERE id = 7')
address=$(db 'SELECT address FROM mailing_recipient WHERE id = 7')
same "$(sed -n 1p "$T/box/007")" "MAIL FROM:<b+$token@svar.example.no> RET=HDRS ENVID=$token" \
	"the sender is the signed return address, with ENVID"
same "$(sed -n 2p "$T/box/007")" "RCPT TO:<$address> NOTIFY=FAILURE,DELAY ORCPT=rfc822;$address" \
	"reports are asked for, with the address"
lacks "$T/box/007" "Return-Path:" "Return-Path is left to the receiving end"
has "$T/box/007" "Message-ID: <$token@svar.example.no>" "the Message-ID has the token"
has "$T/box/007" "List-Unsubscribe-Post: List-Unsubscribe=One-Click" "one click refuses"
has "$T/box/007" " <https://svar.example.no/nei/$token>," "with the token of the return address"
ok "again" invite
has "$T/out" "sent before 60 + sent now 0" "to nobody"
same "$(taken)" 60 "the server has no more than before"

fresh
server --no-dsn
ok "a server without DSN" invite
same "$(sed -n 1p "$T/box/001" | grep -c ENVID) $(taken)" "0 60" "is not asked for it"

# --- refusals ----------------------------------------------------------------
fresh
server --at 5:unknown --at 9:full --at 12:later --at 20-23:blocked
ok "some are refused" invite
has "$T/out" "recipients 60 = sent before 0 + sent now 53 + uncertain 0 + refused for good 2 + put off 5" \
	"counted by what they are"
same "$(states)" "deferred 5, rejected 2, sent 53" "and written down"
same "$(db "SELECT group_concat(reason || ' ' || hard || fault || ' ' || status || ' ' || located, ', ')
	FROM (SELECT * FROM bounce ORDER BY id)")" \
	"userunknown 1A 5.1.1 certain, mailboxfull 0R 5.2.2 certain" "a refusal is evidence like a bounce"
same "$(db 'SELECT count(*) FROM disposition WHERE returned = 1')" 2 "both came back"
same "$(db "SELECT reply FROM mailing_recipient WHERE state = 'deferred' ORDER BY id LIMIT 1")" \
	"450 4.3.2 try again later" "the server's answer is kept"
status 65 "no reminder before they are through" u mail sms --wave reminder
server
ok "the next run" invite
has "$T/out" "recipients 60 = sent before 55 + sent now 5" "sends to those put off"
same "$(states)" "rejected 2, sent 58" "all are through"
ok "now the reminder goes" u mail sms --wave reminder
has "$T/out" "returned 1" "but not to the dead address"

# --- mass failure ------------------------------------------------------------
fresh
server --at 11-60:blocked
status 75 "our sending is refused" invite
has "$T/err" "held: 5 of 15 letters are refused by our sending" "the rest is held, with one line"
same "$(states)" "deferred 5, planned 45, sent 10" "nobody is forgotten"
status 75 "and the next run holds as soon" invite
ok "unless it is told otherwise" invite --anyway
same "$(db 'SELECT count(*) FROM bounce')" 0 "none of it counts against an address"
server
ok "when it is mended" invite
same "$(states)" "sent 60" "all get theirs"

fresh
server --at 1-60:later
status 75 "a server that puts off everybody" invite
has "$T/err" "puts off one letter after the other" "is left alone"
same "$(states)" "deferred 10, planned 50" "after ten"

fresh
server --at 7:busy
ok "a server that closes in between" invite
same "$(states)" "deferred 1, sent 59" "is called again"

fresh
server --at 11-60:blocked
{ cat "$CONF"; printf '[bounces]\nfailure_ours = 8\nfailure_put_off = 3\n'; } >"$T/c" && mv "$T/c" "$CONF"
status 75 "the limits are the administrator's" invite
has "$T/err" "held: 8 of 18 letters are refused by our sending" "eight, where eight are said"
fresh
server --at 1-60:later
{ cat "$CONF"; printf '[bounces]\nfailure_put_off = 3\n'; } >"$T/c" && mv "$T/c" "$CONF"
status 75 "also of letters put off" invite
same "$(states)" "deferred 3, planned 57" "after three"

# --- connections that go -------------------------------------------------------
fresh
server --at 5:drop
ok "a connection lost before the end of the data" invite
same "$(states) $(twice)" "sent 60 0" "is made again: nothing was taken"

fresh
server --at 5:silent
ok "a connection lost behind it" invite
has "$T/out" "sent now 59 + uncertain 1" "leaves one of whom nobody knows"
id=$(db "SELECT return_token FROM mailing_recipient WHERE state = 'uncertain'")
has "$T/err" "<$id@svar.example.no>" "its Message-ID is named"
same "$(taken) $(twice)" "60 0" "in truth it was taken"
ok "again" invite
same "$(taken) $(states)" "60 sent 59, uncertain 1" "it is not sent again in silence"
status 65 "a reminder waits" u mail sms --wave reminder
has "$T/err" "--resolve" "for somebody to look"
ok "somebody has looked: it went" invite --resolve sent
same "$(states)" "sent 60" "and so it is written down"

fresh
server --at 5:half
ok "the same, but not taken" invite
same "$(taken) $(states)" "59 sent 59, uncertain 1" "nobody can tell from here"
ok "somebody has looked: it did not" invite --resolve again
ok "so it goes now" invite
same "$(taken) $(twice) $(states)" "60 0 sent 60" "everybody has one"

fresh
server --at 5:silent
ok "a third time" invite
token=$(db "SELECT return_token FROM mailing_recipient WHERE state = 'uncertain'")
printf 'From: MAILER-DAEMON@far.example.org\nSubject: Undelivered Mail Returned to Sender\n\n<post@far.example.org>: 550 5.1.1 User unknown\n' |
	utvalg-hook -s "$T/w/state/spool" -f '' -r "b+$token@svar.example.no"
ok "then it comes back" u bounces
u status --json | tr -d ' \n' >"$T/flat"
has "$T/flat" '"sent":60,"returned":1' "so it was sent"
ok "and the state is sound" u doctor
ok "the next run" invite
same "$(taken) $(states)" "60 sent 60" "knows it too"

fresh
server --at 5-60:silent
status 75 "a server that never answers" invite
same "$(states)" "planned 54, sent 4, uncertain 2" "is left after two"

fresh
stop
status 75 "no server" invite
same "$(db 'SELECT count(*) FROM mailing_recipient')" 0 "then nothing is planned"

# --- killed ------------------------------------------------------------------
steps=$(grep -rhoE 'talk_step\("smtp\.[0-9]+"\)' pipeline | sed 's/.*"\(.*\)".*/\1/' | sort -u)
for step in $steps; do
	fresh
	server
	r=0
	UTVALG_KILL_AT=$step utvalg --config "$CONF" mail sms --wave invite >"$T/out" 2>"$T/err" || r=$?
	same "$r" 137 "killed at $step"
	ok "and run again" invite
	case $step in
	smtp.1|smtp.3)	# it had not gone, but nobody can know
		same "$(taken) $(twice) $(states)" "59 0 sent 59, uncertain 1" "one is uncertain after $step"
		u mail sms --wave invite --resolve again >"$T/out" && ok "it goes" invite ;;
	smtp.2|smtp.4)	# it had
		same "$(taken) $(twice) $(states)" "60 0 sent 59, uncertain 1" "one is uncertain after $step"
		u mail sms --wave invite --resolve sent >"$T/out" ;;
	esac
	same "$(taken) $(twice) $(states)" "60 0 sent 60" "everybody has one, nobody two"
	same "$(db "SELECT count(*) FROM disposition WHERE state = 'sent'")" 60 "and stands so"
done

# --- pace --------------------------------------------------------------------
fresh
server
settings 'per_day = 25'
status 75 "so many a day" invite
same "$(taken)" 25 "and no more"
status 75 "the next day" env SOURCE_DATE_EPOCH=1793090000 utvalg --config "$CONF" mail sms --wave invite
same "$(taken)" 50 "as many again"
ok "and the day after" env SOURCE_DATE_EPOCH=1793180000 utvalg --config "$CONF" mail sms --wave invite
same "$(taken) $(twice)" "60 0" "the rest"
fresh
server
settings 'window = 08:00-16:00'
status 75 "outside the window" env SOURCE_DATE_EPOCH=1793055600 utvalg --config "$CONF" mail sms --wave invite
has "$T/err" "08:00 to 16:00" "it says when"
ok "within it" env SOURCE_DATE_EPOCH=1793008800 utvalg --config "$CONF" mail sms --wave invite
fresh
server
settings 'per_minute = 1200'
begin=$(date +%s%N)
ok "so many a minute" invite
same "$((($(date +%s%N) - begin) / 1000000 >= 2900))" 1 "takes its time"

# --- who we are --------------------------------------------------------------
fresh
server --auth us:secret
settings 'user = us
password_file = word'
printf 'secret\n' >"$T/w/word"
chmod 644 "$T/w/word"
status 78 "a password that others can read" invite
chmod 600 "$T/w/word"
ok "a server that knows us" invite
same "$(states)" "sent 60" "takes our letters"
fresh
printf 'wrong\n' >"$T/w/word"
status 77 "but not with a wrong word" invite
rm "$T/w/word"
settings 'user = us'
status 78 "nor without one" invite
mkdir "$T/cred"
printf secret >"$T/cred/utvalg-smtp"
chmod 600 "$T/cred/utvalg-smtp"
ok "systemd can hold it" env CREDENTIALS_DIRECTORY="$T/cred" utvalg --config "$CONF" mail sms --wave invite
lacks "$T/w/state/utvalg.db" secret "it is nowhere in the database"
fresh
settings 'starttls = always'
status 75 "no TLS, no letter" invite
printf '[store]\nstate = %s/w/state\n[mail]\nsmtp = smtp://mail.example.org\nuser = us\npassword_file = word\nstarttls = never\n' "$T" >"$CONF"
printf 'secret\n' >"$T/w/word"
chmod 600 "$T/w/word"
status 78 "a password over the net without TLS" invite
has "$T/err" "the password would be read on the way" "is refused before anybody is called"
