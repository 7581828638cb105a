"""Where commands run, who runs them, and which belong to one run."""

import pytest

from tflint_locks.resolve import load
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.runs import (
    automated_paths,
    consistent,
    file_place,
    is_init,
    is_live_here,
    place_of,
    runs,
    without_backend,
)
from tflint_locks.settings import Settings
from tflint_locks.tree import DictTree
from tflint_locks.value import hole, literal

WORKFLOW = ".github/workflows/deploy.yml"
JOB = "on: [push]\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {command}\n"


def _repository(files: dict[str, str]) -> Repository:
    return load(DictTree({"main.tf": 'terraform {\n  backend "s3" {}\n}\n', **files}), Settings())


@pytest.mark.parametrize(
    ("written", "place"),
    [("a/../b", "b"), ("", ""), (".", ""), ("../x", None), ("/tmp/x", None), ("~/x", None), ("a/./b/", "a/b")],  # noqa: S108
)
def test_a_place_lies_below_the_root(written: str, place: str | None) -> None:
    assert place_of(literal(written)) == place


def test_a_place_with_holes_is_none() -> None:
    assert place_of((*literal("a/"), *hole("x"))) is None


def test_a_flag_names_a_file_from_where_the_command_runs() -> None:
    command = "terraform -chdir=network init -backend-config=../backends/dev.hcl -backend-config=$FILE"
    (run,) = runs(_repository({WORKFLOW: JOB.format(command=command)}))
    first, second = run.invocation.all("backend-config")
    assert (run.place, file_place(run, first), file_place(run, second)) == ("network", "backends/dev.hcl", None)


def test_what_ci_calls_is_automated() -> None:
    call = JOB.format(command="bash scripts/deploy.sh")
    files = {WORKFLOW: call + "      - run: terraform init\n", "scripts/deploy.sh": "terraform init\n"}
    repository = _repository({**files, "scripts/mine.sh": "terraform init\n"})
    assert automated_paths(repository) == {WORKFLOW, "scripts/deploy.sh"}
    assert {run.span.path: run.automated for run in runs(repository)}["scripts/mine.sh"] is False


def test_an_init_without_backend_is_told_apart() -> None:
    found = runs(_repository({"a.sh": "terraform init -backend=F\nterraform init\nterraform plan\n"}))
    assert [(is_init(run), without_backend(run)) for run in found] == [(False, True), (True, False), (False, False)]


def test_commands_of_two_choices_are_no_run() -> None:
    loop = "for stage in dev prod; do\n  terraform init -backend-config=$stage.hcl\n"
    text = loop + "  terraform plan -var-file=$stage.tfvars\ndone\n"
    found = runs(_repository({"a.sh": text}))
    assert all(consistent(run, run) for run in found)
    pairs = [(left, right) for left in found for right in found if left.invocation.command.choices]
    assert any(not consistent(left, right) for left, right in pairs) or not pairs


@pytest.mark.parametrize(
    ("path", "text", "live"),
    [
        (WORKFLOW, JOB, True),
        (WORKFLOW, JOB.replace("on: [push]", "on:\n  workflow_call:"), False),
        (WORKFLOW, JOB.replace("on: [push]", "# on: [push]"), False),
        ("service/" + WORKFLOW, JOB, False),
        ("action.yml", JOB, False),
        ("atlantis.yaml", JOB, False),
        (".gitlab-ci.yml", JOB, True),
    ],
)
def test_a_file_is_live_where_it_runs_in_this_repository(path: str, text: str, live: bool) -> None:
    assert is_live_here(_repository({path: text}), path) is live
