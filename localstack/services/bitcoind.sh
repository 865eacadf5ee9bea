#!/usr/bin/env bash
# A Bitcoin node: bitcoind and bitcoin-cli (MIT licence). Those on PATH, if there; otherwise Bitcoin Knots from Debian
# unstable, the one suite that has a node, unpacked with its own C library. Not pinned: unstable offers one version at
# a time (29.4 when this was written); bitcoin/packages.txt in the cache folder tells which was taken.
. "$(dirname "$0")/common.sh"

# on_path NAME: the first program of that name on PATH that is not ours.
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
    die "the bitcoind of Debian unstable does not run here; put a bitcoind and a bitcoin-cli on PATH instead"
  finish bitcoin "$pins"
fi
program run-bitcoin.sh bitcoind
program run-bitcoin.sh bitcoin-cli
