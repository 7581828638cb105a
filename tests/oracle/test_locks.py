"""Who excludes whom from one state, and which table cannot hold a lock, as the real terraform behaves."""

import json
from collections.abc import Callable
from typing import Any, Literal

import pytest

from tflint_locks.checks import lock_table_key, state_locks_disjoint
from tflint_locks.resolve import load
from tflint_locks.settings import Settings
from tflint_locks.tree import DictTree

KEY = "app/terraform.tfstate"
INFO = json.dumps({"ID": "1f0e", "Operation": "OperationTypeApply", "Who": "somebody", "Path": f"acme-state/{KEY}"})
TABLE = 'dynamodb_table = "acme-locks"'
FILE = "use_lockfile = true"
BOTH = f"{TABLE}\n    {FILE}"
NONE = ""

Held = Literal["table", "file"]


def _root(locks: str) -> str:
    block = f'bucket = "acme-state"\n    key = "{KEY}"\n    region = "us-east-1"\n    {locks}'
    return f'terraform {{\n  backend "s3" {{\n    {block}\n  }}\n}}\noutput "x" {{\n  value = 1\n}}\n'


@pytest.fixture(name="held")
def held_(client: Callable[[str], Any]) -> Any:
    """Hold the lock of the one state, as a run that has not ended does."""
    item = {"LockID": {"S": f"acme-state/{KEY}"}, "Info": {"S": INFO}}

    def hold(how: Held) -> None:
        if how == "table":
            client("dynamodb").put_item(TableName="acme-locks", Item=item)
        else:
            client("s3").put_object(Bucket="acme-state", Key=f"{KEY}.tflock", Body=INFO.encode())

    yield hold
    client("dynamodb").delete_item(TableName="acme-locks", Key={"LockID": item["LockID"]})
    client("s3").delete_object(Bucket="acme-state", Key=f"{KEY}.tflock")


@pytest.mark.parametrize(
    ("holder", "how", "other", "excluded"),
    [
        (TABLE, "table", TABLE, True),
        (TABLE, "table", FILE, False),
        (TABLE, "table", BOTH, True),
        (FILE, "file", FILE, True),
        (FILE, "file", TABLE, False),
        (FILE, "file", BOTH, True),
        (TABLE, "table", NONE, False),
    ],
)
def test_two_writers_exclude_each_other_only_where_they_share_a_lock(
    holder: str, how: Held, other: str, excluded: bool, bash: Callable[..., Any], held: Callable[[Held], None]
) -> None:
    held(how)
    ran = bash({"main.tf": _root(other), "deploy.sh": "terraform init\nterraform plan -refresh=false\n"})
    assert ("Error acquiring the state lock" in ran.output) == excluded
    assert bool(ran.status) == excluded
    files = {"main.tf": _root(""), "a.hcl": holder, "b.hcl": other, "a.sh": _script("a.hcl"), "b.sh": _script("b.hcl")}
    found = list(state_locks_disjoint.check(load(DictTree(files), Settings())))
    assert bool(found) == (not excluded and other != NONE)  # no lock at all is another rule's matter


def _script(file: str) -> str:
    return f"terraform init -backend-config={file}\nterraform apply\n"


def _definition(key: str, kind: str, more: dict[str, str]) -> str:
    attributes = "".join(
        f'\n  attribute {{\n    name = "{name}"\n    type = "{type_}"\n  }}'
        for name, type_ in {key: kind, **more}.items()
    )
    sort = "".join(f'\n  range_key = "{name}"' for name in more)
    return (
        f'resource "aws_dynamodb_table" "lock" {{\n  name = "acme-lock"\n  hash_key = "{key}"{sort}{attributes}\n}}\n'
    )


@pytest.mark.parametrize(
    ("key", "kind", "more"),
    [
        ("LockID", "S", {}),
        ("LockId", "S", {}),
        ("lockid", "S", {}),
        ("id", "S", {}),
        ("LockID", "N", {}),
        ("LockID", "S", {"Info": "S"}),
        ("LockID", "S", {"stamp": "N"}),
    ],
)
def test_a_table_with_a_wrong_key_cannot_hold_a_lock(
    key: str,
    kind: str,
    more: dict[str, str],
    bash: Callable[..., Any],
    table: Callable[..., None],
    client: Callable[[str], Any],
) -> None:
    files = {
        "main.tf": _root('dynamodb_table = "acme-lock"').replace(KEY, "keys.tfstate"),
        "deploy.sh": "terraform init\nterraform plan -refresh=false\n",
    }
    table(client("dynamodb"), "acme-lock", key, kind, **more)
    try:
        ran = bash(files)
    finally:
        client("dynamodb").delete_table(TableName="acme-lock")
    found = list(
        lock_table_key.check(load(DictTree({**files, "lock/main.tf": _definition(key, kind, more)}), Settings()))
    )
    assert bool(ran.status) == bool(found), ran.output


def test_a_missing_table_does_not_fail_init(bash: Callable[..., Any]) -> None:
    files = {"main.tf": _root('dynamodb_table = "acme-typo"').replace(KEY, "typo.tfstate")}
    assert bash({**files, "deploy.sh": "terraform init\n"}).status == 0
    ran = bash({**files, "deploy.sh": "terraform plan -refresh=false\n"})
    assert "Error acquiring the state lock" in ran.output
    assert ran.status
