bucket         = "acme-terraform-state-staging"
key            = "acme/staging/terraform.tfstate"
region         = "us-west-2"
encrypt        = true
dynamodb_table = "acme-terraform-lock-staging"
