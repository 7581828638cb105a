"""Atlantis configuration: what each project runs by its workflow."""

# ruff: noqa: E501 (the text of a file stays in one piece)

import textwrap
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.read.atlantis import read_atlantis
from tflint_locks.value import shown

PATH = "atlantis.yaml"


def read(text: str, files: dict[str, str] | None = None) -> ScriptFile:
    given_ = files or {}

    def get(path: str) -> Sequence[tuple[str, str]]:
        return [(path, textwrap.dedent(given_[path]))] if path in given_ else []

    return read_atlantis(PATH, textwrap.dedent(text), get)


def line(command: Command) -> str:
    return f"[{shown(command.directory)}] {command.tool} " + " ".join(shown(word.value) for word in command.words)


def lines(text: str, files: dict[str, str] | None = None) -> list[str]:
    return [line(command) for command in read(text, files).commands]


def test_a_project_without_workflow_runs_what_atlantis_runs() -> None:
    assert lines("projects: [{dir: infra}]") == [
        "[infra] terraform init -input=false",
        "[infra] terraform plan -input=false",
        "[infra] terraform apply -input=false",
    ]


def test_workspaces_are_selected_where_there_are_any() -> None:
    found = lines("projects: [{dir: infra, workspace: dev}, {dir: infra}]")
    assert [one for one in found if "workspace" in one] == [
        "[infra] terraform workspace select dev",
        "[infra] terraform workspace select default",
    ]


def test_a_workflow_gives_arguments_environment_and_commands() -> None:
    text = """
    projects: [{name: infra-prod, dir: infra, workspace: prod, workflow: own, terraform_version: v1.6.2}]
    workflows:
      own:
        plan:
          steps:
            - env: {name: BUCKET, value: acme-state}
            - env: {name: KEY, command: echo}
            - init: {extra_args: ["-backend-config=backends/$WORKSPACE.hcl", -backend-config=bucket=$BUCKET, -k=$KEY]}
            - run: cp $DIR/x.tf . && terraform${ATLANTIS_TERRAFORM_VERSION} validate
            - run: {command: cd .. && terraform show, output: hide}
            - plan: {extra_args: [-var-file=envs/prod.tfvars]}
    """
    found = read(text)
    assert [line(command) for command in found.commands] == [
        "[infra] terraform init -input=false -backend-config=backends/prod.hcl -backend-config=bucket=acme-state -k=<$KEY>",
        "[infra] terraform validate",
        "[] terraform show",
        "[infra] terraform workspace select prod",
        "[infra] terraform plan -input=false -var-file=envs/prod.tfvars",
        "[infra] terraform apply -input=false",
    ]
    assert {command.scope for command in found.commands} == {"infra-prod"}
    assert [(one.tool, one.constraint, one.directory) for one in found.versions] == [("terraform", "1.6.2", "infra")]


def test_a_workflow_of_the_server_is_found_by_name() -> None:
    text = "projects: [{dir: infra, workflow: own}]"
    server = (
        "workflows: {own: {plan: {steps: [{init: {extra_args: [-backend-config=b.hcl]}}]}, apply: {steps: [apply]}}}"
    )
    assert lines(text) == []
    assert lines(text, {"repos.yaml": server}) == [
        "[infra] terraform init -input=false -backend-config=b.hcl",
        "[infra] terraform apply -input=false",
    ]


def test_the_servers_usual_workflow_is_that_of_projects_without_one() -> None:
    server = (
        "repos: [{id: /.*/, workflow: own}]\nworkflows: {own: {plan: {steps: [{run: tofu init}]}, apply: {steps: []}}}"
    )
    assert lines("projects: [{dir: infra}]", {"repos.yaml": server}) == ["[infra] tofu init"]


def test_the_var_file_of_a_workspace_is_named() -> None:
    found = lines("projects: [{dir: infra, workspace: dev}]", {"infra/env/dev.tfvars": ""})
    assert "[infra] terraform plan -input=false -var-file=env/dev.tfvars" in found


def test_a_directory_is_where_it_is_written() -> None:
    text = "projects:\n  - dir: infra/live\n"
    command = read(text).commands[0]
    spans = [piece.span for piece in command.directory if piece.span]
    assert text[spans[0].start : spans[-1].end] == "infra/live"


@pytest.mark.parametrize(
    "text",
    [
        "projects: {}",
        "projects: [[], x, {dir: []}]",
        "projects: [{dir: a, workflow: w}]\nworkflows: {w: {plan: {steps: x}}}",
        "[",
    ],
)
def test_odd_files_are_read(text: str) -> None:
    assert isinstance(read(text), ScriptFile)


def test_many_projects_of_many_steps_end() -> None:
    steps = "&s [" + ", ".join(["{run: terraform init}"] * 100) + "]"
    text = (
        f"workflows: {{w: {{plan: {{steps: {steps}}}, apply: {{steps: *s}}}}}}\nprojects:\n"
        + "- {dir: a, workflow: w}\n" * 1000
    )
    assert len(read(text).commands) < 50_000


@given(st.text(alphabet="projects: [{}]\n-dirworkflownmpa,&*'\"é", max_size=80).map(lambda text: "projects:\n" + text))
@settings(max_examples=100, deadline=None)
def test_any_text_is_read(text: str) -> None:
    found = read_atlantis(PATH, text)
    spans = [command.span for command in found.commands] + [fault.span for fault in found.faults]
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)
