#!/bin/sh
# Runs Schemathesis or a program of an npm package, without telemetry. The name of this script selects
# the program.
self=$(readlink -f "$0")
name=${self##*/} root=${self%/bin/*}/clients
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
case $name in
  schemathesis) exec "$root/venv/bin/python" "$root/venv/bin/schemathesis" "$@" ;;
  *) exec "$root/node_modules/.bin/$name" "$@" ;;
esac
