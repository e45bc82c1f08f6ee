#!/bin/sh
# Goal: a person's place among returned mail: seen, said, taken back, read again, held and released.
set -eu
. tests/lib.sh
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
id() { sed -n "${1}p" "$T/list" | cut -d'|' -f1; }
address() { sed -n "${1}p" "$T/list" | cut -d'|' -f2; }
token() { sed -n "${1}p" "$T/list" | cut -d'|' -f3; }
path() { echo "${HOME_%@*}+$(token "$1")@$DOMAIN"; }
hook() { utvalg-hook -s "$S/spool" -r "$1" <"$T/mail"; }
report() {	# NUMBER ADDRESS STATUS TEXT
	cat >"$T/mail" <<-END
		Message-ID: <report.$1@mx.example.org>
		From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
		To: <>
		Subject: Undelivered Mail Returned to Sender
		MIME-Version: 1.0
		Content-Type: multipart/report; report-type=delivery-status; boundary="g"

		--g
		Content-Type: message/delivery-status

		Reporting-MTA: dns; mx.example.org

		Final-Recipient: rfc822; $2
		Action: failed
		Status: $3
		Diagnostic-Code: smtp; $4

		--g--
	END
}
flat() { tr -d ' \n' <"$T/out"; }
returned() { db 'SELECT coalesce(sum(returned), 0) FROM disposition'; }
# What counts, without row numbers and moments.
picture() {
	db 'SELECT sample_unit, state, returned, our_fault, review, why FROM disposition ORDER BY 1'
	db 'SELECT id, kind, study, assigned, token_state, review, note FROM bounce_message ORDER BY 1'
	db 'SELECT message, address, status, reason, hard, fault, rule, recipient, located FROM bounce ORDER BY 1, 2'
}

report 1 "$(address 1)" 5.1.1 '550 5.1.1 User unknown'
hook "$(path 1)"
report 2 nobody@unknown.example 5.1.1 '550 5.1.1 User unknown'
hook "$HOME_"
report 3 "$(address 3)" 5.0.0 '550 Kassa er tom'
hook "$(path 3)"
printf 'From: <%s>\nSubject: Re: Hei\n\nHva gjelder dette?\n' "$(address 4)" >"$T/mail"
hook "$(path 4)"
ok "four mails" u bounces
picture >"$T/first"
same "$(returned) $(u status --json | tr -d ' \n' | sed 's/.*"not_located":\([0-9]*\).*/\1/')" "2 1" "two returned, one not located"

# a mail system's answer that comes after the report says nothing of why
printf 'From: <%s>\nSubject: Automatisk svar: Hei\nAuto-Submitted: auto-replied\n\nBorte.\n' \
	"$(address 3)" >"$T/mail"
hook "$(path 3)"
cp -a "$T/w" "$T/before"
ok "an automatic answer" u bounces
u table mikrobedrifter returns --format csv >"$T/out"
same "$(grep -c vacation "$T/out")" 0 "is no reason of a return"
rm -rf "$T/w"
mv "$T/before" "$T/w"
rm -f "$S"/spool/new/*

# --- seen ----------------------------------------------------------------------------
ok "a list" u bounces list
same "$(wc -l <"$T/out" | tr -d ' ')" 4 "has all four"
lacks "$T/out" "$(address 1)" "and no address"
has "$T/out" "***@" "but its domain"
ok "with addresses" u bounces list --addresses
has "$T/out" "$(address 1)" "it has them"
ok "a list of one reason, as JSON" u bounces list --reason userunknown --json
same "$(flat | grep -o '"id":' | wc -l)" 2 "has the two"
ok "of another study" u bounces list --study andre
same "$(wc -l <"$T/out" | tr -d ' ')" 0 "is empty"
for f in unlocated unknown disputed held; do u bounces list --$f | cut -d' ' -f1 | tr '\n' ' ' >"$T/$f"; done
same "$(cat "$T/unlocated")|$(cat "$T/disputed")|$(cat "$T/held")" "2 ||" "filters find what they say"
has "$T/unknown" 4 "an answer in words is unknown"
ok "the queue" u bounces review
u bounces review | cut -d' ' -f1 | tr '\n' ' ' >"$T/queue"
same "$(cat "$T/queue")" "2 3 4 " "has the unlocated and the unknown, not the certain"
ok "one" u bounces show 1
has "$T/out" "550 5.1.1 User unknown" "with the text that decided"
has "$T/out" "userunknown" "and the reason"
has "$T/out" "hard bounce" "and what became of the unit"
lacks "$T/out" "$(address 1)" "masked"
status 66 "one that is not there" u bounces show 99
status 64 "no number" u bounces show x
db "INSERT INTO answer (study, row_sha256, sample_unit, matched, status, line, file, read)
	SELECT 1, 'x', sample_unit, 'token', 'complete', 1, 'x', 1 FROM mailing_recipient WHERE id = $(id 1)" >/dev/null
u bounces list --disputed | cut -d' ' -f1 >"$T/disputed"
same "$(cat "$T/disputed")" 1 "a dead address that answers is disputed"
db "DELETE FROM answer" >/dev/null

# --- said, and taken back ---------------------------------------------------------------
status 64 "a mark without a reason" u bounces mark 2 --recipient "$(id 2)"
status 64 "a mark that says nothing" u bounces mark 2 --why x
status 64 "a mark that says two things" u bounces mark 2 --hard --soft --why x
status 66 "of a mail that is not there" u bounces mark 99 --hard --why x
status 66 "about nobody we wrote to" u bounces mark 2 --recipient nobody@example.org --why x
status 64 "a reason that is none" u bounces mark 2 --reason dead --why x
status 66 "a line that is not there" u bounces mark 2 --line 7 --hard --why x
picture >"$T/now"
same "$(diff "$T/first" "$T/now")" "" "none of that changed anything"
ok "whose it was, by address" u bounces mark 2 --recipient "$(address 2)" --why "he telephoned"
same "$(returned) $(u status --json | tr -d ' \n' | sed 's/.*"not_located":\([0-9]*\).*/\1/')" "3 0" "makes it his return"
ok "not a bounce" u bounces mark 1 --not-bounce --why "a test of theirs"
same "$(returned)" 2 "counts no more"
ok "why it came back" u bounces mark 3 --reason mailboxfull --why "they say so"
same "$(db "SELECT reason, hard, fault, rule FROM bounce WHERE message = 3")" "mailboxfull|0|R|person" "is as a person says"
ok "seen" u bounces mark 4 --reviewed --why "answered by telephone"
same "$(u bounces review | wc -l | tr -d ' ')" 0 "the queue is empty"
same "$(db "SELECT count(*) FROM event WHERE what = 'bounce mark'")" 4 "all of it is in the event log"
same "$(db "SELECT count(*) FROM event WHERE detail LIKE '%telephon%' OR detail LIKE '%@%'")" 0 "without a word of a person"
ok "in a dry run" u bounces undo 1 --why "wrong" --dry-run
same "$(returned)" 2 "nothing is undone"
status 66 "a mark that is not there" u bounces undo 99 --why x
for m in 2 1 4 3; do u bounces undo $m --why "wrong" >"$T/out" 2>"$T/err" || _bad "mark $m is undone"; done
status 65 "what is undone already" u bounces undo 1 --why x
picture >"$T/now"
if cmp -s "$T/first" "$T/now"; then _ok "undone in any order, all is as it was"; else _bad "undone in any order, all is as it was" "$(diff "$T/first" "$T/now" | head -n 5)"; fi
ok "its story" u bounces show 2
has "$T/out" "he telephoned" "is kept"

