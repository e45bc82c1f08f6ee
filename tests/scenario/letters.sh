#!/bin/sh
# Goal: letters say what they must, as text and HTML, and come when they are due.
set -eu
. tests/lib.sh
SOURCE_DATE_EPOCH=1793000000
export SOURCE_DATE_EPOCH
day() { SOURCE_DATE_EPOCH=$((1793000000 + $1 * 86400)); }

{
	echo 'navn;epost;kommune'
	i=1
	while [ $i -le 9 ]; do
		echo "Gård $i & sønn;post$i@gard.example.no;0301"
		i=$((i + 1))
	done
} >"$T/list.csv"
# study FURTHER-LINES: the study file, with those lines in [mail].
study() {
	cat >"$T/brev.ini" <<-INI
	[study]
	name = brev
	title = Prøve
	controller = Instituttet
	contact = post@example.org
	purpose = Forskning
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
	link = https://svar.example.no/?a=1&t={token}
	invite = brev.txt
	reminder = purring.txt
	$1
	INI
}
mail() { u mail brev --wave "$@"; }
box() { cat "$T"/box/new/* 2>/dev/null; }

printf 'Hei {name}: {link}\n' >"$T/brev.txt"
printf 'Husk oss, {name}.\n{controller} {contact}. Meld deg av ved å svare NEI.\n' >"$T/purring.txt"
world "$T/w"
printf '[{"organisasjonsnummer":"974760673","navn":"REGISTERENHETEN","organisasjonsform":{"kode":"ORGL"}}]' |
	gzip >"$T/enheter.json.gz"
u pull --from "$T/enheter.json.gz" >"$T/out" 2>"$T/err" || _bad "a register"

# --- what a letter must say ----------------------------------------------------
study ''
u frame "$T/brev.ini" >"$T/out" 2>"$T/err" || _bad "a frame"
ok "a study of nine is drawn" u draw brev
status 78 "a study file that says too little" mail invite --preview 1
has "$T/err" "[study] legal_basis" "and which key it lacks"
same "$(db 'SELECT count(*) FROM mailing')" 0 "nothing is planned"
ok "its texts are renewed" u study renew "$T/brev.ini"
sed 's/^purpose/legal_basis = Personvernforordningen artikkel 6\nretention = Alt slettes i 2030.\npurpose/' \
	"$T/brev.ini" >"$T/b" && mv "$T/b" "$T/brev.ini"
ok "and renewed again" u study renew "$T/brev.ini"
status 78 "a letter that says too little" mail invite --out "maildir:$T/box"
has "$T/err" "brev.txt: does not say what recipients must be told (GDPR art. 14): who is responsible" \
	"and what it lacks"
ok "which the check of the study file tells before" u study check "$T/brev.ini"
has "$T/err" "[mail] brev.txt: does not say what recipients must be told" "as what it is: no fault, but no letter"
printf 'Hei {name}: {link}\n\n{art14}\n' >"$T/brev.txt"
ok "the ready text says it all" mail invite --preview 1
has "$T/out" "hentet fra Enhetsregisteret slik det var " "with the source"
has "$T/out" "Alt slettes i 2030. Det er frivillig" "and how long it is kept"

# --- what may be renewed ---------------------------------------------------------
sed 's/^municipality = 0301/municipality = 4601/' "$T/brev.ini" >"$T/other.ini"
status 65 "another population is no renewal" u study renew "$T/other.ini"
has "$T/err" "population or draw would be others ([area oslo] municipality)" "and the key is named"
same "$(db 'SELECT instr(file, "4601") FROM study')" 0 "nothing is stored"
ok "the draw is still the one that was drawn" u verify brev
ok "and the frame the one that was frozen" u frame "$T/brev.ini"
same "$(db 'SELECT count(*) FROM frame')" 1 "the same"
status 66 "a study without a frame has nothing to renew" u study renew config/studies/mikrobedrifter.ini
sed 's/^subject = .*/subject = Hei igjen/' "$T/brev.ini" >"$T/other.ini"
ok "tried first" u study renew --dry-run "$T/other.ini"
has "$T/out" "would be renewed: [mail] subject" "it says what"
for step in renew.1 renew.2 renew.3; do
	r=0
	UTVALG_KILL_AT=$step utvalg --config "$CONF" study renew "$T/other.ini" >"$T/out" 2>"$T/err" || r=$?
	same "$r" 137 "killed at $step"
	ok "run again" u study renew "$T/other.ini"
	same "$(db "SELECT instr(CAST(file AS TEXT), 'Hei igjen') > 0 FROM study")" 1 "it is renewed"
	ok "put back" u study renew "$T/brev.ini"
	ok "and verified" u verify brev
done
same "$(db "SELECT count(*) > 5 FROM event WHERE what = 'renew' AND detail LIKE '%[mail] subject%'")" 1 \
	"the log has each of them"

# --- HTML ------------------------------------------------------------------------
printf '<p>Hei <b>{name}</b>: <a href="{link}">skjema</a></p>\n<img src="https://t.example.org/1.gif">\n<p>{art14}</p>\n' >"$T/brev.html"
study 'invite_html = brev.html
days_between = 7
reminders = 2
reminder 2 = siste.txt
reminder_subject 2 = Siste gang'
sed 's/^purpose/legal_basis = Personvernforordningen artikkel 6\nretention = Alt slettes i 2030.\npurpose/' \
	"$T/brev.ini" >"$T/b" && mv "$T/b" "$T/brev.ini"
ok "letters get an HTML alternative" u study renew "$T/brev.ini"
ok "one that is counted by whom it is read" u study check "$T/brev.ini"
has "$T/err" "[mail] brev.html: line 2: src=" "is found there too"
status 78 "one that is counted by whom it is read" mail invite --out "maildir:$T/box"
has "$T/err" "brev.html: line 2: src=" "and where"
sed '/<img/d' "$T/brev.html" >"$T/b" && mv "$T/b" "$T/brev.html"
ok "without, it goes" mail invite --out "maildir:$T/box"
has "$T/out" "recipients 9 = sent before 0 + sent now 9" "to all"
one=$(grep -l 'post7@' "$T"/box/new/*)
has "$one" 'Content-Type: multipart/alternative;' "text and HTML"
cat >"$T/reads.py" <<'PY'
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
t, h = m.iter_parts()
assert t.get_content_type() == "text/plain" and h.get_content_type() == "text/html"
assert "Hei Gård 7 & sønn: https://svar.example.no/?a=1&t=" in t.get_content(), t.get_content()
assert "<b>Gård 7 &amp; sønn</b>: <a href=\"https://svar.example.no/?a=1&amp;t=" in h.get_content(), h.get_content()
assert m["To"].addresses[0].display_name == "Gård 7 & sønn", m["To"]
assert not m.defects and not t.defects and not h.defects
PY
if ! command -v python3 >/dev/null; then
	skip no-python3 "another program reads both"
else
	ok "another program reads both as they were meant" python3 "$T/reads.py" "$one"
fi

# --- somebody says no ---------------------------------------------------------------
state() { db "SELECT d.state FROM disposition d JOIN sample_unit u ON u.id = d.sample_unit JOIN frame_unit f ON f.id = u.frame_unit WHERE f.email = '$1'"; }
cp -a "$T/w" "$T/k"
ok "one by address" u optout brev ' <Post3@Gard.example.no> '
has "$T/out" "1 drawn units, 1 noted as refused now, 1 entries new on the list" "is noted"
same "$(state post3@gard.example.no)" refused "and has refused"
ok "again" u optout brev post3@gard.example.no
has "$T/out" "1 drawn units, 0 noted as refused now, 0 entries new" "which changes nothing"
token=$(db "SELECT u.token FROM sample_unit u JOIN frame_unit f ON f.id = u.frame_unit WHERE f.email = 'post4@gard.example.no'")
ref=$(db "SELECT return_token FROM mailing_recipient WHERE address = 'post5@gard.example.no'")
printf '%s\n\nb+%s@svar.example.no\n' "$token" "$ref" >"$T/who"
u optout --all - <"$T/who" >"$T/out" 2>"$T/err" || _bad "some from a list"
same "$(state post4@gard.example.no) $(state post5@gard.example.no)" "refused refused" "by the code of the form, and by the return address"
printf '%s\nnobody@example.org\n' "$ref" >"$T/who"
r=0
u optout brev - <"$T/who" >"$T/out" 2>"$T/err" || r=$?
same "$r" 66 "somebody whom the study does not know"
has "$T/err" "line 2: nobody that was drawn in this study" "is told with the line"
lacks "$T/err" "nobody@example.org" "not with the address"
ok "but may be kept from every study" u optout --all nobody@example.org
has "$T/out" "0 drawn units, 0 noted as refused now, 1 entries new" "on the list"
status 64 "an address that is none" u optout --all 'no@@body'
status 64 "taken back without a reason" u optout brev --undo post3@gard.example.no
ok "taken back with one" u optout brev --undo --reason "another farm" post3@gard.example.no
has "$T/out" "1 taken back now, 1 entries taken off" "it is off the list"
same "$(state post3@gard.example.no)" sent "and stands as before"
same "$(db "SELECT count(*) FROM event WHERE what = 'opt-out' AND detail LIKE 'taken back by hand%another farm'")" 1 "the log says why"
same "$(db "SELECT count(*) FROM event WHERE detail LIKE '%@%'")" 0 "and names nobody"
SOURCE_DATE_EPOCH=$((1793000000 + 8 * 86400))
mail reminder --dry-run --out "maildir:$T/box" >"$T/out" 2>"$T/err"
has "$T/out" "left out 2 = suppressed 2" "who said no is not reminded"
for step in optout.1 optout.2; do
	r=0
	UTVALG_KILL_AT=$step utvalg --config "$CONF" optout brev post6@gard.example.no >"$T/out" 2>"$T/err" || r=$?
	same "$r" 137 "killed at $step"
done
ok "run again" u optout brev post6@gard.example.no
same "$(db "SELECT count(*) FROM answer WHERE file = 'by hand'") $(state post6@gard.example.no)" "3 refused" "one note each"
ok "and the state is sound" u doctor
rm -rf "$T/w"
mv "$T/k" "$T/w"
day 0

# --- reminders --------------------------------------------------------------------
status 75 "a reminder at once is too early" mail reminder --out "maildir:$T/box"
has "$T/err" "reminder 1 is too early: the last letter of invite went on 2026-10-26, and [mail] days_between is 7: it may go on 2026-11-02" \
	"and it says when it is not"
status 75 "so it would be" mail reminder --dry-run --out "maildir:$T/box"
ok "looked at it may be" mail reminder --preview 1
u plan brev --lang en >"$T/out" 2>"$T/err"
has "$T/out" "reminder: 9 would be written to now, 0 have been, 0 are uncertain, 0 left out; not before 2026-11-02" "the plan tells how many, and when"
u plan brev --json 2>"$T/err" | tr -d ' \n' >"$T/out"
has "$T/out" '"wave":"reminder","sent":0,"would":9' "to programs too"
day 7
ok "a week later, first how many" mail reminder --dry-run --out "maildir:$T/box"
has "$T/out" "would be sent 9" "nine"
ok "then for real" mail reminder --out "maildir:$T/box"
same "$(box | grep -c '^Husk oss')" 9 "nine are reminded"
status 75 "the second on the same day" mail reminder --out "maildir:$T/box"
has "$T/err" "reminder 2 is too early" "is too early as well"
status 66 "and has no text" mail reminder --preview 1
printf 'Siste gang. {controller} {contact}. Meld deg av ved å svare NEI.\n' >"$T/siste.txt"
day 14
ok "another week later" mail reminder --out "maildir:$T/box"
has "$T/out" "reminder-2, maildir" "it has its number"
same "$(box | grep -c '^Subject: Siste gang')" 9 "and its own subject"
same "$(db 'SELECT count(DISTINCT return_token) FROM mailing_recipient')" 27 "a token for each recipient and wave"
day 90
status 65 "a third" mail reminder --out "maildir:$T/box"
has "$T/err" "one too many: the study file allows 2" "is one too many"
u plan brev --lang en >"$T/out" 2>"$T/err"
has "$T/out" "reminder 3: none" "which the plan knows"
ok "the second by its number" mail reminder-2 --out "maildir:$T/box"
has "$T/out" "sent before 9 + sent now 0" "is through"

# --- keys -------------------------------------------------------------------------
day 90
same "$(u key list 2>"$T/err")" "a  number  0  made unknown     signs" "one key signs"
old=$(db "SELECT return_token FROM mailing_recipient r JOIN mailing m ON m.id = r.mailing WHERE wave = 'reminder-2' LIMIT 1")
ok "a new one" u key rotate
has "$T/out" "key b signs, 1 accepted beside it, 0 dropped" "the old one is accepted beside it"
same "$(stat -c %a "$T/w/state/keys/bounce")" 600 "nobody else reads them"
u key list >"$T/out" 2>"$T/err"
has "$T/out" "b  number  1  made 2027-01-24  signs" "the list has its day"
has "$T/out" "accepted until 2027-04-24" "and how long the old one is needed"
secret=$(sed -n 's/^b \([0-9a-f]*\).*/\1/p' "$T/w/state/keys/bounce")
u key list --json >>"$T/out" 2>>"$T/err"
lacks "$T/out" "$secret" "but never the key"
lacks "$T/w/state/utvalg.db" "$secret" "which is not in the database either"
for step in key.1 key.2 key.3; do
	rm -rf "$T/k"
	cp -a "$T/w" "$T/k"
	r=0
	UTVALG_KILL_AT=$step utvalg --config "$CONF" key rotate >"$T/out" 2>"$T/err" || r=$?
	same "$r" 137 "killed at $step"
	[ $step = key.3 ] || ok "run again" u key rotate
	same "$(u key list 2>/dev/null | wc -l) $(db "SELECT count(*) FROM event WHERE what = 'key'")" "3 2" \
		"one key more, and one line of the journal"
	rm -rf "$T/w"
	mv "$T/k" "$T/w"
done
day 40
printf 'From: MAILER-DAEMON@far.example.org\nSubject: Undelivered Mail Returned to Sender\n\n<post@far.example.org>: 550 5.1.1 User unknown\n' |
	utvalg-hook -s "$T/w/state/spool" -f '' -r "prvs=1234ABCDEF=SRS0=HHHH=TT=svar.example.no=b+$old@far.example.org"
ok "what the old key signed comes back, wrapped twice" u bounces
same "$(db "SELECT located FROM bounce ORDER BY id DESC LIMIT 1")" certain "and is known"
ok "by wave" u table brev returns
has "$T/out" "purring 2" "the second reminder by its name"
ok "and the state is sound" u doctor
