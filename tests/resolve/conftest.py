from collections.abc import Callable, Mapping

import pytest

from tflint_locks.resolve import load
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.settings import Settings
from tflint_locks.tree import DictTree
from tflint_locks.value import Result, shown

Files = Mapping[str, str]
EMPTY = 'terraform {\n  backend "s3" {}\n}\n'


@pytest.fixture(name="loaded")
def loaded_() -> Callable[..., Repository]:
    """Read a small repository."""

    def read(files: Files, settings: Settings | None = None) -> Repository:
        return load(DictTree(files), settings or Settings())

    return read


@pytest.fixture(name="empty")
def empty_() -> str:
    """A partial backend block."""
    return EMPTY


@pytest.fixture(name="block")
def block_() -> Callable[..., str]:
    """Write a complete backend block."""

    def write(key: str = "app.tfstate", table: str = "acme-lock", bucket: str = "acme-state", more: str = "") -> str:
        named = (
            f'bucket = "{bucket}"\n    key = "{key}"\n    region = "us-east-1"\n'
            f'    dynamodb_table = "{table}"\n    {more}'
        )
        return f'terraform {{\n  backend "s3" {{\n    {named}\n  }}\n}}\n'

    return write


@pytest.fixture(name="backend_file")
def backend_file_() -> Callable[..., str]:
    """Write a complete backend file; the environment is in every name."""

    def write(environment: str, key: str = "app.tfstate") -> str:
        return (
            f'bucket = "acme-{environment}-state"\nkey = "{key}"\nregion = "us-east-1"\n'
            f'dynamodb_table = "acme-{environment}-lock"\n'
        )

    return write


@pytest.fixture(name="plain")
def plain_() -> Callable[[Result], object]:
    """Write a result for people."""

    def write(result: Result) -> object:
        if isinstance(result, dict):
            return {name: write(inner) for name, inner in result.items()}
        if isinstance(result, list):
            return [write(inner) for inner in result]
        return shown(result) if isinstance(result, tuple) else None

    return write


@pytest.fixture(name="seen")
def seen_() -> Callable[[Configuration], dict[str, str]]:
    """The attributes of a configuration by name, holes as ``<identity>``."""

    def show(configuration: Configuration) -> dict[str, str]:
        return {
            name: shown(setting.value)
            for name, setting in configuration.settings.items()
            if isinstance(setting.value, tuple)
        }

    return show
