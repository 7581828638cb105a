terraform {
  required_version = ">= 1.5"
  backend "s3" {}
}

provider "aws" {
  region = var.region
}

variable "region" {
  type    = string
  default = "us-west-2"
}

variable "environment" {
  type = string
}

variable "terraform_state_bucket_arn" {
  type = string
}

variable "terraform_lock_table_arn" {
  type = string
}

data "aws_iam_policy_document" "deploy" {
  statement {
    sid       = "StateObjects"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${var.terraform_state_bucket_arn}/*"]
  }

  statement {
    sid       = "StateLock"
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"]
    resources = [var.terraform_lock_table_arn]
  }
}

resource "aws_dynamodb_table" "sessions" {
  name         = "acme-${var.environment}-sessions"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session_id"

  attribute {
    name = "session_id"
    type = "S"
  }
}
