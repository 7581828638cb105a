variable "vpc_id" {
  type = string
}

resource "aws_security_group" "service" {
  vpc_id = var.vpc_id
}
