terraform {
  backend "s3" {
    encrypt = true
  }
}

resource "aws_sns_topic" "alerts" {
  name = "acme-alerts"
}
