"""The demo's repository, in the shape of the bug the tool was made for, and its way to being mended, step by step."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tflint_locks.catalog import load_catalog
from tflint_locks.cli import main
from tflint_locks.engine import lint
from tflint_locks.finding import Finding
from tflint_locks.places import Places
from tflint_locks.resolve import load
from tflint_locks.settings import Settings
from tflint_locks.tree import DictTree

EXAMPLE = Path(__file__).parents[1] / "examples" / "staging-mismatch"
TFVARS = "infra/envs/staging.tfvars"
BACKEND = "infra/backends/staging.hcl"
PROD_TFVARS = "infra/envs/prod.tfvars"
PROD_BACKEND = "infra/backends/prod.hcl"
SCRIPT = "scripts/bootstrap-staging.sh"

WRONG_GRANT = f"{TFVARS}:5:lock-table-mismatch"
WRONG_TABLE = f"{SCRIPT}:6:lock-table-mismatch"
WRONG_BUCKET = f"{SCRIPT}:5:state-bucket-mismatch"
TWO_CONVENTIONS = f"{BACKEND}:5:lock-table-naming-inconsistent"

Edits = Mapping[str, tuple[tuple[str, str], ...]]
# What was mended first to last: the grant, the names of the tables, the script's table, the script's bucket.
GRANT: Edits = {TFVARS: (("table/acme-terraform-locks", "table/acme-terraform-lock-staging"),)}
NAMES: Edits = {
    BACKEND: (("acme-terraform-lock-staging", "acme-terraform-locks-staging"),),
    TFVARS: (("acme-terraform-lock-staging", "acme-terraform-locks-staging"),),
    PROD_BACKEND: (('"acme-terraform-locks"', '"acme-terraform-locks-prod"'),),
    PROD_TFVARS: (("table/acme-terraform-locks", "table/acme-terraform-locks-prod"),),
}
TABLE: Edits = {SCRIPT: (("acme-staging-terraform-locks", "acme-terraform-locks-staging"),)}
BUCKET: Edits = {SCRIPT: (("acme-staging-terraform-state", "acme-terraform-state-staging"),)}


def example() -> dict[str, str]:
    files = (path for path in EXAMPLE.rglob("*") if path.is_file())
    return {path.relative_to(EXAMPLE).as_posix(): path.read_text("utf-8") for path in files}


def edited(files: Mapping[str, str], *steps: Edits) -> dict[str, str]:
    texts = dict(files)
    for step in steps:
        for path, changes in step.items():
            for old, new in changes:
                assert old in texts[path], "an edit that changes nothing proves nothing"
                texts[path] = texts[path].replace(old, new)
    return texts


def findings(files: Mapping[str, str]) -> Iterator[tuple[str, Finding]]:
    tree = DictTree(files)
    report = lint(tree, load_catalog(), Settings(), load)
    assert not report.errors
    places = Places(tree)
    for one in report.findings:
        yield f"{one.span.path}:{places.position(one.span.path, one.span.start).line}:{one.rule}", one


def raised(files: Mapping[str, str]) -> list[str]:
    return sorted(place for place, _ in findings(files))


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param((), [WRONG_GRANT, WRONG_TABLE, WRONG_BUCKET, TWO_CONVENTIONS], id="as it was"),
        pytest.param((GRANT,), [WRONG_TABLE, WRONG_BUCKET, TWO_CONVENTIONS], id="the grant mended"),
        pytest.param((GRANT, NAMES), [WRONG_TABLE, WRONG_BUCKET], id="the tables renamed"),
        pytest.param((GRANT, NAMES, TABLE), [WRONG_BUCKET], id="the script's table renamed"),
        pytest.param((GRANT, NAMES, TABLE, BUCKET), [], id="all mended"),
    ],
)
def test_each_repair_takes_its_finding_away_and_no_other(steps: tuple[Edits, ...], expected: list[str]) -> None:
    assert raised(edited(example(), *steps)) == sorted(expected)


def test_the_grant_is_one_finding_that_names_the_policy_too() -> None:
    found = dict(findings(example()))[WRONG_GRANT]
    assert found.also == ("iam-lock-table-mismatch",)
    assert found.environments == ("staging",)
    assert found.message == (
        "`terraform_state_dynamodb_table_arn` names lock table `acme-terraform-locks`, "
        "but staging locks with `acme-terraform-lock-staging`"
    )
    related = [(place.span.path, place.message) for place in found.related]
    assert (BACKEND, "the table terraform locks") in related


def test_the_safe_repair_of_the_grant_is_the_one_people_made() -> None:
    files = example()
    (edit,) = dict(findings(files))[WRONG_GRANT].edits
    text = files[edit.span.path]
    mended = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert mended == edited(files, GRANT)[TFVARS]


def test_nothing_is_said_of_production_or_of_the_application() -> None:
    said = "\n".join(raised(example()))
    assert "prod" not in said
    assert "infra/main.tf" not in said


def test_a_person_sees_the_finding_with_the_place_that_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["check", "--color", "never", "--root", str(EXAMPLE), str(EXAMPLE)])
    shown = capsys.readouterr().out
    assert status == 1
    assert "--> infra/envs/staging.tfvars:5:85" in shown
    assert "::: infra/backends/staging.hcl:5:19" in shown
    assert "fix (safe): acme-terraform-locks → acme-terraform-lock-staging" in shown
