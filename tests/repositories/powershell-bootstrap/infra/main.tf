terraform {
  backend "s3" {
    bucket  = "acme-tfstate"
    region  = "eu-west-1"
    encrypt = true
  }
}

variable "stage" {
  type = string
}
