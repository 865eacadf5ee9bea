#!/usr/bin/env bash
# Deploys what build.sh has built. The template's parameters come from the environment and from infra/parameters.env, by
# their names in capitals: BitcoinRpcUrl is BITCOIN_RPC_URL. The environment goes first. What neither says stays as it was
# deployed, or as the template has it. With --check it only looks whether it could.
. "$(dirname "$0")/common.sh"

template=$HERE/template.yaml file=${PARAMETERS:-$HERE/parameters.env}
declare -A name_of value_of
for name in $(sed -n '/^Parameters:/,/^Rules:/s/^  \([A-Z][A-Za-z0-9]*\):$/\1/p' "$template"); do
  key=$(sed 's/\(.\)\([A-Z]\)/\1_\2/g' <<<"$name")
  name_of[${key^^}]=$name
done

if [ -e "$file" ]; then
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in '' | '#'*) continue ;; esac
    key=${line%%=*}
    [ "$key" != "$line" ] && [ -n "${name_of[$key]:-}" ] || die "$file: there is no parameter '$key': infra/README.md has all of them"
    value_of[$key]=${line#*=}
  done <"$file"
fi
for key in "${!name_of[@]}"; do
  if [ -n "${!key+set}" ]; then value_of[$key]=${!key}; fi
done
if [ -n "${AWS_ENDPOINT_URL:-}" ]; then value_of[ANALYTICS]=${value_of[ANALYTICS]:-false}; fi # LocalStack's free edition has none.

if [ -z "${value_of[BITCOIN_RPC_URL]:-}" ] && [ "${value_of[SCHEDULE]:-}" != off ]; then
  die "which node? Set BITCOIN_RPC_URL, here or in infra/parameters.env, for example
  make deploy BITCOIN_RPC_URL=https://node.example.org:8332
or SCHEDULE=off, if \`hashlake run\` beside the node fills the lake (infra/README.md, 'Push mode')."
fi
case ${value_of[BITCOIN_RPC_URL]:-} in *@*) die "BITCOIN_RPC_URL has a user or password in it, which all who see the stack would see: make secret" ;; esac

account
case $(status) in ROLLBACK_COMPLETE | ROLLBACK_FAILED) die "the first deploy of $STACK failed, and what it left stands in the way: make destroy STACK=$STACK" ;; esac
[ "${1:-}" != --check ] || exit 0

built=$ROOT/target/functions/architecture
[ -e "$built" ] || die "nothing is built: make build"
value_of[ARCHITECTURE]=$(<"$built")
overrides=()
for key in "${!value_of[@]}"; do
  case ${value_of[$key]} in *\"* | *\\*) die "$key: a quotation mark or backslash is in no parameter" ;; esac
  overrides+=("${name_of[$key]}=\"${value_of[$key]}\"")
done
cd "$ROOT"
sam deploy --template-file "$template" --stack-name "$STACK" --resolve-s3 --s3-prefix "$STACK" --capabilities CAPABILITY_IAM \
  --no-confirm-changeset --no-fail-on-empty-changeset --no-progressbar --tags "project=hashlake stack=$STACK" \
  --parameter-overrides "${overrides[@]}"

for secret in $(output NodeSecret) $(output CoingeckoKey); do
  aws ssm get-parameter --name "$secret" >/dev/null 2>&1 || say "$secret is not there yet, and ingest needs it: make secret STACK=$STACK"
done
say "Open $(output Page)"
