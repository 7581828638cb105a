terraform {
  backend "s3" {
    bucket         = "acme-prod-tfstate"
    key            = "network/terraform.tfstate"
    region         = "eu-west-1"
    dynamodb_table = "acme-prod-terraform-locks"
    encrypt        = true
    assume_role    = { role_arn = "arn:aws:iam::222222222222:role/acme-state" }
  }
}

module "network" {
  source = "../../../modules/network"
}
