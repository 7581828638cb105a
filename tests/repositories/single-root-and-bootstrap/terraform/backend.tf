terraform {
  required_version = ">= 1.5"

  backend "s3" {
    bucket         = "acme-terraform-state"
    key            = "shop/terraform.tfstate"
    region         = "eu-west-1"
    dynamodb_table = "acme-terraform-lock"
    kms_key_id     = "alias/acme-state"
  }
}
