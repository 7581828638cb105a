"""Environments, projects, workspaces and var files of configurations."""

from collections.abc import Callable, Mapping

import pytest

from tflint_locks.resolve.configurations import auto_var_files
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.value import shown

Load = Callable[..., Repository]
Write = Callable[..., str]


def _only(repository: Repository) -> Configuration:
    (found,) = repository.configurations
    return found


def test_var_files_are_loaded_in_terraforms_order() -> None:
    paths = [
        "r/b.auto.tfvars",
        "r/terraform.tfvars.json",
        "r/Z.auto.tfvars.json",
        "r/terraform.tfvars",
        "r/x.tfvars",
        "r/s/a.auto.tfvars",
    ]
    assert auto_var_files(paths, "r") == [
        "r/terraform.tfvars",
        "r/terraform.tfvars.json",
        "r/Z.auto.tfvars.json",
        "r/b.auto.tfvars",
    ]


def test_the_backend_file_decides_before_the_directory(loaded: Load, empty: str, backend_file: Write) -> None:
    assert _only(loaded({"prod/main.tf": empty, "prod/dev.tfbackend": backend_file("dev")})).environment == "dev"


def test_the_directory_decides_where_no_file_does(loaded: Load, block: Write) -> None:
    assert _only(loaded({"envs/staging/app/main.tf": block()})).environment == "staging"


def test_the_var_files_decide_where_the_backend_file_does_not(loaded: Load, block: Write) -> None:
    files = {
        "main.tf": block(),
        "envs/dev.tfvars": "",
        "run.sh": "terraform init\nterraform plan -var-file=envs/dev.tfvars\n",
    }
    found = _only(loaded(files))
    assert (found.environment, found.var_files) == ("dev", ("envs/dev.tfvars",))


def test_a_stated_environment_decides_last(loaded: Load, block: Write) -> None:
    assert _only(loaded({"main.tf": block(), "terraform.tfvars": 'environment = "staging"\n'})).environment == "staging"


def test_a_name_that_no_sibling_or_known_word_establishes_is_no_environment(loaded: Load, block: Write) -> None:
    assert _only(loaded({"network/main.tf": block()})).environment is None


PROJECTS: dict[str, tuple[tuple[str, ...], int]] = {
    "roots that differ in the environment only": (("envs/dev/app", "envs/prod/app"), 1),
    "roots that differ in more": (("envs/dev/app", "envs/prod/api"), 2),
    "an environment inside a name": (("app-dev", "app-prod"), 1),
    "two applications": (("app", "api"), 2),
    "two regions of one environment": (("dev/us-east-1", "dev/eu-west-1"), 2),
}


@pytest.mark.parametrize(("roots", "expected"), PROJECTS.values(), ids=PROJECTS)
def test_roots_that_differ_in_an_environment_are_one_project(
    roots: tuple[str, ...], expected: int, loaded: Load, block: Write
) -> None:
    found = loaded({f"{root}/main.tf": block(key=root) for root in roots}).configurations
    assert len({one.project for one in found}) == expected


def test_roots_that_share_a_backend_file_are_one_project(loaded: Load, empty: str, backend_file: Write) -> None:
    files = {
        "a/main.tf": empty,
        "b/main.tf": empty,
        "c/main.tf": empty,
        "shared.hcl": backend_file("x"),
        "run.sh": "for d in a b; do\n  (cd $d && terraform init -backend-config=../shared.hcl)\ndone\n",
    }
    found = {one.root: one.project for one in loaded(files).configurations}
    assert found["a"] == found["b"] != found["c"]


WORKSPACES: dict[str, tuple[Mapping[str, str], str, str]] = {
    "nothing chooses one": ({}, "", "default"),
    "a prefix": ({}, 'workspace_key_prefix = "ws"', "<terraform.workspace>"),
    "the root reads it": ({"x.tf": "locals {\n  a = terraform.workspace\n}\n"}, "", "<terraform.workspace>"),
    "a command selects one": (
        {"run.sh": "terraform init\nterraform workspace select dev\nterraform apply\n"},
        "",
        "dev",
    ),
    "a command makes one": ({"run.sh": "terraform init\nterraform workspace new qa\n"}, "", "qa"),
    "a command lists them": ({"run.sh": "terraform init\nterraform workspace list\n"}, "", "default"),
    "the environment names one": ({"run.sh": "export TF_WORKSPACE=prod\nterraform init\n"}, "", "prod"),
    "one is chosen before the init": (
        {"run.sh": "terraform workspace select dev\nterraform init\n"},
        "",
        "<terraform.workspace>",
    ),
    "one is chosen elsewhere": (
        {"run.sh": "terraform init\n", "other/run.sh": "terraform workspace select dev\n"},
        "",
        "<terraform.workspace>",
    ),
}


@pytest.mark.parametrize(("files", "more", "expected"), WORKSPACES.values(), ids=WORKSPACES)
def test_the_workspace_is_known_where_nothing_else_may_choose_it(
    files: Mapping[str, str], more: str, expected: str, loaded: Load, block: Write
) -> None:
    assert shown(_only(loaded({"main.tf": block(more=more), **files})).workspace) == expected


def test_the_tool_is_that_of_the_command_or_of_the_files(loaded: Load, block: Write) -> None:
    assert _only(loaded({"main.tf": block(), "run.sh": "tofu init\n"})).tool == "tofu"
    assert _only(loaded({"main.tf": block(), "run.sh": "terraform init\n"})).tool == "terraform"
    assert _only(loaded({"main.tofu": block()})).tool == "tofu"
    assert _only(loaded({"main.tf": block()})).tool is None
