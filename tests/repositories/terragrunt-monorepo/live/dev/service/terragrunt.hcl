include "root" {
  path = find_in_parent_folders("root.hcl")
}

dependency "network" {
  config_path = "../network"

  mock_outputs = { vpc_id = "vpc-0" }
}

terraform {
  source = "${get_repo_root()}/modules//service"
}

inputs = {
  vpc_id = dependency.network.outputs.vpc_id
}
