#!/usr/bin/env bash
set -euo pipefail

REGION="us-west-2"
STATE_BUCKET="acme-staging-tfstate"
LOCK_TABLE="acme-staging-terraform-locks"

aws s3api create-bucket --bucket "$STATE_BUCKET" --region "$REGION" \
  --create-bucket-configuration LocationConstraint="$REGION"
aws dynamodb create-table --table-name "$LOCK_TABLE" --region "$REGION" \
  --attribute-definitions AttributeName=LockID,AttributeType=S \
  --key-schema AttributeName=LockID,KeyType=HASH \
  --billing-mode PAY_PER_REQUEST
