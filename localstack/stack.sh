#!/usr/bin/env bash
# The whole of hashlake on this machine: infra/template.yaml, deployed to LocalStack, with recorded blocks and prices
# (replay) as its node and CoinGecko. In containers where there is a Docker engine, otherwise as processes.
#   stack.sh up              start LocalStack and replay
#   stack.sh build           build the functions for it, with the page in static-site/dist
#   stack.sh deploy          deploy the template, or what changed of it, and show the page
#   stack.sh status          what runs, where the page is, how far the lake is
#   stack.sh logs [NAME]     what ingest and query (or one of them) logged in the last half hour
#   stack.sh invoke [EVENT]  run ingest now, rather than when its rule fires
#   stack.sh mine [N]        N blocks more on the regtest node
#   stack.sh down            end all of it; nothing is left but with KEEP=1 the logs
# Several may be given at once: stack.sh up build deploy.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What can be set otherwise. Parameters of the template: PARAMETERS="Schedule=off LogLevel=debug".
NODE=${NODE:-replay}                              # or regtest: a real node, which is given 150 blocks
REPLAY=${REPLAY:---from 924778 --speed 60}        # the recorded prices end there; then an hour a minute
PARAMETERS=${PARAMETERS:-}
STACK=${STACK:-hashlake}
TEMPLATE=${TEMPLATE:-infra/template.yaml}
export PAGE_PORT=${PAGE_PORT:-8080} LOCALSTACK_PORT=${LOCALSTACK_PORT:-4566} REPLAY_PORT=${REPLAY_PORT:-18332} REGTEST_PORT=${REGTEST_PORT:-18443}
export HASHLAKE_TOOLS=${HASHLAKE_TOOLS:-$HOME/.cache/hashlake-tools}
STATE=${HASHLAKE_STACK:-$HASHLAKE_TOOLS/stack} # of one stack; another one needs other ports too

export SERVICES=cloudformation,cloudwatch,dynamodb,events,iam,lambda,logs,s3,sns,sqs,ssm,sts
RPC_USER=hashlake RPC_PASSWORD=regtest # of a node whose coins are worth nothing; init/ready.d has them too
uploads=hashlake-deploy                # a bucket that it makes
page=http://127.0.0.1:$PAGE_PORT

architecture=$(uname -m | sed s/aarch64/arm64/)

say() { echo "stack: $*"; }
die() { echo "stack: $*" >&2; exit 1; }

# Processes: each has a file with its id and when it began, lest another with the same id be taken for it.
born() { awk '$3 != "Z" { print $22 }' "/proc/$1/stat" 2>/dev/null; }
runs() {
  local pid began
  read -r pid began 2>/dev/null <"$STATE/$1.pid" && [ "$(born "$pid")" = "$began" ]
}
start() {
  local name=$1
  shift
  runs "$name" && return
  setsid nohup "$@" >"$STATE/$name.log" 2>&1 </dev/null &
  echo "$! $(born $!)" >"$STATE/$name.pid"
}
stop() {
  local pid i
  if runs "$1"; then
    read -r pid _ <"$STATE/$1.pid"
    kill "$pid"
    for i in {1..100}; do runs "$1" || break; sleep 0.1; done
    ! runs "$1" || kill -KILL "$pid"
  fi
  rm -f "$STATE/$1.pid"
}
# wait_for NAME URL: until it answers, or has ended.
wait_for() {
  local tries=600
  while ((tries--)); do
    ! node -e 'fetch(process.argv[1]).then(a => process.exit(a.ok ? 0 : 1), () => process.exit(1))' "$2" || return 0
    [ ! -e "$STATE/$1.pid" ] || runs "$1" || { tail -n 20 "$STATE/$1.log" >&2; die "$1 did not start; above is why"; }
    sleep 0.2
  done
  die "$1 does not answer at $2"
}

# With containers or without: `docker info` says yes only where an engine answers.
if docker info >/dev/null 2>&1; then
  how=containers
  node_url=http://replay:18332 regtest_url=http://bitcoind:18443 packaged=/tmp/packaged.yaml
  compose() { REPLAY=$REPLAY docker compose -f localstack/compose.yaml --profile "$NODE" "$@"; }
  aws() { compose exec -T -w /hashlake localstack awslocal "$@"; }
  bitcoin() { compose exec -T bitcoind bitcoin-cli -regtest -rpcuser=$RPC_USER -rpcpassword=$RPC_PASSWORD "$@"; }
