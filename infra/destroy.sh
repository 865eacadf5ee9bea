#!/usr/bin/env bash
# Deletes the stack. The bucket, the table and the secrets stay, unless DATA=yes-delete-it, which asks twice.
. "$(dirname "$0")/common.sh"

account
[ -n "$(status)" ] || die "there is no stack $STACK here"

bucket=$(output Lake) table=$(output Cursor)
bucket=${bucket#s3://} table=${table#dynamodb://}
bucket=${bucket:-$(made LakeBucket)} table=${table:-$(made CursorTable)}

if [ "${DATA:-}" = yes-delete-it ]; then
  [ -n "$bucket" ] && [ -n "$table" ] || die "the stack says of no bucket and table that they are its own; without DATA it can be deleted"
  read -r -p "All blocks and prices of $STACK will be gone, with all versions. Its name, to go on: " answer || true
  [ "$answer" = "$STACK" ] || die "nothing is deleted"
  read -r -p "And the name of the bucket, $bucket: " answer || true
  [ "$answer" = "$bucket" ] || die "nothing is deleted"
elif [ -n "${DATA:-}" ]; then
  die "DATA=$DATA: only yes-delete-it deletes the data; without DATA they stay"
fi

aws cloudformation delete-stack --stack-name "$STACK"
# AWS CLI's own `wait` looks again after half a minute only.
while left=$(aws cloudformation describe-stacks --stack-name "$STACK" --query 'Stacks[0].StackStatus' --output text 2>&1); do
  [ "$left" != DELETE_FAILED ] || die "the stack is not deleted: its events say why"
  sleep 2
done
[[ $left == *"does not exist"* ]] || die "is the stack deleted? AWS says: $left"
if [ "${DATA:-}" != yes-delete-it ]; then
  say "The stack is gone. The data are where they were, for another stack to go on with:
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
say "The stack, $bucket, $table and the secrets are gone."
