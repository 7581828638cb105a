[CmdletBinding()]
param(
  [string]$Project = 'acme',
  [string]$Region = 'eu-west-1'
)

$ErrorActionPreference = 'Stop'
$bucket = "$Project-tfstate"
$table = "$Project-terraform-lock"

aws s3api create-bucket --bucket $bucket --region $Region `
  --create-bucket-configuration LocationConstraint=$Region
aws dynamodb create-table `
  --table-name $table `
  --attribute-definitions AttributeName=LockID,AttributeType=S `
  --key-schema AttributeName=LockID,KeyType=HASH `
  --billing-mode PAY_PER_REQUEST `
  --region $Region

# The cache's table has a name of its own.
aws dynamodb create-table --table-name "$Project-cache-locks" --region $Region `
  --attribute-definitions AttributeName=id,AttributeType=S `
  --key-schema AttributeName=id,KeyType=HASH --billing-mode PAY_PER_REQUEST
