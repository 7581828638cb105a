bucket         = "acme-prod-tfstate"
key            = "orders/terraform.tfstate"
region         = "us-east-2"
encrypt        = true
dynamodb_table = "acme-prod-terraform-locks"
