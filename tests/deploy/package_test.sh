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
fail() {
  printf 'package_test: %s\n' "$*" >&2
  tail -n 40 "$work"/{log,daemon} >&2 2>/dev/null || true
  exit 1
}
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

sluis() {  # as the people and administrators of this test would run it
  run inside env HOME=/root sluis "$@"
}

start() {  # by the ExecStart line of the installed unit, as its user
  local -a command
  read -ra command < <(sed -n 's/^ExecStart=//p' "$root/usr/lib/systemd/system/sluisd.service")
  : >"$work/out"  # here, not in the child: an earlier run's ports must be gone before they are looked for
  chroot --userspec=sluis:sluis "$root" "${command[@]}" >"$work/out" 2>"$work/daemon" &
  daemon=$!
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    loopback=$(sed -n 's/^loopback //p' "$work/out")
    [[ -z $loopback ]] || { point_profiles; return; }
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

point_profiles() {  # at the port of this start
  sed -i "s/^node: .*/node: 127.0.0.1:$(sed -n 's/^listening //p' "$work/out")/" "$root"/root/.config/sluis/*/profile.yaml
}

entries() { get /metrics | sed -n 's/^sluis_checkpoint_entries //p' | tr -d '\r'; }

signal() {  # opens the signal of this test and looks for its words
  sluis signal open "$signal_id" --case INTAKE --profile lotte.maes
  grep -q 'Zoekt werk en kent de buurt' "$work/log" || fail "the signal does not open with its words"
}

systemctl_ran() {  # WORDS: exactly these calls since the last look
  diff <(printf '%s\n' "$@") "$root/root/systemctl.calls" || fail "the package called systemctl otherwise than it says"
  : >"$root/root/systemctl.calls"
}

fingerprint() {  # of what an operator must find again and nothing may change: configuration and keys
  (cd "$root" && find etc/sluis var/lib/sluis/{keys,tls,packs,data/FORMAT} var/lib/sluis/data/kek-* -type f -exec sha256sum {} + | sort -k 2)
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
# A systemd that runs, as far as a package can see: the folder it looks for and a systemctl that writes down its calls.
mkdir -p "$root/run/systemd/system"
cat >"$root/usr/bin/systemctl" <<'EOF'
#!/bin/sh
echo "$*" >>/root/systemctl.calls
[ ! -e /root/systemctl.fails ] || [ "$1" = daemon-reload ]
EOF
chmod 755 "$root/usr/bin/systemctl"
: >"$root/root/systemctl.calls"

say "install"
first=$(pack 0.9.1)
second=$(pack 0.9.2)
third=$(pack 0.9.3)
apt_install "$first"
systemctl_ran daemon-reload
inside getent passwd sluis | grep -q ':/usr/sbin/nologin$' || fail "the account sluis is not there or can log in"
[[ $(stat -c '%U:%G %a' "$root/etc/sluis" 2>/dev/null) == *" 750" ]] || fail "/etc/sluis must have mode 750"
[[ $(stat -c %a "$root/var/lib/sluis") == 700 ]] || fail "/var/lib/sluis must have mode 700"
inside sluisd --version >/dev/null || fail "sluisd does not run"
for file in copyright runbook.md formats.md; do
  [[ -s $root/usr/share/doc/sluis/$file ]] || fail "$file is not in the package"
done
run inside sluisd --check --config /usr/share/doc/sluis/examples/sluisd.example.yaml
for completion in bash-completion/completions/sluis zsh/vendor-completions/_sluis fish/vendor_completions.d/sluis.fish; do
  [[ -s $root/usr/share/$completion ]] || fail "the completion $completion is not in the package"
done
set +e
inside sluisd >"$work/log" 2>&1
status=$?
set -e
((status == 2)) || fail "without a configuration sluisd must end with 2, not $status"

say "first start, as the runbook says"
sluis node init --yes --folder /var/lib/sluis --organisation lindervaart.example --kind municipality \
  --listen 127.0.0.1:0 --address 127.0.0.1:1 --partnership-pack /usr/share/sluis/packs/livc-r.vaartland.yaml \
  --administrator-id an.beheer
mkdir "$root/media/ca" "$root/media/mandate" "$root/media/kek"
mv "$root/var/lib/sluis/ca" "$root/media/ca/"
mv "$root/var/lib/sluis/mandate" "$root/media/mandate/"
mv "$root/var/lib/sluis/sluisd.yaml" "$root/etc/sluis/"
inside chown -R sluis:sluis /var/lib/sluis /media/kek
inside chown root:sluis /etc/sluis/sluisd.yaml
chmod 640 "$root/etc/sluis/sluisd.yaml"
# Any free port, so that the test meets no other node of this machine; keys copied as an operator would have it.
sed -i 's/^\( *address: 127.0.0.1\):9464$/\1:0/' "$root/etc/sluis/sluisd.yaml"
echo 'key_copy_folder: /media/kek' >>"$root/etc/sluis/sluisd.yaml"
run inside runuser -u sluis -- sluisd --check --config /etc/sluis/sluisd.yaml
start
expect_serving
sluis node doctor
stop
fingerprint >"$work/before"
[[ $(wc -l <"$work/before") -ge 10 ]] || fail "keys and configuration are not where they should be"

say "a person, a role, a signal, a backup"
start
sluis user request --user lotte.maes --organisation lindervaart.example --out /root/lotte.request
sluis user add /root/lotte.request --ca /media/ca/ca --out /root/lotte.bundle --yes --profile an.beheer
sluis user install /root/lotte.bundle --profile lotte.maes
sluis mandate issue --user lotte.maes --role maatschappelijk-werker --key /media/mandate/mandate/mandate.key \
  --profile an.beheer
for setting in 'role: maatschappelijk-werker' 'purpose: signaal-intake' 'basis: vl-prev-2024'; do
  grep -q "^$setting$" "$root/root/.config/sluis/lotte.maes/profile.yaml" ||
    echo "$setting" >>"$root/root/.config/sluis/lotte.maes/profile.yaml"
done
cat >"$root/root/signaal.yaml" <<EOF
datum: "$(date -d yesterday +%d/%m/%Y)"
wijk: Stationsbuurt
over: persoon
verwijzing: dossier-2026-077
leeftijd: 25-39
minderjarig: nee
categorie: gedrag-offline
onlife: offline
bronwijze: tegengekomen
feit: Zoekt werk en kent de buurt goed.
bescherming: Komt elke afspraak na.
grens: geen
kanaal: telefoon
inbrenger: medewerker van de werkwinkel
tlp: amber
client_ingelicht: ja
client_akkoord: ja
EOF
sluis signal record --file /root/signaal.yaml --case INTAKE --yes --json --profile lotte.maes
signal_id=$(sed -nE 's/.*"record_id": ?"([0-9a-f]+)".*/\1/p' "$work/log" | head -n 1)
[[ -n $signal_id ]] || fail "recording a signal gave no id"
signal
sluis node backup --profile an.beheer
backup=$(cd "$root" && ls -d var/lib/sluis/backup/*Z)
[[ ! -e $root/$backup/kek-1 && -s $root/$backup/ledger/CURRENT ]] || fail "a backup holds the ledger and no key"
stop  # the last checkpoint covers every act
start
logged=$(entries)
((logged >= 8)) || fail "the log holds $logged entries after eight acts"

say "upgrade of a node that runs"
apt_install "$second"
systemctl_ran daemon-reload daemon-reload "try-restart sluisd.service"
inside dpkg-query -W -f '${Version}' sluis | grep -qx 0.9.2 || fail "the second version is not installed"
expect_serving
stop
start
expect_serving
(($(entries) == logged)) || fail "the log had $logged entries before the upgrade and has $(entries) now"
fingerprint | diff "$work/before" - || fail "the upgrade changed keys or configuration"
signal
stop

say "an upgrade after which the node does not start says where to look, and is no broken package"
touch "$root/root/systemctl.fails"
apt_install "$third"
grep -q 'see journalctl -u sluisd' "$work/log" || fail "nothing was said of a node that did not start again"
inside dpkg-query -W -f '${Status} ${Version}' sluis | grep -qx 'install ok installed 0.9.3' || fail "the package is not installed whole"
rm "$root/root/systemctl.fails"
systemctl_ran daemon-reload daemon-reload "try-restart sluisd.service"

say "restore from the backup and the copy of the key"
cmp -s "$root/media/kek/kek-1" "$root/var/lib/sluis/data/kek-1" || fail "the key was not copied"
run inside runuser -u sluis -- sluis node restore --yes --backup "/$backup" --keys /media/kek --data /var/lib/sluis/data
start
expect_serving
sluis node doctor --profile an.beheer
sluis user list --profile an.beheer
grep -q '^lotte.maes ' "$work/log" || fail "the restored register lacks a person"
signal
stop
fingerprint | diff "$work/before" - || fail "the restored node has other keys"

say "remove"
run inside apt-get remove -y sluis
systemctl_ran "disable --now sluisd.service" daemon-reload
[[ ! -e $root/usr/bin/sluisd ]] || fail "sluisd is still there"
fingerprint | diff "$work/before" - || fail "removing the package changed keys or configuration"

say "purge: says what remains and leaves it"
inside apt-get purge -y sluis >"$work/log" 2>&1 || fail "purge failed"
grep -q 'NOT deleted.* /etc/sluis /var/lib/sluis$' "$work/log" || fail "purge did not say what remains"
fingerprint | diff "$work/before" - || fail "purging the package changed keys or configuration"
inside getent passwd sluis >/dev/null || fail "the account that owns the data is gone"

say "purge on a machine without data leaves nothing"
rm -r "$root/etc/sluis" "$root/var/lib/sluis"
apt_install "$third"
inside apt-get purge -y sluis >"$work/log" 2>&1 || fail "purge failed"
[[ ! -e $root/etc/sluis && ! -e $root/var/lib/sluis ]] || fail "empty folders remain"
inside getent passwd sluis >/dev/null && fail "the account remains"

echo "package_test: ok"
