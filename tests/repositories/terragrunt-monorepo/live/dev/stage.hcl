locals {
  name    = "dev"
  account = "111111111111"
}
