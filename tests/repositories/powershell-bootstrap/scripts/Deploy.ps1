param([Parameter(Mandatory)][ValidateSet('dev', 'prod')][string]$Stage)

Push-Location "$PSScriptRoot/../infra"
try {
  terraform init -reconfigure `
    -backend-config="key=$Stage/app.tfstate" `
    -backend-config="dynamodb_table=acme-terraform-locks"
  terraform apply -auto-approve -var "stage=$Stage"
}
finally {
  Pop-Location
}
