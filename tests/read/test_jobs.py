"""Which steps of a workflow can run under which event, and what its concurrency groups do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflint_locks.facts import Job
from tflint_locks.read.job_condition import EITHER, FALSE, TRUE, UNKNOWN, Truth, parse_condition, truth
from tflint_locks.read.jobs import read_jobs
from tflint_locks.read.yaml import read_yaml

ON = """
on:
  push:
    branches: [main]
  pull_request:
  workflow_dispatch:
    inputs:
      action: {type: choice, options: [plan, apply]}
"""
EVERY = ("push", "pull_request", "workflow_dispatch")


def jobs(text: str) -> dict[str, Job]:
    return {job.scope: job for job in read_jobs("deploy.yml", read_yaml(text))}


def test_a_called_workflow_is_not_asked_for_its_callers_inputs() -> None:
    steps = "    steps:\n      - {run: tofu apply, if: github.event.inputs.action == 'apply'}\n"
    text = f"on: {{workflow_call: {{inputs: {{env: {{type: string}}}}}}}}\njobs:\n  a:\n{steps}"
    assert jobs(text)["a"].steps[0].events == ("workflow_call",)


@pytest.mark.parametrize(
    ("condition", "events"),
    [
        ("true", EVERY),
        ("${{ always() }}", EVERY),
        ("github.event_name == 'push'", ("push",)),
        ("github.event_name != 'pull_request'", ("push", "workflow_dispatch")),
        ("!(github.event_name == 'push')", ("pull_request", "workflow_dispatch")),
        ("github.ref == 'refs/heads/main'", ("push", "workflow_dispatch")),
        ("github.ref == 'refs/heads/develop'", ("workflow_dispatch",)),
        ("github.ref_name == 'main' && github.event_name == 'push'", ("push",)),
        ("startsWith(github.ref, 'refs/tags/')", ("workflow_dispatch",)),
        ("inputs.action == 'apply'", ("workflow_dispatch",)),
        ("github.event.inputs.action == 'destroy'", ()),
        ("inputs.action == 'apply' || github.event_name == 'push'", ("push", "workflow_dispatch")),
        ("contains(inputs.action, 'app')", ("workflow_dispatch",)),
        ("github.event_name == 'workflow_dispatch' && inputs.forgotten == 'apply'", ()),
        ("inputs.forgotten != 'true'", EVERY),
        ("needs.plan.result == 'success'", EVERY),
        ("steps.plan.outputs.exitcode == '2'", EVERY),
        ("needs.plan.outputs.go == 'true'", ()),
        ("needs.plan.outputs.go == 'true' || github.event_name == 'push'", ("push",)),
        ("needs.plan.outputs.go == 'true' && github.event_name == 'push'", ()),
        ("secrets.TOKEN != ''", ()),
        ("github.event.pull_request.head.repo.fork == false", ("pull_request",)),
        ("this is ( no condition", ()),
    ],
)
def test_a_step_runs_under_the_events_that_its_condition_allows(condition: str, events: tuple[str, ...]) -> None:
    text = f"{ON}jobs:\n  a:\n    steps:\n      - run: terraform apply\n        if: >-\n          {condition}\n"
    step = jobs(text)["a"].steps[0]
    assert step.events == events
    assert text[step.span.start : step.span.end] == "terraform apply"


def test_a_step_runs_for_each_row_of_a_matrix_that_its_condition_names() -> None:
    text = ON + (
        "jobs:\n  a:\n    strategy: {matrix: {env: [dev, prod], os: ['${{ inputs.os }}']}}\n    steps:\n"
        "      - {run: a, if: matrix.env == 'dev'}\n      - {run: b, if: matrix.env == 'qa'}\n"
        "      - {run: c, if: matrix.os == 'linux'}\n"
    )
    assert [bool(step.events) for step in jobs(text)["a"].steps] == [True, False, False]


def test_a_job_is_skipped_with_the_one_it_needs() -> None:
    text = ON + (
        "jobs:\n  plan:\n    if: github.event_name == 'push'\n    steps: []\n"
        "  apply:\n    needs: plan\n    steps: []\n"
        "  report:\n    needs: [apply]\n    if: always()\n    steps: []\n"
    )
    assert {name: job.events for name, job in jobs(text).items()} == {
        "plan": ("push",),
        "apply": ("push",),
        "report": EVERY,
    }


def test_jobs_that_need_each_other_are_read() -> None:
    text = f"{ON}jobs:\n  a:\n    needs: b\n  b:\n    needs: a\n"
    assert set(jobs(text)) == {"a", "b"}


@pytest.mark.parametrize(
    ("cancel", "events"),
    [
        ("true", EVERY),
        ("false", ()),
        ("${{ github.event_name == 'pull_request' }}", ("pull_request",)),
        ("${{ github.ref != 'refs/heads/main' }}", ("pull_request",)),
        ("${{ inputs.force }}", ()),
    ],
)
def test_a_group_cancels_where_that_is_certain(cancel: str, events: tuple[str, ...]) -> None:
    text = f"{ON}concurrency:\n  group: deploy\n  cancel-in-progress: {cancel}\njobs:\n  a:\n    steps: []\n"
    (group,) = jobs(text)["a"].groups
    assert group.cancels == events
    assert group.cancel_span
    assert text[group.cancel_span.start : group.cancel_span.end] == cancel


def test_a_job_has_its_own_groups_and_its_files() -> None:
    text = ON + (
        "concurrency: all\njobs:\n  a:\n    concurrency: {group: one}\n  b:\n    uses: ./.github/workflows/c.yml\n"
    )
    found = jobs(text)
    assert [group.text for group in found["a"].groups] == ["all", "one"]
    assert found["b"].uses == "./.github/workflows/c.yml"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("T && T", TRUE), ("T && F", FALSE), ("U && F", FALSE), ("T || U", TRUE), ("F || U", UNKNOWN),
        ("E && T", EITHER), ("!E", EITHER), ("!U", UNKNOWN), ("E && U", Truth(yes=False, no=True, sure=False)),
        ("(T || F) && !F", TRUE), ("T == 'true'", TRUE), ("T != 'true'", FALSE),
        ("T < 3", UNKNOWN), ("!(T >= F) && F", FALSE),
    ],
)  # fmt: skip
def test_what_is_not_known_decides_nothing(condition: str, expected: Truth) -> None:
    texts = {"T": ("true",), "F": ("false",), "E": (), "U": None}
    term = parse_condition(condition)
    assert term
    assert truth(term, lambda one: texts[one.text]) == expected


@given(st.text(alphabet="ab.()!&|='<>[],${} \n1*", max_size=200))
def test_any_text_is_a_condition_or_none(text: str) -> None:
    term = parse_condition(text)
    if term is not None:
        truth(term, lambda _: ())


def test_a_condition_of_great_depth_or_length_is_none() -> None:
    assert parse_condition("(" * 5000 + "a" + ")" * 5000) is None
    assert parse_condition(" && ".join(["a"] * 5000)) is None
    assert parse_condition("!" * 3000 + "a") is None
