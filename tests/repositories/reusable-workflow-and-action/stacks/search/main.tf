terraform {
  backend "s3" {
    region       = "eu-west-1"
    encrypt      = true
    use_lockfile = true
  }
}

resource "aws_ssm_parameter" "search" {
  name  = "/acme/search"
  type  = "String"
  value = "on"
}
