#!/bin/sh
# deps.sh WHEN... -- install what packages.txt lists for these and is missing.
# Says nothing and asks for nothing when all is there.
set -eu
want=' '
for w in "$@"; do want="$want$w "; done
missing='' root=''
while read -r name when _; do
	case $name in ''|'#'*) continue ;; esac
	case $want in *" $when "*) ;; *) continue ;; esac
	dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q '^install ok installed' ||
		missing="$missing $name"
done < packages.txt

# What cannot be installed beside others is unpacked into build/packages, for tests
# that run it from there; where that cannot be, they are skipped.
unpack() {
	while read -r name when _; do
		[ "$when" = unpack ] && [ ! -d "build/packages/$name" ] || continue
		mkdir -p build/packages/download
		if (cd build/packages/download && rm -f "$name"_* && apt-get download -q "$name") >&2 </dev/null; then
			rm -rf "build/packages/$name.new"
			dpkg -x build/packages/download/"$name"_*.deb "build/packages/$name.new"
			mv "build/packages/$name.new" "build/packages/$name"
			rm -f build/packages/download/"$name"_*
		else
			echo "deps: no $name; the tests that want it are skipped" >&2
		fi
	done < packages.txt
}
policy=
finish() {
	[ -z "$policy" ] || $root rm -f /usr/sbin/policy-rc.d
	case $want in *' check '*) unpack ;; esac
}
trap finish EXIT
[ -n "$missing" ] || exit 0
echo "installing:$missing" >&2
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || { echo "deps: not root and no sudo; install:$missing" >&2; exit 77; }
	root=sudo
fi
# shellcheck disable=SC2086  # a list of words
install() {
	$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2
}
# Dovecot is for tests too: installing it must start nothing, now or later.
case $missing in
*dovecot*)
	if [ ! -e /usr/sbin/policy-rc.d ]; then
		printf '#!/bin/sh\nexit 101\n' | $root tee /usr/sbin/policy-rc.d >/dev/null
		$root chmod 755 /usr/sbin/policy-rc.d
		policy=made
	fi ;;
esac
# The package lists of a fresh machine are empty or old.
$root apt-get update -q >&2 || echo "deps: apt-get update failed; trying with the lists there are" >&2
# Postfix is for tests, in a folder of their own: no service, no configuration.
case $missing in
*postfix*) echo 'postfix postfix/main_mailer_type select No configuration' |
	$root debconf-set-selections || : ;;
esac
install
case $missing in
*dovecot*) $root systemctl --quiet disable dovecot.service dovecot.socket 2>/dev/null || : ;;
esac
