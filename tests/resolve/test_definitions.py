from collections.abc import Callable

import pytest

from tflint_locks.read.script import read_script
from tflint_locks.resolve.definitions import is_lock_table, operation
from tflint_locks.resolve.model import Definition, Repository
from tflint_locks.value import shown

Load = Callable[..., Repository]
Write = Callable[..., str]


def _table(name: str, more: str = "", label: str = "lock", key: str = 'hash_key = "LockID"') -> str:
    return f'resource "aws_dynamodb_table" "{label}" {{\n  name = {name}\n  {key}\n  {more}\n}}\n'


def _names(repository: Repository, kind: str = "table") -> set[str]:
    return {shown(found.name) for found in repository.definitions if found.kind == kind}


def _only(repository: Repository) -> Definition:
    (found,) = repository.definitions
    return found


NAMED = {
    "a literal": (_table('"acme-lock"'), {"acme-lock"}),
    "a variable": (_table("var.n") + 'variable "n" {\n  default = "acme-lock"\n}\n', {"acme-lock"}),
    "a local": (_table("local.n") + 'locals {\n  n = "acme-lock"\n}\n', {"acme-lock"}),
    "something not known": (_table('"acme-${var.n}"') + 'variable "n" {}\n', {"acme-<var.n>"}),
    "for_each over a set": (_table('"acme-${each.key}"', 'for_each = toset(["a", "b"])'), {"acme-a", "acme-b"}),
    "for_each over a map": (_table("each.value.n", 'for_each = { x = { n = "p" }, y = { n = "q" } }'), {"p", "q"}),
    "count": (_table('"acme-${count.index}"', "count = 2"), {"acme-0", "acme-1"}),
    "no element": (_table('"acme"', "count = 0"), set()),
    "a count not known": (_table('"acme"', "count = var.on ? 1 : 0") + 'variable "on" {}\n', {"acme"}),
    "no name": (_table("null"), set()),
    "an empty name": (_table('""'), set()),
}


@pytest.mark.parametrize(("text", "expected"), NAMED.values(), ids=NAMED)
def test_a_resource_defines_a_table_for_each_element(text: str, expected: set[str], loaded: Load) -> None:
    assert _names(loaded({"main.tf": text})) == expected


def test_a_definitions_span_is_the_text_of_its_name(loaded: Load) -> None:
    text = _table('"acme-lock"')
    found = _only(loaded({"main.tf": text}))
    assert text[found.span.start : found.span.end] == "acme-lock"
    assert text[found.header.start : found.header.end].startswith("resource")


def test_keys_are_read_with_their_types(loaded: Load) -> None:
    text = _table(
        '"acme-lock"',
        (
            'range_key = "Info"\n  attribute {\n    name = "LockId"\n    type = "N"\n'
            '  }\n  attribute {\n    name = "Info"\n    type = "S"\n  }'
        ),
        key='hash_key = "LockId"',
    )
    found = _only(loaded({"main.tf": text}))
    assert [(shown(key.name), key.key_type, shown(key.value_type)) for key in found.keys] == [
        ("LockId", "HASH", "N"),
        ("Info", "RANGE", "S"),
    ]


PROVEN = {
    "its key": (_table('"acme-x"', label="t"), True),
    "its name": (_table('"acme-terraform-lock"', label="t", key='hash_key = "id"'), True),
    "its key in other letters": (_table('"orders"', label="t", key='hash_key = "lockId"'), False),
    "nothing": (_table('"orders"', label="t", key='hash_key = "id"'), False),
    "an application's lock": (_table('"orders-lock"', label="t", key='hash_key = "id"'), False),
    "LockID as sort key only": (
        _table('"orders"', 'range_key = "LockID"', label="t", key='hash_key = "id"'),
        False,
    ),
}


@pytest.mark.parametrize(("text", "expected"), PROVEN.values(), ids=PROVEN)
def test_a_table_certainly_holds_locks_by_its_key_or_name(text: str, expected: bool, loaded: Load) -> None:
    assert is_lock_table(_only(loaded({"main.tf": text}))) is expected


