#!/usr/bin/env bash
# Prints the logs of both functions of the last half hour, or since SINCE='2 hours ago'. FOLLOW=1
# keeps following.
. "$(dirname "$0")/common.sh"

account
groups=()
for name in ingest query; do groups+=(--cw-log-group "/aws/lambda/$STACK-$name"); done
sam logs "${groups[@]}" --start-time "${SINCE:-30 minutes ago}" ${FOLLOW:+--tail}
