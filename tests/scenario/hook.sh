#!/bin/sh
# Goal: utvalg-hook stores a mail whole and answers 0, or answers 75 and prints nothing, whatever happens.
set -eu
. tests/lib.sh

HOOK=$PWD/$O/utvalg-hook
SPOOL=$T/spool
unset SENDER RECIPIENT ORIGINAL_RECIPIENT EXTENSION LOCAL_PART_SUFFIX || :

# answers N "sentence" FILE command...: that status and not an octet printed.
answers() {
	_n=$1 _s=$2 _in=$3
	shift 3
	_r=0
	"$@" <"$_in" >"$T/out" 2>"$T/err" || _r=$?
	if [ "$_r" = "$_n" ] && [ ! -s "$T/out" ] && [ ! -s "$T/err" ]; then
		_ok "$_s"
	else
		_bad "$_s" "status $_r, wanted $_n: $*"
	fi
}
stored() { find "$SPOOL/new" -type f 2>/dev/null | wc -l | tr -d ' '; }
left() { find "$SPOOL/tmp" -type f 2>/dev/null | wc -l | tr -d ' '; }
# The mail of the one stored file, without its envelope.
mail() { cat "$SPOOL"/new/* | sed '1,/^X-Utvalg-Envelope-End: 1$/d'; }
clear_spool() { rm -rf "$SPOOL"; }

printf 'From: <>\nSubject: retur\n\ntekst\n' >"$T/mail"
: >"$T/empty"
printf 'a\000b\000\n\000' >"$T/nul"
head -c 62914560 /dev/zero | tr '\000' 'x' >"$T/large"

answers 0 "an ordinary mail is taken" "$T/mail" "$HOOK" -s "$SPOOL"
same "$(mail)" "$(cat "$T/mail")" "it is stored as it came"
same "$(stored) $(left)" "1 0" "one file in new, none in tmp"
same "$(stat -c %a "$SPOOL" "$SPOOL/new" | tr '\n' ' ')" "700 700 " "the folders are for the owner alone"
same "$(stat -c %a "$SPOOL"/new/*)" "600" "so is the mail"

clear_spool
answers 0 "an empty mail is taken" "$T/empty" "$HOOK" -s "$SPOOL"
same "$(stored)" 1 "and stored"

clear_spool
answers 0 "NUL octets are taken" "$T/nul" "$HOOK" -s "$SPOOL"
sed '1,/^X-Utvalg-Envelope-End: 1$/d' "$SPOOL"/new/* >"$T/got"
ok "and stored as they are" cmp "$T/got" "$T/nul"

clear_spool
answers 0 "60 MB are read to their end" "$T/large" "$HOOK" -s "$SPOOL"
sed '1,/^X-Utvalg-Envelope-End: 1$/d' "$SPOOL"/new/* >"$T/got"
same "$(wc -c <"$T/got" | tr -d ' ')" 52428800 "of which the first 50 MiB are kept"
head -n 10 "$SPOOL"/new/* | head -c 2000 >"$T/head"
has "$T/head" "X-Utvalg-Envelope-Cut: 1" "and that is noted"

clear_spool
answers 0 "the envelope comes from options" "$T/mail" \
	"$HOOK" -s "$SPOOL" -f s@example.org -r b+tok@svar.example.no -o B+TOK@svar.example.no -e tok
cat "$SPOOL"/new/* >"$T/got"
has "$T/got" "X-Utvalg-Envelope-Sender: s@example.org" "with its sender"
has "$T/got" "X-Utvalg-Envelope-Recipient: b+tok@svar.example.no" "and recipient"
has "$T/got" "X-Utvalg-Envelope-Original: B+TOK@svar.example.no" "and original recipient"
has "$T/got" "X-Utvalg-Envelope-Extension: tok" "and extension"

clear_spool
answers 0 "the envelope comes from the environment" "$T/mail" \
	env SENDER=s@example.org RECIPIENT=b+env@svar.example.no ORIGINAL_RECIPIENT=o@example.no \
	LOCAL_PART_SUFFIX=+env "$HOOK" -s "$SPOOL"
cat "$SPOOL"/new/* >"$T/got"
has "$T/got" "X-Utvalg-Envelope-Recipient: b+env@svar.example.no" "as Postfix and OpenSMTPD give it"
has "$T/got" "X-Utvalg-Envelope-Extension: +env" "and as Exim gives it"

clear_spool
answers 0 "options stand over the environment" "$T/mail" \
	env RECIPIENT=b+env@svar.example.no "$HOOK" -s "$SPOOL" -r b+opt@svar.example.no
cat "$SPOOL"/new/* >"$T/got"
has "$T/got" "Recipient: b+opt@svar.example.no" "the option's recipient is stored"

clear_spool
answers 75 "an unknown option" "$T/mail" "$HOOK" -s "$SPOOL" -x
answers 75 "an option without its value" "$T/mail" "$HOOK" -s
answers 75 "a word too many" "$T/mail" "$HOOK" -s "$SPOOL" more
answers 75 "a spool without a name" "$T/mail" "$HOOK" -s ""
answers 75 "a spool whose parent is not there" "$T/mail" "$HOOK" -s "$T/no/spool"
answers 75 "a spool that is a file" "$T/mail" "$HOOK" -s "$T/mail"
answers 75 "no standard input" "$T/mail" sh -c "exec \"$HOOK\" -s \"$SPOOL\" <&-"
answers 75 "standard input is a folder" "$T" "$HOOK" -s "$SPOOL"
answers 75 "a name longer than any file system takes" "$T/mail" "$HOOK" \
	-s "/$(head -c 5000 /dev/zero | tr '\000' 'x')"
same "$(stored)" 0 "nothing of that is stored"

head -c 300000 /dev/zero >"$T/bigger"
answers 75 "a full disk" "$T/bigger" sh -c "ulimit -f 100; exec \"$HOOK\" -s \"$SPOOL\""
same "$(stored) $(left)" "0 0" "leaves nothing behind"
answers 0 "and the next try, with room, works" "$T/bigger" "$HOOK" -s "$SPOOL"

for s in TERM INT HUP ALRM XFSZ QUIT USR1 SEGV; do
	clear_spool
	mkfifo "$T/pipe.$s"
	"$HOOK" -s "$SPOOL" <"$T/pipe.$s" >"$T/out" 2>"$T/err" &
	pid=$!
	exec 9>"$T/pipe.$s"
	echo "half a mail" >&9
	while [ "$(left)" = 0 ]; do sleep 0.05; done
	kill -s "$s" "$pid"
	r=0
	wait "$pid" || r=$?
	exec 9>&-
	same "$r $(stored) $(left) $(wc -c <"$T/out") $(wc -c <"$T/err")" "75 0 0 0 0" \
		"signal $s in the middle of a mail: 75, nothing left, nothing printed"
done

clear_spool
mkfifo "$T/pipe"
"$HOOK" -s "$SPOOL" <"$T/pipe" >"$T/out" 2>"$T/err" &
pid=$!
exec 9>"$T/pipe"
echo "half a mail" >&9
while [ "$(left)" = 0 ]; do sleep 0.05; done
kill -s PIPE "$pid"
echo "the other half" >&9
exec 9>&-
r=0
wait "$pid" || r=$?
same "$r $(stored)" "0 1" "signal PIPE is nothing to it"
