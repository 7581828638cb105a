"""Tables of facts about Terraform's S3 backend and AWS."""