def test_the_environment_is_the_roots_else_the_one_its_name_speaks_of(loaded: Load, block: Write) -> None:
    files = {
        "envs/dev/main.tf": block("dev") + _table('"acme-prod-lock"'),
        "envs/prod/main.tf": block("prod"),
        "bootstrap/main.tf": _table('"acme-${each.key}-lock"', 'for_each = toset(["dev", "prod"])'),
    }
    found = {(shown(one.name), one.root): one.environment for one in loaded(files).definitions}
    assert found == {
        ("acme-prod-lock", "envs/dev"): "dev",
        ("acme-dev-lock", "bootstrap"): "dev",
        ("acme-prod-lock", "bootstrap"): "prod",
    }


REGIONS = {
    "the default provider": ("", "us-east-1"),
    "an alias": ("provider = aws.west", "us-west-2"),
    "an alias that is not there": ("provider = aws.gone", None),
}


@pytest.mark.parametrize(("more", "expected"), REGIONS.values(), ids=REGIONS)
def test_the_region_is_that_of_the_provider(more: str, expected: str | None, loaded: Load) -> None:
    providers = (
        'provider "aws" {\n  region = "us-east-1"\n}\nprovider "aws" {\n  alias = "west"\n  region = "us-west-2"\n}\n'
    )
    found = _only(loaded({"main.tf": providers + _table('"acme"', more)}))
    assert (shown(found.region) if found.region else None) == expected


CALL = 'provider "aws" {\n  region = "us-east-1"\n}\nmodule "m" {\n  source = "./m"\n  %s\n}\n'


@pytest.mark.parametrize(("more", "expected"), [("", "us-east-1"), ("providers = {\n    aws = aws.west\n  }", None)])
def test_a_modules_region_is_its_callers_unless_that_passes_providers(
    more: str, expected: str | None, loaded: Load
) -> None:
    found = _only(loaded({"main.tf": CALL % more, "m/main.tf": _table('"acme"')}))
    assert (shown(found.region) if found.region else None) == expected


MODULES = {
    "a state backend module": (
        'source = "cloudposse/tfstate-backend/aws"\n  dynamodb_table_name = "acme-l"\n  s3_bucket_name = "acme-s"',
        {"acme-l"},
        {"acme-s"},
    ),
    "a table module": ('source = "terraform-aws-modules/dynamodb-table/aws"\n  name = "acme-l"', {"acme-l"}, set()),
    "a bucket module": (
        'source = "terraform-aws-modules/s3-bucket/aws"\n  bucket = "acme-s"\n  name = "x"',
        set(),
        {"acme-s"},
    ),
    "any other module": ('source = "acme/thing/aws"\n  name = "acme-l"\n  bucket = "acme-s"', set(), set()),
    "a module without a name": ('source = "terraform-aws-modules/dynamodb-table/aws"', set(), set()),
}


@pytest.mark.parametrize(("text", "tables", "buckets"), MODULES.values(), ids=MODULES)
def test_some_modules_make_what_their_arguments_name(
    text: str, tables: set[str], buckets: set[str], loaded: Load
) -> None:
    found = loaded({"main.tf": f'module "x" {{\n  {text}\n}}\nvariable "state_bucket" {{}}\n'})
    assert (_names(found), _names(found, "bucket")) == (tables, buckets)


