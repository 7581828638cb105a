variable "name" {
  type = string
}

variable "state_bucket_arn" {
  type = string
}

variable "lock_table_arn" {
  type = string
}

data "aws_iam_policy_document" "state" {
  statement {
    sid       = "ListState"
    actions   = ["s3:ListBucket"]
    resources = [var.state_bucket_arn]
  }

  statement {
    sid       = "ReadAndWriteState"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${var.state_bucket_arn}/*"]
  }

  statement {
    sid       = "LockState"
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"]
    resources = [var.lock_table_arn]
  }
}

resource "aws_iam_role_policy" "state" {
  name   = "terraform-state"
  role   = var.name
  policy = data.aws_iam_policy_document.state.json
}
