from collections.abc import Callable

import pytest

from tflint_locks.resolve.model import Repository
from tflint_locks.value import shown

Load = Callable[..., Repository]
Write = Callable[..., str]
Seen = set[tuple[str, str]]


def _mentions(repository: Repository) -> Seen:
    return {(found.role, shown(found.value)) for found in repository.mentions}


def _variable(name: str, default: str) -> str:
    return f'variable "{name}" {{\n  default = {default}\n}}\n'


ARN = "arn:aws:dynamodb:us-west-2:111111111111:table/acme-locks"
VARIABLES: dict[str, tuple[str, Seen]] = {
    "a lock table's name": (_variable("lock_table", '"acme-locks"'), {("lock-table", "acme-locks")}),
    "its ARN": (_variable("terraform_state_dynamodb_table_arn", f'"{ARN}"'), {("lock-table", "acme-locks")}),
    "a state bucket": (_variable("tf_state_bucket", '"acme-s"'), {("state-bucket", "acme-s")}),
    "a state bucket's ARN": (_variable("tf_state_bucket_arn", '"arn:aws:s3:::acme-s"'), {("state-bucket", "acme-s")}),
    "a local": ('locals {\n  lock_table = "acme-locks"\n}\n', {("lock-table", "acme-locks")}),
    "a part that is not known": (
        'locals {\n  lock_table = "acme-${var.x}-locks"\n}\nvariable "x" {}\n',
        {("lock-table", "acme-<var.x>-locks")},
    ),
    "an application's table": (_variable("orders_table", '"orders"'), set()),
    "a bucket of something else": (_variable("logs_bucket", '"logs"'), set()),
    "a flag": (_variable("create_lock_table", "true"), set()),
    "a list": (_variable("lock_table", '["acme-locks"]'), set()),
    "nothing": (_variable("lock_table", '""'), set()),
    "null": (_variable("lock_table", "null"), set()),
    "an ARN of something else": (_variable("lock_table_arn", '"arn:aws:s3:::acme"'), set()),
    "a sentence": (_variable("lock_table", '"the lock table"'), set()),
    "every table": (_variable("lock_table", '"acme-*"'), set()),
    "nothing known": ('variable "lock_table" {}\n', set()),
}


@pytest.mark.parametrize(("text", "expected"), VARIABLES.values(), ids=VARIABLES)
def test_variables_mention_what_their_name_says(text: str, expected: Seen, loaded: Load, block: Write) -> None:
    assert _mentions(loaded({"main.tf": block() + text})) == expected


def test_a_mention_shows_where_the_name_stands_and_what_its_arn_says(loaded: Load, block: Write) -> None:
    text = _variable("lock_table_arn", f'"{ARN}"')
    (found,) = loaded({"main.tf": block(), "variables.tf": text}).mentions
    assert text[found.span.start : found.span.end] == "acme-locks"
    assert found.region is not None
    assert found.account is not None
    assert (shown(found.region), shown(found.account), found.evidence) == (
        "us-west-2",
        "111111111111",
        "var.lock_table_arn",
    )


def test_a_var_files_value_is_mentioned_where_it_stands(loaded: Load, block: Write) -> None:
    files = {"main.tf": block() + 'variable "lock_table" {}\n', "terraform.tfvars": 'lock_table = "acme-locks"\n'}
    (found,) = loaded(files).mentions
    assert found.span.path == "terraform.tfvars"


def _policy(actions: str, resource: str) -> str:
    return (
        'resource "aws_iam_role_policy" "p" {\n'
        '  role = "x"\n'
        "  policy = jsonencode({\n"
        "    Statement = [{\n"
        '      Effect = "Allow"\n'
        f'      Action = {actions}\n      Resource = "{resource}"\n    }}]\n  }})\n}}\n'
    )


