#!/usr/bin/env bash
# pngquant (GPL 3), which makes the pictures of `make pictures` small.
. "$(dirname "$0")/common.sh"

need pngquant pngquant
