terraform {
  backend "s3" {
    bucket         = "acme-prod-tfstate"
    key            = "booking/terraform.tfstate"
    region         = "eu-west-1"
    encrypt        = true
    dynamodb_table = "acme-prod-terraform-locks"
  }
}

resource "aws_sns_topic" "bookings" {
  name = "acme-bookings"
}
