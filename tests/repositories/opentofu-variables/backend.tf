variable "environment" {
  type    = string
  default = "dev"
}

locals {
  prefix = "acme-${var.environment}"
}

terraform {
  required_version = ">= 1.8"

  backend "s3" {
    bucket         = "${local.prefix}-tfstate"
    key            = "${var.environment}/app.tfstate"
    region         = "eu-west-1"
    dynamodb_table = "${local.prefix}-terraform-locks"
    encrypt        = true
    state_tags     = { project = "acme" }
  }
}
