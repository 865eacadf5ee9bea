#!/bin/sh
# Runs the unpacked Python with its own C library. A virtual environment calls it through a link;
# `--argv0` passes on the path of the link, from which Python finds its environment.
root=$(readlink -f "$0")
root=${root%/usr/bin/*}
exec "$root/ld.so" --argv0 "$0" --library-path "$root/libs" "$root/usr/bin/python3.13" "$@"
