"""Names of one project in other words, and lock items that nothing writes."""

from collections.abc import Callable

import pytest

from tflint_locks.resolve.document_files import is_document, is_history
from tflint_locks.resolve.kin import kin, kindred_keys
from tflint_locks.resolve.lock_items import settled, unwritten
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.roles import role_of_setting


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("acme-shop-lock", "acme-shop-terraform-locks", True),
        ("acme-shop-terraform-locks", "acme-shop-terraform-locks-prod", True),
        ("acme-shop-tfstate", "acme-shop-terraform-state", True),
        ("acme-shop-lock", "acme-billing-terraform-locks", False),
        ("acme-shop-job-locks", "acme-shop-terraform-locks", False),
        ("terraform-locks", "acme-terraform-locks", False),
    ],
)
def test_kin(left: str, right: str, *, expected: bool) -> None:
    assert kin(left, right, ()) is expected
    assert kin(right, left, ()) is expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("terraform/staging.tfstate", "staging/terraform.tfstate", True),
        ("terraform.tfstate", "infrastructure/terraform.tfstate", True),
        ("network/terraform.tfstate", "app/terraform.tfstate", False),
    ],
)
def test_kindred_keys(left: str, right: str, *, expected: bool) -> None:
    assert kindred_keys(left, right) is expected


@pytest.mark.parametrize(
    ("lock_id", "expected"),
    [
        ("acme-state/terraform.tfstate", ["acme-state/infra/terraform.tfstate"]),
        ("acme-state/terraform.tfstate-md5", ["acme-state/infra/terraform.tfstate-md5"]),
        ("acme-state/infra/terraform.tfstate", []),
        ("acme-state/infra/terraform.tfstate-md5", []),
        ("acme-state/env:/dev/infra/terraform.tfstate", []),
        ("acme-state/network/terraform.tfstate", []),
        ("acme-state/path/to/terraform.tfstate", []),
        ("billing-state/terraform.tfstate", []),
        ("acme-state", []),
    ],
)
def test_lock_items_that_nothing_writes(
    lock_id: str, expected: list[str], loaded: Callable[..., Repository], block: Callable[..., str]
) -> None:
    repository = loaded({"main.tf": block(key="infra/terraform.tfstate", bucket="acme-state", table="acme-lock")})
    configurations = settled(repository.configurations)
    assert [text for text, _ in unwritten(configurations, lock_id, "acme-lock", ())] == expected
    assert not unwritten(configurations, lock_id, "other-lock", ())


@pytest.mark.parametrize(
    ("way", "role"),
    [
        ("environments.dev.terraform_backend.bucket", "state-bucket"),
        ("environments.dev.terraform_backend.dynamodb_table", "lock-table"),
        ("dev.lock_table", "lock-table"),
        ("terraform.dynamodb.users_table", None),
        ("app.bucket", None),
        ("backend.bucket", None),
    ],
)
def test_the_role_of_a_setting(way: str, role: str | None) -> None:
    assert role_of_setting(way) == role


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("docs/state.md", False),
        ("README.md", False),
        ("terraform/BACKEND.md", False),
        ("docs/archive/state.md", True),
        ("docs/adr/0001-state.md", True),
        ("docs/2025-03-01-incident.md", True),
        ("CHANGELOG.md", True),
        ("docs/BUILD_IN_PUBLIC.md", True),
        (".env.example", False),
    ],
)
def test_which_documents_speak_of_today(path: str, *, expected: bool) -> None:
    assert is_document(path)
    assert is_history(path) is expected
