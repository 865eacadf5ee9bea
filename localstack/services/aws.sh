#!/usr/bin/env bash
# AWS SAM CLI (Apache-2.0), cfn-lint (MIT-0) and AWS CLI 1 (Apache-2.0), from PyPI. They check the
# template and deploy it to AWS and LocalStack. AWS CLI 2 is not on PyPI.
. "$(dirname "$0")/common.sh"

reqs=requirements-aws.txt
pins=$(grep -v '^#' "$HERE/$reqs")
lock
if ! is_current aws "$pins" || [ ! -x "$TOOLS/aws/venv/bin/python" ]; then
  say "installing AWS SAM CLI, cfn-lint and AWS CLI"
  begin aws
  make_venv $reqs
  "$NEW/venv/bin/python" -c 'import awscli.clidriver, cfnlint, samcli.cli.main' || die "AWS SAM CLI, cfn-lint or AWS CLI does not start; the error is above"
  finish aws "$pins"
fi
for name in sam cfn-lint aws; do program run-aws.sh $name; done
