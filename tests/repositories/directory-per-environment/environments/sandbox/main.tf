terraform {
  backend "s3" {
    bucket         = "acme-tfstate"
    key            = "sandbox/network.tfstate"
    region         = "eu-central-1"
    encrypt        = true
  }
}

module "network" {
  source      = "../../modules/network"
  environment = "sandbox"
}
