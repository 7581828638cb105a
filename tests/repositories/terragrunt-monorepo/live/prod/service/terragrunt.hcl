# Copied from a sandbox: the include was left behind.
dependency "network" {
  config_path = "../network"
}

terraform {
  source = "${get_repo_root()}/modules//service"
}

inputs = {
  vpc_id = dependency.network.outputs.vpc_id
}
