environment      = "live"
state_bucket_arn = "arn:aws:s3:::acme-tfstate-live"
