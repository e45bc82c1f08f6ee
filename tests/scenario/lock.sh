#!/bin/sh
# Goal: one run writes at a time; a second waits or says who holds the lock, and reading goes on.
set -eu
. tests/lib.sh
world "$T/w"
state=$T/w/state

printf '[{"organisasjonsnummer":"810000007","navn":"EN AS","organisasjonsform":{"kode":"AS","beskrivelse":"Aksjeselskap"},"respons_klasse":"Enhet"}]' |
    gzip >"$T/one.json.gz"
ok "a register" u pull --from "$T/one.json.gz" --date 2026-11-24

# A run that works as long as we like: its study comes through a pipe of ours.
mkfifo "$T/study"
utvalg --config "$CONF" frame - <"$T/study" >"$T/slow.out" 2>&1 &
pid=$!
exec 9>"$T/study"
n=0
while ! u status --json 2>/dev/null | grep -q '"lock": "process'; do
	n=$((n + 1))
	[ $n -lt 100 ] || break
	sleep 0.1
done
ok "status while another run works" u status --json
has "$T/out" "process $pid (utvalg frame)" "says which"
has "$T/out" '"date": "2026-11-24"' "and shows the register in force"
status 75 "a second run does not wait" u pull --from "$T/one.json.gz"
has "$T/err" "process $pid (utvalg frame)" "and says who holds the lock"
for c in bounces night "requests serve" "frame config/studies/mikrobedrifter.ini"; do
	# shellcheck disable=SC2086  # a command and its operand
	status 75 "so with $c" u $c
done
status 75 "it waits as long as it is told, then gives up" u pull --from "$T/one.json.gz" --wait=1
ok "a dry run waits for nobody" u pull --dry-run --from "$T/one.json.gz" --date 2026-11-24
ok "a study is checked meanwhile" u study check config/studies/mikrobedrifter.ini

u bounces --wait >"$T/waited" 2>&1 &
waiting=$!
sleep 0.3
ok "--wait waits" kill -0 $waiting
kill -9 $pid
exec 9>&-
wait $pid 2>/dev/null || :
r=0
wait $waiting || r=$?
same "$r" 0 "and goes on when the other was killed"
ok "a killed run leaves no lock behind" u pull --from "$T/one.json.gz" --date 2026-11-24
ok "status after it" u status --json
has "$T/out" '"lock": null' "and nobody at work"
ok "the lock is a file of the state" test -e "$state/lock"
