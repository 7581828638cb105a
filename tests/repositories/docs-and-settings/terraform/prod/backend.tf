terraform {
  backend "s3" {
    bucket         = "acme-prod-tfstate"
    key            = "billing.tfstate"
    region         = "eu-west-1"
    encrypt        = true
    dynamodb_table = "acme-prod-tflocks"
  }
}
