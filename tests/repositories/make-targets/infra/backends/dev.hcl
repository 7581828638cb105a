bucket         = "acme-dev-tfstate"
key            = "orders/terraform.tfstate"
region         = "us-east-2"
encrypt        = true
dynamodb_table = "acme-dev-terraform-locks"
