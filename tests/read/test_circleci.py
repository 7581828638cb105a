"""CircleCI configuration: jobs as workflows run them, with commands, parameters and executors."""

# ruff: noqa: E501 (the text of a file stays in one piece)

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.read.circleci import read_circleci
from tflint_locks.value import shown

PATH = ".circleci/config.yml"


def read(text: str) -> ScriptFile:
    return read_circleci(PATH, textwrap.dedent(text))


def line(command: Command) -> str:
    return f"[{shown(command.directory)}] {command.tool} " + " ".join(shown(word.value) for word in command.words)


def job(steps: str, before: str = "", top: str = "") -> str:
    """Return a configuration of one job that no workflow names."""
    body = textwrap.indent(textwrap.dedent(steps).strip(), "      ")
    head = textwrap.indent(textwrap.dedent(before).strip(), "    ")
    return f"version: 2.1\n{textwrap.dedent(top)}\njobs:\n  plan:\n{head}\n    steps:\n{body}\n"


@pytest.mark.parametrize(
    ("steps", "before", "top", "expected"),
    [
        ("- run: terraform init", "", "", ["[] terraform init"]),
        ("- run: {command: terraform init, working_directory: tf}", "", "", ["[tf] terraform init"]),
        ("- run: {command: terraform init}", "working_directory: ~/repo", "", ["[] terraform init"]),
        ("- run: cd ~/project/tf && terraform init", "", "", ["[tf] terraform init"]),
        (
            "- checkout: {path: ~/repo}\n- run: terraform init",
            "working_directory: ~/repo/tf",
            "",
            ["[tf] terraform init"],
        ),
        ("- run: {command: terraform init, shell: pwsh}", "", "", []),
        ("- run: terraform init -b=$B", "environment: {B: x}", "", ["[] terraform init -b=x"]),
        ("- run: terraform init -b=$B", "environment: {B: $C}", "", ["[] terraform init -b=<$C>"]),
        (
            "- run: {command: terraform init -b=$B, environment: {B: y}}",
            "environment: {B: x}",
            "",
            ["[] terraform init -b=y"],
        ),
        (
            "- run: echo 'export B=x' >> $BASH_ENV\n- run: terraform init -b=$B",
            "",
            "",
            ["[] terraform init -b=<$B>"],
        ),
        (
            "- go: {env: prod}",
            "",
            "commands: {go: {parameters: {env: {type: string}}, steps: [{run: 'terraform init -b=<< parameters.env >>.hcl'}]}}",
            ["[] terraform init -b=prod.hcl"],
        ),
        (
            "- go",
            "",
            "commands: {go: {parameters: {env: {default: dev}}, steps: [{run: 'terraform init -b=<<parameters.env>>.hcl'}]}}",
            ["[] terraform init -b=dev.hcl"],
        ),
        (
            "- run: terraform init -b=<< pipeline.parameters.env >>",
            "",
            "parameters: {env: {type: string, default: dev}}",
            ["[] terraform init -b=<<< pipeline.parameters.env >>>"],
        ),
        (
            "- tf/init: {path: tf, backend_config: 'bucket=acme,key=k', backend_config_file: b.hcl}",
            "",
            "orbs: {tf: circleci/terraform@3.2}",
            [
                "[tf] terraform init -input=false -backend-config=b.hcl -backend-config=bucket=acme -backend-config=key=k"
            ],
        ),
        (
            "- tf/apply: {path: tf, backend_config_file: b.hcl, var_file: v.tfvars}",
            "",
            "orbs: {tf: circleci/terraform@3.2}",
            [
                "[tf] terraform init -input=false -backend-config=b.hcl",
                "[tf] terraform apply -input=false -var-file=v.tfvars",
            ],
        ),
        ("- tf/init: {path: tf}", "", "orbs: {tf: acme/other@1}", []),
        ("- when: {condition: x, steps: [{run: terraform init}]}", "", "", ["[] terraform init"]),
    ],
)
def test_a_job_runs_its_commands(steps: str, before: str, top: str, expected: list[str]) -> None:
    assert [line(command) for command in read(job(steps, before, top)).commands] == expected


def test_a_workflow_gives_its_jobs_their_parameters() -> None:
    text = """
    jobs:
      plan:
        parameters: {env: {type: string}}
        steps: [{run: "terraform init -b=<< parameters.env >>.hcl"}]
      unused: {steps: [{run: terraform init}]}
    workflows:
      all:
        jobs:
          - plan: {name: plan-dev, env: dev}
          - plan: {env: prod, filters: {branches: {only: main}}}
    """
    assert [(command.scope, line(command)) for command in read(text).commands] == [
        ("plan-dev", "[] terraform init -b=dev.hcl"),
        ("plan", "[] terraform init -b=prod.hcl"),
    ]


def test_a_matrix_is_a_choice() -> None:
    text = """
    jobs: {plan: {parameters: {env: {type: string}}, steps: [{run: "terraform init << parameters.env >>"}]}}
    workflows: {all: {jobs: [{plan: {matrix: {parameters: {env: [dev, prod]}}}}]}}
    """
    (command,) = read(text).commands
    assert [choice.texts for choice in command.choices] == [("dev", "prod")]


def test_images_of_executors_pin_versions() -> None:
    top = "executors: {tf: {parameters: {v: {default: '1.5.7'}}, docker: [{image: 'hashicorp/terraform:<< parameters.v >>'}]}}"
    found = read(job("- run: terraform init", "executor: {name: tf, v: 1.6.1}", top))
    assert [(version.tool, version.constraint) for version in found.versions] == [("terraform", "1.6.1")]


def test_a_conditional_step_is_conditional() -> None:
    (command,) = read(job("- when: {condition: x, steps: [{run: terraform init}]}")).commands
    assert command.conditional


def test_variables_are_names() -> None:
    found = read(job("- run: terraform init", "environment: {TF_STATE_BUCKET: acme-state}"))
    assert [(name.name, shown(name.value), name.scope) for name in found.names] == [
        ("TF_STATE_BUCKET", "acme-state", "plan")
    ]


def test_values_point_into_the_file() -> None:
    text = job("- run: terraform init -backend-config=bucket=$B", "environment: {B: acme-state}")
    (command,) = read_circleci(PATH, text).commands
    span = command.words[-1].value[-1].span
    assert span
    assert text[span.start : span.end] == "acme-state"


@pytest.mark.parametrize(
    "text",
    [
        job("- a", "", "commands: {a: {steps: [a, a, a]}}"),
        job(
            "- c9",
            "",
            "commands: {"
            + ", ".join(f"c{n}: {{steps: [{', '.join([f'c{n - 1}'] * 40)}]}}" for n in range(1, 10))
            + "}",
        ),
        "jobs: {plan: {steps: terraform init}}",
        "jobs: [terraform]",
        "workflows: {a: {jobs: [a, {b: c}]}}",
        "[",
    ],
)
def test_hostile_configurations_end(text: str) -> None:
    assert len(read(text).commands) < 5000


TEXTS = st.lists(
    st.sampled_from(
        ["jobs:", "  plan:", "    steps:", "      - run: terraform init", "      - run:", "          command: x", "commands:",
         "workflows: {a: {jobs: [plan]}}", "<< parameters.x >>", "{", "[", "'", "&a ", "*a", "é", "    docker: [{image: x:1}]"]
    ) | st.text(max_size=5),
    max_size=20,
).map("\n".join)  # fmt: skip


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_any_text_is_read(text: str) -> None:
    found = read_circleci(PATH, text)
    spans = [command.span for command in found.commands] + [fault.span for fault in found.faults]
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)