# --- read again ---------------------------------------------------------------------------
ok "read again with the same rules" u bounces --replay
has "$T/out" "mails 4 = read as before 4 + read otherwise 0" "says the same"
printf '[bounces]\nrules = %s/own.rules\n' "$T" >>"$CONF"
printf 'rule stengt\nreason hasmoved\npattern kassa er tom\nhit Kassa er tom\nmiss user unknown\n' \
	>"$T/own.rules"
u bounces mark 1 --soft --why "they are back" >"$T/out"
picture >"$T/first"
ok "with a rule more" u bounces --replay
has "$T/out" "read otherwise 1" "one is read otherwise"
has "$T/out" "-> hasmoved: 1 mail (3)" "and it is said how"
picture >"$T/now"
same "$(diff "$T/first" "$T/now")" "" "nothing is written"
ok "as JSON" u bounces --replay --json
has "$T/out" '"is": "hasmoved"' "says the same"
ok "applied" u bounces --replay --apply
same "$(db 'SELECT reason, hard, rule FROM bounce WHERE message = 3')" "hasmoved|1|stengt" "it is written"
same "$(db 'SELECT count(*) FROM bounce_reading WHERE superseded = 1 AND message = 3')" 1 "what it was is kept"
same "$(db 'SELECT hard FROM bounce WHERE message = 1')" 0 "a person's word stands over it"
ok "once more" u bounces --replay --apply
has "$T/out" "read otherwise 0" "changes nothing"
rm "$S"/spool/done/*
ok "mails that are not kept" u bounces --replay
has "$T/out" "not kept 3" "are counted"
ok "without them, undo" u bounces undo 5 --why "after all"
same "$(db 'SELECT hard FROM bounce WHERE message = 1')" 1 "still works"

# --- mass failure --------------------------------------------------------------------------
before=$(returned)
for i in $(seq 10 19); do
	report "s$i" "$(address "$i")" 5.7.1 '554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org'
	hook "$(path "$i")"
done
report 20 "$(address 20)" 5.1.1 '550 5.1.1 User unknown'
hook "$(path 20)"
ok "ten letters refused by our sending" u bounces
has "$T/err" "mass failure" "raise the alarm"
same "$(returned)" "$before" "and returns mark nobody"
same "$(db 'SELECT count(*) FROM bounce_message')" 15 "but all are kept"
report 21 "$(address 21)" 5.1.1 '550 5.1.1 User unknown'
hook "$(path 21)"
ok "a return that comes later" u bounces
same "$(returned)" "$before" "is held too"
u bounces list --held | wc -l | tr -d ' ' >"$T/held"
same "$(cat "$T/held")" 12 "they are listed"
status 64 "released without a reason" u bounces release mikrobedrifter
ok "released" u bounces release mikrobedrifter --why "off the block list"
same "$(returned)" "$((before + 2))" "they mark"
report 22 "$(address 22)" 5.1.1 '550 5.1.1 User unknown'
hook "$(path 22)"
ok "what comes then" u bounces
same "$(returned)" "$((before + 3))" "is not held for the same cause again"
status 66 "nothing to release" u bounces release mikrobedrifter --why x
same "$(db 'PRAGMA integrity_check')" ok "the database is whole"
