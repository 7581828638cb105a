variable "environment" {
  type = string
}

variable "terraform_state_bucket_arn" {
  description = "Bucket of this environment's state."
  type        = string
}

variable "terraform_state_dynamodb_table_arn" {
  description = "Table in which this environment's state is locked."
  type        = string
}
