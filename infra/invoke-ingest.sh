#!/usr/bin/env bash
# Runs ingest once, and prints its log and its result.
. "$(dirname "$0")/common.sh"

account
response=$(mktemp)
trap 'rm -f "$response"' EXIT
# Do not retry, because a retry would be a second run.
export AWS_MAX_ATTEMPTS=1
result=$(aws lambda invoke --function-name "$STACK-ingest" --payload '{"source": "make invoke-ingest"}' --log-type Tail \
  --cli-read-timeout 310 --query '[FunctionError, LogResult]' --output text "$response")
base64 -d <<<"${result#*$'\t'}" >&2
cat "$response"
echo
[ "${result%%$'\t'*}" = None ] || die "the run failed: its log and error are above"
