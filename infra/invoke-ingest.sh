#!/usr/bin/env bash
# Runs ingest once, now, and prints its log and its result.
. "$(dirname "$0")/common.sh"

account
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
# No retry: it would be a second run.
export AWS_MAX_ATTEMPTS=1
result=$(aws lambda invoke --function-name "$STACK-ingest" --payload '{"source": "make invoke-ingest"}' --log-type Tail \
  --cli-read-timeout 310 --query '[FunctionError, LogResult]' --output text "$answer")
base64 -d <<<"${result#*$'\t'}" >&2
cat "$answer"
echo
[ "${result%%$'\t'*}" = None ] || die "the run failed"
