#!/usr/bin/env bash
# LocalStack on this machine, in the foreground, until SIGTERM or SIGINT. Told by the environment alone:
#   LOCALSTACK_STATE  required: a folder for this instance only; it is created
#   GATEWAY_LISTEN    127.0.0.1:4566 unless told; loopback only
#   SERVICES          s3,dynamodb unless told; started at once. Functions of lambda, if it is among them, are processes
#                     of this machine (lambda-host)
# and LocalStack's own settings. Up when /_localstack/health lists every service asked for as "running".
set -euo pipefail

die() { echo "localstack: $*" >&2; exit 2; }
self=$(readlink -f "$0")
root=${self%/bin/*}/localstack

: "${LOCALSTACK_STATE:?localstack: set it to a folder of its own for each instance}"
mkdir -p "$LOCALSTACK_STATE"/{root/usr/lib,tmp,home} || die "cannot create LOCALSTACK_STATE=$LOCALSTACK_STATE"
state=$(cd "$LOCALSTACK_STATE" && pwd)
exec 9>"$state/lock"
flock -n 9 || die "another instance runs on $state; give each its own LOCALSTACK_STATE"
ln -sfn "$root/lib" "$state/root/usr/lib/localstack"

export GATEWAY_LISTEN=${GATEWAY_LISTEN:-127.0.0.1:4566}
case $GATEWAY_LISTEN in
  127.*:[0-9]* | localhost:[0-9]*) ;;
  *) die "GATEWAY_LISTEN=$GATEWAY_LISTEN: only a loopback address and a port, such as 127.0.0.1:4566" ;;
esac
if (exec 8<>"/dev/tcp/${GATEWAY_LISTEN/://}") 2>/dev/null; then
  die "something listens on $GATEWAY_LISTEN already; choose another port"
fi

# Its own files. OVERRIDE_IN_DOCKER, as it takes some machines for its container and would use /var/lib/localstack.
export OVERRIDE_IN_DOCKER=0 FILESYSTEM_ROOT="$state/root" TMPDIR="$state/tmp" HOME="$state/home" CONFIG_DIR="$state/home"
# Nothing from the network, no name server of its own, nobody else's AWS settings.
export SKIP_SSL_CERT_DOWNLOAD=1 DISABLE_EVENTS=1 DNS_ADDRESS=0
unset "${!AWS_@}" http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
export SERVICES=${SERVICES:-s3,dynamodb} EAGER_SERVICE_LOADING=${EAGER_SERVICE_LOADING:-1} DYNAMODB_IN_MEMORY=${DYNAMODB_IN_MEMORY:-1}
export LAMBDA_RUNTIME_EXECUTOR=${LAMBDA_RUNTIME_EXECUTOR:-host}
# -P, lest a folder `localstack` in the working directory be taken for the package.
exec "$root/venv/bin/python" -P "$root/run-localstack.py"
