#!/usr/bin/env bash
# `python` with DuckDB (MIT), PyArrow (Apache-2.0) and pandas (BSD) from PyPI, for tests that read
# our Parquet and CSV with independent readers. The versions are pinned, so that a test fails because of
# our files and not because of a new release.
. "$(dirname "$0")/common.sh"

reqs=requirements-readers.txt
pins=$(grep -v '^#' "$HERE/$reqs")
lock
if ! is_current readers "$pins" || [ ! -x "$TOOLS/readers/venv/bin/python" ]; then
  say "installing DuckDB, PyArrow and pandas"
  begin readers
  make_venv $reqs
  "$NEW/venv/bin/python" -c 'import duckdb, numpy, pandas, pyarrow.parquet, pytz' || die "DuckDB, PyArrow or pandas does not start; the error is above"
  finish readers "$pins"
fi
program run-python.sh python
