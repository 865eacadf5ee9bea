#!/usr/bin/env bash
# MiniStack (MIT, from PyPI): a second emulation of AWS, by other people, for what LocalStack does not look at.
. "$(dirname "$0")/common.sh"

reqs=requirements-ministack.txt
pins=$(grep -v '^#' "$HERE/$reqs")
need openssl openssl # which it makes its certificate with
lock
if ! is_current ministack "$pins" || [ ! -x "$TOOLS/ministack/venv/bin/python" ]; then
  say "installing MiniStack"
  begin ministack
  make_venv $reqs
  "$NEW/venv/bin/python" -c 'import ministack.app' >/dev/null || die "MiniStack does not load"
  finish ministack "$pins"
fi
program run-ministack.sh ministack
