#!/bin/sh
# Goal: make install lays out everything, and systemd finds the units sound and shut.
set -eu
. tests/lib.sh
D=$T/root

ok "install into a folder" env O="$O" DESTDIR="$D" PREFIX=/usr sh systemd/install.sh
for f in usr/bin/utvalg usr/sbin/utvalg-hook usr/lib/systemd/system/utvalg-night.timer \
    usr/lib/sysusers.d/utvalg.conf usr/lib/tmpfiles.d/utvalg.conf \
    usr/share/man/man1/utvalg.1 usr/share/man/man8/utvalg-hook.8 \
    usr/share/man/man5/utvalg.conf.5 usr/share/man/man5/utvalg-study.5 \
    usr/share/bash-completion/completions/utvalg etc/utvalg/utvalg.conf \
    usr/share/utvalg/studies/mikrobedrifter.ini; do
	ok "$f is there" test -s "$D/$f"
done
same "$(grep -rlE '@PREFIX@|/usr/local' "$D/usr/lib" "$D/usr/share/man")" "" "every path is that of the prefix"
ok "what was installed runs" "$D/usr/bin/utvalg" --version
ok "the settings shipped are in order" "$D/usr/bin/utvalg" --config "$D/etc/utvalg/utvalg.conf" config check
ok "so is the study shipped" "$D/usr/bin/utvalg" --config "$D/etc/utvalg/utvalg.conf" \
    study check "$D/usr/share/utvalg/studies/mikrobedrifter.ini"
echo '# ours' >"$D/etc/utvalg/utvalg.conf"
ok "install again" env O="$O" DESTDIR="$D" PREFIX=/usr sh systemd/install.sh
has "$D/etc/utvalg/utvalg.conf" '# ours' "leaves the settings as they are"

for f in man/*.[1-8]; do
	ok "mandoc finds no fault in $f" mandoc -Tlint -Wwarning "$f"
done

# --- the units, on a copy whose programs are there
mkdir "$T/units"
for f in "$D"/usr/lib/systemd/system/utvalg-*; do
	sed "s|^ExecStart=/usr/bin/utvalg|ExecStart=$PWD/$O/utvalg|" "$f" >"$T/units/$(basename "$f")"
done
ok "systemd-analyze verify" systemd-analyze verify --man=no "$T"/units/utvalg-*
same "$(cat "$T/out" "$T/err")" "" "says nothing"
for s in night bounces requests; do
	systemd-analyze security --offline=true "$T/units/utvalg-$s.service" >"$T/out" 2>"$T/err" || :
	level=$(sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\) .*/\1/p' "$T/out")
	if [ -n "$level" ] && awk "BEGIN { exit !($level <= 1.5) }"; then
		_ok "utvalg-$s.service is exposed $level, at most 1.5"
	else
		_bad "utvalg-$s.service is exposed '$level', at most 1.5"
	fi
done
ok "the timer's time" systemd-analyze calendar "$(sed -n 's/^OnCalendar=//p' "$T/units/utvalg-night.timer")"
for k in Persistent=true RandomizedDelaySec=30m FixedRandomDelay=true; do
	has "$T/units/utvalg-night.timer" "$k" "the timer has $k"
done
for s in bounces requests; do
	has "$T/units/utvalg-$s.service" " --wait" "utvalg-$s waits for the lock instead of failing"
	has "$T/units/utvalg-$s.service" "PrivateNetwork=yes" "utvalg-$s has no network"
done
if command -v systemd-sysusers >/dev/null && [ "$(id -u)" = 0 ]; then
	mkdir -p "$T/sys/etc"
	ok "sysusers makes the account" systemd-sysusers --root="$T/sys" "$PWD/systemd/sysusers.conf"
	has "$T/sys/etc/passwd" "utvalg:" "utvalg"
	has "$T/sys/etc/group" "utvalg:" "and its group"
	ok "tmpfiles makes the folders" systemd-tmpfiles --root="$T/sys" --create "$PWD/systemd/tmpfiles.conf"
	same "$(stat -c %a "$T/sys/var/lib/utvalg" "$T/sys/var/spool/utvalg/requests" "$T/sys/var/spool/utvalg/results" | tr '\n' ' ')" \
	    "700 3770 711 " "with their rights"
else
	skip not-root "accounts and folders in a root of our own"
fi
