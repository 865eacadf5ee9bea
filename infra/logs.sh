#!/usr/bin/env bash
# Prints the logs of both functions: the last half hour, or all lines since the time in SINCE, for example
# '2 hours ago'. With FOLLOW=1, it continues with new lines.
. "$(dirname "$0")/common.sh"

account
groups=()
for name in ingest query; do groups+=(--cw-log-group "/aws/lambda/$STACK-$name"); done
sam logs "${groups[@]}" --start-time "${SINCE:-30 minutes ago}" ${FOLLOW:+--tail}
