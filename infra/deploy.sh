#!/usr/bin/env bash
# Deploys the functions that build.sh has built. The template's parameters come from the environment and
# from infra/parameters.env, with their names in upper case: BitcoinRpcUrl is BITCOIN_RPC_URL. The
# environment overrides the file. A parameter that is in neither keeps its deployed value, or gets the
# template's default. With --check, the script only checks whether it can deploy.
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
    [ "$key" != "$line" ] && [ -n "${name_of[$key]:-}" ] || die "$file: unknown parameter '$key': infra/README.md lists the parameters"
    value_of[$key]=${line#*=}
  done <"$file"
fi
for key in "${!name_of[@]}"; do
  if [ -n "${!key+set}" ]; then value_of[$key]=${!key}; fi
done
if [ -n "${AWS_ENDPOINT_URL:-}" ]; then value_of[ANALYTICS]=${value_of[ANALYTICS]:-false}; fi # LocalStack's free edition does not support the resources of ANALYTICS.

if [ -z "${value_of[BITCOIN_RPC_URL]:-}" ] && [ "${value_of[SCHEDULE]:-}" != off ]; then
  die "BITCOIN_RPC_URL is not set: set it in the command or in infra/parameters.env, for example
  make deploy BITCOIN_RPC_URL=https://node.example.org:8332
or set SCHEDULE=off, if \`hashlake run\` next to the node fills the lake (infra/README.md, 'Push mode')."
fi
case ${value_of[BITCOIN_RPC_URL]:-} in *@*) die "BITCOIN_RPC_URL contains a user or password, and everyone who can read the stack could see them: remove them from the URL, and run make secret" ;; esac

account
case $(status) in ROLLBACK_COMPLETE | ROLLBACK_FAILED) die "the first deployment of $STACK failed and left resources behind: run make destroy STACK=$STACK, then try again" ;; esac
[ "${1:-}" != --check ] || exit 0

built=$ROOT/target/functions/architecture
[ -e "$built" ] || die "the functions are not built: run make build"
value_of[ARCHITECTURE]=$(<"$built")
overrides=()
for key in "${!value_of[@]}"; do
  case ${value_of[$key]} in *\"* | *\\*) die "invalid $key: a parameter must not contain a quotation mark or a backslash" ;; esac
  overrides+=("${name_of[$key]}=\"${value_of[$key]}\"")
done
cd "$ROOT"
sam deploy --template-file "$template" --stack-name "$STACK" --resolve-s3 --s3-prefix "$STACK" --capabilities CAPABILITY_IAM \
  --no-confirm-changeset --no-fail-on-empty-changeset --no-progressbar --tags "project=hashlake stack=$STACK" \
  --parameter-overrides "${overrides[@]}"

for secret in $(output NodeSecret) $(output CoingeckoKey); do
  aws ssm get-parameter --name "$secret" >/dev/null 2>&1 || say "ingest needs the SSM parameter $secret, which does not exist yet: run make secret STACK=$STACK"
done
say "Open $(output Page)"