else
  how=processes
  node_url=http://127.0.0.1:$REPLAY_PORT regtest_url=http://127.0.0.1:$REGTEST_PORT packaged=$STATE/packaged.yaml
  aws() {
    env AWS_ENDPOINT_URL="http://127.0.0.1:$LOCALSTACK_PORT" AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1 \
      AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true AWS_PAGER= NO_PROXY=127.0.0.1 \
      "$HASHLAKE_TOOLS/localstack/venv/bin/python" -P "$HASHLAKE_TOOLS/localstack/venv/bin/aws" "$@"
  }
  bitcoin() { "$HASHLAKE_TOOLS/bin/bitcoin-cli" -datadir="$STATE/bitcoin" -regtest -rpcport="$REGTEST_PORT" -rpcuser=$RPC_USER -rpcpassword=$RPC_PASSWORD "$@"; }
fi

up() {
  case $NODE in replay | regtest) ;; *) die "NODE=$NODE: only replay or regtest" ;; esac
  localstack/services/install.sh node
  mkdir -p "$STATE"
  if [ $how = containers ]; then
    compose up --detach --build --wait
  else
    localstack/services/install.sh localstack
    [ "$NODE" = replay ] || localstack/services/install.sh bitcoind
    cargo build --quiet --locked --workspace --bin replay --features replay/faults
    mkdir -p "$STATE/localstack/root/etc/localstack"
    ln -sfn "$PWD/localstack/init" "$STATE/localstack/root/etc/localstack/init"
    start localstack env LOCALSTACK_STATE="$STATE/localstack" GATEWAY_LISTEN="127.0.0.1:$LOCALSTACK_PORT" "$HASHLAKE_TOOLS/bin/localstack"
    # shellcheck disable=SC2086 # several words
    start replay "${CARGO_TARGET_DIR:-target}/debug/replay" --listen "127.0.0.1:$REPLAY_PORT" $REPLAY
    if [ "$NODE" = regtest ]; then
      mkdir -p "$STATE/bitcoin"
      start bitcoind "$HASHLAKE_TOOLS/bin/bitcoind" -datadir="$STATE/bitcoin" -regtest -rest -listen=0 -rpcport="$REGTEST_PORT" \
        -rpcuser=$RPC_USER -rpcpassword=$RPC_PASSWORD
    fi
    wait_for replay "$node_url/_replay"
  fi
  wait_for localstack "http://127.0.0.1:$LOCALSTACK_PORT/_localstack/health"
  aws s3api wait bucket-exists --bucket $uploads || die "localstack/init was not run: LocalStack's log says why"
  if [ "$NODE" = regtest ]; then
    bitcoin -rpcwait getblockcount >/dev/null
    [ "$(bitcoin getblockcount)" -gt 0 ] || mine 150
  fi
  say "LocalStack is on http://127.0.0.1:$LOCALSTACK_PORT, in $how"
}

# Containers have Amazon Linux, for which cargo-lambda builds; processes take what cargo builds for here, sooner.
build() {
  if [ $how = containers ]; then
    ARCH=$architecture PROFILE=release infra/build.sh
  else
    PROFILE=dev infra/build.sh
  fi
}

mine() { bitcoin generatetodescriptor "${1:-1}" 'raw(51)#8lvh9jxk' >/dev/null; }

# output NAME: that output of the stack, or nothing where there is none.
output() {
  aws cloudformation describe-stacks --stack-name "$STACK" --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text 2>/dev/null || true
}

stack_status() { aws cloudformation describe-stacks --stack-name "$STACK" --query 'Stacks[0].StackStatus' --output text 2>/dev/null; }

