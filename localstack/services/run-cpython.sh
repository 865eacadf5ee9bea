#!/bin/sh
# Runs the unpacked Python with its own C library. A virtual environment calls this script through a
# link. `--argv0` passes the path of the link to Python, which finds its environment from that path.
root=$(readlink -f "$0")
root=${root%/usr/bin/*}
exec "$root/ld.so" --argv0 "$0" --library-path "$root/libs" "$root/usr/bin/python3.13" "$@"
