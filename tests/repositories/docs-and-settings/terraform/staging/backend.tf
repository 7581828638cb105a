terraform {
  backend "s3" {
    bucket         = "acme-staging-tfstate"
    key            = "billing.tfstate"
    region         = "eu-west-1"
    encrypt        = true
    dynamodb_table = "acme-staging-tflocks"
  }
}
