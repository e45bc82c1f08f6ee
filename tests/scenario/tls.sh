#!/bin/sh
# Goal: the register's certificate must hold, an own authority and a proxy are taken from the settings, and nothing goes round either.
set -eu
. tests/lib.sh
tools=$PWD/$O/tests/tools
unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY SSL_CERT_FILE SSL_CERT_DIR 2>/dev/null || :
mkdir "$T/www"
"$tools/gen" extract --units 200 --seed 1 --out "$T/www/enheter.json.gz"
certificate() {	# FILE NAME: of its own authority
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$2" \
		-addext "subjectAltName=DNS:$2" -keyout "$T/$1.key" -out "$T/$1.pem" 2>/dev/null
}
certificate good localhost
certificate other other.example.no

server=
trap '[ -z "$server" ] || kill $server 2>/dev/null || :' EXIT
serve() {	# FILE: over TLS, with that certificate; $U
	[ -z "$server" ] || { kill "$server"; wait "$server" 2>/dev/null || :; }
	: >"$T/accept"
	(cd "$T/www" && exec openssl s_server -WWW -accept 127.0.0.1:0 -cert "$T/$1.pem" -key "$T/$1.key" \
		>"$T/accept" 2>/dev/null </dev/null) &
	server=$!
	n=0
	while ! grep -q '^ACCEPT' "$T/accept" && [ $n -lt 200 ]; do n=$((n + 1)); sleep 0.05; done
	U=https://localhost:$(sed -n 's/^ACCEPT.*:\([0-9]*\)$/\1/p' "$T/accept" | head -n 1)/enheter.json.gz
}
settings() {	# LINE...
	world "$T/w"
	printf '[register]\nconnect_timeout = 5s\nstall_timeout = 5s\n' >>"$CONF"
	for line in "$@"; do echo "$line" >>"$CONF"; done
}
nothing() { same "$(db 'SELECT count(*) FROM unit' 2>/dev/null) $(find "$T/w/state/extracts" -type f 2>/dev/null | wc -l)" "0 0" "$1"; }

serve good
settings
status 75 "a certificate that nobody vouches for" u pull --from "$U"
has "$T/err" "certificate" "is said to be the reason"
nothing "and nothing is fetched"
settings "ca_file = $T/other.pem"
status 75 "nor does another authority" u pull --from "$U"
settings "ca_file = $T/nowhere.pem"
status 78 "an authority's file that is not there" u pull --from "$U"
has "$T/err" "ca_file" "is a fault of the settings"
: >"$T/empty.pem"
settings "ca_file = $T/empty.pem"
status 78 "nor does an empty one do" u pull --from "$U"
nothing "none of them has fetched anything"

serve other
settings "ca_file = $T/other.pem"
status 75 "a certificate of another name" u pull --from "$U"
nothing "is not taken"

serve good
settings "ca_file = $T/good.pem" "proxy = http://127.0.0.1:1"
status 75 "a proxy that is not there is not gone round" u pull --from "$U"
nothing "and nothing is fetched"
settings "ca_file = $T/good.pem"
ok "with the right authority it is fetched" u pull --from "$U"
same "$(db 'SELECT count(*) FROM unit')" 200 "all of it"
same "$(db 'SELECT source FROM extract WHERE in_force = 1')" "$U" "from where it says"
