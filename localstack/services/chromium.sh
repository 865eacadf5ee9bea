#!/usr/bin/env bash
# Chromium (BSD), for the tests of the page. If it is not on PATH, Debian's Chromium is installed with
# apt-get, as root. The version is not pinned, so that it gets security fixes.
. "$(dirname "$0")/common.sh"

find_chromium() { PATH=${PATH//"$TOOLS/bin"/} type -P chromium || PATH=${PATH//"$TOOLS/bin"/} type -P chromium-browser; }
if ! p=$(find_chromium); then
  need chromium chromium
  p=$(find_chromium) || die "apt-get installed chromium, but it is not on PATH"
fi
[ "$(readlink "$TOOLS/bin/chromium")" = "$p" ] || ln -sfn "$p" "$TOOLS/bin/chromium"
