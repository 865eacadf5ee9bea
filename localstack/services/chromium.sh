#!/usr/bin/env bash
# Chromium (BSD), for the tests of the page. Uses the one on PATH; otherwise installs Debian's with
# apt-get, as root. Not pinned, so that it gets security fixes.
. "$(dirname "$0")/common.sh"

find_chromium() { PATH=${PATH//"$TOOLS/bin"/} type -P chromium || PATH=${PATH//"$TOOLS/bin"/} type -P chromium-browser; }
if ! p=$(find_chromium); then
  need chromium chromium
  p=$(find_chromium) || die "apt-get installed chromium, but it is not on PATH"
fi
[ "$(readlink "$TOOLS/bin/chromium")" = "$p" ] || ln -sfn "$p" "$TOOLS/bin/chromium"
