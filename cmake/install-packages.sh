#!/bin/sh
# install-packages.sh PURPOSE...: installs what is missing of the packages that packages.txt lists for these purposes.
# Asks for root only when something is missing. Where there is no dpkg it trusts that the tools are there.
set -eu
command -v dpkg-query >/dev/null || exit 0

list=$(dirname "$0")/packages.txt
wanted=
for purpose in "$@"; do
  wanted="$wanted $(sed -n "s/^$purpose://p" "$list")"
done
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' || true)
missing=
for package in $wanted; do
  echo "$installed" | grep -qxF "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Installing$missing"
root=
[ "$(id -u)" = 0 ] || root=sudo
export DEBIAN_FRONTEND=noninteractive
$root apt-get update -qq </dev/null
$root apt-get install -qq -y --no-install-recommends $missing </dev/null
