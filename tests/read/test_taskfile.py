"""Taskfiles: what their tasks run, with the tasks they call in their place."""

# ruff: noqa: E501 (the text of a file stays in one piece)

import textwrap
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.read.fork import raw
from tflint_locks.read.taskfile import read_task, read_taskfile
from tflint_locks.value import literal, shown

PATH = "Taskfile.yml"


def read(text: str, files: dict[str, str] | None = None) -> ScriptFile:
    given_ = files or {}

    def get(path: str) -> Sequence[tuple[str, str]]:
        return [(path, textwrap.dedent(given_[path]))] if path in given_ else []

    return read_taskfile(PATH, textwrap.dedent(text), get)


def line(command: Command) -> str:
    return f"[{shown(command.directory)}] {command.tool} " + " ".join(shown(word.value) for word in command.words)


def lines(text: str, files: dict[str, str] | None = None) -> list[str]:
    return [line(command) for command in read(text, files).commands]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tasks: {a: terraform init}", ["[] terraform init"]),
        ("tasks: {a: [terraform init, terraform plan]}", ["[] terraform init", "[] terraform plan"]),
        ("tasks: {a: {cmd: terraform init, dir: tf}}", ["[tf] terraform init"]),
        ("tasks: {a: {cmds: [cd tf, terraform init]}}", ["[] terraform init"]),
        ("tasks: {a: {cmds: [{cmd: cd tf && terraform init}]}}", ["[tf] terraform init"]),
        ("vars: {E: dev}\ntasks: {a: 'terraform init -b={{.E}}.hcl'}", ["[] terraform init -b=dev.hcl"]),
        ("tasks: {a: 'terraform init -b={{.E}}.hcl'}", ["[] terraform init -b=<{{.E}}>.hcl"]),
        ("tasks: {a: 'terraform init -b={{.E | default \"dev\"}}.hcl'}", ["[] terraform init -b=dev.hcl"]),
        ("vars: {E: {sh: date}}\ntasks: {a: 'terraform init -b={{.E}}'}", ["[] terraform init -b=<{{.E}}>"]),
        ("vars: {T: tofu}\ntasks: {a: '{{.T}} init'}", ["[] tofu init"]),
        ("env: {B: x}\ntasks: {a: terraform init -b=$B}", ["[] terraform init -b=x"]),
        ("env: {B: x}\ntasks: {a: {env: {B: y}, cmd: terraform init -b=$B}}", ["[] terraform init -b=y"]),
        ("tasks: {a: {dir: '{{.ROOT_DIR}}/tf', cmd: terraform init}}", ["[tf] terraform init"]),
        ("tasks: {a: {dir: 'tf/{{.E}}', vars: {E: '{{.E | default \"dev\"}}'}, cmd: terraform init}}", ["[tf/dev] terraform init"]),
        ("tasks: {a: {internal: true, cmd: terraform init}}", []),
        ("tasks: {a: {cmds: [{for: [dev, prod], cmd: 'terraform init -b={{.ITEM}}'}]}}",
         ["[] terraform init -b=dev", "[] terraform init -b=prod"]),
        ("tasks: {a: {cmds: [{cmd: terraform init, platforms: [windows]}]}}", []),
    ],
)  # fmt: skip
def test_a_task_runs_its_commands(text: str, expected: list[str]) -> None:
    assert lines(text) == expected


def test_called_tasks_run_in_place_with_their_variables() -> None:
    text = """
    vars: {ENV: none}
    tasks:
      deploy:
        deps: [{task: init, vars: {ENV: prod}}]
        cmds: [{task: apply, vars: {ENV: prod}}]
      init: {internal: true, cmd: "terraform init -b={{.ENV}}.hcl"}
      apply: {internal: true, cmd: "terraform apply -v={{.ENV}}"}
    """
    found = read(text)
    assert [(command.scope, line(command)) for command in found.commands] == [
        ("deploy", "[] terraform init -b=prod.hcl"),
        ("deploy", "[] terraform apply -v=prod"),
    ]
    assert found.kind == "build"


def test_included_taskfiles_run_where_they_are_told() -> None:
    text = """
    includes:
      tf: {taskfile: ./infra, dir: ./infra, vars: {ENV: dev}}
      here: other.yml
    tasks: {all: {cmds: [{task: "tf:init"}]}}
    """
    infra = "tasks: {init: {cmds: [{task: go}]}, go: {internal: true, cmd: 'terraform init -b={{.ENV}}.hcl'}}"
    found = read(text, {"infra/Taskfile.yml": infra, "other.yml": "tasks: {x: tofu init}"})
    assert [(command.scope, line(command)) for command in found.commands] == [
        ("all", "[infra] terraform init -b=dev.hcl"),
        ("tf:init", "[infra] terraform init -b=dev.hcl"),
        ("here:x", "[] tofu init"),
    ]
    assert {shown(call.target) for call in found.calls} == {"infra", "other.yml"}


def test_required_variables_are_choices() -> None:
    text = "tasks: {a: {requires: {vars: [{name: E, enum: [dev, prod]}]}, cmd: 'terraform init -b={{.E}}'}}"
    (command,) = read(text).commands
    assert [choice.texts for choice in command.choices] == [("dev", "prod")]


def test_texts_that_somebody_may_set_are_defaults() -> None:
    text = "vars: {E: dev}\ntasks: {a: 'terraform init {{.E}} {{.F | default \"x\"}}'}"
    found = read(text)
    assert {(name, text[span.start : span.end]) for name, span in found.defaults} == {
        ("E", "dev"),
        ("F", '{{.F | default "x"}}'),
    }


def test_one_task_may_be_read_with_what_it_is_given() -> None:
    text = "tasks: {a: 'terraform init -b={{.E}}', b: terraform plan}"
    found = read_task(PATH, text, "a", {"E": raw(literal("prod"))})
    assert [line(command) for command in found.commands] == ["[] terraform init -b=prod"]


@pytest.mark.parametrize(
    "text",
    [
        "tasks: {a: {cmds: [{task: a}, {task: a}, terraform init]}}",
        "tasks: {" + ", ".join(f"t{n}: {{cmds: [{', '.join([f'{{task: t{n - 1}}}'] * 30)}]}}" for n in range(1, 12)) + "}",
        "includes: {a: Taskfile.yml, b: Taskfile.yml}\ntasks: {a: terraform init}",
        "tasks: [a]", "tasks: {a: {cmds: {}}}", "vars: []", "[",
    ],
)  # fmt: skip
def test_hostile_taskfiles_end(text: str) -> None:
    assert len(read(text, {PATH: text}).commands) < 5000


TEXTS = st.lists(
    st.sampled_from(
        ["tasks:", "  a:", "    cmds:", "      - terraform init {{.X}}", "      - task: a", "vars:", "  X: y", "  X: {sh: x}",
         "{{.X}}", "{", "[", "&a ", "*a", "é", "'"]
    ) | st.text(max_size=5),
    max_size=20,
).map("\n".join)  # fmt: skip


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_any_text_is_read(text: str) -> None:
    found = read_taskfile(PATH, text)
    spans = [command.span for command in found.commands] + [fault.span for fault in found.faults]
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)
