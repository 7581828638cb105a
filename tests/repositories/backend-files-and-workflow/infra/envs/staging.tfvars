environment                = "staging"
terraform_state_bucket_arn = "arn:aws:s3:::acme-tfstate-staging"
terraform_lock_table_arn   = "arn:aws:dynamodb:us-west-2:111111111111:table/acme-terraform-locks"
