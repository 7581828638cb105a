terraform {
  backend "s3" {
    region         = "eu-west-2"
    encrypt        = true
    dynamodb_table = "acme-terraform-locks"
  }
}

variable "environment" {
  type = string
}

resource "aws_opensearch_domain" "search" {
  domain_name = "acme-${var.environment}-search"
}
