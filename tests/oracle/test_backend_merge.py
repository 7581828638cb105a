"""What the real terraform makes of a backend, its files, flags and environment is what we work out from the same files.

The scripts below are run with bash and terraform against a local S3, and read by ``load``, which runs nothing.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tflint_locks.resolve import load
from tflint_locks.resolve.model import Configuration
from tflint_locks.settings import Settings
from tflint_locks.tree import DictTree
from tflint_locks.value import Result, compare, known, literal, text_of

BLOCK = """terraform {
  backend "s3" {
    bucket         = "acme-state"
    key            = "app/terraform.tfstate"
    region         = "us-east-1"
    dynamodb_table = "acme-locks"
    encrypt        = true
  }
}
"""
EMPTY = 'terraform {\n  backend "s3" {}\n}\n'
FULL_FILE = 'bucket = "acme-state"\nkey = "file.tfstate"\nregion = "us-east-1"\n'
PARTIAL = 'terraform {\n  backend "s3" {\n    bucket = "acme-state"\n    region = "us-east-1"\n  }\n}\n'


class Case(NamedTuple):
    """A small repository; ``holes`` are the attributes we rightly do not know."""

    files: dict[str, str]
    script: str
    holes: tuple[str, ...] = ()


CASES = {
    "the block alone": Case({"main.tf": BLOCK}, "terraform init"),
    "a file over the block": Case(
        {"main.tf": BLOCK, "dev.hcl": 'key = "dev.tfstate"\nencrypt = false\n'},
        "terraform init -backend-config=dev.hcl",
    ),
    "two files and two settings, in the order given": Case(
        {
            "main.tf": EMPTY,
            "a.hcl": FULL_FILE + 'dynamodb_table = "acme-a"\nacl = "private"\n',
            "b.hcl": 'bucket = "acme-other"\ndynamodb_table = "acme-b"\n',
        },
        "terraform init -backend-config=key=first -backend-config=a.hcl -backend-config=dynamodb_table=acme-flag "
        "-backend-config=acl=bucket-owner-full-control -backend-config=b.hcl",
    ),
    "a setting before a file loses to it": Case(
        {"main.tf": EMPTY, "a.hcl": FULL_FILE}, "terraform init -backend-config=key=flag -backend-config=a.hcl"
    ),
    "a setting after a file wins": Case(
        {"main.tf": EMPTY, "a.hcl": FULL_FILE}, "terraform init -backend-config=a.hcl -backend-config=key=flag"
    ),
    "an equals sign in a value": Case({"main.tf": PARTIAL}, "terraform init -backend-config=key=a=b/c=d"),
    "an empty lock table": Case({"main.tf": BLOCK}, "terraform init -backend-config=dynamodb_table="),
    "the flag as two words": Case(
        {"main.tf": EMPTY, "a.hcl": FULL_FILE}, "terraform init -backend-config a.hcl -backend-config key=two"
    ),
    "two dashes": Case(
        {"main.tf": EMPTY, "a.hcl": FULL_FILE}, "terraform init --backend-config=a.hcl --backend-config key=two"
    ),
    "an empty flag": Case({"main.tf": BLOCK}, "terraform init -backend-config="),
    "a JSON backend file": Case(
        {"main.tf": EMPTY, "a.json": '{"bucket": "acme-state", "key": "json", "region": "us-east-1", "encrypt": true}'},
        "terraform init -backend-config=a.json",
    ),
    "null in a file takes the block's value away": Case(
        {"main.tf": BLOCK, "a.hcl": "dynamodb_table = null\nencrypt = null\n"}, "terraform init -backend-config=a.hcl"
    ),
    "null as a setting is a word": Case({"main.tf": BLOCK}, "terraform init -backend-config=dynamodb_table=null"),
    "an override file replaces the whole block": Case(
        {
            "main.tf": BLOCK,
            "x_override.tf": (
                'terraform {\n  backend "s3" {\n    bucket = "acme-other"\n'
                '    key = "o"\n    region = "us-east-1"\n  }\n}\n'
            ),
        },
        "terraform init",
    ),
    "of two override files the last wins": Case(
        {
            "main.tf": BLOCK,
            "a_override.tf": BLOCK.replace("acme-state", "acme-other"),
            "override.tf": EMPTY.replace(
                "{}", '{\n    bucket = "acme-third"\n    key = "last"\n    region = "us-east-1"\n  }'
            ),
        },
        "terraform init",
    ),
    "an override where there was no backend": Case({"main.tf": "locals {}\n", "override.tf": BLOCK}, "terraform init"),
    "a folder with -chdir": Case(
        {"infra/main.tf": EMPTY, "infra/a.hcl": FULL_FILE, "a.hcl": FULL_FILE.replace("file", "wrong")},
        "terraform -chdir=infra init -backend-config=a.hcl",
    ),
    "a folder with -chdir and a path that leaves it": Case(
        {"infra/main.tf": EMPTY, "config/a.hcl": FULL_FILE},
        "terraform -chdir=infra init -backend-config=../config/a.hcl",
    ),
    "a folder with cd": Case(
        {"infra/main.tf": EMPTY, "config/a.hcl": FULL_FILE}, "cd infra\nterraform init -backend-config=../config/a.hcl"
    ),
    "cd in a subshell": Case(
        {"infra/main.tf": BLOCK, "main.tf": "locals {}\n"}, "(cd infra && terraform init -backend-config=key=sub)"
    ),
    "words from the environment": Case(
        {"main.tf": EMPTY, "a.hcl": FULL_FILE},
        'export TF_CLI_ARGS_init="-backend-config=a.hcl -backend-config=key=env"\nterraform init',
    ),
    "words of all commands come after those of init": Case(
        {"main.tf": BLOCK},
        'export TF_CLI_ARGS="-backend-config=key=all"\n'
        'export TF_CLI_ARGS_init="-backend-config=key=init '
        '-backend-config=acl=private"\n'
        "terraform init",
    ),
    "typed words come last": Case(
        {"main.tf": BLOCK},
        (
            'export TF_CLI_ARGS="-backend-config=key=all '
            '-backend-config=acl=private"\n'
            "terraform init "
            "-backend-config=key=typed"
        ),
    ),
    "quotes inside words from the environment": Case(
        {"main.tf": BLOCK},
        'export TF_CLI_ARGS_init="-backend-config=\'key=a b\' -backend-config=\\"acl=private\\""\nterraform init',
    ),
    "a variable assigned for one command": Case(
        {"main.tf": BLOCK}, "TF_CLI_ARGS_init=-backend-config=key=once terraform init"
    ),
    "a nested attribute is replaced whole": Case(
        {
            "main.tf": BLOCK.replace(
                "encrypt        = true", 'endpoints = { iam = "http://127.0.0.1:1", sso = "http://127.0.0.1:2" }'
            ),
            "a.hcl": 'endpoints = { iam = "http://127.0.0.1:3" }\n',
        },
        "terraform init -backend-config=a.hcl",
    ),
    "a nested attribute as a setting": Case(
        {"main.tf": BLOCK}, "terraform init '-backend-config=endpoints={iam=\"http://127.0.0.1:3\"}'"
    ),
    "a list as a setting": Case(
        {"main.tf": BLOCK}, "terraform init '-backend-config=allowed_account_ids=[\"123456789012\"]'"
    ),
    "quotes are part of a setting": Case({"main.tf": PARTIAL}, "terraform init '-backend-config=key=\"q\"'"),
    "quotes of the shell are not": Case({"main.tf": PARTIAL}, "terraform init -backend-config=\"key=q\"'/r'"),
    "spaces in a setting": Case({"main.tf": PARTIAL}, 'terraform init -backend-config="key= a b "'),
    "spaces in a file's name": Case(
        {"main.tf": EMPTY, "a b.hcl": FULL_FILE}, 'terraform init -backend-config="a b.hcl"'
    ),
    "a backend in JSON": Case(
        {
            "main.tf.json": json.dumps(
                {
                    "terraform": {
                        "backend": {
                            "s3": {
                                "//": "ours",
                                "bucket": "acme-state",
                                "key": "k",
                                "region": "us-east-1",
                                "encrypt": True,
                            }
                        }
                    }
                }
            )
        },
        "terraform init",
    ),
    "a list of backends in JSON": Case(
        {
            "main.tf.json": json.dumps(
                {"terraform": [{"backend": [{"s3": [{"bucket": "acme-state", "key": "k", "region": "us-east-1"}]}]}]}
            )
        },
        "terraform init",
    ),
    "an interpolation in JSON is plain text": Case(
        {
            "main.tf.json": json.dumps(
                {"terraform": {"backend": {"s3": {"bucket": "acme-state", "key": "${var.x}/k", "region": "us-east-1"}}}}
            )
        },
        "terraform init",
        ("key",),
    ),
    "an interpolation in a JSON backend file is plain text": Case(
        {"main.tf": EMPTY, "a.json": '{"bucket": "acme-state", "key": "${var.x}", "region": "us-east-1"}'},
        "terraform init -backend-config=a.json",
        ("key",),
    ),
    "escapes": Case(
        {"main.tf": PARTIAL, "a.hcl": 'key = "a\\u0062\\tc%%{e}\\"\\\\"\n'}, "terraform init -backend-config=a.hcl"
    ),
    "what looks like an interpolation left over is not known": Case(
        {"main.tf": PARTIAL, "a.hcl": 'key = "a$${d}b"\n'}, "terraform init -backend-config=a.hcl", ("key",)
    ),
    "a key as a here-document": Case(
        {"main.tf": PARTIAL, "a.hcl": "key = <<EOF\nabc\nEOF\n"}, "terraform init -backend-config=a.hcl"
    ),
    "a commented block": Case(
        {
            "main.tf": (
                '# terraform {\n#   backend "s3" {\n'
                '#     bucket = "acme-other"\n'
                "#   }\n# }\n"
                "/* terraform { backend "
                '"s3" { key = "no" } } */\n'
            )
            + BLOCK
        },
        "terraform init",
    ),
    "a commented attribute": Case({"main.tf": BLOCK.replace("dynamodb_table", "# dynamodb_table")}, "terraform init"),
    "a block inside a here-document": Case(
        {
            "main.tf": BLOCK
            + 'locals {\n  x = <<EOF\nterraform {\n  backend "s3" {\n    bucket = "acme-other"\n  }\n}\nEOF\n}\n'
        },
        "terraform init",
    ),
    "hidden files and editors' copies are no configuration": Case(
        {
            "main.tf": BLOCK,
            ".x_override.tf": BLOCK.replace("app/", "x/"),
            "y_override.tf~": BLOCK.replace("app/", "y/"),
            "#z_override.tf#": BLOCK,
        },
        "terraform init",
    ),
    "a command continued on the next line": Case(
        {"main.tf": EMPTY, "a.hcl": FULL_FILE},
        "terraform init \\\n  -input=false \\\n  -backend-config=a.hcl \\\n  -backend-config='key=next'",
    ),
    "variables of the script": Case(
        {"main.tf": EMPTY, "env/dev.hcl": FULL_FILE},
        'STAGE=dev\nterraform init -backend-config="env/${STAGE}.hcl" -backend-config="key=$STAGE/k"',
    ),
    "a flag that takes a word before ours": Case(
        {"main.tf": EMPTY, "a.hcl": FULL_FILE}, "terraform init -lock-timeout 3s -backend-config a.hcl -upgrade"
    ),
    "a bare true flag takes no word": Case(
        {"main.tf": EMPTY, "a.hcl": FULL_FILE}, "terraform init -get -reconfigure -backend-config a.hcl"
    ),
    "numbers and booleans as text": Case(
        {"main.tf": PARTIAL, "a.hcl": 'key = "k"\nmax_retries = "3"\nencrypt = "true"\nuse_lockfile = true\n'},
        "terraform init -backend-config=a.hcl",
    ),
}


def _plain(value: Result) -> object:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return text_of(value)


def _saved(value: Any) -> object:
    if isinstance(value, dict):
        return {name: _saved(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_saved(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _ours(files: dict[str, str], root: str) -> Configuration:
    repository = load(DictTree(files), Settings())
    (found,) = [made for made in repository.configurations if made.root == root]
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_backend_is_merged_as_terraform_does(case: Case, bash: Callable[..., Any]) -> None:
    files = {**case.files, "deploy.sh": case.script + "\n"}
    ran = bash(files)
    (state,) = ran.folder.rglob(".terraform/terraform.tfstate")
    root = state.parent.parent.relative_to(ran.folder).as_posix()
    saved = _saved(json.loads(state.read_text())["backend"]["config"])
    assert isinstance(saved, dict)
    found = _ours(files, "" if root == "." else root)
    assert found.closed, found.open_reasons
    assert found.type == "s3"
    ours = {name: _plain(setting.value) for name, setting in found.settings.items()}
    for name in case.holes:
        value = found.settings[name].value
        assert isinstance(value, tuple)
        assert not known(value)
        assert compare(value, literal(str(saved[name]))) is not False
        ours[name] = saved[name]
    assert ours == saved


def test_the_region_may_come_from_the_environment(bash: Callable[..., Any]) -> None:
    files = {"main.tf": BLOCK.replace('region         = "us-east-1"', "")}
    without = bash({**files, "deploy.sh": "terraform init\n"}, folder="without")
    assert without.status
    assert "region" in without.output
    script = "export AWS_DEFAULT_REGION=eu-west-1\nexport AWS_REGION=eu-central-1\nterraform init\n"
    assert bash({**files, "deploy.sh": script}, folder="given").status == 0
    assert text_of(_ours({**files, "deploy.sh": script}, "").value("region")) == "eu-central-1"
    assert _ours({**files, "deploy.sh": "terraform init\n"}, "").value("region") is None


def test_the_region_of_the_block_wins_over_the_environment() -> None:
    found = _ours({"main.tf": BLOCK, "deploy.sh": "AWS_REGION=eu-central-1 terraform init\n"}, "")
    assert text_of(found.value("region")) == "us-east-1"


def test_a_block_that_a_called_module_holds_is_no_configuration(bash: Callable[..., Any]) -> None:
    files = {
        "main.tf": BLOCK + 'module "inner" {\n  source = "./inner"\n}\n',
        "inner/main.tf": BLOCK.replace("app/", "inner/"),
        "deploy.sh": "terraform init\n",
    }
    ran = bash(files)
    assert "Backend configuration ignored" in ran.output
    found = load(DictTree(files), Settings()).configurations
    assert [made.root for made in found] == [""]


def test_a_missing_backend_file_leaves_the_configuration_open(bash: Callable[..., Any]) -> None:
    files = {"main.tf": BLOCK, "deploy.sh": "terraform init -backend-config=gone.hcl\n"}
    assert bash(files).status
    assert not _ours(files, "").closed
