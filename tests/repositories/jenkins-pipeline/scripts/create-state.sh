#!/bin/sh
set -eu
: "${AWS_DEFAULT_REGION:=eu-west-1}"

# The lock table; `describe-table` first, so that it may be run again.
TABLE=acme-tf-lock
aws dynamodb describe-table --table-name "$TABLE" >/dev/null 2>&1 || \
  aws dynamodb create-table \
    --table-name "$TABLE" \
    --attribute-definitions AttributeName=LockID,AttributeType=S \
    --key-schema AttributeName=LockID,KeyType=HASH \
    --billing-mode PAY_PER_REQUEST
aws s3 mb s3://acme-tfstate
