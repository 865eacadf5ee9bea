#!/usr/bin/env bash
# CPython 3.13 (PSF licence) for systems without it. The packages of Debian 13, whose Python stays at
# 3.13, are unpacked with their own C library. Other installers call this script while they hold the
# lock.
. "$(dirname "$0")/common.sh"

pins='Debian trixie python3.13'
if ! is_current cpython "$pins"; then
  say "unpacking Python 3.13 of Debian 13"
  begin cpython
  unpack_debian trixie python3.13-venv
  install -m 755 "$HERE/run-cpython.sh" "$NEW/usr/bin/python"
  "$NEW/usr/bin/python" -c 'import ssl, sqlite3, ctypes' ||
    die "Debian 13's Python does not run on this computer: install Python 3.13 and try again"
  finish cpython "$pins"
fi
