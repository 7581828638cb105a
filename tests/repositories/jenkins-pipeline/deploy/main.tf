terraform {
  backend "s3" {
    encrypt = true
  }
}

variable "stage" {
  type = string
}

resource "aws_sqs_queue" "payments" {
  name = "acme-${var.stage}-payments"
}
