#!/bin/sh
# Runs AWS SAM CLI, cfn-lint or AWS CLI, depending on the name it is called by, without telemetry.
self=$(readlink -f "$0")
venv=${self%/bin/*}/aws/venv
export SAM_CLI_TELEMETRY=0
exec "$venv/bin/python" "$venv/bin/${self##*/}" "$@"
