#!/bin/sh
# bench_feed.sh -- the change feed: 10 000 events of as many units, each look-up
# answered after 5 ms, without the limit of politeness.  Prints seconds and events
# a second.  O: build folder.
set -eu
: "${O:?}"
tools=$PWD/$O/tests/tools
work=$(mktemp -d "${TMPDIR:-/tmp}/utvalg-bench.XXXXXX")
trap 'exec 8>&- || :; rm -rf "$work"' EXIT
unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY 2>/dev/null || :
N=${N:-10000}
F=$work/feed
mkdir -p "$F/enheter"
awk -v n="$N" -v dir="$F" 'BEGIN {
	split("3 2 7 6 5 4 3 2", w, " ")
	for (e = 31000000; i < n; e++) {
		s = 0
		for (k = 1; k <= 8; k++) s += substr(e, k, 1) * w[k]
		d = (11 - s % 11) % 11
		if (d == 10) continue
		o = e d
		printf "%s{\"organisasjonsnummer\":\"%s\",\"navn\":\"ENHET %d\",\"organisasjonsform\":{\"kode\":\"AS\"},\"respons_klasse\":\"Enhet\"}", i ? "," : "[", o, i
		f = dir "/enheter/" o ".json"
		printf "{\"organisasjonsnummer\":\"%s\",\"navn\":\"ENHET %d TO\",\"organisasjonsform\":{\"kode\":\"AS\",\"beskrivelse\":\"Aksjeselskap\"},\"forretningsadresse\":{\"land\":\"Norge\",\"landkode\":\"NO\",\"postnummer\":\"0001\",\"poststed\":\"OSLO\",\"adresse\":[\"Gata %d\"],\"kommune\":\"OSLO\",\"kommunenummer\":\"0301\"},\"epostadresse\":\"post@n%d.example.no\",\"respons_klasse\":\"Enhet\"}", o, i, i, i > f
		close(f)
		printf "%d\t2026-10-05T06:00:00.000Z\t%s\tEndring\n", 25000000 + 7 * i, o > (dir "/enheter.tsv")
		i++
	}
	print "]"
}' | gzip -1 >"$work/enheter.json.gz"
mkfifo "$work/hold"
exec 8<>"$work/hold"
"$tools/httpd" --seconds 600 --feed "$F" --latency 5 --modified "Mon Oct 05 04:30:43 CEST 2026" \
	"$work/enheter.json.gz" <"$work/hold" >"$work/port" 8>&- &
n=0
while [ ! -s "$work/port" ] && [ $n -lt 200 ]; do n=$((n + 1)); sleep 0.05; done
cat >"$work/utvalg.conf" <<END
[store]
state = $work/state
[register]
url_enhet = http://127.0.0.1:$(cat "$work/port")/enheter/lastned
lookups_per_second = 0
lookups_parallel = 16
END
SOURCE_DATE_EPOCH=1791190800
export SOURCE_DATE_EPOCH
"$O/utvalg" -q --config "$work/utvalg.conf" pull >/dev/null
a=$(date +%s%N)
"$O/utvalg" -q --config "$work/utvalg.conf" pull --changes >"$work/out"
b=$(date +%s%N)
grep -q " changed $N " "$work/out" || { cat "$work/out"; exit 1; }
awk -v ns="$((b - a))" -v n="$N" 'BEGIN {
	printf "change feed: %d events in %.2f s, %.0f a second (5 ms each, 16 at once; at most 10 s)\n", n, ns / 1e9, n / (ns / 1e9)
	exit ns > 10e9
}'
