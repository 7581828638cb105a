import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tflint_locks.finding import Edit, Finding, Related, Report, Severity
from tflint_locks.source import Span
from tflint_locks.tree import DictTree

FILES = {
    "envs/staging.tfvars": "\n" * 45
    + 'terraform_state_dynamodb_table_arn = "arn:aws:dynamodb:us-west-2:111111111111:table/acme-terraform-locks"\n',
    "backends/staging.hcl": 'bucket = "acme-state"\nkey = "app"\n\ndynamodb_table = "acme-terraform-lock-staging"\n',
    "main.tf": 'terraform {\n  backend "s3" {\n\tsecret_key = "wJalrXUtnFEMI"; tabel = "x"\n  }\n}\n',
    "wide.tf": 'bucket = "日本-\u202eevil\x1b[31m" # x\n',
    "long.tf": "a" * 300 + "lock" + "b" * 300 + "\n",
}


def under(path: str, text: str) -> Span:
    start = FILES[path].index(text)
    return Span(path, start, start + len(text))


@pytest.fixture
def tree() -> DictTree:
    return DictTree(FILES)


@pytest.fixture
def report() -> Report:
    """One finding of each kind that is hard to show."""
    table = under("envs/staging.tfvars", "acme-terraform-locks")
    lock = under("backends/staging.hcl", "acme-terraform-lock-staging")
    findings = (
        Finding(
            "lock-table-mismatch",
            Severity.ERROR,
            "staging's tfvars name lock table `acme-terraform-locks`, "
            "but staging locks with `acme-terraform-lock-staging`",
            table,
            also=("lock-table-naming",),
            label="granted here",
            environments=("staging",),
            related=(Related(lock, "the table terraform locks"),),
            notes=(
                "paired: both paths name staging (backends/*.hcl, envs/*.tfvars)",
                "effect: the role may not write the lock: every plan ends in AccessDenied",
            ),
            edits=(Edit(table, "acme-terraform-lock-staging"),),
            safe=True,
        ),
        Finding(
            "backend-attribute-unknown",
            Severity.WARNING,
            "no argument `tabel`",
            under("main.tf", "tabel"),
            edits=(Edit(under("main.tf", "wJalrXUtnFEMI"), "x"),),
        ),
        Finding(
            "backend-placeholder",
            Severity.NOTE,
            "evil \u202e\x1b[2J text",
            under("wide.tf", "evil\x1b[31m"),
            label="here",
        ),
        Finding("a-rule", Severity.NOTE, "far to the right", under("long.tf", "lock"), label="here"),
        Finding("b-rule", Severity.NOTE, "over several lines", Span("main.tf", 0, 20), label="from here"),
        Finding("c-rule", Severity.NOTE, "no width", Span("main.tf", 0, 0)),
    )
    return Report(
        findings,
        ("rule d-rule: ValueError: x",),
        2,
        118,
        7,
        4,
        ("prod", "staging"),
        ("key unknown (ci.yml:41, step output)",),
        known=4,
    )


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare with a file beside the tests; ``UPDATE=1`` writes it."""

    def compare(name: str, text: str) -> None:
        file = Path(__file__).parent / "golden" / name
        if os.environ.get("UPDATE"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")

    return compare
