#!/usr/bin/env bash
# A bare Debian 12 as a tarball in FOLDER, made once and kept. Downloads of apt are kept beside it.
# usage: bare_root.sh FOLDER
set -euo pipefail

folder=$1
tarball=$folder/debian12.tar
[[ -s $tarball ]] && exit 0
mkdir -p "$folder/archives"
made=$folder/debian12.new
rm -rf --one-file-system "$made"
timeout 600 debootstrap --variant=minbase bookworm "$made" http://deb.debian.org/debian >"$folder/debootstrap.log" 2>&1 ||
  { tail -n 20 "$folder/debootstrap.log"; exit 1; }
cat >"$made/etc/apt/sources.list" <<'SOURCES'
deb http://deb.debian.org/debian bookworm main
deb http://deb.debian.org/debian bookworm-updates main
deb http://deb.debian.org/debian-security bookworm-security main
SOURCES
tar -C "$made" -cf "$tarball.part" .
mv "$tarball.part" "$tarball"
rm -rf --one-file-system "$made"
