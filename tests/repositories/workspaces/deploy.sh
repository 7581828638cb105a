#!/usr/bin/env bash
set -euo pipefail
cd "$1"
terraform init
terraform workspace select -or-create "$2"
terraform apply -var-file="../variables/$2.tfvars"
