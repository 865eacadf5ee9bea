#!/bin/sh
# bitcoind or bitcoin-cli, whichever name it is called by, under the C library it was unpacked with. `exec`, so that
# signals and the exit status are the program's own.
self=$(readlink -f "$0")
root=${self%/bin/*}/bitcoin
exec "$root/ld.so" --argv0 "${self##*/}" --library-path "$root/libs" "$root/usr/bin/${self##*/}" "$@"
