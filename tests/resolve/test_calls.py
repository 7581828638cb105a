"""Calls of other files: what they run stands in their callers, with what it is given."""

import textwrap
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.facts import Command
from tflint_locks.resolve.calls import follow_calls
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.reading import Reading, read_tree
from tflint_locks.tree import DictTree
from tflint_locks.value import Hole, shown

CI = ".github/workflows/ci.yml"
INIT = "terraform init -backend-config=$1.hcl\n"


def followed(files: dict[str, str]) -> Reading:
    tree = DictTree({path: textwrap.dedent(text) for path, text in files.items()})
    reading = read_tree(tree)
    follow_calls(reading, tree)
    return reading


def line(command: Command) -> str:
    words = " ".join(shown(word.value) for word in command.words)
    return f"{command.scope}: [{shown(command.directory)}] {command.tool} {words}"


def lines(files: dict[str, str], path: str = CI) -> list[str]:
    file = followed(files).scripts.get(path)
    return [line(command) for command in file.commands] if file else []


def workflow(steps: str, before: str = "") -> str:
    body = textwrap.indent(textwrap.dedent(steps).strip(), "      ")
    return f"on: push\njobs:\n  a:\n{textwrap.indent(before, '    ')}\n    steps:\n{body}\n"


REUSABLE = """
on:
  workflow_call:
    inputs:
      env: {type: string, required: true}
      apply: {type: string, default: 'no'}
jobs:
  tf:
    steps:
      - run: terraform init -backend-config=${{ inputs.env }}.hcl
        working-directory: infra
      - run: terraform apply
        if: inputs.apply == 'yes'
"""


@pytest.mark.parametrize(
    ("step", "script", "expected"),
    [
        ("./x.sh dev", INIT, ["a: [] terraform init -backend-config=dev.hcl"]),
        ("bash -e ./x.sh dev", INIT, ["a: [] terraform init -backend-config=dev.hcl"]),
        ("cd tf && ../x.sh dev", INIT, ["a: [tf] terraform init -backend-config=dev.hcl"]),
        ("E=dev ./x.sh", "terraform init $E", ["a: [] terraform init dev"]),
        ("E=dev\n./x.sh", "terraform init $E", ["a: [] terraform init <$E>"]),
        ("export E=dev\n./x.sh", 'terraform init "${E:-b}"', ["a: [] terraform init dev"]),
        ("./x.sh dev", 'cd "$(dirname "$0")/tf"; ' + INIT, ["a: [tf] terraform init -backend-config=dev.hcl"]),
        ("./x.sh", 'terraform init -backend-config="${1:-b}.hcl"', ["a: [] terraform init -backend-config=b.hcl"]),
        ("./x.sh $E", INIT, ["a: [] terraform init -backend-config=<$E>.hcl"]),
        ("./missing.sh dev", INIT, []),
        (
            "for e in a b; do ./x.sh $e; done",
            "terraform init $1",
            ["a[e=a]: [] terraform init a", "a[e=b]: [] terraform init b"],
        ),
    ],
)
def test_a_script_runs_with_what_it_is_given(step: str, script: str, expected: list[str]) -> None:
    files = {CI: workflow(f"- run: |\n{textwrap.indent(step, '    ')}"), "x.sh": script}
    assert lines(files) == expected


def test_what_a_script_sets_up_is_used_by_later_steps() -> None:
    files = {
        CI: workflow("- run: terraform fmt\n- run: ./x.sh dev\n- run: terraform apply"),
        "x.sh": INIT,
    }
    found = followed(files).scripts[CI].commands
    assert [(command.words[0].value[0].text, command.span.path) for command in found] == [  # type: ignore[union-attr]
        ("init", "x.sh"),
        ("apply", CI),
    ]
    assert {command.place for command in found} == {(CI, "a")}


