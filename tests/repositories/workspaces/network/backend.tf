terraform {
  backend "s3" {
    bucket               = "acme-tfstate"
    key                  = "terraform.tfstate"
    region               = "eu-west-1"
    workspace_key_prefix = "network"
    dynamodb_table       = "acme-terraform-locks"
  }
}

resource "aws_vpc" "main" {
  cidr_block = terraform.workspace == "prod" ? "10.0.0.0/16" : "10.1.0.0/16"
}
