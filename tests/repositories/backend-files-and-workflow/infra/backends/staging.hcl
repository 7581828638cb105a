bucket         = "acme-tfstate-staging"
key            = "app/terraform.tfstate"
region         = "us-west-2"
dynamodb_table = "acme-terraform-lock-staging"
encrypt        = true
