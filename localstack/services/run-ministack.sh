#!/usr/bin/env bash
# MiniStack on this machine, in the foreground, until SIGTERM or SIGINT. Told by the environment alone:
#   MINISTACK_STATE  required: a folder for this instance only; it is created
#   GATEWAY_LISTEN   127.0.0.1:4566 unless told; loopback only
# and MiniStack's own settings, such as AUTH=true and USE_SSL=1. Up when /_ministack/health answers.
set -euo pipefail

die() { echo "ministack: $*" >&2; exit 2; }
self=$(readlink -f "$0")

: "${MINISTACK_STATE:?ministack: set it to a folder of its own for each instance}"
mkdir -p "$MINISTACK_STATE"/{tmp,home} || die "cannot create MINISTACK_STATE=$MINISTACK_STATE"
state=$(cd "$MINISTACK_STATE" && pwd)
listen=${GATEWAY_LISTEN:-127.0.0.1:4566}
case $listen in
  127.*:[0-9]* | localhost:[0-9]*) ;;
  *) die "GATEWAY_LISTEN=$listen: only a loopback address and a port, such as 127.0.0.1:4566" ;;
esac
if (exec 8<>"/dev/tcp/${listen/://}") 2>/dev/null; then
  die "something listens on $listen already; choose another port"
fi

unset "${!AWS_@}" http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
# It listens on every address unless told, and functions would call AWS itself.
export BIND_HOST=${listen%:*} GATEWAY_PORT=${listen##*:} AWS_ENDPOINT_URL="http${USE_SSL:+s}://$listen"
# With TLS, its certificate is its own, which functions (they have its environment) must trust.
[ -z "${USE_SSL:-}" ] || export SSL_CERT_FILE="$state/tmp/ministack-tls/server.crt"
export TMPDIR="$state/tmp" HOME="$state/home" STATE_DIR="$state/state" S3_DATA_DIR="$state/s3"
exec "${self%/bin/*}/ministack/venv/bin/python" -P -m ministack
