# Sourced by the scripts beside it.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$HERE")
STACK=${STACK:-hashlake}
export PATH="${HASHLAKE_TOOLS:?set by make}/bin:$PATH"

say() { echo "$*" >&2; }
die() { say "$(basename "$0" .sh): $*"; exit 1; }

# Lower-case, as buckets and Glue want it; short, as the functions' names have it in front.
[[ $STACK =~ ^[a-z][a-z0-9-]{0,40}$ ]] || die "STACK=$STACK: lower-case letters, digits and hyphens, from a letter on, 41 at most"

# An endpoint of one's own is LocalStack, which takes any credentials.
if [ -n "${AWS_ENDPOINT_URL:-}" ]; then
  export AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID:-test} AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY:-test}
  AWS_REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}
fi
# The tools know this name of it only.
if [ -n "${AWS_REGION:-}" ]; then export AWS_DEFAULT_REGION=$AWS_REGION; fi

# account: says where it goes, or what is missing.
account() {
  "$ROOT/localstack/services/install.sh" aws
  local region id
  region=${AWS_DEFAULT_REGION:-$(aws configure get region || true)}
  [ -n "$region" ] || die "which region? Set AWS_REGION, for example AWS_REGION=us-east-1"
  id=$(aws sts get-caller-identity --query Account --output text) ||
    die "AWS does not know you: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and try again"
  say "stack $STACK in account $id, region $region${AWS_ENDPOINT_URL:+, at $AWS_ENDPOINT_URL}"
}

# describe COMMAND QUERY: what CloudFormation says of the stack; empty if nothing.
describe() { aws cloudformation "$1" --stack-name "$STACK" --query "$2" --output text 2>/dev/null | sed 's/^None$//' || true; }

# status: of the stack; empty if there is none.
status() { describe describe-stacks 'Stacks[0].StackStatus'; }

# output KEY: an output of the stack; empty if there is none.
output() { describe describe-stacks "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"; }

# made ID: the name of what the stack made, also if it never was whole and so has no outputs.
made() { describe describe-stack-resources "StackResources[?LogicalResourceId=='$1'].PhysicalResourceId"; }
