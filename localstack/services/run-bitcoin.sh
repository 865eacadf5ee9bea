#!/bin/sh
# Runs bitcoind or bitcoin-cli with the C library that was unpacked with it. The name of this script
# selects the program. `exec` lets signals reach the program, and returns its exit status.
self=$(readlink -f "$0")
root=${self%/bin/*}/bitcoin
exec "$root/ld.so" --argv0 "${self##*/}" --library-path "$root/libs" "$root/usr/bin/${self##*/}" "$@"
