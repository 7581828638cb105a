import pytest

from tflint_locks.resolve.roles import names_lock_table, names_state_bucket, qualifiers, role_of_name


@pytest.mark.parametrize(
    "name",
    [
        "lock_table",
        "lock_table_name",
        "LOCK_TABLE",
        "tfLockTable",
        "dynamodb_lock_table",
        "terraform_state_dynamodb_table_arn",
        "tf_state_lock_table_arn",
        "dynamodb_state_lock",
        "terraform_locks_table_id",
        "TF_LOCKTABLE",
    ],
)
def test_names_that_hold_a_lock_table(name: str) -> None:
    assert role_of_name(name) == "lock-table"


@pytest.mark.parametrize(
    "name",
    [
        "tf_state_bucket",
        "terraform_state_bucket_name",
        "TF_STATE_BUCKET",
        "tfstate_bucket",
        "state_bucket",
        "terraform_state_s3_bucket_arn",
    ],
)
def test_names_that_hold_a_state_bucket(name: str) -> None:
    assert role_of_name(name) == "state-bucket"


@pytest.mark.parametrize(
    "name",
    [
        "table_name",
        "orders_table",
        "lock_id",
        "lockId",
        "block_table",
        "lock_timeout",
        "LOCK_TABLE_FULL",
        "bucket",
        "logs_bucket",
        "state",
        "state_machine_arn",
        "bucket_state",
        "name",
        "arn",
        "_",
        "",
    ],
)
def test_names_that_say_too_little(name: str) -> None:
    assert role_of_name(name) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("acme-terraform-locks", True),
        ("acme-tf-state-lock", True),
        ("acme-lock", False),
        ("orders-locking", False),
        ("acme-terraform", False),
    ],
)
def test_a_tables_own_name_may_say_that_it_holds_locks(name: str, expected: bool) -> None:
    assert names_lock_table(name) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("acme-tfstate", True), ("acme-terraform-state", True), ("acme-state", False), ("acme-terraform-modules", False)],
)
def test_a_buckets_own_name_may_say_that_it_holds_state(name: str, expected: bool) -> None:
    assert names_state_bucket(name) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("var.network_state_bucket", {"network"}),
        ("var.tf_state_bucket", set()),
        ("var.staging_lock_table", set()),
        ("remote_state_bucket", {"remote"}),
    ],
)
def test_a_name_may_say_whose_table_it_means(name: str, expected: set[str]) -> None:
    assert qualifiers(name, ["staging", "prod"]) == expected
