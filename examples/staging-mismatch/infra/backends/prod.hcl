bucket         = "acme-terraform-state"
key            = "acme/prod/terraform.tfstate"
region         = "us-west-2"
encrypt        = true
dynamodb_table = "acme-terraform-locks"
