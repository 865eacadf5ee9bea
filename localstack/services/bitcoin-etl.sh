#!/usr/bin/env bash
# bitcoin-etl (MIT, from PyPI) exports blocks of a node. `make bench` compares hashlake with it.
# install.sh installs it only if its name is an argument.
. "$(dirname "$0")/common.sh"

reqs=requirements-bitcoin-etl.txt
pins=$(grep -v '^#' "$HERE/$reqs")
lock
if ! is_current bitcoin-etl "$pins" || [ ! -x "$TOOLS/bitcoin-etl/venv/bin/python" ]; then
  say "installing bitcoin-etl"
  begin bitcoin-etl
  make_venv $reqs
  "$NEW/venv/bin/python" "$NEW/venv/bin/bitcoinetl" --version >/dev/null || die "bitcoin-etl does not start; the error is above"
  finish bitcoin-etl "$pins"
fi
program run-bitcoin-etl.sh bitcoinetl
