"""What our check calls an invalid flag is what the real terraform refuses, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from tflint_locks.checks import ci_flag_invalid
from tflint_locks.resolve import load
from tflint_locks.settings import Settings
from tflint_locks.tree import DictTree

MAIN = 'terraform {\n  required_version = ">= 1.6"\n  backend "local" {}\n}\n'
LOCKS = ["false", "F", "0", "t", "True", "FALSE", "no", "yes", "off", "fAlse", "on"]
TIMEOUTS = ["5m", "0", "1m30s", "1.5h", ".5s", "-5s", "300", "60sec", "5min", "5 m", "1h5", "s"]
COMMANDS = [
    "init -reconfigure",
    "init -reconfigure -migrate-state",
    "init -reconfigure -migrate-state=false",
    "init -input false",
    "init -input=false",
    "init sub",
    "init -reconfigure -backend-config=path=x.tfstate",
    "plan -backend-config=path=x.tfstate",
    "plan -reconfigure",
    "plan -lock false",
    "plan -lock -lock-timeout 5s",
    "plan sub",
    "apply -input false",
    "apply -auto-approve -input=false",
    "apply -force-copy",
    "output -lock=false",
    "validate -lock=false",
    "validate",
    "output -json",
]


def _files(command: str) -> dict[str, str]:
    return {"main.tf": MAIN, "deploy.sh": f"terraform init > /dev/null\nterraform {command}\n"}


def _agrees(command: str, bash: Callable[..., Any]) -> bool:
    files = _files(command)
    refused = bool(bash(files).status)
    return refused == bool(list(ci_flag_invalid.check(load(DictTree(files), Settings()))))


@pytest.mark.parametrize("value", LOCKS)
def test_a_boolean_is_refused_where_terraform_refuses_it(value: str, bash: Callable[..., Any]) -> None:
    assert _agrees(f"plan -lock={value}", bash)


@pytest.mark.parametrize("value", TIMEOUTS)
def test_a_timeout_is_refused_where_terraform_refuses_it(value: str, bash: Callable[..., Any]) -> None:
    assert _agrees(f"plan '-lock-timeout={value}'", bash)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_refused_where_terraform_refuses_it(command: str, bash: Callable[..., Any]) -> None:
    assert _agrees(command, bash)
