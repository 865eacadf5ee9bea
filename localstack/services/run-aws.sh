#!/bin/sh
# AWS SAM CLI, cfn-lint or AWS CLI, whichever name it is called by. They tell nobody that they are used.
self=$(readlink -f "$0")
venv=${self%/bin/*}/aws/venv
export SAM_CLI_TELEMETRY=0
exec "$venv/bin/python" "$venv/bin/${self##*/}" "$@"
