#!/usr/bin/env bash
# The Debian package in a bare Debian 12: install, start by the unit's own ExecStart, upgrade, remove, purge.
# usage: package_test.sh BUILD    (root; the network for Debian's archive; the bare system is kept in BUILD/package_test)
set -euo pipefail

if [[ -z ${SLUIS_IN_NAMESPACE:-} ]]; then
  ((EUID == 0)) || { echo "package_test: must run as root, because it installs in a root of its own"; exit 1; }
  # Mounts and processes of this test end with it, whatever happens.
  SLUIS_IN_NAMESPACE=1 exec unshare --mount --pid --fork --kill-child "$0" "$@"
fi

build=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
kept=$build/package_test
work=$(mktemp -d "$build/package_test.XXXXXX")
root=$work/root
daemon=

clean_up() {
  [[ -z $daemon ]] || kill "$daemon" 2>/dev/null || true
  mountpoint -q "$root/proc" && umount "$root/proc"
  mountpoint -q "$root/var/cache/apt/archives" && umount "$root/var/cache/apt/archives"
  rm -rf --one-file-system "$work"
}
trap clean_up EXIT

say() { printf '== %s\n' "$*"; }
fail() { printf 'package_test: %s\n' "$*" >&2; [[ ! -s $work/log ]] || tail -n 40 "$work/log" >&2; exit 1; }
run() { "$@" >"$work/log" 2>&1 || fail "failed: $*"; }
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }

pack() {  # VERSION: prints the path of the package
  run cpack -G DEB --config "$build/CPackConfig.cmake" -B "$work/deb-$1" -D CPACK_PACKAGE_VERSION="$1"
  ls "$work/deb-$1"/sluis_"$1"_*.deb
}

apt_install() {  # FILE
  cp "$1" "$root/root/"
  run inside apt-get install -y --no-install-recommends "/root/$(basename "$1")"
}

start() {  # by the ExecStart line of the installed unit, as its user
  local -a command
  read -ra command < <(sed -n 's/^ExecStart=//p' "$root/usr/lib/systemd/system/sluisd.service")
  : >"$work/out"  # here, not in the child: an earlier run's ports must be gone before they are looked for
  chroot --userspec=sluis:sluis "$root" "${command[@]}" >"$work/out" 2>"$work/log" &
  daemon=$!
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    loopback=$(sed -n 's/^loopback //p' "$work/out")
    [[ -n $loopback ]] && return
    kill -0 "$daemon" 2>/dev/null || fail "sluisd ended at its start"
    sleep 0.1
  done
  fail "sluisd did not begin to listen"
}

stop() {
  local status=0
  kill -TERM "$daemon"
  wait "$daemon" || status=$?
  daemon=
  ((status == 0)) || fail "sluisd ended with $status"
}

get() {  # PATH: what the loopback endpoint answers
  local connection
  exec {connection}<>"/dev/tcp/127.0.0.1/$loopback"
  printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$1" >&"$connection"
  timeout 10 cat <&"$connection"
  exec {connection}>&-
}

expect_serving() {
  get /healthz >"$work/health"
  grep -q '^serving$' "$work/health" || { cat "$work/health" >&2; fail "the node does not serve"; }
}

entries() { get /metrics | sed -n 's/^sluis_checkpoint_entries //p' | tr -d '\r'; }

fingerprint() {  # of what an operator must find again and nothing may change: configuration and keys
  (cd "$root" && find etc/sluis var/lib/sluis/node/kek-* var/lib/sluis/node/FORMAT -type f -exec sha256sum {} + | sort -k 2)
}

say "bare Debian 12"
run timeout 900 "$here/bare_root.sh" "$kept"
mkdir "$root"
tar -C "$root" -xf "$kept/debian12.tar"
cp /etc/resolv.conf "$root/etc/resolv.conf"
mount -t proc proc "$root/proc"
mount --bind "$kept/archives" "$root/var/cache/apt/archives"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" && chmod 755 "$root/usr/sbin/policy-rc.d"
run inside apt-get update

say "install"
first=$(pack 0.9.1)
second=$(pack 0.9.2)
apt_install "$first"
inside getent passwd sluis | grep -q ':/usr/sbin/nologin$' || fail "the account sluis is not there or can log in"
[[ $(stat -c '%U:%G %a' "$root/etc/sluis" 2>/dev/null) == *" 750" ]] || fail "/etc/sluis must have mode 750"
[[ $(stat -c %a "$root/var/lib/sluis") == 700 ]] || fail "/var/lib/sluis must have mode 700"
inside sluisd --version >/dev/null || fail "sluisd does not run"
for file in copyright runbook.md formats.md; do
  [[ -s $root/usr/share/doc/sluis/$file ]] || fail "$file is not in the package"
done
set +e
inside sluisd >"$work/log" 2>&1
status=$?
set -e
((status == 2)) || fail "without a configuration sluisd must end with 2, not $status"

say "first start"
node "$here/make_node.mjs" "$root/etc/sluis" /var/lib/sluis /usr/share/sluis/packs /usr/share/sluis/openssl.cnf /etc/sluis
inside chown -R sluis:sluis /etc/sluis/tls /etc/sluis/log.key
inside chgrp sluis /etc/sluis/sluisd.yaml
start
expect_serving
stop
fingerprint >"$work/before"
[[ $(wc -l <"$work/before") -ge 8 ]] || fail "keys and configuration are not where they should be"

say "upgrade with the data in place"
start
logged=$(entries)
((logged > 0)) || fail "the log is empty after the first start"
apt_install "$second"
inside dpkg-query -W -f '${Version}' sluis | grep -qx 0.9.2 || fail "the second version is not installed"
expect_serving
stop
start
expect_serving
(($(entries) == logged)) || fail "the log had $logged entries before the upgrade and has $(entries) now"
stop
fingerprint | diff "$work/before" - || fail "the upgrade changed keys or configuration"

say "remove"
run inside apt-get remove -y sluis
[[ ! -e $root/usr/bin/sluisd ]] || fail "sluisd is still there"
fingerprint | diff "$work/before" - || fail "removing the package changed keys or configuration"

say "purge: says what remains and leaves it"
inside apt-get purge -y sluis >"$work/log" 2>&1 || fail "purge failed"
grep -q 'NOT deleted.* /etc/sluis /var/lib/sluis$' "$work/log" || fail "purge did not say what remains"
fingerprint | diff "$work/before" - || fail "purging the package changed keys or configuration"
inside getent passwd sluis >/dev/null || fail "the account that owns the data is gone"

say "purge on a machine without data leaves nothing"
rm -r "$root/etc/sluis" "$root/var/lib/sluis"
apt_install "$second"
inside apt-get purge -y sluis >"$work/log" 2>&1 || fail "purge failed"
[[ ! -e $root/etc/sluis && ! -e $root/var/lib/sluis ]] || fail "empty folders remain"
inside getent passwd sluis >/dev/null && fail "the account remains"

echo "package_test: ok"
