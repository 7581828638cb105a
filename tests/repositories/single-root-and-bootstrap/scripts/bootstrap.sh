#!/usr/bin/env bash
set -euo pipefail

PROJECT="acme"
REGION="${AWS_REGION:-eu-west-1}"

aws s3 mb "s3://${PROJECT}-terraform-state" --region "$REGION"
aws dynamodb create-table \
  --table-name "${PROJECT}-terraform-locks" \
  --attribute-definitions AttributeName=LockId,AttributeType=S \
  --key-schema AttributeName=LockId,KeyType=HASH \
  --billing-mode PAY_PER_REQUEST \
  --region "$REGION"
