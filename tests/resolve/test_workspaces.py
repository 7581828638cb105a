"""Which workspaces the configurations of small repositories are in."""

from collections.abc import Callable

import pytest

from tflint_locks.resolve.model import Repository
from tflint_locks.value import shown

Load = Callable[..., Repository]
CHOICE = """terraform init
if $X; then
  terraform workspace select a
else
  terraform workspace select b
fi
terraform plan
"""


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("terraform init\nterraform plan\n", ["default"]),
        ("terraform init\nterraform workspace select dev\nterraform plan\n", ["dev"]),
        ("terraform init\nterraform workspace select dev || terraform workspace new dev\nterraform plan\n", ["dev"]),
        ("terraform init\nterraform workspace select -or-create dev\nterraform plan\n", ["dev"]),
        (
            "terraform init\nterraform workspace select dev\nterraform plan\nterraform workspace select prod\n",
            ["dev"],
        ),
        (
            "terraform init\nfor e in dev prod; do\n  terraform workspace select $e\n  terraform plan\ndone\n",
            ["dev", "prod"],
        ),
        (
            "terraform init\nterraform apply\nterraform workspace select dev\nterraform apply\n",
            ["<terraform.workspace>", "dev"],
        ),
        (
            "terraform init\nterraform workspace new dev\nterraform workspace new prod\n",
            ["dev", "prod"],
        ),
        ("terraform init\nTF_WORKSPACE=dev terraform import a.b c\n", ["dev"]),
        ("terraform init\nTF_WORKSPACE=dev terraform apply plan.out\n", ["dev"]),
        ("TF_WORKSPACE=dev terraform init\n", ["dev"]),
        (
            CHOICE,
            ["<terraform.workspace>"],
        ),
        (
            "terraform init\nterraform workspace select default\nterraform workspace select $(pick)\nterraform plan\n",
            ["<$(pick)>"],
        ),
        ("TF_WORKSPACE= terraform init\nterraform workspace select dev\n", ["dev"]),
        ('terraform init\nterraform workspace select "feat/x"\n', ["<terraform.workspace>"]),
        ("terraform init\nterraform workspace list\nterraform workspace delete dev\n", ["default"]),
    ],
)
def test_each_select_starts_a_configuration(
    loaded: Load, block: Callable[..., str], script: str, expected: list[str]
) -> None:
    found = loaded({"main.tf": block(), "run.sh": script}).configurations
    assert sorted(shown(one.workspace) for one in found) == expected


def test_the_var_file_of_each_turn_goes_with_its_workspace(loaded: Load, block: Callable[..., str]) -> None:
    script = (
        "terraform init\nfor e in dev prod; do\n  terraform workspace select $e\n"
        "  terraform plan -var-file=$e.tfvars\ndone\n"
    )
    files = {"main.tf": block(), "run.sh": script, "dev.tfvars": 'a = "b"\n', "prod.tfvars": 'a = "c"\n'}
    found = {shown(one.workspace): one.var_files for one in loaded(files).configurations}
    assert found == {"dev": ("dev.tfvars",), "prod": ("prod.tfvars",)}


def test_scripts_that_select_apart_are_configurations_apart(loaded: Load, block: Callable[..., str]) -> None:
    files = {
        "main.tf": block(),
        "a.sh": "terraform init\nterraform workspace select dev\nterraform plan\n",
        "b.sh": "terraform init\nterraform workspace select prod\nterraform plan\n",
        "c.sh": "terraform init\nterraform workspace select prod\nterraform apply\n",
        "d.sh": "terraform init\nterraform workspace select default\nterraform workspace delete old\n",
    }
    assert sorted(shown(one.workspace) for one in loaded(files).configurations) == ["dev", "prod"]


def test_very_many_workspaces_are_one_that_is_not_known(loaded: Load, block: Callable[..., str]) -> None:
    turns = "".join(f"terraform workspace select w{number}\nterraform plan\n" for number in range(9))
    (found,) = loaded({"main.tf": block(), "run.sh": f"terraform init\n{turns}"}).configurations
    assert shown(found.workspace) == "<terraform.workspace>"
