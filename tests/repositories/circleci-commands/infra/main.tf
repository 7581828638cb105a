terraform {
  backend "s3" {
    region = "eu-north-1"
  }
}

variable "environment" {
  type = string
}

variable "state_bucket_arn" {
  type = string
}
