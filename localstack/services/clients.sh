#!/usr/bin/env bash
# Programs that know an API by its OpenAPI document alone, for tests of ours: Schemathesis (MIT, from PyPI) sends
# requests of its own making; Redocly CLI, openapi-typescript and openapi-fetch (MIT) and TypeScript (Apache-2.0), all
# from npm, check the document and make a client of it.
. "$(dirname "$0")/common.sh"

reqs=requirements-clients.txt
pins=$(grep -v '^#' "$HERE/$reqs"; cat "$HERE/npm-clients/package-lock.json")
node_is_new='const [a, b] = process.versions.node.split(".").map(Number)
process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'
lock
if ! is_current clients "$pins" || [ ! -x "$TOOLS/clients/venv/bin/python" ]; then
  say "installing Schemathesis, and Redocly CLI, openapi-typescript and TypeScript"
  begin clients
  need node nodejs
  need npm npm
  node -e "$node_is_new" || die "node on PATH is $(node --version); Redocly CLI needs 20.19 of the 20s, or 22.12 or later"
  cp "$HERE"/npm-clients/package*.json "$NEW"
  (cd "$NEW" && npm ci --silent --no-audit --no-fund --ignore-scripts) || die "npm could not install npm-clients/package-lock.json"
  make_venv $reqs
  "$NEW/venv/bin/python" -c 'import schemathesis' || die "Schemathesis does not load"
  finish clients "$pins"
fi
for name in schemathesis redocly openapi-typescript tsc; do program run-client.sh $name; done
