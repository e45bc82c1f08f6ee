#!/bin/sh
# bench_bounces.sh -- reading returned mail beside Sisimai (libsisimai-perl), where
# that is installed.  Run by `make bench`; MAILS sets how many (10 000).
#
# Each mail has its own body, recipient and token, and the evidence of each is
# written to the database; Sisimai reads the same files.  Ratios: the least of
# three runs against the least of three.  Nothing here passes or fails.
set -eu
O=${O:?run by make bench} MAILS=${MAILS:-10000}
W=$(mktemp -d "${TMPDIR:-/tmp}/utvalg-bench.XXXXXX")
trap 'rm -rf "$W"' EXIT
O=$(cd "$O" && pwd)
PATH=$O:$PATH
gen=$O/tests/tools/gen
printf '[store]\nstate = %s/state\n' "$W" >"$W/utvalg.conf"
u() { utvalg -q --config "$W/utvalg.conf" "$@" >/dev/null; }

# Processor time of all children of this shell so far, in microseconds.
spent() {
	times >"$W/times"
	awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, a, /[ms]/); t += a[1] * 60 + a[2] } }
		END { printf "%d", t * 1000000 }' "$W/times"
}
# least SETUP COMMAND...: microseconds by the clock and of the processor, each the
# least of three runs, each after SETUP.
least() {
	setup=$1
	shift
	best='' bestcpu=''
	for _ in 1 2 3; do
		$setup
		spent >"$W/from"
		from=$(date +%s%N)
		"$@"
		us=$((($(date +%s%N) - from) / 1000))
		spent >"$W/to"
		cpu=$(($(cat "$W/to") - $(cat "$W/from")))
		[ -n "$best" ] && [ "$best" -le $us ] || best=$us
		[ -n "$bestcpu" ] && [ "$bestcpu" -le $cpu ] || bestcpu=$cpu
	done
	echo $((best > 0 ? best : 1)) $((bestcpu > 0 ? bestcpu : 1))
}
div() { awk "BEGIN { printf \"%.${3:-2}f\", $1 / $2 }"; }
nothing() { :; }

# --- a study whose invitations all came back ----------------------------------------
cat >"$W/plan" <<END
register 2026-10-03
found	15	culture	$((MAILS + 100))	$MAILS
answers	15	10	1
obliged	15	5	5
companies	9
unlocated	0
END
cp config/studies/* "$W"
"$gen" study --plan "$W/plan" --dir "$W" --seed 1
u pull --from "$W/enheter.json.gz"
u frame "$W/mikrobedrifter.ini"
u draw mikrobedrifter
u mail mikrobedrifter --wave invite --out "maildir:$W/sent"
"$gen" bounces --maildir "$W/sent" --fates "$W/fates.tsv" --out "$W/back"
mkdir -p "$W/md/new" "$W/md/cur" "$W/md/tmp"
find "$W/back" -name '*.eml' -exec mv -t "$W/md/new" {} +
mv "$W/state" "$W/sent-state"
fresh() { rm -rf "$W/state"; cp -a "$W/sent-state" "$W/state"; }
ours() { u bounces --maildir "$W/md"; }
least fresh ours >"$W/ours"
read -r t tc <"$W/ours"
n=$(sqlite3 "$W/state/utvalg.db" "SELECT count(*) FROM bounce WHERE located = 'certain'")
echo "returned mail, read and written down   $(div "$t" "$n" 0) us a mail ($n mails, $((n * 1000000 / t)) a second)"
if perl -MSisimai -e 1 2>/dev/null; then
	theirs() { perl -MSisimai -e 'my $v = Sisimai->make($ARGV[0]); exit(defined $v ? 0 : 1)' "$W/md/new"; }
	least nothing theirs >"$W/theirs"
	read -r s sc <"$W/theirs"
	echo "Sisimai $(perl -MSisimai -e 'print Sisimai->version'), reading alone       $(div "$s" "$n" 0) us a mail"
	echo "as many a second as Sisimai            $(div "$s" "$t") times; for the same processor time $(div "$sc" "$tc")"
else
	echo "as many a second as Sisimai            not measured: libsisimai-perl is not installed"
fi

# --- what a stranger may send -------------------------------------------------------
one() { utvalg bounce explain --json "$W/one" >/dev/null; }
# mail NAME: the least of three runs of the whole program, without its start,
# to 10 ms or better.
printf 'To: svar@example.no\n\nHei\n' >"$W/one"
least nothing one >"$W/start"
read -r _ start <"$W/start"
# By the processor's time: others may be at work on the machine.
mail() {
	least nothing one >"$W/t"
	read -r _ t <"$W/t"
	[ "$t" -gt "$start" ] || t=$((start + 1))
	printf '%-38s %s ms\n' "$1" "$(div $((t - start)) 1000)"
}
head_() {
	printf 'From: MAILER-DAEMON@mx.example.org\nTo: svar@example.no\nSubject: failure notice\n'
}
failed() { printf '<kari@example.org>:\n550 5.1.1 user unknown\n\n--- Below this line is a copy of the message.\n\n'; }
{ head_; echo; failed; head -c 10485760 /dev/urandom | base64 -w 76 | head -c 10485760; } >"$W/one"
mail "a bounce of 10 MB"
{ head_; printf 'Content-Type: multipart/report; boundary=g\n\n--g\n\n'; failed
printf -- '--g\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; kari@example.org\nStatus: 5.1.1\n\n--g\nContent-Type: message/rfc822\n\nTo: kari@example.org\n\n'
head -c 10485760 /dev/urandom | base64 -w 76 | head -c 10485760; printf '\n--g--\n'; } >"$W/one"
mail "a report with a copy of 10 MB"
{ head_; awk 'BEGIN { print "Content-Type: multipart/mixed; boundary=b0\n"
	for (i = 0; i < 3000; i++) print "--b" i "\nContent-Type: multipart/mixed; boundary=b" i + 1 "\n"
	print "--b3000\n\n<kari@example.org>:\n550 5.1.1 user unknown" }'; } >"$W/one"
mail "3000 multiparts, each in the next"
{ head_; awk 'BEGIN { for (i = 0; i < 200000; i++) print "Received: by mx" i ".example.org" }'; echo; failed; } >"$W/one"
mail "200 000 Received lines"
{ head_; echo; failed | tr -d '\n'; head -c 2097152 /dev/zero | tr '\0' 'a'; } >"$W/one"
mail "a line of 2 MB"
{ head_; echo; awk 'BEGIN { for (i = 0; i < 20000; i++) print "<a" i "@example.org>:\n550 5.1.1 user unknown\n" }'; } >"$W/one"
mail "20 000 recipients"
