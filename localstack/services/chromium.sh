#!/usr/bin/env bash
# Chromium (BSD), for the tests of the site: the one on PATH, otherwise Debian's, by apt-get as root. Not pinned: a
# browser that got no security fixes would be worse than one that moves.
. "$(dirname "$0")/common.sh"

find_chromium() { PATH=${PATH//"$TOOLS/bin"/} type -P chromium || PATH=${PATH//"$TOOLS/bin"/} type -P chromium-browser; }
if ! p=$(find_chromium); then
  need chromium chromium
  p=$(find_chromium) || die "apt-get installed chromium but it is not on PATH"
fi
[ "$(readlink "$TOOLS/bin/chromium")" = "$p" ] || ln -sfn "$p" "$TOOLS/bin/chromium"
