#!/usr/bin/env bash
# What both functions have logged in the last half hour, or since SINCE='2 hours ago'; FOLLOW=1 goes on.
. "$(dirname "$0")/common.sh"

account
groups=()
for name in ingest query; do groups+=(--cw-log-group "/aws/lambda/$STACK-$name"); done
sam logs "${groups[@]}" --start-time "${SINCE:-30 minutes ago}" ${FOLLOW:+--tail}