def test_each_way_through_a_script_is_a_way_through_its_caller() -> None:
    script = 'case "$STAGE" in\n  a) K=a ;;\n  *) K=b ;;\nesac\nterraform init -backend-config="$K.hcl"\n'
    assert lines({CI: workflow("- run: ./x.sh\n- run: terraform apply"), "x.sh": script}) == [
        "a/x.sh[STAGE=a]: [] terraform init -backend-config=a.hcl",
        "a/x.sh[STAGE=…]: [] terraform init -backend-config=b.hcl",
        "a/x.sh[STAGE=a]: [] terraform apply",
        "a/x.sh[STAGE=…]: [] terraform apply",
    ]


def test_scripts_call_scripts_and_each_other() -> None:
    files = {
        CI: workflow("- run: scripts/a.sh dev"),
        "scripts/a.sh": 'exec "$(dirname "$0")/b.sh" "$1" x\n',
        "scripts/b.sh": "terraform init $1 $2\n./scripts/a.sh $1\n",
    }
    assert lines(files) == ["a: [] terraform init dev x"]


def test_a_reusable_workflow_runs_once_for_each_caller() -> None:
    files = {
        CI: """
        on: push
        jobs:
          dev: {uses: ./.github/workflows/tf.yml, with: {env: dev}}
          prod: {uses: ./.github/workflows/tf.yml, with: {env: prod, apply: 'yes'}}
        """,
        ".github/workflows/tf.yml": REUSABLE,
    }
    assert lines(files) == [
        "dev/tf: [infra] terraform init -backend-config=dev.hcl",
        "prod/tf: [infra] terraform init -backend-config=prod.hcl",
        "prod/tf: [] terraform apply",
    ]
    assert lines(files, ".github/workflows/tf.yml") == []


def test_a_reusable_workflow_that_nothing_calls_says_what_it_can() -> None:
    path = ".github/workflows/tf.yml"
    assert lines({path: REUSABLE}, path)[0] == "tf: [infra] terraform init -backend-config=<${{ inputs.env }}>.hcl"


def test_one_that_people_start_too_keeps_its_own_reading() -> None:
    path = ".github/workflows/tf.yml"
    text = REUSABLE.replace("on:", "on:\n  workflow_dispatch: {inputs: {env: {}}}")
    caller = "on: push\njobs:\n  dev: {uses: ./.github/workflows/tf.yml, with: {env: dev}}\n"
    assert len(lines({CI: caller, path: text}, path)) == 2


def test_a_matrix_calls_once_for_each_combination() -> None:
    files = {
        CI: """
        on: push
        jobs:
          all:
            strategy: {matrix: {include: [{env: dev, at: a}, {env: prod, at: b}]}}
            uses: ./.github/workflows/tf.yml
            with: {env: "${{ matrix.env }}"}
        """,
        ".github/workflows/tf.yml": REUSABLE,
    }
    assert lines(files) == [
        "all[matrix=dev, a]/tf: [infra] terraform init -backend-config=dev.hcl",
        "all[matrix=prod, b]/tf: [infra] terraform init -backend-config=prod.hcl",
    ]


def test_an_action_runs_within_the_job() -> None:
    action = """
    inputs: {env: {required: true}, dir: {default: infra}}
    runs:
      using: composite
      steps:
        - run: terraform init -backend-config=${{ inputs.env }}.hcl -x=$TOP
          shell: bash
          working-directory: ${{ inputs.dir }}
        - run: ${{ github.action_path }}/more.sh ${{ inputs.env }}
          shell: bash
    """
    files = {
        CI: workflow("- {uses: ./.github/actions/tf, with: {env: dev}}\n- run: terraform apply", "env: {TOP: t}"),
        ".github/actions/tf/action.yml": action,
        ".github/actions/tf/more.sh": "terraform workspace select $1\n",
    }
    assert lines(files) == [
        "a: [infra] terraform init -backend-config=dev.hcl -x=t",
        "a: [] terraform workspace select dev",
        "a: [] terraform apply",
    ]
    assert lines(files, ".github/actions/tf/action.yml") == []


