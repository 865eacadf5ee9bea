#!/bin/sh
# Runs bitcoin-etl.
self=$(readlink -f "$0")
venv=${self%/bin/*}/bitcoin-etl/venv
exec "$venv/bin/python" "$venv/bin/bitcoinetl" "$@"