deploy() {
  local rpc=$node_url secret=none first= change outcome host
  [ -e "$TEMPLATE" ] || die "there is no $TEMPLATE"
  if [ "$NODE" = regtest ]; then
    # Without its first block, of 2011: the prices of all years since would be asked for.
    rpc=$regtest_url secret=/hashlake/regtest/bitcoin-rpc first=1
  fi
  # shellcheck disable=SC2086 # several words; the last of a name counts
  {
    aws cloudformation package --template-file "$TEMPLATE" --s3-bucket $uploads --output-template-file "$packaged" &&
      aws cloudformation deploy --stack-name "$STACK" --template-file "$packaged" --s3-bucket $uploads --no-execute-changeset \
        --no-fail-on-empty-changeset --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --parameter-overrides \
        BitcoinRpcUrl="$rpc" BitcoinRpcSecret="$secret" PriceSources=coingecko CoingeckoUrl="$node_url" "Architecture=$architecture" Analytics=false StartHeight=$first \
        "Schedule=rate(1 minute)" $PARAMETERS
  } >"$STATE/deploy.log" 2>&1 || { tail -n 20 "$STATE/deploy.log" >&2; die "the template was not taken; above is why"; }
  # The CLI would look again only after half a minute.
  if change=$(grep -o 'arn:[^ ]*:changeSet/[^ ]*' "$STATE/deploy.log"); then
    aws cloudformation execute-change-set --change-set-name "$change"
    until outcome=$(stack_status) && [[ $outcome != *_IN_PROGRESS ]]; do sleep 0.5; done
    case $outcome in
      CREATE_COMPLETE | UPDATE_COMPLETE) ;;
      *)
        aws cloudformation describe-stack-events --stack-name "$STACK" --output text \
          --query "StackEvents[?contains(ResourceStatus, 'FAILED')].[LogicalResourceId,ResourceStatusReason]" >&2
        die "the stack is $outcome; above is why"
        ;;
    esac
  fi
  host=$(output FunctionUrl)
  host=${host#*//} host=${host%%[:/]*}
  stop page # which showed another URL, perhaps
  start page node localstack/proxy.mjs "$host" "$LOCALSTACK_PORT" "$PAGE_PORT"
  wait_for page "$page/api/v1/openapi.json"
  say "open $page/ (the lake fills when the rule fires: within a minute, or with \`invoke\`)"
}

status() {
  local name
  if [ $how = containers ]; then
    compose ps --format '{{.Service}}: {{.Status}}'
  else
    for name in localstack replay bitcoind; do
      if runs $name; then echo "$name: runs"; elif [ $name != bitcoind ]; then echo "$name: does not run"; fi
    done
  fi
  echo "stack $STACK: $(stack_status || echo not deployed)"
  runs page || { echo "page: not shown"; return; }
  node -e '
    fetch(process.argv[1] + "/api/v1/status").then(async (answer) => {
      const { tip, detail } = await answer.json();
      console.log(`page: ${process.argv[1]}/`);
      console.log(tip ? `newest block: ${tip.height} of ${tip.time}` : `no block yet${detail ? `: ${detail}` : ""}`);
    }).catch((error) => console.log(`page: ${process.argv[1]}/ does not answer: ${error.cause?.message ?? error.message}`));' "$page"
}

logs() {
  local name since=$((($(date +%s) - 1800) * 1000))
  [ $# -gt 0 ] || set -- ingest query
  for name; do
    aws logs filter-log-events --log-group-name "/aws/lambda/$STACK-$name" --start-time $since --query 'events[].[message]' --output text |
      sed "/^None$/d; /^$/d; s/^/$name: /"
  done
}

invoke() {
  local function
  function=$(output Ingest)
  [ -n "$function" ] || die "the stack is not deployed"
  aws lambda invoke --function-name "$function" --cli-read-timeout 330 --payload "${1:-"{}"}" /dev/stdout | cat # Or, into a file, it would begin that anew.
}

down() {
  local name
  stop page
  if [ $how = containers ]; then
    NODE=regtest compose down --volumes --remove-orphans
  else
    for name in localstack replay bitcoind; do stop $name; done
  fi
  if [ -z "${KEEP:-}" ] && [ -d "$STATE" ]; then
    rm -rf "$STATE"/{localstack,bitcoin,packaged.yaml} "$STATE"/*.{log,pid}
    rmdir --ignore-fail-on-non-empty "$STATE"
  fi
  say "down"
}

[ $# -gt 0 ] || { sed -n '2,/^set/s/^# \?//p' "$0"; exit 2; }
while [ $# -gt 0 ]; do
  case $1 in
    up | build | deploy | status | down) "$1" ;;
    logs | invoke | mine) "$@"; exit ;; # what follows is theirs
    *) die "no command is called '$1'; without any, they are listed" ;;
  esac
  shift
done
