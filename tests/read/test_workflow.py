"""Workflows and actions: what their steps run, with values that point into the YAML."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.read.workflow import read_workflow
from tflint_locks.value import Literal, shown

PATH = ".github/workflows/deploy.yml"


def read(text: str) -> ScriptFile:
    return read_workflow(PATH, textwrap.dedent(text))


def job(steps: str, before: str = "", top: str = "") -> str:
    """Return a workflow of one job."""
    body = textwrap.indent(textwrap.dedent(steps).strip(), "      ")
    head = textwrap.indent(textwrap.dedent(before).strip(), "    ")
    return f"{textwrap.dedent(top)}jobs:\n  plan:\n{head}\n    steps:\n{body}\n"


def line(command: Command) -> str:
    return f"[{shown(command.directory)}] {command.tool} " + " ".join(shown(word.value) for word in command.words)


def lines(text: str) -> list[str]:
    return [line(command) for command in read(text).commands]


@pytest.mark.parametrize(
    ("steps", "before", "expected"),
    [
        ("- run: terraform init", "", ["[] terraform init"]),
        ("- run: |\n    cd infra\n    terraform init", "", ["[infra] terraform init"]),
        ("- run: terraform init\n  working-directory: ./infra", "", ["[infra] terraform init"]),
        ("- run: terraform init", "defaults: {run: {working-directory: tf}}", ["[tf] terraform init"]),
        ("- run: terraform init\n  shell: pwsh", "", []),
        ("- run: terraform init", "runs-on: windows-latest", []),
        ("- {run: terraform init, shell: bash}", "runs-on: windows-latest", ["[] terraform init"]),
        ("- run: terraform init -b=$B\n  env: {B: x}", "env: {B: y}", ["[] terraform init -b=x"]),
        ("- run: terraform init -b=${{ env.B }}", "env: {B: y}", ["[] terraform init -b=y"]),
        ("- run: cd $GITHUB_WORKSPACE/tf && terraform init", "", ["[tf] terraform init"]),
        ("- run: terraform -chdir=${{ github.workspace }}/tf init", "", ["[] terraform -chdir=<<repository>>/tf init"]),
        (
            "- run: terraform init -b=${{ secrets.B }} -k=${{steps.a.outputs.k}}",
            "",
            ["[] terraform init -b=<${{ secrets.B }}> -k=<${{ steps.a.outputs.k }}>"],
        ),
        (
            "- uses: actions/checkout@v4\n  with: {path: src}\n- run: terraform init\n  working-directory: src/tf",
            "",
            ["[tf] terraform init"],
        ),
        ("- run: |\n    cat <<EOF\n    terraform init\n    EOF", "", []),
        ("- run: >-\n    terraform\n    init\n    -x", "", ["[] terraform init -x"]),
    ],
)
def test_a_step_runs_its_commands(steps: str, before: str, expected: list[str]) -> None:
    assert lines(job(steps, before)) == expected


def test_a_matrix_list_is_a_choice_held_through_the_job() -> None:
    steps = "- run: terraform init -backend-config=${{ matrix.env }}.hcl\n"
    steps += "- run: terraform plan -var-file=${{matrix.env}}.tfvars"
    commands = read(job(steps, "strategy: {matrix: {env: [dev, prod]}}")).commands
    assert {(choice.identity, choice.texts) for command in commands for choice in command.choices} == {
        ("${{ matrix.env }}", ("dev", "prod"))
    }
    assert {command.scope for command in commands} == {"plan"}


def test_an_include_adds_a_combination() -> None:
    text = job("- run: terraform init ${{ matrix.env }}", "strategy: {matrix: {env: [a], include: [{env: b}]}}")
    assert lines(text) == ["[] terraform init a", "[] terraform init b"]


def test_an_input_offers_its_options_and_its_default_is_only_likely() -> None:
    top = """
    on:
      workflow_dispatch:
        inputs:
          env: {type: choice, options: [dev, prod]}
          key: {default: x}
    """
    (command,) = read(
        job("- run: terraform init ${{ inputs.env }}.hcl ${{ github.event.inputs.key }}.hcl", top=top)
    ).commands
    assert [choice.texts for choice in command.choices] == [("dev", "prod")]
    piece = command.words[2].value[0]
    assert not isinstance(piece, Literal)
    assert piece.likely == "x"


def test_a_choice_between_two_texts_holds_in_all_steps() -> None:
    steps = """
    - run: terraform init -backend-config=${{ matrix.env == 'production' && 'prod' || 'staging' }}.hcl
    - run: terraform plan -var-file=${{ matrix.env == 'production' && 'prod' || 'staging' }}.tfvars -e=${{ matrix.env }}
    """
    assert lines(job(steps, "strategy: {matrix: {env: [staging, production]}}")) == [
        "[] terraform init -backend-config=staging.hcl",
        "[] terraform plan -var-file=staging.tfvars -e=staging",
        "[] terraform init -backend-config=prod.hcl",
        "[] terraform plan -var-file=prod.tfvars -e=production",
    ]


def test_a_step_with_a_condition_is_conditional() -> None:
    (command,) = read(job("- run: terraform apply\n  if: success()")).commands
    assert command.conditional


def test_what_earlier_steps_set_is_seen() -> None:
    steps = """
    - uses: aws-actions/configure-aws-credentials@v4
      with: {aws-region: eu-west-1}
    - run: echo "STATE_BUCKET=$(cat b)" | tee -a $GITHUB_ENV # for terraform
    - run: terraform init -b=${STATE_BUCKET:-y}
    """
    (command,) = read(job(steps)).commands
    assert dict(command.environment)["AWS_REGION"][0].text == "eu-west-1"  # type: ignore[union-attr]
    assert line(command) == "[] terraform init -b=<$STATE_BUCKET>"


@pytest.mark.parametrize(
    "step",
    [
        "- run: terraform init -backend-config=bucket=acme-state",
        "- run: |\n    # first\n    terraform init -backend-config=bucket=acme-state\n",
        "- run: >\n    terraform init\n    -backend-config=bucket=acme-state\n",
        '- run: "echo \\"a\\" é; terraform init -backend-config=bucket=acme-state"',
        "- run: 'echo ''a''; terraform init -backend-config=bucket=acme-state'",
        "- run: terraform init\n    -backend-config=bucket=acme-state",
        "- run: 'terraform init -backend-config=bucket=$B'\n  env: {B: acme-state}",
    ],
)
def test_values_point_into_the_file(step: str) -> None:
    text = job(step)
    (command,) = read_workflow(PATH, text).commands
    span = command.words[-1].value[-1].span
    assert span
    assert text[span.start : span.end].endswith("acme-state")


def test_versions_of_setup_actions() -> None:
    steps = """
    - uses: hashicorp/setup-terraform@v3
      with: {terraform_version: "${{ env.TF }}"}
    - uses: opentofu/setup-opentofu@v1
      with: {tofu_version: 1.8.0}
    """
    found = read(job(steps, "env: {TF: '1.9.5'}")).versions
    assert [(version.tool, version.constraint) for version in found] == [("terraform", "1.9.5"), ("tofu", "1.8.0")]


def test_a_composite_action_is_read_with_its_inputs_open() -> None:
    text = """
    inputs: {dir: {default: infra}}
    runs:
      using: composite
      steps:
        - run: terraform init
          shell: bash
          working-directory: ${{ inputs.dir }}
    """
    assert lines(text) == ["[<${{ inputs.dir }}>] terraform init"]


def test_variables_of_a_job_are_names() -> None:
    names = read(job("- run: terraform init", "env: {LOCK_TABLE: acme-locks, COLOR: red}")).names
    assert [(name.name, shown(name.value), name.scope) for name in names] == [("LOCK_TABLE", "acme-locks", "plan")]


def test_anchors_and_merge_keys_are_followed() -> None:
    text = "x: &x {B: acme}\njobs:\n  a:\n    env: {<<: *x}\n"
    text += "    steps:\n      - &s {run: terraform init $B}\n  b:\n    steps: [*s]\n"
    assert lines(text) == ["[] terraform init acme", "[] terraform init <$B>"]


def test_comments_stand_outside_scalars() -> None:
    text = "# tflint-locks: ignore[a]\njobs: {} # two\nx: 'a # no'\ny: |\n  # no\n"
    assert [remark.text for remark in read(text).remarks] == ["tflint-locks: ignore[a]", "two"]


@pytest.mark.parametrize(
    ("text", "at"),
    [("jobs: [", 7), ("a: b: c\n", 4), ("a: \x01", 3), ("[" * 100, 60)],
)
def test_what_is_no_yaml_is_a_fault_with_its_place(text: str, at: int) -> None:
    found = read_workflow(PATH, text)
    assert [fault.span.start for fault in found.faults] == [at]


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "jobs:",
                "  a:",
                "    steps:",
                "    - run: |",
                "        terraform init ${{ x }}",
                "      if: a == 'b'",
                "&a",
                "*a",
                "<<: *a",
                "? ",
                "[",
                "}",
                "- {run: 'terraform init'}",
            ]
        ),
        max_size=12,
    ).map("\n".join)
)
def test_any_text_is_read_and_spans_lie_in_it(text: str) -> None:
    found = read_workflow(PATH, text)
    for command in found.commands:
        assert 0 <= command.span.start <= command.span.end <= len(text)
    for fault in found.faults:
        assert 0 <= fault.span.start <= len(text)
