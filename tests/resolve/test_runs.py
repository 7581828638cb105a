"""Where commands run, who runs them, and which belong to one run."""

import pytest

from tflint_locks.resolve import load
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.runs import (
    Run,
    automated_paths,
    consistent,
    file_place,
    given_at,
    in_sequence,
    is_branched,
    is_init,
    is_live_here,
    place_of,
    runs,
    without_backend,
)
from tflint_locks.settings import Settings
from tflint_locks.tree import DictTree
from tflint_locks.value import hole, literal, shown

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
        ("atlantis.yaml", JOB, True),
        ("repos.yaml", JOB, True),
        (".gitlab-ci.yml", JOB, True),
    ],
)
def test_a_file_is_live_where_it_runs_in_this_repository(path: str, text: str, live: bool) -> None:
    assert is_live_here(_repository({path: text}), path) is live


def _said(run: Run) -> str:
    return " ".join([run.invocation.subcommand, *(shown(flag.value) for flag in run.invocation.flags)])


LOOP = "for stage in dev prod; do\n  terraform init -backend-config=$stage.hcl\n  terraform apply\ndone\n"
MATRIX = JOB.replace("    steps", "    strategy: {{matrix: {{stage: [dev, prod]}}}}\n    steps")
SEQUENCES = {
    "one after another": ({"a.sh": "terraform init\nterraform plan\n"}, [["init", "plan"]]),
    "two files": ({"a.sh": "terraform init\n", "b.sh": "terraform plan\n"}, [["init"], ["plan"]]),
    "two jobs": (
        {WORKFLOW: JOB.format(command="terraform init") + "  b:\n    steps:\n      - run: terraform plan\n"},
        [["init"], ["plan"]],
    ),
    "a choice of a matrix is made once, what rests on none is on each way": (
        {WORKFLOW: MATRIX.format(command="terraform init -backend-config=${{ matrix.stage }}.hcl && terraform plan")},
        [["init dev.hcl", "plan"], ["init prod.hcl", "plan"]],
    ),
    "two functions of one script": (
        {"a.sh": "one() { terraform init; }\ntwo() { terraform plan; }\none\ntwo\n"},
        [["init", "plan"]],
    ),
    "what a script calls stands where it is called": (
        {"a.sh": "./init.sh\nterraform plan\n", "init.sh": "terraform init\n"},
        [["init"], ["init", "plan"]],
    ),
}


@pytest.mark.parametrize(("files", "expected"), SEQUENCES.values(), ids=SEQUENCES)
def test_commands_run_in_sequence(files: dict[str, str], expected: list[list[str]]) -> None:
    found = [[_said(run) for run in sequence] for sequence in in_sequence(_repository(files))]
    assert sorted(found) == sorted(expected)


def test_the_rounds_of_a_loop_are_of_one_sequence_each_of_its_own_choice() -> None:
    sequences = list(in_sequence(_repository({"a.sh": LOOP})))
    assert all(consistent(left, right) for sequence in sequences for left in sequence for right in sequence)


def test_the_way_for_any_other_text_is_one_of_several_too() -> None:
    text = 'E=dev; if [ "$1" = main ]; then E=prod; fi\nterraform init -backend-config=$E.hcl\n'
    assert [is_branched(run) for run in runs(_repository({"a.sh": text}))] == [True, True]


@pytest.mark.parametrize(
    ("files", "branched"),
    [
        ({"a.sh": "terraform init\n"}, False),
        ({"a.sh": "if [ $1 = dev ]; then terraform init; else terraform init -reconfigure; fi\n"}, True),
        (
            {
                ".github/actions/init/action.yml": "inputs:\n  stage: {}\nruns:\n  using: composite\n  steps:\n"
                "    - shell: bash\n      run: terraform init -backend-config=${{ inputs.stage }}.hcl\n",
                WORKFLOW: "on: [push]\njobs:\n  a:\n    strategy: {matrix: {stage: [dev, prod]}}\n    steps:\n"
                "      - uses: ./.github/actions/init\n        with: {stage: '${{ matrix.stage }}'}\n",
            },
            False,
        ),
    ],
)
def test_all_of_a_matrix_is_run_and_one_of_several_ways(files: dict[str, str], *, branched: bool) -> None:
    assert any(is_branched(run) for run in runs(_repository(files)) if run.invocation.subcommand == "init") is branched


def test_a_part_of_a_flag_that_is_written_elsewhere_has_its_own_place() -> None:
    text = "STAGE=dev\nterraform init -backend-config=backends/$STAGE.hcl\n"
    repository = _repository({"a.sh": text})
    (run,) = runs(repository)
    (flag,) = run.invocation.flags
    assert [text[span.start : span.end] for span in given_at(flag)] == ["dev"]
