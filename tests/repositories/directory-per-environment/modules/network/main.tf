variable "environment" {
  type = string
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Environment = var.environment }
}
