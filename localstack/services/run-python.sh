#!/bin/sh
# The Python that has DuckDB and PyArrow.
self=$(readlink -f "$0")
exec "${self%/bin/*}/readers/venv/bin/python" "$@"
