#!/usr/bin/env bash
# Deletes the stack, but keeps the bucket, the table and the secrets. With DATA=yes-delete-it, it asks
# twice, and then deletes them too.
. "$(dirname "$0")/common.sh"

account
[ -n "$(status)" ] || die "the stack $STACK does not exist in this account and region"

bucket=$(output Lake) table=$(output Cursor)
bucket=${bucket#s3://} table=${table#dynamodb://}
bucket=${bucket:-$(resource_name LakeBucket)} table=${table:-$(resource_name CursorTable)}

if [ "${DATA:-}" = yes-delete-it ]; then
  [ -n "$bucket" ] && [ -n "$table" ] || die "cannot find the bucket and the table of the stack; run make destroy without DATA to delete only the stack"
  read -r -p "This deletes all blocks and prices of $STACK, in all versions. Enter the name of the stack to continue: " answer || true
  [ "$answer" = "$STACK" ] || die "'$answer' is not the name of the stack: nothing is deleted"
  read -r -p "Enter the name of the bucket, $bucket: " answer || true
  [ "$answer" = "$bucket" ] || die "'$answer' is not the name of the bucket: nothing is deleted"
elif [ -n "${DATA:-}" ]; then
  die "invalid DATA=$DATA: use yes-delete-it to delete the data, or leave it out to keep them"
fi

aws cloudformation delete-stack --stack-name "$STACK"
# Poll here, because AWS CLI's `wait` polls only every half minute.
while left=$(aws cloudformation describe-stacks --stack-name "$STACK" --query 'Stacks[0].StackStatus' --output text 2>&1); do
  [ "$left" != DELETE_FAILED ] || die "the stack could not be deleted; see its events in CloudFormation for the reason"
  sleep 2
done
[[ $left == *"does not exist"* ]] || die "cannot check whether the stack is deleted; AWS returned: $left"
if [ "${DATA:-}" != yes-delete-it ]; then
  say "The stack is deleted. The data are kept. To continue with them in a new stack:
  make deploy${bucket:+ EXISTING_BUCKET=$bucket}${table:+ EXISTING_TABLE=$table}"
  exit
fi

while
  versions=$(aws s3api list-object-versions --bucket "$bucket" --max-items 1000 --output json \
    --query '{Quiet: `true`, Objects: [Versions || `[]`, DeleteMarkers || `[]`][].{Key: Key, VersionId: VersionId}}')
  [ "$(tr -d ' \n' <<<"$versions")" != '{"Quiet":true,"Objects":[]}' ]
do
  aws s3api delete-objects --bucket "$bucket" --delete file:///dev/stdin <<<"$versions" >/dev/null
done
aws s3api delete-bucket --bucket "$bucket"
aws dynamodb update-table --table-name "$table" --no-deletion-protection-enabled >/dev/null 2>&1 || true
aws dynamodb wait table-exists --table-name "$table"
aws dynamodb delete-table --table-name "$table" >/dev/null
for name in bitcoin-rpc coingecko-key; do
  aws ssm delete-parameter --name "/hashlake/$STACK/$name" 2>/dev/null || true
done
say "The stack, $bucket, $table and the secrets are deleted."
