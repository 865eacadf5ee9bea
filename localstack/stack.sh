#!/usr/bin/env bash
# Runs the whole stack on this computer: deploys infra/template.yaml to LocalStack. replay serves
# recorded blocks and prices, and replaces the node and CoinGecko. The services run in containers if
# there is a Docker engine, otherwise as processes.
#   stack.sh up              start LocalStack and replay
#   stack.sh build           build the functions, with the page in static-site/dist
#   stack.sh deploy          deploy the template or its changes, and serve the page
#   stack.sh status          show what runs, the URL of the page, and the newest block
#   stack.sh logs [NAME]     show the logs of the last half hour: of one function (ingest or query), or of both
#   stack.sh invoke [EVENT]  run ingest now, without waiting for its rule
#   stack.sh mine [N]        mine N blocks on the regtest node (default: 1)
#   stack.sh down            stop everything and delete its data (KEEP=1 keeps the logs)
# Commands can be combined: stack.sh up build deploy.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Variables that can be overridden. PARAMETERS sets parameters of the template, for example
# PARAMETERS="Schedule=off LogLevel=debug".
NODE=${NODE:-replay}                              # or regtest: a real node with 150 blocks
REPLAY=${REPLAY:---from 924778 --speed 60}        # start where the recorded prices end, one hour per minute
PARAMETERS=${PARAMETERS:-}
STACK=${STACK:-hashlake}
TEMPLATE=${TEMPLATE:-infra/template.yaml}
export PAGE_PORT=${PAGE_PORT:-8080} LOCALSTACK_PORT=${LOCALSTACK_PORT:-4566} REPLAY_PORT=${REPLAY_PORT:-18332} REGTEST_PORT=${REGTEST_PORT:-18443}
export HASHLAKE_TOOLS=${HASHLAKE_TOOLS:-$HOME/.cache/hashlake-tools}
STATE=${HASHLAKE_STACK:-$HASHLAKE_TOOLS/stack} # one folder per stack; a second stack needs other ports too

export SERVICES=cloudformation,cloudwatch,dynamodb,events,iam,lambda,logs,s3,sns,sqs,ssm,sts
RPC_USER=hashlake RPC_PASSWORD=regtest # for a node without real coins; init/ready.d has the same values
uploads=hashlake-deploy                # a bucket that init/ready.d creates
page=http://127.0.0.1:$PAGE_PORT

architecture=$(uname -m | sed s/aarch64/arm64/)

say() { echo "stack: $*"; }
die() { echo "stack: $*" >&2; exit 1; }

# Each process has a file with its id and its start time. So a later process with the same id is not
# mistaken for the earlier one.
start_time() { awk '$3 != "Z" { print $22 }' "/proc/$1/stat" 2>/dev/null; }
runs() {
  local pid began
  read -r pid began 2>/dev/null <"$STATE/$1.pid" && [ "$(start_time "$pid")" = "$began" ]
}
start() {
  local name=$1
  shift
  runs "$name" && return
  setsid nohup "$@" >"$STATE/$name.log" 2>&1 </dev/null &
  echo "$! $(start_time $!)" >"$STATE/$name.pid"
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
# wait_for NAME URL: waits until the URL responds. It is an error if the process ends before that.
wait_for() {
  local tries=600
  while ((tries--)); do
    ! node -e 'fetch(process.argv[1]).then(a => process.exit(a.ok ? 0 : 1), () => process.exit(1))' "$2" || return 0
    [ ! -e "$STATE/$1.pid" ] || runs "$1" || { tail -n 20 "$STATE/$1.log" >&2; die "$1 did not start; its log is above"; }
    sleep 0.2
  done
  die "$1 does not respond at $2"
}

# `docker info` succeeds only if an engine responds.
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
  case $NODE in replay | regtest) ;; *) die "invalid NODE=$NODE: use replay or regtest" ;; esac
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
    # shellcheck disable=SC2086 # REPLAY has several words.
    start replay "${CARGO_TARGET_DIR:-target}/debug/replay" --listen "127.0.0.1:$REPLAY_PORT" $REPLAY
    if [ "$NODE" = regtest ]; then
      mkdir -p "$STATE/bitcoin"
      start bitcoind "$HASHLAKE_TOOLS/bin/bitcoind" -datadir="$STATE/bitcoin" -regtest -rest -listen=0 -rpcport="$REGTEST_PORT" \
        -rpcuser=$RPC_USER -rpcpassword=$RPC_PASSWORD
    fi
    wait_for replay "$node_url/_replay"
  fi
  wait_for localstack "http://127.0.0.1:$LOCALSTACK_PORT/_localstack/health"
  aws s3api wait bucket-exists --bucket $uploads || die "localstack/init did not run; see LocalStack's log for the reason"
  if [ "$NODE" = regtest ]; then
    bitcoin -rpcwait getblockcount >/dev/null
    [ "$(bitcoin getblockcount)" -gt 0 ] || mine 150
  fi
  say "LocalStack is at http://127.0.0.1:$LOCALSTACK_PORT (the services run as $how)"
}

