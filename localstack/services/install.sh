#!/usr/bin/env bash
# Installs the linters and the real services that the tests use, without a container engine, into a
# tools folder outside the clone: ${HASHLAKE_TOOLS:-$HOME/.cache/hashlake-tools}. The programs are
# then in its bin/.
#   install.sh [bitcoind] [localstack] [ministack] [aws] [readers] [clients] [linters] [chromium] [node]   (default: all of these)
#   install.sh cargo-lambda bitcoin-etl pngquant
# A program whose pinned version is already installed is skipped. See README.md in this folder.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -gt 0 ] || set -- bitcoind localstack ministack aws readers clients linters chromium node
for name; do
  case $name in
    bitcoind | localstack | ministack | aws | cargo-lambda | bitcoin-etl | readers | clients | linters | chromium | node | pngquant) "$here/$name.sh" ;;
    *) echo "install.sh: unknown name '$name': use bitcoind, localstack, ministack, aws, cargo-lambda, bitcoin-etl, readers, clients, linters, chromium, node or pngquant" >&2; exit 2 ;;
  esac
done
