"""What a document is compared with: which names are still alive, and which lines speak of the past."""

from collections.abc import Callable

import pytest

from tflint_locks.resolve.documents import has_whole, lives, role_of_label, speaks_of_past
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.roles import LOCK_TABLE, STATE_BUCKET
from tflint_locks.value import literal

Load = Callable[..., Repository]
MAKES = (
    "aws dynamodb create-table --table-name {} --attribute-definitions AttributeName=LockID,AttributeType=S "
    "--key-schema AttributeName=LockID,KeyType=HASH\n"
)
TABLE = (
    'resource "aws_dynamodb_table" "x" {{\n  name     = "{}"\n  hash_key = "LockID"\n'
    '  attribute {{\n    name = "LockID"\n    type = "S"\n  }}\n}}\n'
)
LIVES = {
    "the backend's": ("acme-lock", {}, True),
    "nobody's": ("acme-gone", {}, False),
    "one that Terraform makes and nothing uses": ("other-locks", {"b/t.tf": TABLE.format("other-locks")}, False),
    "an application's": ("acme-orders", {"b/t.tf": TABLE.format("acme-orders").replace("LockID", "id")}, True),
    "made by a script, and nothing uses it": ("other-locks", {"make.sh": MAKES.format("other-locks")}, False),
    "made by a script for the backend": ("acme-lock", {"make.sh": MAKES.format("acme-lock")}, True),
    "a word in Terraform's own files": ("acme-orders", {"b/a.tf": 'locals {\n  t = "acme-orders"\n}\n'}, True),
    "a part of a longer word": ("acme-orders", {"b/a.tf": 'locals {\n  t = "acme-orders-old"\n}\n'}, False),
    "a word in a script": ("acme-orders", {"a.sh": "terraform init\necho acme-orders\n"}, False),
    "named where another rule says that it is wrong": (
        "acme-locks",
        {"terraform.tfvars": 'lock_table_arn = "arn:aws:dynamodb:us-east-1:111111111111:table/acme-locks"\n'},
        False,
    ),
}


@pytest.mark.parametrize(("name", "files", "expected"), LIVES.values(), ids=LIVES)
def test_a_name_lives_where_something_makes_or_uses_it(
    name: str, files: dict[str, str], *, expected: bool, loaded: Load, block: Callable[..., str]
) -> None:
    variable = 'variable "lock_table_arn" {\n  type = string\n}\n'
    assert lives(loaded({"main.tf": block() + variable, **files}), LOCK_TABLE, name) is expected


@pytest.mark.parametrize(
    ("line", "past"),
    [
        ("Lock table: `acme-locks`", False),
        ("The old lock table was `acme-locks`", True),
        ("`acme-locks` → `acme-lock`", True),
        ("Until the migration: `acme-locks`", True),
        ("e.g. `acme-locks`", True),
        ("The oldest lock wins", False),
    ],
)
def test_a_line_may_speak_of_the_past(line: str, *, past: bool) -> None:
    assert speaks_of_past(line) is past


@pytest.mark.parametrize(
    ("label", "text", "role"),
    [
        ("Lock Table", "acme-lock", LOCK_TABLE),
        ("DynamoDB table", "acme-lock", LOCK_TABLE),
        ("State bucket", "acme-state", STATE_BUCKET),
        ("Lock policy", "acme-lock", None),
        ("State bucket key", "a/b.tfstate", "state-key"),
        ("Lock table", "arn:aws:dynamodb:us-east-1:111111111111:table/x", None),
        ("AWS account", "111111111111", "account"),
        ("Owner", "acme", None),
    ],
)
def test_a_label_says_what_its_value_is(label: str, text: str, role: str | None) -> None:
    assert role_of_label(label, literal(text)) == role


def test_a_name_is_whole_where_no_word_goes_on() -> None:
    assert has_whole("the `acme-lock` table", "acme-lock")
    assert not has_whole("the acme-locks and acme-lock-dev and x.acme-lock", "acme-lock")
