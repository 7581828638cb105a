# Terraform's, which cannot read variables here; tofu reads backend.tofu in its place.
terraform {
  backend "s3" {
    bucket         = "acme-legacy-tfstate"
    key            = "media.tfstate"
    region         = "eu-west-1"
    dynamodb_table = "acme-legacy-locks"
  }
}
