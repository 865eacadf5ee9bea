#!/bin/sh
# Runs the Python that has DuckDB, PyArrow and pandas.
self=$(readlink -f "$0")
exec "${self%/bin/*}/readers/venv/bin/python" "$@"
