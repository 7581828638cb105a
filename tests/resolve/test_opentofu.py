"""OpenTofu's own files and its evaluation of a backend, as the configurations of small repositories show them."""

from collections.abc import Callable

import pytest

from tflint_locks.resolve.model import Configuration, Repository

Load = Callable[..., Repository]
Show = Callable[[Configuration], dict[str, str]]

BACKEND = """terraform {
  backend "s3" {
    bucket       = "acme-tfstate"
    key          = KEY
    region       = "eu-west-1"
    use_lockfile = true
  }
}
variable "env" {
  default = "dev"
}
locals {
  prefix = "app-${var.env}"
}
"""


def _keys(repository: Repository, seen: Show) -> dict[str | None, str]:
    return {found.tool: seen(found)["key"] for found in repository.configurations}


def test_a_root_used_by_both_tools_has_two_configurations(loaded: Load, seen: Show) -> None:
    repository = loaded(
        {
            "backend.tf": BACKEND.replace("KEY", '"plain"'),
            "backend.tofu": BACKEND.replace("KEY", '"own"'),
            "a.sh": "terraform init\n",
            "b.sh": "tofu init\n",
        }
    )
    assert _keys(repository, seen) == {"terraform": "plain", "tofu": "own"}


def test_terraform_reads_nothing_of_opentofus_files(loaded: Load, seen: Show) -> None:
    files = {"main.tf": BACKEND.replace("KEY", '"plain"'), "main.tofu": "", "a.sh": "terraform init\n"}
    assert _keys(loaded(files), seen) == {"terraform": "plain"}


@pytest.mark.parametrize(
    ("key", "files", "expected"),
    [
        ('"${local.prefix}/k"', {}, "app-dev/k"),
        ("var.env", {"run.sh": "tofu init -var env=prod\n"}, "prod"),
        ("var.env", {"run.sh": "tofu init -var=env=prod\n"}, "prod"),
        ("var.env", {"run.sh": "TF_VAR_env=prod tofu init\n"}, "prod"),
        ("var.env", {"run.sh": "tofu init -var-file=x.tfvars\n", "x.tfvars": 'env = "prod"\n'}, "prod"),
        ("var.env", {"terraform.tfvars": 'env = "prod"\n'}, "prod"),
        ("var.env", {"x.auto.tfvars": 'env = "prod"\n', "terraform.tfvars": 'env = "qa"\n'}, "prod"),
        ("var.env", {"run.sh": "tofu init -var env=qa -var-file=x.tfvars\n", "x.tfvars": 'env = "prod"\n'}, "prod"),
        ("var.env", {"run.sh": "tofu init -var-file=x.tfvars -var env=qa\n", "x.tfvars": 'env = "prod"\n'}, "qa"),
        ("var.env", {"x.tfvars": 'env = "prod"\n'}, "<var.env>"),
        ("var.env", {"run.sh": "tofu init -var-file=$FILE\n"}, "<var.env>"),
        ("var.env", {"run.sh": 'tofu init "$@"\n'}, "<var.env>"),
        ("var.env", {"run.sh": 'echo "$SECRET" > terraform.tfvars\ntofu init\n'}, "<var.env>"),
        ('"${path.root}/k"', {}, "./k"),
        ('"${terraform.workspace}/k"', {}, "<terraform.workspace>/k"),
        ('lower("K")', {}, "k"),
        ("var.missing", {}, "<var.missing>"),
    ],
)
def test_a_backend_is_evaluated_with_the_inits_variables(
    loaded: Load, seen: Show, key: str, files: dict[str, str], expected: str
) -> None:
    files = {"run.sh": "tofu init\n"} | files | {"main.tf": BACKEND.replace("KEY", key)}
    assert _keys(loaded(files), seen) == {"tofu": expected}


def test_a_backend_file_may_use_variables_too(loaded: Load, seen: Show) -> None:
    files = {
        "main.tf": 'terraform {\n  backend "s3" {}\n}\nvariable "env" {\n}\n',
        "b.tfbackend": 'bucket = "acme-tfstate"\nkey = "${var.env}/k"\nregion = "eu-west-1"\n',
        "run.sh": "tofu init -backend-config=b.tfbackend -var env=qa\n",
    }
    assert _keys(loaded(files), seen) == {"tofu": "qa/k"}


def test_terraform_evaluates_nothing_though_opentofu_is_used_too(loaded: Load, seen: Show) -> None:
    files = {"main.tf": BACKEND.replace("KEY", "var.env"), "a.sh": "terraform init\n", "b.sh": "tofu init\n"}
    found = {one.tool: one.settings["key"] for one in loaded(files).configurations}
    assert found["terraform"].fault == found["tofu"].fault == "expression"
    assert _keys(loaded(files), seen) == {"terraform": "<var.env>", "tofu": "dev"}
