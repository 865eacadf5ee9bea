#!/usr/bin/env bash
# `python` with DuckDB (MIT), PyArrow (Apache-2.0) and pandas (BSD) from PyPI, for tests that open our Parquet and CSV
# with readers other than our own. Pinned so that a test says something about our files, not about the week's release.
. "$(dirname "$0")/common.sh"

reqs=requirements-readers.txt
pins=$(grep -v '^#' "$HERE/$reqs")
lock
if ! is_current readers "$pins" || [ ! -x "$TOOLS/readers/venv/bin/python" ]; then
  say "installing the readers"
  begin readers
  make_venv $reqs
  "$NEW/venv/bin/python" -c 'import duckdb, numpy, pandas, pyarrow.parquet, pytz' || die "the readers do not load"
  finish readers "$pins"
fi
program run-python.sh python
