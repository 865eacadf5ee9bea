#!/usr/bin/env bash
# MiniStack (MIT, from PyPI) is a second emulator of AWS, from other authors. It checks what
# LocalStack does not.
. "$(dirname "$0")/common.sh"

reqs=requirements-ministack.txt
pins=$(grep -v '^#' "$HERE/$reqs")
need openssl openssl # MiniStack creates its certificate with openssl.
lock
if ! is_current ministack "$pins" || [ ! -x "$TOOLS/ministack/venv/bin/python" ]; then
  say "installing MiniStack"
  begin ministack
  make_venv $reqs
  "$NEW/venv/bin/python" -c 'import ministack.app' >/dev/null || die "MiniStack does not start; the error is above"
  finish ministack "$pins"
fi
program run-ministack.sh ministack
