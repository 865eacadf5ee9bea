#!/bin/sh
# Runs bitcoind or bitcoin-cli, depending on the name it is called by, with the C library it was
# unpacked with. `exec`, so that signals reach the program and its exit status is returned.
self=$(readlink -f "$0")
root=${self%/bin/*}/bitcoin
exec "$root/ld.so" --argv0 "${self##*/}" --library-path "$root/libs" "$root/usr/bin/${self##*/}" "$@"
