#!/usr/bin/env bash
# Installs the real services that the tests talk to, with no container engine, into a cache folder outside the clone:
# ${HASHLAKE_TOOLS:-$HOME/.cache/hashlake-tools}; the programs are then in its bin/.
#   install.sh [bitcoind] [localstack] [ministack] [aws] [readers] [clients] [chromium] [node]      (none named: all these)
#   install.sh cargo-lambda bitcoin-etl
# What is there already at the pinned version is left alone. See README.md beside this file.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -gt 0 ] || set -- bitcoind localstack ministack aws readers clients chromium node
for name; do
  case $name in
    bitcoind | localstack | ministack | aws | cargo-lambda | bitcoin-etl | readers | clients | chromium | node) "$here/$name.sh" ;;
    *) echo "install.sh: no service is called '$name' (bitcoind, localstack, ministack, aws, cargo-lambda, bitcoin-etl, readers, clients, chromium, node)" >&2; exit 2 ;;
  esac
done
