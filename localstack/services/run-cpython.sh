#!/bin/sh
# The unpacked Python under its own C library. Called through a link in a virtual environment, it must not learn where
# the link leads: `--argv0` is how Python tells which environment it is in.
root=$(readlink -f "$0")
root=${root%/usr/bin/*}
exec "$root/ld.so" --argv0 "$0" --library-path "$root/libs" "$root/usr/bin/python3.13" "$@"
