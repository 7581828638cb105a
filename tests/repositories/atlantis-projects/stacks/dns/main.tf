terraform {
  backend "s3" {
    bucket       = "acme-prod-tfstate"
    key          = "network.tfstate"
    region       = "us-west-2"
    encrypt      = true
    use_lockfile = true
  }
}

resource "aws_route53_zone" "main" {
  name = "acme.example"
}
