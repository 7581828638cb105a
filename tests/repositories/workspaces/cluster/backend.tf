terraform {
  backend "s3" {
    bucket               = "acme-tfstate"
    key                  = "terraform.tfstate"
    region               = "eu-west-1"
    workspace_key_prefix = "cluster/"
    dynamodb_table       = "acme-terraform-locks"
  }
}

resource "aws_ecs_cluster" "main" {
  name = "acme-${terraform.workspace}"
}
