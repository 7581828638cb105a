terraform {
  backend "s3" {
    bucket         = "acme-tfstate"
    key            = "dev/network.tfstate"
    region         = "eu-west-1"
    dynamodb_table = "acme-terraform-locks"
    encrypt        = true
  }
}

module "network" {
  source      = "../../modules/network"
  environment = "dev"
}
