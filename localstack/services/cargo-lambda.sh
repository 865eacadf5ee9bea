#!/usr/bin/env bash
# cargo-lambda (MIT) and Zig (MIT), from PyPI: they build the functions for Lambda's C library and for both of its
# processors. 460 MB, so only `make build` asks for them.
. "$(dirname "$0")/common.sh"

reqs=requirements-cargo-lambda.txt
pins=$(grep -v '^#' "$HERE/$reqs")
lock
if ! is_current cargo-lambda "$pins" || [ ! -x "$TOOLS/cargo-lambda/venv/bin/python" ]; then
  say "installing cargo-lambda and Zig"
  begin cargo-lambda
  make_venv $reqs
  PATH="$NEW/venv/bin:$PATH" "$NEW/venv/bin/cargo-lambda" lambda --version >/dev/null || die "cargo-lambda does not run"
  finish cargo-lambda "$pins"
fi
program run-cargo-lambda.sh cargo-lambda
