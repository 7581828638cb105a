"""Settings files and constants of programs: which names they give, as the text their spans cover."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflint_locks.facts import ScriptFile
from tflint_locks.read.constants import read_constants
from tflint_locks.read.settings_files import read_env, read_settings
from tflint_locks.value import text_of


def named(file: ScriptFile, text: str) -> list[tuple[str, str]]:
    assert file.kind == "settings"
    assert not file.commands
    return [(one.name, text[one.span.start : one.span.end]) for one in file.names]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TF_LOCK_TABLE=acme-locks\n", [("TF_LOCK_TABLE", "acme-locks")]),
        ('export TF_STATE_BUCKET="acme-state" # x\n', [("TF_STATE_BUCKET", "acme-state")]),
        ("AWS_REGION=eu-west-1 # home\r\n", [("AWS_REGION", "eu-west-1")]),
        ("# TF_LOCK_TABLE=acme\nNAME=x\n", []),
        ("AWS_SECRET_ACCESS_KEY=x\nSTATE_TOKEN=y\n", []),
    ],
)
def test_lines_of_an_environment_file(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(read_env(".env", text), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "stages:\n  dev:\n    terraform_backend:\n      bucket: acme-state # x\n      key: 'a.tfstate'\n",
            [("stages.dev.terraform_backend.bucket", "acme-state"), ("stages.dev.terraform_backend.key", "a.tfstate")],
        ),
        ('{"dev": {"lock_table": "acme-locks"}}', [("dev.lock_table", "acme-locks")]),
        ("list:\n  - region: eu-west-1\n", [("list.region", "eu-west-1")]),
        ("secret_key: x\nstate: |\n  a\n", []),
        ("a: [", []),
    ],
)
def test_scalars_of_yaml_and_json(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(read_settings("a.yml", text), text) == expected


def test_what_other_variables_give_is_a_hole() -> None:
    (found,) = read_env(".env", "TF_STATE_BUCKET=acme-${ACCOUNT}\n").names
    assert text_of(found.value) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('ACCOUNT_ID = "111111111111"\n', [("ACCOUNT_ID", "111111111111")]),
        ("export const REGION: string = 'eu-west-1'; // x\n", [("REGION", "eu-west-1")]),
        ('    ACCOUNT_ID = "111111111111"\n', []),
        ('REGION = f"{x}"\nregion = "a"\nACCESS_ACCOUNT = "x"\n', []),
    ],
)
def test_constants_of_a_program(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(read_constants("a.py", text), text) == expected


PIECES = [
    "A_TABLE",
    "=",
    '"',
    "'",
    "\n",
    "\r\n",
    " ",
    ":",
    "- ",
    "region",
    "{",
    "}",
    "[",
    "${X}",
    "#",
    "&a",
    "*a",
    "<<",
    "é",
    "\t",
]


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_any_text_is_read_and_spans_lie_in_it(text: str) -> None:
    for read in (read_env, read_settings, read_constants):
        for one in read("a", text).names:
            assert 0 <= one.span.start <= one.span.end <= len(text)