TWO = '["dynamodb:GetItem", "dynamodb:PutItem"]'
TABLE = "arn:aws:dynamodb:us-east-1:111111111111:table/"
POLICIES: dict[str, tuple[str, Seen]] = {
    "the table in use": (_policy(TWO, TABLE + "acme-lock"), {("lock-table", "acme-lock")}),
    "a table with a near name": (_policy(TWO, TABLE + "acme-locks"), {("lock-table", "acme-locks")}),
    "a table that says what it is": (
        _policy(TWO, TABLE + "other-terraform-lock"),
        {("lock-table", "other-terraform-lock")},
    ),
    "every action": (_policy('"dynamodb:*"', TABLE + "acme-lock"), {("lock-table", "acme-lock")}),
    "one action only": (_policy('"dynamodb:GetItem"', TABLE + "acme-lock"), set()),
    "an application's table": (_policy(TWO, TABLE + "orders"), set()),
    "an application's lock table": (_policy(TWO, TABLE + "orders-locking"), set()),
    "every table": (_policy(TWO, TABLE + "*"), set()),
    "a glob": (_policy(TWO, TABLE + "acme-terraform-lock*"), set()),
    "another service's table": (_policy(TWO, "arn:aws:glue:us-east-1:111111111111:table/acme-lock"), set()),
    "the state's objects": (
        _policy('"s3:PutObject"', "arn:aws:s3:::acme-tfstate/*"),
        {("state-bucket", "acme-tfstate")},
    ),
    "the state's bucket, read only": (_policy('"s3:GetObject"', "arn:aws:s3:::acme-tfstate/*"), set()),
    "an application's bucket": (_policy('"s3:PutObject"', "arn:aws:s3:::acme-uploads/*"), set()),
    "a denial": (_policy(TWO, TABLE + "acme-lock").replace("Allow", "Deny"), set()),
}


@pytest.mark.parametrize(("text", "expected"), POLICIES.values(), ids=POLICIES)
def test_policies_mention_what_they_let_terraform_lock(text: str, expected: Seen, loaded: Load, block: Write) -> None:
    assert _mentions(loaded({"main.tf": block(), "iam.tf": text})) == expected


def test_an_inline_policy_file_mentions_too(loaded: Load, block: Write) -> None:
    text = f'{{"Statement": [{{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "{TABLE}acme-locks"}}]}}'
    (found,) = loaded({"main.tf": block(), "policy.json": text}).mentions
    assert (found.span.path, text[found.span.start : found.span.end]) == ("policy.json", "acme-locks")


SCRIPTS: dict[str, tuple[str, Seen]] = {
    "an assignment": ("LOCK_TABLE=acme-locks", {("lock-table", "acme-locks")}),
    "an exported assignment": ('export TF_STATE_BUCKET="acme-s"', {("state-bucket", "acme-s")}),
    "an assignment that is not known": ('LOCK_TABLE="acme-$1"', set()),
    "an assignment that names something else": ("LOCK_ID=acme-locks", set()),
    "a query": ("aws dynamodb describe-table --table-name acme-tf-lock", {("lock-table", "acme-tf-lock")}),
    "a query of an application's table": ("aws dynamodb describe-table --table-name orders", set()),
    "a created table": (
        "aws dynamodb create-table --table-name acme-tf-lock --key-schema AttributeName=LockID,KeyType=HASH",
        {("lock-table", "acme-tf-lock")},
    ),
    "a created table of an application": (
        "aws dynamodb create-table --table-name orders --key-schema AttributeName=id,KeyType=HASH",
        set(),
    ),
    "a comment": ("# LOCK_TABLE=acme-locks", set()),
}


@pytest.mark.parametrize(("script", "expected"), SCRIPTS.values(), ids=SCRIPTS)
def test_scripts_mention_what_they_name_or_create(script: str, expected: Seen, loaded: Load, block: Write) -> None:
    assert _mentions(loaded({"main.tf": block(), "boot.sh": script + "\n"})) == expected


def test_a_scripts_environment_is_that_of_its_path(loaded: Load, empty: str, backend_file: Write) -> None:
    files = {
        "main.tf": empty,
        **{f"backends/{name}.hcl": backend_file(name) for name in ("dev", "prod")},
        "scripts/bootstrap-dev-terraform.sh": "LOCK_TABLE=acme-x\n",
    }
    (found,) = loaded(files).mentions
    assert found.environment == "dev"