# For containers, which run Amazon Linux, cargo-lambda builds the functions. For processes, a plain
# cargo build is enough, and quicker.
build() {
  if [ $how = containers ]; then
    ARCH=$architecture PROFILE=release infra/build.sh
  else
    PROFILE=dev infra/build.sh
  fi
}

mine() { bitcoin generatetodescriptor "${1:-1}" 'raw(51)#8lvh9jxk' >/dev/null; }

# output NAME: prints the value of an output of the stack, or nothing if it does not exist.
output() {
  aws cloudformation describe-stacks --stack-name "$STACK" --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text 2>/dev/null || true
}

stack_status() { aws cloudformation describe-stacks --stack-name "$STACK" --query 'Stacks[0].StackStatus' --output text 2>/dev/null; }

deploy() {
  local rpc=$node_url secret=none first= plaintext=0 change outcome host
  [ -e "$TEMPLATE" ] || die "the file $TEMPLATE does not exist: check the variable TEMPLATE"
  if [ "$NODE" = regtest ]; then
    # Skip block 0, whose time is in 2011: with it, ingest would request the prices of all years since
    # then.
    rpc=$regtest_url secret=/hashlake/regtest/bitcoin-rpc first=1 plaintext=1
  fi
  # shellcheck disable=SC2086 # PARAMETERS has several words. If a name is repeated, its last value counts.
  {
    aws cloudformation package --template-file "$TEMPLATE" --s3-bucket $uploads --output-template-file "$packaged" &&
      aws cloudformation deploy --stack-name "$STACK" --template-file "$packaged" --s3-bucket $uploads --no-execute-changeset \
        --no-fail-on-empty-changeset --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --parameter-overrides \
        BitcoinRpcUrl="$rpc" BitcoinRpcSecret="$secret" BitcoinRpcAllowPlaintext=$plaintext PriceSources=coingecko CoingeckoUrl="$node_url" "Architecture=$architecture" Analytics=false StartHeight=$first \
        "Schedule=rate(1 minute)" $PARAMETERS
  } >"$STATE/deploy.log" 2>&1 || { tail -n 20 "$STATE/deploy.log" >&2; die "the deployment was rejected; the end of its log is above"; }
  # Execute the change set here: the CLI would check only every half minute whether it is done.
  if change=$(grep -o 'arn:[^ ]*:changeSet/[^ ]*' "$STATE/deploy.log"); then
    aws cloudformation execute-change-set --change-set-name "$change"
    until outcome=$(stack_status) && [[ $outcome != *_IN_PROGRESS ]]; do sleep 0.5; done
    case $outcome in
      CREATE_COMPLETE | UPDATE_COMPLETE) ;;
      *)
        aws cloudformation describe-stack-events --stack-name "$STACK" --output text \
          --query "StackEvents[?contains(ResourceStatus, 'FAILED')].[LogicalResourceId,ResourceStatusReason]" >&2
        die "the stack is in state $outcome; the failed resources are above"
        ;;
    esac
  fi
  host=$(output FunctionUrl)
  host=${host#*//} host=${host%%[:/]*}
  stop page # The running proxy may serve an older Function URL.
  start page node localstack/proxy.mjs "$host" "$LOCALSTACK_PORT" "$PAGE_PORT"
  wait_for page "$page/api/v1/openapi.json"
  say "open $page/ (the lake fills when the rule fires, within a minute; \`invoke\` runs ingest at once)"
}

status() {
  local name
  if [ $how = containers ]; then
    compose ps --format '{{.Service}}: {{.Status}}'
  else
    for name in localstack replay bitcoind; do
      if runs $name; then echo "$name: running"; elif [ $name != bitcoind ]; then echo "$name: not running"; fi
    done
  fi
  echo "stack $STACK: $(stack_status || echo not deployed)"
  runs page || { echo "page: not running"; return; }
  node -e '
    fetch(process.argv[1] + "/api/v1/status").then(async (response) => {
      const { tip, detail } = await response.json();
      console.log(`page: ${process.argv[1]}/`);
      console.log(tip ? `newest block: ${tip.height} of ${tip.time}` : `no blocks yet${detail ? `: ${detail}` : ""}`);
    }).catch((error) => console.log(`page: ${process.argv[1]}/ does not respond: ${error.cause?.message ?? error.message}`));' "$page"
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
  [ -n "$function" ] || die "the stack $STACK is not deployed: run stack.sh deploy"
  aws lambda invoke --function-name "$function" --cli-read-timeout 330 --payload "${1:-"{}"}" /dev/stdout | cat # Use a pipe, because the CLI truncates a file.
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
  say "stopped"
}

[ $# -gt 0 ] || { sed -n '2,/^set/s/^# \?//p' "$0"; exit 2; }
while [ $# -gt 0 ]; do
  case $1 in
    up | build | deploy | status | down) "$1" ;;
    logs | invoke | mine) "$@"; exit ;; # the remaining arguments belong to this command
    *) die "unknown command '$1'; run stack.sh without arguments to list the commands" ;;
  esac
  shift
done
