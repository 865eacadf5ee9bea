#!/usr/bin/env bash
# Runs LocalStack in the foreground until SIGTERM or SIGINT. Environment variables configure it:
#   LOCALSTACK_STATE  required: a folder that only this instance uses; it is created
#   GATEWAY_LISTEN    address and port, loopback only (default: 127.0.0.1:4566)
#   SERVICES          services to start (default: s3,dynamodb). With lambda, functions run as processes of this computer
#                     (lambda-host)
# and LocalStack's own settings. It is ready when /_localstack/health lists every service of
# SERVICES as "running".
set -euo pipefail

die() { echo "localstack: $*" >&2; exit 2; }
self=$(readlink -f "$0")
root=${self%/bin/*}/localstack

: "${LOCALSTACK_STATE:?localstack: set it to a folder that only this instance uses}"
mkdir -p "$LOCALSTACK_STATE"/{root/usr/lib,tmp,home} || die "cannot create LOCALSTACK_STATE=$LOCALSTACK_STATE"
state=$(cd "$LOCALSTACK_STATE" && pwd)
exec 9>"$state/lock"
flock -n 9 || die "another instance uses $state: set another LOCALSTACK_STATE"
ln -sfn "$root/lib" "$state/root/usr/lib/localstack"

export GATEWAY_LISTEN=${GATEWAY_LISTEN:-127.0.0.1:4566}
case $GATEWAY_LISTEN in
  127.*:[0-9]* | localhost:[0-9]*) ;;
  *) die "invalid GATEWAY_LISTEN=$GATEWAY_LISTEN: use a loopback address and a port, for example 127.0.0.1:4566" ;;
esac
if (exec 8<>"/dev/tcp/${GATEWAY_LISTEN/://}") 2>/dev/null; then
  die "$GATEWAY_LISTEN is already in use: choose another port"
fi

# Each instance has its own files. OVERRIDE_IN_DOCKER=0 is needed because LocalStack mistakes some
# computers for its container, and would then use /var/lib/localstack.
export OVERRIDE_IN_DOCKER=0 FILESYSTEM_ROOT="$state/root" TMPDIR="$state/tmp" HOME="$state/home" CONFIG_DIR="$state/home"
# Disable downloads and LocalStack's name server, and ignore AWS settings and proxies of the environment.
export SKIP_SSL_CERT_DOWNLOAD=1 DISABLE_EVENTS=1 DNS_ADDRESS=0
unset "${!AWS_@}" http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
export SERVICES=${SERVICES:-s3,dynamodb} EAGER_SERVICE_LOADING=${EAGER_SERVICE_LOADING:-1} DYNAMODB_IN_MEMORY=${DYNAMODB_IN_MEMORY:-1}
export LAMBDA_RUNTIME_EXECUTOR=${LAMBDA_RUNTIME_EXECUTOR:-host}
# With -P, Python does not mistake a folder `localstack` in the working directory for the package.
exec "$root/venv/bin/python" -P "$root/run-localstack.py"
