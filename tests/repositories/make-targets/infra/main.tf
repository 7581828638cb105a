terraform {
  backend "s3" {}
}

variable "environment" {
  type = string
}

resource "aws_sqs_queue" "orders" {
  name = "acme-${var.environment}-orders"
}
