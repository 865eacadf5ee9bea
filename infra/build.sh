#!/usr/bin/env bash
# Builds both functions into target/functions/<name>/bootstrap, and copies the page next to query.
#   ARCH=arm64|x86_64       processor architecture on Lambda (default: arm64)
#   PROFILE=release|dev     dev builds quickly, with cargo alone, for this computer (default: release, or dev for LocalStack)
. "$(dirname "$0")/common.sh"

to=$ROOT/target/functions
cd "$ROOT"
if [ -n "${AWS_ENDPOINT_URL:-}" ]; then PROFILE=${PROFILE:-dev}; fi
case ${PROFILE:-release} in
  release)
    arch=${ARCH:-arm64}
    case $arch in
      arm64) flag=--arm64 target=aarch64-unknown-linux-gnu ;;
      x86_64) flag=--x86-64 target=x86_64-unknown-linux-gnu ;;
      *) die "invalid ARCH=$arch: use arm64 or x86_64" ;;
    esac
    [ -d "$(rustc --print sysroot)/lib/rustlib/$target" ] ||
      die "the Rust target $target is not installed: run 'rustup target add $target', or set ARCH=$([ $arch = arm64 ] && echo x86_64 || echo arm64)"
    localstack/services/install.sh cargo-lambda
    cargo lambda build --release --locked $flag --package ingest --package query --bin ingest --bin query --lambda-dir "$to"
    ;;
  dev)
    arch=$(uname -m)
    case $arch in aarch64) arch=arm64 ;; esac
    cargo build --locked --workspace --bin ingest --bin query # `--workspace` selects the same features as in the tests, so dependencies are built only once.
    for name in ingest query; do
      mkdir -p "$to/$name"
      strip -o "$to/$name/bootstrap" "${CARGO_TARGET_DIR:-target}/debug/$name"
    done
    ;;
  *) die "invalid PROFILE=$PROFILE: use release or dev" ;;
esac
# The same files must always give the same zip, because otherwise a deployment without changes would
# replace the function. So keep the order of the files, and give all of them the same time.
if ! diff -rq static-site/dist "$to/query/static-site" >/dev/null 2>&1; then
  rm -rf "$to/query/static-site"
  cp -R static-site/dist "$to/query/static-site"
fi
find "$to" -exec touch -d 2000-01-01 {} +
echo "$arch" >"$to/architecture"
(cd "$to" && du -h ingest/bootstrap query/bootstrap) >&2
