#!/bin/sh
# Goal: whatever is typed, utvalg answers with data, or with one line and the status of its table.
set -eu
. tests/lib.sh
world "$T/w"

# --- wrong use
status 64 "no command" utvalg
status 64 "an unknown command" utvalg staus
has "$T/err" "did you mean status?" "the nearest is named"
status 64 "an unknown option" utvalg status --jsn
has "$T/err" "did you mean --json?" "the nearest is named"
status 64 "an unknown letter" utvalg -x status
status 64 "an option without its value" utvalg table x net --format
status 64 "a value that is none of the words" utvalg table x net --format txt
has "$T/err" "text|csv|excel|json|md" "the words are named"
status 64 "a flag with a value" utvalg status --json=yes
status 64 "a missing operand" utvalg frame
has "$T/err" "STUDY" "it is named"
status 64 "an operand too many" utvalg status now
status 64 "a word that is none" utvalg config chek
has "$T/err" "did you mean check?" "the nearest is named"
status 64 "a date that is none" u pull --date 2026-02-30
status 64 "a count that is none" u mail x --wave invite --preview many
status 64 "mail without a wave" u mail x
status 64 "a place to mail to that is none" u mail x --wave invite --out smtp:x
status 64 "two formats at once" u table x net --json --format csv
status 64 "a time to wait that is none" u night --wait=soon
status 64 "a language that is none" utvalg help --lang sv
status 64 "help on what there is not" utvalg help drwa
has "$T/err" "did you mean draw?" "the nearest is named"
status 64 "an empty command" utvalg ""
status 64 "options end at --" utvalg -- --version
status 66 "a study that nobody knows" u plan nosuch
status 66 "a study file that is not there" u plan "$T/none.ini"
status 78 "settings that are not there" utvalg --config "$T/none.conf" config
status 66 "status before anything is there" u status
has "$T/err" "utvalg pull" "says what comes first"
status 66 "a table before anything is there" u table x net
ok "looking makes nothing" test ! -e "$T/w/state"

# --- options anywhere
ok "options before the command" utvalg --json nace show 90.111
cp "$T/out" "$T/before"
ok "and after it" utvalg nace show 90.111 --json
same "$(cat "$T/out")" "$(cat "$T/before")" "mean the same"
ok "letters together" utvalg -qv help
ok "a value behind =" utvalg --lang=en nace translate 47630
has "$T/out" "also from" "in English"
ok "and without" utvalg nace translate 47630
has "$T/out" "også fra" "in Norwegian"

