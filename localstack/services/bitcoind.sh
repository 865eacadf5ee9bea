#!/usr/bin/env bash
# Installs a Bitcoin node: bitcoind and bitcoin-cli (MIT). If both are on PATH, these are used.
# Otherwise, Bitcoin Knots is unpacked with its own C library from Debian unstable, the only suite that
# has a node. The version is not pinned, because unstable has one version at a time (29.4 when this was
# written); bitcoin/packages.txt in the tools folder lists the installed versions.
. "$(dirname "$0")/common.sh"

# on_path NAME: prints the first program with this name on PATH that is not in the tools folder.
on_path() {
  local p
  for p in $(type -ap "$1"); do
    case $(readlink -f "$p") in "$(readlink -f "$TOOLS")"/*) ;; *) echo "$p"; return ;; esac
  done
  return 1
}

if d=$(on_path bitcoind) && c=$(on_path bitcoin-cli); then
  [ "$TOOLS/bin/bitcoind" -ef "$d" ] && [ "$TOOLS/bin/bitcoin-cli" -ef "$c" ] && exit
  say "using $d"
  ln -sfn "$d" "$TOOLS/bin/bitcoind"
  ln -sfn "$c" "$TOOLS/bin/bitcoin-cli"
  exit
fi

pins='Debian sid bitcoin-knots'
lock
if ! is_current bitcoin "$pins"; then
  say "unpacking Bitcoin Knots of Debian unstable"
  begin bitcoin
  unpack_debian sid bitcoin-knots
  "$NEW/ld.so" --library-path "$NEW/libs" "$NEW/usr/bin/bitcoind" -version >/dev/null ||
    die "the bitcoind of Debian unstable does not run on this computer: put bitcoind and bitcoin-cli on PATH instead"
  finish bitcoin "$pins"
fi
program run-bitcoin.sh bitcoind
program run-bitcoin.sh bitcoin-cli
