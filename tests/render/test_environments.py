"""The table of configurations: what is said of values that are known in part, and where they come from."""

import json

from tflint_locks.render.environments import environment_lines, environments_json
from tflint_locks.resolve import load
from tflint_locks.resolve.model import Repository
from tflint_locks.settings import Settings
from tflint_locks.tree import DictTree

STATE = """remote_state {
  backend = "s3"
  config = {
    bucket       = "acme-${get_env("ACCOUNT")}-${replace(replace(replace(%s, "_", "-"), ".", "-"), "+", "-")}"
    key          = "${path_relative_to_include()}/terraform.tfstate"
    region       = "eu-west-1"
    use_lockfile = true
  }
}
"""
LONG = 'run_cmd("git", "config", "--get", "remote.origin.url", "--default", "https://example.com/acme/infrastructure")'
UNIT = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\nterraform {\n  source = "./module"\n}\n'


def _units() -> Repository:
    files = {
        "root.hcl": STATE % LONG,
        "app/terragrunt.hcl": UNIT,
        "app/module/main.tf": 'terraform {\n  backend "s3" {}\n}\n',
    }
    return load(DictTree(files), Settings())


def test_what_is_known_in_part_is_not_called_known() -> None:
    (one,) = json.loads(environments_json(_units()))["configurations"]
    assert {name: one[name]["known"] for name in ("bucket", "state_key", "region", "lock")} == {
        "bucket": False,
        "state_key": True,
        "region": True,
        "lock": True,
    }


def test_what_is_computed_is_shown_in_words_and_has_its_origin() -> None:
    text = "\n".join(environment_lines(_units(), why=True))
    assert 'acme-<get_env("ACCOUNT")>-<replace(…)>  (root.hcl:4, terragrunt\'s backend)' in text
    assert "lockfile  (set nowhere" not in text
    assert "use_lockfile at root.hcl:7, terragrunt's backend" in text
    assert "(#" not in text