def test_an_output_of_a_called_file_is_not_that_of_its_caller() -> None:
    action = "inputs: {k: {}}\nruns:\n  steps:\n    - run: terraform init ${{ inputs.k }}-${{ steps.s.outputs.k }}\n"
    files = {
        CI: workflow("- {uses: ./act, with: {k: '${{ steps.s.outputs.k }}'}}"),
        "act/action.yml": action + "      shell: bash\n",
    }
    (command,) = followed(files).scripts[CI].commands
    assert len({piece.identity for piece in command.words[1].value if isinstance(piece, Hole)}) == 2


def test_a_build_file_is_called_too() -> None:
    files = {
        CI: workflow("- run: make init ENV=dev"),
        "Makefile": "init:\n\tterraform init -backend-config=$(ENV).hcl\n",
    }
    assert lines(files) == ["a: [] terraform init -backend-config=dev.hcl"]


def test_callers_that_say_nothing_themselves_are_found() -> None:
    files = {CI: workflow("- run: ./x.sh dev"), "x.sh": INIT, ".github/workflows/other.yml": workflow("- run: ls x.sh")}
    reading = followed(files)
    assert CI in reading.scripts
    assert ".github/workflows/other.yml" not in reading.scripts


def test_files_that_call_each_other_many_times_end() -> None:
    files = {
        f"{name}.sh": "terraform init $1\n" + "".join(f"./{other}.sh $1{other}\n" for other in "abcdef")
        for name in "abcdef"
    }
    reading = followed(files)
    assert sum(len(file.commands) for file in reading.scripts.values()) <= 30_000


def _keys(repository: Repository) -> list[str]:
    values = (found.value("key") for found in repository.configurations if found.root == "tf")
    return sorted(shown(value) for value in values if value)


BLOCK = 'terraform {\n  backend "s3" {\n    bucket = "acme"\n    dynamodb_table = "locks"\n  }\n}\n'


@pytest.mark.parametrize(
    ("script", "keys"),
    [
        # What its callers say exactly, a script need not say vaguely.
        ('cd tf && terraform init -backend-config="key=$1"\n', ["dev", "prod"]),
        ('cd tf && terraform init -backend-config="key=${1:?}/$RUN"\n', ["<$1>/<$RUN>", "dev/<$RUN>", "prod/<$RUN>"]),
        ("cd tf && terraform init -backend-config=key=x\n", ["x"]),
    ],
)
def test_configurations_of_a_called_script(loaded: Callable[..., Repository], script: str, keys: list[str]) -> None:
    steps = "- run: ./x.sh dev\n- run: ./x.sh prod"
    repository = loaded({CI: workflow(steps), "x.sh": script, "tf/main.tf": BLOCK})
    assert _keys(repository) == keys


def test_one_init_that_stays_open_is_one_configuration(loaded: Callable[..., Repository]) -> None:
    files = {
        CI: workflow("- run: ./x.sh ${{ secrets.A }}\n- run: ./x.sh ${{ secrets.B }}"),
        "x.sh": "cd tf && terraform init -backend-config=$1.hcl\n",
        "tf/main.tf": BLOCK,
    }
    assert [found.command is None for found in loaded(files).configurations] == [False, True]


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["a.sh", "b.sh", CI, ".github/workflows/b.yml", "x/action.yml"]),
        st.lists(
            st.sampled_from(
                [
                    "terraform init $1",
                    "./a.sh $1 x",
                    './b.sh "$@"',
                    "on: workflow_call",
                    "jobs:",
                    "  a: {uses: ./.github/workflows/b.yml, with: {x: '${{ inputs.y }}'}}",
                    "  b:",
                    "    steps:",
                    "    - run: ./a.sh ${{ inputs.x }}",
                    "    - {uses: ./x, with: {y: z}}",
                    "runs:",
                    "  steps:",
                    "  - {run: ./b.sh, shell: bash}",
                ]
            ),
            max_size=9,
        ).map("\n".join),
        max_size=5,
    )
)
def test_any_files_are_followed_and_spans_lie_in_them(files: dict[str, str]) -> None:
    reading = followed(files)
    for file in reading.scripts.values():
        for command in file.commands:
            assert 0 <= command.span.start <= command.span.end <= len(files[command.span.path])
