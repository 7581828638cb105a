terraform {
  backend "s3" {
    region = "us-west-2"
  }
}

variable "environment" {
  type = string
}
