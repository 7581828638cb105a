bucket         = "acme-tfstate-staging"
key            = "shop/terraform.tfstate"
dynamodb_table = "acme-terraform-locks-staging"
