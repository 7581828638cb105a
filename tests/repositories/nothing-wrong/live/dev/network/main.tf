terraform {
  backend "s3" {
    bucket         = "acme-dev-tfstate"
    key            = "network/terraform.tfstate"
    region         = "eu-west-1"
    dynamodb_table = "acme-dev-terraform-locks"
    encrypt        = true
    assume_role    = { role_arn = "arn:aws:iam::111111111111:role/acme-state" }
  }
}

module "network" {
  source = "../../../modules/network"
}
