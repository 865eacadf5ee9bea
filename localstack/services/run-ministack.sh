#!/usr/bin/env bash
# Runs MiniStack in the foreground until SIGTERM or SIGINT. Environment variables configure it:
#   MINISTACK_STATE  required: a folder that only this instance uses; it is created
#   GATEWAY_LISTEN   address and port, loopback only (default: 127.0.0.1:4566)
# and MiniStack's own settings, such as AUTH=true and USE_SSL=1. It is ready when /_ministack/health
# responds.
set -euo pipefail

die() { echo "ministack: $*" >&2; exit 2; }
self=$(readlink -f "$0")

: "${MINISTACK_STATE:?ministack: set it to a folder that only this instance uses}"
mkdir -p "$MINISTACK_STATE"/{tmp,home} || die "cannot create MINISTACK_STATE=$MINISTACK_STATE"
state=$(cd "$MINISTACK_STATE" && pwd)
listen=${GATEWAY_LISTEN:-127.0.0.1:4566}
case $listen in
  127.*:[0-9]* | localhost:[0-9]*) ;;
  *) die "invalid GATEWAY_LISTEN=$listen: use a loopback address and a port, for example 127.0.0.1:4566" ;;
esac
if (exec 8<>"/dev/tcp/${listen/://}") 2>/dev/null; then
  die "$listen is already in use: choose another port"
fi

unset "${!AWS_@}" http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
# Without these variables, MiniStack would listen on every address, and functions would call the real
# AWS.
export BIND_HOST=${listen%:*} GATEWAY_PORT=${listen##*:} AWS_ENDPOINT_URL="http${USE_SSL:+s}://$listen"
# With TLS, functions must trust MiniStack's self-signed certificate. They inherit this variable.
[ -z "${USE_SSL:-}" ] || export SSL_CERT_FILE="$state/tmp/ministack-tls/server.crt"
export TMPDIR="$state/tmp" HOME="$state/home" STATE_DIR="$state/state" S3_DATA_DIR="$state/s3"
exec "${self%/bin/*}/ministack/venv/bin/python" -P -m ministack
