environment      = "dev"
state_bucket_arn = "arn:aws:s3:::acme-dev-tfstate"
