#!/bin/sh
# install.sh -- what `make install` does: O the build folder, DESTDIR and PREFIX
# as usual.  Settings that are there already are left alone.
set -eu
umask 022
O=${O:?} DESTDIR=${DESTDIR:-} PREFIX=${PREFIX:-/usr/local}
d=$DESTDIR$PREFIX

put() {	# MODE FILE FOLDER [NAME]
	mkdir -p "$3"
	install -m "$1" "$2" "$3/${4:-$(basename "$2")}"
}

# A file with its paths made those of PREFIX.
fill() {	# FILE FOLDER [NAME]
	mkdir -p "$2"
	f=$2/${3:-$(basename "$1")}
	sed -e "s|@PREFIX@|$PREFIX|g" -e "s|/usr/local/|$PREFIX/|g" "$1" >"$f"
	chmod 644 "$f"
}

put 755 "$O/utvalg" "$d/bin"
put 755 "$O/utvalg-hook" "$d/sbin"
for f in systemd/*.service systemd/*.timer systemd/*.path; do
	fill "$f" "$d/lib/systemd/system"
done
fill systemd/sysusers.conf "$d/lib/sysusers.d" utvalg.conf
fill systemd/tmpfiles.conf "$d/lib/tmpfiles.d" utvalg.conf
for f in man/*.[1-8]; do
	fill "$f" "$d/share/man/man${f##*.}"
done
put 644 completion/utvalg.bash "$d/share/bash-completion/completions" utvalg
for f in config/studies/*; do
	put 644 "$f" "$d/share/utvalg/studies"
done
mkdir -p "$DESTDIR/etc/utvalg/utvalg.conf.d" "$DESTDIR/etc/utvalg/studies"
if [ -e "$DESTDIR/etc/utvalg/utvalg.conf" ]; then
	put 644 config/utvalg.conf "$d/share/utvalg"
else
	put 644 config/utvalg.conf "$DESTDIR/etc/utvalg"
fi

[ -z "$DESTDIR" ] || exit 0
echo "installed in $PREFIX; what is left, once:
    systemd-sysusers $PREFIX/lib/sysusers.d/utvalg.conf
    systemd-tmpfiles --create $PREFIX/lib/tmpfiles.d/utvalg.conf
    systemctl daemon-reload
    systemctl enable --now utvalg-night.timer utvalg-bounces.path utvalg-requests.path
    usermod -a -G utvalg RESEARCHER"
