bucket         = "acme-tfstate"
key            = "app/terraform.tfstate"
region         = "us-west-2"
dynamodb_table = "acme-terraform-locks"
encrypt        = true
