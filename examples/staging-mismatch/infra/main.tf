provider "aws" {
  region = "us-west-2"
}

module "deploy_role" {
  source = "./modules/deploy-role"

  name             = "acme-deploy-${var.environment}"
  state_bucket_arn = var.terraform_state_bucket_arn
  lock_table_arn   = var.terraform_state_dynamodb_table_arn
}

resource "aws_dynamodb_table" "orders" {
  name         = "acme-orders-${var.environment}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}
