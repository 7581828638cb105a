#!/usr/bin/env bash
# Makes what terraform needs before its first init in the staging account.
set -euo pipefail

BUCKET_NAME="acme-staging-terraform-state"
TABLE_NAME="acme-staging-terraform-locks"
REGION="us-west-2"

if ! aws s3api head-bucket --bucket "$BUCKET_NAME" 2>/dev/null; then
  aws s3api create-bucket --bucket "$BUCKET_NAME" --region "$REGION" \
    --create-bucket-configuration LocationConstraint="$REGION"
fi

if ! aws dynamodb describe-table --table-name "$TABLE_NAME" --region "$REGION" >/dev/null 2>&1; then
  aws dynamodb create-table \
    --table-name "$TABLE_NAME" \
    --attribute-definitions AttributeName=LockID,AttributeType=S \
    --key-schema AttributeName=LockID,KeyType=HASH \
    --billing-mode PAY_PER_REQUEST \
    --region "$REGION"
fi

echo "Now run: terraform init -backend-config=backends/staging.hcl"
