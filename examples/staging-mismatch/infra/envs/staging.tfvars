environment = "staging"

# The deploy role plans and applies in CI, so it needs the state and its lock.
terraform_state_bucket_arn         = "arn:aws:s3:::acme-terraform-state-staging"
terraform_state_dynamodb_table_arn = "arn:aws:dynamodb:us-west-2:111111111111:table/acme-terraform-locks"
