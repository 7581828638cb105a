"""What a whole repository comes to, and that nothing in it makes reading fail."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflint_locks.resolve import load
from tflint_locks.resolve.model import Repository
from tflint_locks.settings import Settings
from tflint_locks.tree import DictTree

Load = Callable[..., Repository]
Write = Callable[..., str]


def test_an_empty_repository_has_nothing(loaded: Load) -> None:
    found = loaded({})
    assert (found.configurations, found.definitions, found.mentions, found.environments) == ((), (), (), ())


def test_files_that_a_root_or_an_init_uses_are_used(loaded: Load, empty: str, backend_file: Write) -> None:
    found = loaded(
        {
            "root/main.tf": empty + 'module "m" {\n  source = "../m"\n}\n',
            "m/main.tf": 'module "n" {\n  source = "./n"\n}\n',
            "m/n/main.tf": "",
            "other/main.tf": "",
            "b.hcl": backend_file("dev"),
            "v.tfvars": "",
            "run.sh": "cd root\nterraform init -backend-config=../b.hcl\nterraform plan -var-file=../v.tfvars\n",
        }
    )
    assert found.used_paths == {"root/main.tf", "m/main.tf", "m/n/main.tf", "b.hcl", "v.tfvars"}


def test_what_cannot_be_read_or_parsed_is_kept(loaded: Load, block: Write) -> None:
    found = loaded(
        {"main.tf": block(), "bad.tf": 'resource "a" {\n', "latin.tf": "x = 1 # caf\u00e9".encode("latin-1")}
    )
    assert {fault.span.path for fault in found.faults} == {"bad.tf"}
    assert {file.path for file in found.unreadable} == {"latin.tf"}
    assert len(found.configurations) == 1


def test_one_table_is_defined_once_however_many_environments_share_the_root(
    loaded: Load, empty: str, backend_file: Write
) -> None:
    table = 'resource "aws_dynamodb_table" "lock" {\n  name = "acme-tf-lock"\n  hash_key = "LockID"\n}\n'
    files = {"main.tf": empty + table, **{f"backends/{name}.hcl": backend_file(name) for name in ("dev", "prod")}}
    found = loaded(files).definitions
    assert sorted(one.environment or "" for one in found) == ["dev", "prod"]


ODD = {
    "empty blocks": {"main.tf": 'terraform {\n  backend {}\n}\nresource {}\nvariable {}\nmodule {}\nlocals "x" {}\n'},
    "too many labels": {
        "main.tf": 'terraform {\n  backend "s3" "x" {\n    bucket = "b"\n  }\n}\nmodule "a" "b" {\n  source = "./"\n}\n'
    },
    "JSON of another shape": {
        "main.tf.json": '{"terraform": {"backend": {"s3": [1, null, "x"]}}, "resource": 3, "module": [[]]}'
    },
    "JSON that is a list": {"main.tf.json": "[1, 2]"},
    "a source that leaves the repository": {"main.tf": 'module "m" {\n  source = "../../.."\n}\n'},
    "a source that is no text": {"main.tf": 'module "m" {\n  source = ["./a"]\n}\nmodule "n" {\n  source = \n}\n'},
    "a bucket that is a map": {
        "main.tf": 'terraform {\n  backend "s3" {\n    bucket = { a = 1 }\n    key = ["k"]\n    region = -1\n  }\n}\n'
    },
    "a workspace prefix that is a list": {
        "main.tf": (
            'terraform {\n  backend "s3" {\n    bucket = "b"\n    key = "k"\n    workspace_key_prefix = ["a"]\n  }\n}\n'
        ),
        "run.sh": "TF_WORKSPACE=dev terraform init\n",
    },
    "commands without words": {
        "run.sh": (
            "terraform\naws\nterraform init -backend-config\nterraform -chdir init\n"
            "aws dynamodb\naws --\nterraform init -backend-config==\n"
        )
    },
    "paths of other systems": {
        "main.tf": "",
        "run.sh": (
            "cd C:\\\\x\n"
            "terraform init -backend-config=..\\\\a.hcl -backend-config=/etc/passwd -backend-config=../../x.hcl\n"
        ),
    },
    "a policy of another shape": {
        "policy.json": '{"Statement": [null, 3, {"Action": {"a": 1}, "Resource": [[["dynamodb:PutItem"]]]}]}'
    },
    "a table of another shape": {
        "main.tf": (
            'resource "aws_dynamodb_table" "t" {\n  name = ["a"]\n'
            '  hash_key = {}\n  attribute = 3\n  count = "x"\n  for_each = 3\n}\n'
        )
    },
    "a module whose for_each is itself": {
        "main.tf": 'module "m" {\n  source = "./m"\n  for_each = module.m\n}\n',
        "m/main.tf": 'output "x" {\n  value = 1\n}\n',
    },
    "characters of private use": {
        "main.tf": 'terraform {\n  backend "s3" {}\n}\n',
        "run.sh": "terraform init -backend-config=\ue000\ue001.hcl -backend-config=$1\ue000.hcl\n",
        "\ue000.hcl": 'bucket = "b"\n',
    },
    "a name with a line break": {
        "a\nb/main.tf": 'terraform {\n  backend "s3" {}\n}\n',
        "run.sh": "terraform -chdir=$'a\\nb' init\n",
    },
}


@pytest.mark.parametrize("files", ODD.values(), ids=ODD)
def test_odd_files_never_make_reading_fail(files: dict[str, str], loaded: Load) -> None:
    loaded(files)


_PIECES = st.sampled_from(
    [
        'terraform {\n  backend "s3" {\n',
        "  }\n}\n",
        '    bucket = "acme-<x>"\n',
        "    key = var.k\n",
        "    dynamodb_table = null\n",
        "{",
        "}",
        "[",
        '"',
        'variable "lock_table" {\n  default = ',
        'resource "aws_dynamodb_table" "t" {\n  name = ',
        "  for_each = toset(local.l)\n",
        "locals {\n  l = ",
        "${",
        'module "m" {\n  source = "./"\n',
        "<<EOF\n",
        "EOF\n",
        "true",
        "null",
        '"acme"\n',
        "\n",
        "# x\n",
        "local.l",
        "var.lock_table",
    ]
)
_WORDS = st.sampled_from(
    [
        "terraform ",
        "init ",
        "-backend-config=",
        "-backend-config ",
        "a.hcl ",
        "k=v ",
        '"$1" ',
        "$X ",
        "\n",
        "; ",
        "cd a\n",
        "-chdir=a ",
        "plan ",
        "-var ",
        "-var-file=",
        "<",
        "'",
        "aws dynamodb create-table --table-name ",
    ]
)


@given(
    st.lists(_PIECES, max_size=14).map("".join),
    st.lists(_PIECES, max_size=8).map("".join),
    st.lists(_WORDS, max_size=14).map("".join),
)
def test_no_text_makes_reading_fail(main: str, backend: str, script: str) -> None:
    files = {
        "main.tf": main,
        "a/main.tf": main,
        "a.hcl": backend,
        "a.tfvars": backend,
        "a/x.json": backend,
        "run.sh": script,
    }
    load(DictTree(files), Settings())
