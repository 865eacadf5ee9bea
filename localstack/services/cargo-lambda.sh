#!/usr/bin/env bash
# cargo-lambda (MIT) and Zig (MIT), from PyPI, build the functions for Lambda's C library and both
# of its processor architectures. They take 460 MB, so only `make build` installs them.
. "$(dirname "$0")/common.sh"

reqs=requirements-cargo-lambda.txt
pins=$(grep -v '^#' "$HERE/$reqs")
lock
if ! is_current cargo-lambda "$pins" || [ ! -x "$TOOLS/cargo-lambda/venv/bin/python" ]; then
  say "installing cargo-lambda and Zig"
  begin cargo-lambda
  make_venv $reqs
  PATH="$NEW/venv/bin:$PATH" "$NEW/venv/bin/cargo-lambda" lambda --version >/dev/null || die "cargo-lambda does not start; the error is above"
  finish cargo-lambda "$pins"
fi
program run-cargo-lambda.sh cargo-lambda
