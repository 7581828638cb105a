terraform {
  backend "s3" {
    region  = "eu-west-1"
    encrypt = true
  }
}

variable "environment" {
  type = string
}

resource "aws_sns_topic" "alerts" {
  name = "acme-${var.environment}-alerts"
}
