environment = "prod"

terraform_state_bucket_arn         = "arn:aws:s3:::acme-terraform-state"
terraform_state_dynamodb_table_arn = "arn:aws:dynamodb:us-west-2:222222222222:table/acme-terraform-locks"
