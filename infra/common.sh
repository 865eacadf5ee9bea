# The other scripts in this folder source this file.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$HERE")
STACK=${STACK:-hashlake}
export PATH="${HASHLAKE_TOOLS:?set by make}/bin:$PATH"

say() { echo "$*" >&2; }
die() { say "$(basename "$0" .sh): $*"; exit 1; }

# The name must be in lower case, because buckets and Glue require that, and short, because the names of
# the functions start with it.
[[ $STACK =~ ^[a-z][a-z0-9-]{0,40}$ ]] || die "invalid STACK=$STACK: use at most 41 lower-case letters, digits and hyphens, and start with a letter"

# If an endpoint is set, it is that of LocalStack, which accepts any credentials.
if [ -n "${AWS_ENDPOINT_URL:-}" ]; then
  export AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID:-test} AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY:-test}
  AWS_REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}
fi
# AWS CLI and SAM CLI read only AWS_DEFAULT_REGION.
if [ -n "${AWS_REGION:-}" ]; then export AWS_DEFAULT_REGION=$AWS_REGION; fi

# account: prints the account and region in use. It is an error if one of them is missing.
account() {
  "$ROOT/localstack/services/install.sh" aws
  local region id
  region=${AWS_DEFAULT_REGION:-$(aws configure get region || true)}
  [ -n "$region" ] || die "no region is set: set AWS_REGION, for example AWS_REGION=us-east-1"
  id=$(aws sts get-caller-identity --query Account --output text) ||
    die "the AWS credentials are missing or were rejected: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
  say "stack $STACK in account $id, region $region${AWS_ENDPOINT_URL:+, at $AWS_ENDPOINT_URL}"
}

# describe COMMAND QUERY: prints the result of a CloudFormation query about the stack, or nothing if there is none.
describe() { aws cloudformation "$1" --stack-name "$STACK" --query "$2" --output text 2>/dev/null | sed 's/^None$//' || true; }

# status: prints the status of the stack, or nothing if the stack does not exist.
status() { describe describe-stacks 'Stacks[0].StackStatus'; }

# output KEY: prints the value of an output of the stack, or nothing if it does not exist.
output() { describe describe-stacks "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"; }

# resource_name ID: prints the name of a resource of the stack. This also works if the stack has no
# outputs because its deployment failed.
resource_name() { describe describe-stack-resources "StackResources[?LogicalResourceId=='$1'].PhysicalResourceId"; }