# --- help: of each command, with an example
ok "help" utvalg help
commands=$(sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p' "$T/out")
ok "lists all commands" test "$(echo "$commands" | wc -l)" -ge 19
for c in $commands; do
	ok "help of $c" utvalg "$c" --help
	has "$T/out" "  utvalg $c" "with an example of $c"
	cp "$T/out" "$T/before"
	ok "the same by help $c" utvalg help "$c"
	same "$(cat "$T/out")" "$(cat "$T/before")" "$c: word for word"
done
ok "the version" utvalg --version
has "$T/out" "utvalg $(cat VERSION)" "is the file's"

# --- what needs no settings, keys or state
bare() { env -i PATH="$PATH" HOME=/nonexistent LC_ALL=C "$@"; }
ok "help without anything" bare utvalg help
ok "nace without anything" bare utvalg nace search film
printf 'post@example.no\n' >"$T/address"
ok "email check without anything" bare sh -c "utvalg email check - <'$T/address'"
printf 'From: a@example.no\nSubject: hei\n\nhei\n' >"$T/mail"
ok "bounce explain without anything" bare utvalg bounce explain "$T/mail"
ok "bounce rules without anything" bare utvalg bounce rules
printf 'rule a-b\nreason policyviolation\npattern held here\nhit 550 held here\nmiss 550 no\n' >"$T/rules"
ok "a file of rules that does what it says" bare utvalg bounce rules --check "$T/rules"
has "$T/out" '1 rules, 1 patterns; all 2 examples' "is said to"
ok "what it decides" bare utvalg bounce rules --rules "$T/rules" '550 5.7.1 Held here'
has "$T/out" 'a-b' "is told with its name"
sed 's/^hit.*/hit 550 5.1.1/' "$T/rules" >"$T/rules2"
status 78 "one whose example does not hit" bare utvalg bounce rules --check "$T/rules2"
has "$T/err" '"a-b" (line 1): does not hit: 550 5.1.1' "is named with it"
sed 's/^pattern.*/pattern (/' "$T/rules" >"$T/rules2"
status 78 "one with a broken pattern" bare utvalg bounce rules --check "$T/rules2"
has "$T/err" "$T/rules2:3: " "is named with its line"
ok "help of rates without anything" bare utvalg rates --help
if [ "$(id -u)" = 0 ]; then
	install -m 755 "$O/utvalg" "$T/utvalg"
	ok "also as nobody with unreadable settings" setpriv --reuid=61009 --regid=61009 --clear-groups \
	    "$T/utvalg" --config "$T/w/closed.conf" nace show 90
else
	skip not-root "settings that cannot be read"
fi

# --- settings
printf '[store]\nstate = %s\ncolour = blue\n' "$T/w/state" >"$T/bad.conf"
status 78 "an unknown setting" utvalg --config "$T/bad.conf" status
has "$T/err" "bad.conf:3:" "with file and line"
printf '[register]\nmax_loss = 300 %%\n' >"$T/bad.conf"
status 78 "a value out of range" utvalg --config "$T/bad.conf" status
has "$T/err" "bad.conf:2:" "with file and line"
ok "settings in force" u config
has "$T/out" "utvalg.conf:2" "and where they came from"
ok "and as JSON" u config --json
ok "config check" u config check

# --- a study file with faults
cat >"$T/bad.ini" <<'END'
[study]
name = x
standard = SN2007
[group a]
label = A
codes = 59110 12345
[area b]
label = B
county = Atlantis
colour = blue
END
status 78 "a study with faults" u study check "$T/bad.ini"
has "$T/out" "bad.ini:10:" "the unknown key has its line"
sed -i '/colour/d' "$T/bad.ini"
status 78 "a study with an unknown code and place" u study check "$T/bad.ini"
has "$T/out" "bad.ini:6:" "the code has its line"
has "$T/out" "bad.ini:9:" "the place has its line"
ok "the shipped study is in order" u study check config/studies/mikrobedrifter.ini

# --- what is printed is never lost in silence
status 74 "a full disk on standard output" sh -c 'utvalg help >/dev/full'
status 74 "a closed standard output" sh -c 'utvalg help >&-'
status 74 "a file at its limit" sh -c "ulimit -f 1; utvalg help --mdoc commands >'$T/limited'"
ok "a closed standard error and input" sh -c "utvalg nace show 90 2>&- <&-"

# --- the table of statuses
ok "help exits" utvalg help exits
cp "$T/out" "$T/table"
for s in 0 1 64 65 66 69 70 71 73 74 75 77 78; do
	ok "$s is explained" grep -q "^ *$s " "$T/table"
	ok "$s is in utvalg(1)" grep -q "^\.It $s\b" man/utvalg.1
done

# --- made from the tables
ok "the manual pages and the completion are those of the tables" sh man/generate.sh --check
ok "bash reads the completion" bash -n completion/utvalg.bash
cat >"$T/complete.sh" <<'END'
. completion/utvalg.bash
compopt() { :; }
ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _utvalg; echo "${COMPREPLY[*]}"; }
ask utvalg sta
ask utvalg pull --ki
ask utvalg pull --kind under
ask utvalg config c
END
ok "completion" bash "$T/complete.sh"
same "$(tr '\n' ' ' <"$T/out")" "status --kind underenhet check " "of commands, options, values and words"

# --- a dry run leaves no trace
status 66 "a dry run of what cannot be" u frame config/studies/mikrobedrifter.ini --dry-run
printf '[{"organisasjonsnummer":"810000007","navn":"EN AS","organisasjonsform":{"kode":"AS","beskrivelse":"Aksjeselskap"},"respons_klasse":"Enhet"}]' |
    gzip >"$T/one.json.gz"
ok "a dry run of a pull where nothing is" u pull --dry-run --from "$T/one.json.gz" --date 2026-11-24
has "$T/out" "would load" "says what it would do"
has "$T/out" "read 1 = units 1 + unreadable 0" "with counts that add up"
ok "and makes nothing" test ! -e "$T/w/state"
ok "the pull itself" u pull --from "$T/one.json.gz" --date 2026-11-24
ok "status after it" u status --json
has "$T/out" '"date": "2026-11-24"' "the register has its date"
has "$T/out" '"units": 1' "and its unit"
has "$T/out" '"studies": []' "and there are no studies"
before=$(cd "$T/w/state" && find . -type f | sort | xargs sha256sum)
ok "a dry run where something is" u pull --dry-run --from "$T/one.json.gz" --date 2026-11-25 --json
has "$T/out" '"unchanged": true' "sees what is there"
same "$(cd "$T/w/state" && find . -type f | sort | xargs sha256sum)" "$before" "and changes no file"

# --- the examples of the manual pages are true
example() {	# PAGE FIRST-LINE: the literal block that begins so
	awk -v first="$2" '/^\.Ed/ { on = 0 } on || $0 == first { on = 1; print }' "$1"
}
example man/utvalg-study.5 '[study]' >"$T/example.ini"
ok "the study in utvalg-study(5)" u study check "$T/example.ini"
example man/utvalg.conf.5 '[register]' >"$T/example.conf"
ok "the settings in utvalg.conf(5)" utvalg --config "$T/example.conf" config check
