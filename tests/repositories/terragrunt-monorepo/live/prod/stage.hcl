locals {
  name    = "prod"
  account = "222222222222"
}
