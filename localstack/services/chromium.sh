#!/usr/bin/env bash
# Chromium (BSD) and the font DejaVu (free), for the tests of the page. If Chromium is not on PATH, or
# the font is missing, Debian's is installed with apt-get, as root. The version of Chromium is not
# pinned, so that it gets security fixes.
. "$(dirname "$0")/common.sh"

find_chromium() { PATH=${PATH//"$TOOLS/bin"/} type -P chromium || PATH=${PATH//"$TOOLS/bin"/} type -P chromium-browser; }
if ! p=$(find_chromium); then
  need chromium chromium
  p=$(find_chromium) || die "apt-get installed chromium, but it is not on PATH"
fi
[ "$(readlink "$TOOLS/bin/chromium")" = "$p" ] || ln -sfn "$p" "$TOOLS/bin/chromium"

# Every picture of static-site/e2e/pictures has this font.
if [ ! -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ]; then
  [ "$(id -u)" = 0 ] || die "the font DejaVu is not installed: run 'apt-get install fonts-dejavu-core' as root"
  apt_install fonts-dejavu-core
fi
