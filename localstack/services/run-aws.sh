#!/bin/sh
# Runs AWS SAM CLI, cfn-lint or AWS CLI without telemetry. The name of this script selects the program.
self=$(readlink -f "$0")
venv=${self%/bin/*}/aws/venv
export SAM_CLI_TELEMETRY=0
exec "$venv/bin/python" "$venv/bin/${self##*/}" "$@"
