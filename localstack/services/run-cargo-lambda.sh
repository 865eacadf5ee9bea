#!/bin/sh
# Runs cargo-lambda with its Zig, which it uses as the linker. It finds Zig through the first python3 on
# PATH.
self=$(readlink -f "$0")
PATH=${self%/bin/*}/cargo-lambda/venv/bin:$PATH
export PATH
exec cargo-lambda "$@"
