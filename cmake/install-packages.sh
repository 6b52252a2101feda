#!/bin/sh
# install-packages.sh PURPOSE...: installs, or unpacks, what is missing of the packages that packages.txt lists for these purposes.
# Asks for root only when something is missing. Where there is no dpkg it trusts that the tools are there.
set -eu
command -v dpkg-query >/dev/null || exit 0

folder=$(realpath "$(dirname "$0")")
unpacked=$(dirname "$folder")/build/unpacked

# listed PURPOSE: its packages.
listed() { sed -n "s/^$1://p" "$folder/packages.txt"; }

# unpack PACKAGE: its files, and those of the one kernel that a package "linux-image-..." is only a name for.
unpack() (
  mkdir -p "$unpacked"
  part=$(mktemp -d "$unpacked/part.XXXXXX")
  trap 'rm -rf "$part"' EXIT
  kernel=$(apt-cache depends "$1" | sed -n 's/^ *Depends: \(linux-image-\)/\1/p')
  (cd "$part" && apt-get download -qq -o APT::Sandbox::User=root "$1" $kernel)
  for file in "$part"/*.deb; do
    dpkg -x "$file" "$part/files"
  done
  mv "$part/files" "$unpacked/$1"
)

wanted=
to_unpack=
for purpose in "$@"; do
  wanted="$wanted $(listed "$purpose")"
  for package in $(listed "$purpose unpacked"); do
    [ -d "$unpacked/$package" ] || to_unpack="$to_unpack $package"
  done
done
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' || true)
missing=
for package in $wanted; do
  echo "$installed" | grep -qxF "$package" || missing="$missing $package"
done
[ -n "$missing$to_unpack" ] || exit 0

root=
[ "$(id -u)" = 0 ] || root=sudo
export DEBIAN_FRONTEND=noninteractive
# Another one may be at it: where it installs, apt-get itself waits for that, and not where it updates its lists.
for pause in 5 10 20 40 0; do
  $root apt-get update -qq </dev/null && break
  sleep $pause
done
if [ -n "$missing" ]; then
  echo "Installing$missing"
  $root apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=600 $missing </dev/null
fi
for package in $to_unpack; do
  echo "Unpacking $package"
  unpack "$package"
done
