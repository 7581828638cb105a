bucket         = "acme-tfstate-prod"
key            = "shop/terraform.tfstate"
dynamodb_table = "acme-terraform-locks-prod"
