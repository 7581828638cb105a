terraform {
  required_version = ">= 1.6"

  # Completed by backends/<environment>.hcl at init.
  backend "s3" {}
}