CREATE = "aws dynamodb create-table --table-name %s --attribute-definitions AttributeName=LockID,AttributeType=S"
SCHEMA = " --key-schema AttributeName=LockID,KeyType=HASH --region us-west-2"
COMMANDS = {
    "a literal": (CREATE % "acme-lock" + SCHEMA, {"acme-lock"}),
    "a variable": ("T=acme-lock\n" + CREATE % '"$T"' + SCHEMA, {"acme-lock"}),
    "a part that is not known": (CREATE % '"acme-$1"' + SCHEMA, {"acme-<$1>"}),
    "a loop": ("for e in dev prod; do\n" + CREATE % '"acme-$e"' + SCHEMA + "\ndone", {"acme-dev", "acme-prod"}),
    "an equals sign": (CREATE.replace("name %s", "name=acme-lock") + SCHEMA, {"acme-lock"}),
    "a placeholder": (CREATE % '"<your-table>"' + SCHEMA, set()),
    "another command": ("aws dynamodb describe-table --table-name acme-lock", set()),
    "a line that only prints it": ("echo " + CREATE % "acme-lock", set()),
    "no name": ("aws dynamodb create-table --billing-mode X", set()),
}


@pytest.mark.parametrize(("script", "expected"), COMMANDS.values(), ids=COMMANDS)
def test_aws_commands_create_tables(script: str, expected: set[str], loaded: Load) -> None:
    assert _names(loaded({"boot.sh": script + "\n"})) == expected


def test_a_command_states_key_and_region(loaded: Load) -> None:
    found = _only(loaded({"boot.sh": CREATE % "acme-lock" + SCHEMA + "\n"}))
    assert [(shown(key.name), key.key_type, shown(key.value_type)) for key in found.keys] == [("LockID", "HASH", "S")]
    assert found.region is not None
    assert (shown(found.region), is_lock_table(found)) == ("us-west-2", True)


@pytest.mark.parametrize(
    "script", ["aws s3 mb s3://acme-tfstate", "aws s3api create-bucket --bucket acme-tfstate --region us-east-1"]
)
def test_aws_commands_create_buckets(script: str, loaded: Load) -> None:
    assert _names(loaded({"boot.sh": script + "\n"}), "bucket") == {"acme-tfstate"}


def test_options_before_and_after_the_operation_are_found() -> None:
    (command,) = read_script("x.sh", "aws --region us-east-1 dynamodb scan --table-name=t --no-paginate\n").commands
    service, name, found, _ = operation(command)
    assert (service, name) == ("dynamodb", "scan")
    assert {key: shown(value) for key, value in found.items()} == {
        "--region": "us-east-1",
        "--table-name": "t",
        "--no-paginate": "",
    }


@pytest.mark.parametrize(
    "text",
    [
        "aws --endpoint-url http://localhost:4566 dynamodb create-table --table-name acme-lock\n",
        "aws --endpoint-url=http://localhost:4566 dynamodb create-table --table-name acme-lock\n",
        "export AWS_ENDPOINT_URL=http://localhost:4566\naws dynamodb create-table --table-name acme-lock\n",
    ],
)
def test_what_a_script_creates_in_a_stand_in_for_aws_is_no_definition(text: str, loaded: Load) -> None:
    assert loaded({"s.sh": text}).definitions == ()
    assert _names(loaded({"s.sh": text.splitlines()[-1].replace("--endpoint-url", "--profile") + "\n"})) == {
        "acme-lock"
    }


@pytest.mark.parametrize(
    "options",
    [
        """--cli-input-json '{"TableName": "acme-lock", \
"KeySchema": [{"AttributeName": "LockId", "KeyType": "HASH"}]}'""",
        """--table-name acme-lock --key-schema '[{"AttributeName": "LockId", "KeyType": "HASH"}]'""",
        "--table-name acme-lock --key-schema AttributeName=LockId,KeyType=HASH",
    ],
)
def test_a_command_may_state_its_key_as_json(options: str, loaded: Load) -> None:
    (made,) = loaded({"up.sh": f"aws dynamodb create-table {options}\n"}).definitions
    assert shown(made.name) == "acme-lock"
    assert [(shown(key.name), key.key_type) for key in made.keys] == [("LockId", "HASH")]


def test_a_command_whose_json_lies_in_a_file_makes_what_is_not_known(loaded: Load) -> None:
    assert not loaded({"up.sh": "aws dynamodb create-table --cli-input-json file://table.json\n"}).definitions
