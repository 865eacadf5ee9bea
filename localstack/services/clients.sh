#!/usr/bin/env bash
# Programs that test the API and need only its OpenAPI document. Schemathesis (MIT, from PyPI) generates
# requests. Redocly CLI, openapi-typescript and openapi-fetch (MIT) and TypeScript (Apache-2.0), all from
# npm, lint the document and generate a client from it.
. "$(dirname "$0")/common.sh"

reqs=requirements-clients.txt
pins=$(grep -v '^#' "$HERE/$reqs"; cat "$HERE/npm-clients/package-lock.json")
lock
if ! is_current clients "$pins" || [ ! -x "$TOOLS/clients/venv/bin/python" ]; then
  say "installing Schemathesis, and Redocly CLI, openapi-typescript and TypeScript"
  begin clients
  "$HERE/node.sh"
  cp "$HERE"/npm-clients/package*.json "$NEW"
  (cd "$NEW" && npm ci --silent --no-audit --no-fund --ignore-scripts) || die "npm could not install npm-clients/package-lock.json"
  make_venv $reqs
  "$NEW/venv/bin/python" -c 'import schemathesis' || die "Schemathesis does not start; the error is above"
  finish clients "$pins"
fi
for name in schemathesis redocly openapi-typescript tsc; do program run-client.sh $name; done
