terraform {
  required_version = ">= 1.8"
}

variable "stage" {
  type = string
}
