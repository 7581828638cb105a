"""Justfiles: what each recipe runs, with its variables, parameters and dependencies."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.facts import ScriptFile, Word
from tflint_locks.read.just import read_just
from tflint_locks.source import Span
from tflint_locks.value import literal, shown


def lines(file: ScriptFile) -> list[str]:
    return [
        f"{one.scope}: [{shown(one.directory)}] {one.tool} " + " ".join(shown(word.value) for word in one.words)
        for one in file.commands
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("init:\n  @terraform init\n", ["init: [tf] terraform init"]),
        ("d := 'live'\ninit:\n  cd {{d}} && terraform init\n  terraform plan\n",
         ["init: [tf/live] terraform init", "init: [tf] terraform plan"]),
        ("init e:\n  terraform init -a={{e}}\n", ["init: [tf] terraform init -a=<{{e}}>"]),
        ("init e='dev':\n  terraform init -a={{ e }}\n", ["init: [tf] terraform init -a=<{{e}}>"]),
        ("init e:\n  terraform init -a={{e}}\nprod: (init 'prod')\n  terraform plan\n",
         ["prod: [tf] terraform init -a=prod", "prod: [tf] terraform plan", "init: [tf] terraform init -a=<{{e}}>"]),
        ("b := 'acme' + '-x'\ninit:\n  terraform init -b={{b}}\n", ["init: [tf] terraform init -b=acme-x"]),
        ("init:\n  #!/usr/bin/env bash\n  cd live\n  terraform init\n", ["init: [tf/live] terraform init"]),
        ("init:\n  cd {{justfile_directory()}}/live && terraform init\n", ["init: [tf/live] terraform init"]),
        ("b := env_var('B')\ninit:\n  terraform init -b={{b}}\n", ["init: [tf] terraform init -b=<$B>"]),
        ("init:\n  terraform init -b={{ if env == 'x' { '}}' } else { 'b' } }} -k={{ '{{' }}\n",
         ["init: [tf] terraform init -b=<{{if env == 'x' { '}}' } else { 'b' }}}@28> -k={{"]),
        ("export TF_VAR_x := 'x'\ninit:\n  terraform init -b=$TF_VAR_x\n", ["init: [tf] terraform init -b=x"]),
    ],
)  # fmt: skip
def test_recipes_run_their_commands(text: str, expected: list[str]) -> None:
    assert sorted(lines(read_just("tf/justfile", text))) == sorted(expected)


def test_a_recipe_is_read_with_what_it_is_given() -> None:
    text = "v := 'a'\ninit e:\n  terraform init -a={{e}} -v={{v}}\n"
    words = [Word(literal("prod"), Span("ci.sh", 0, 4))]
    file = read_just("tf/justfile", text, "init", [("v", literal("b"))], words)
    assert lines(file) == ["init: [tf] terraform init -a=prod -v=b"]


@settings(max_examples=150, deadline=None)
@given(st.text("\n :=(){}'\"@#aeint,+/*$", max_size=200) | st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    file = read_just("justfile", "init:\n  terraform init\n" + text)
    assert all(0 <= one.span.start <= one.span.end <= len(text) + 40 for one in file.commands)
