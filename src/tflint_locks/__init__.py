"""tflint-locks: finds where a repository disagrees with itself about Terraform state backends and their locks."""

__version__ = "0.1.0"
