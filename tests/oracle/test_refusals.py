"""What our checks call invalid is what the real terraform refuses, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from tflint_locks.checks import backend_key_invalid, backend_region_invalid
from tflint_locks.resolve import load
from tflint_locks.resolve.model import Repository
from tflint_locks.settings import Settings
from tflint_locks.tree import DictTree


def _files(key: str = "app/terraform.tfstate", region: str = "us-east-1", more: str = "") -> dict[str, str]:
    block = f'bucket = "acme-state"\n    key = "{key}"\n    region = "{region}"\n    {more}'
    return {"main.tf": f'terraform {{\n  backend "s3" {{\n    {block}\n  }}\n}}\n', "deploy.sh": "terraform init\n"}


def _loaded(files: dict[str, str]) -> Repository:
    return load(DictTree(files), Settings())


KEYS = ["a", "a/b", "./a", "a b", "a//b", "/a", "a/", "/"]
PREFIXES = ["ws", "a/b", "a//b", "/ws", "ws/"]
REGIONS = ["us-east-1", "eu-west-1", "us-esat-1", "us-east1", "useast-1"]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_invalid_where_terraform_refuses_it(key: str, bash: Callable[..., Any]) -> None:
    files = _files(key)
    assert bool(bash(files).status) == bool(list(backend_key_invalid.check(_loaded(files))))


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_workspace_prefix_is_invalid_where_terraform_refuses_it(prefix: str, bash: Callable[..., Any]) -> None:
    files = _files(more=f'workspace_key_prefix = "{prefix}"')
    assert bool(bash(files).status) == bool(list(backend_key_invalid.check(_loaded(files))))


@pytest.mark.parametrize("skipped", [False, True])
@pytest.mark.parametrize("region", REGIONS)
def test_a_region_is_invalid_where_terraform_refuses_it(region: str, skipped: bool, bash: Callable[..., Any]) -> None:
    files = _files(region=region, more="skip_region_validation = true" if skipped else "")
    assert bool(bash(files).status) == bool(list(backend_region_invalid.check(_loaded(files))))
