"""Makefiles: what each target runs, with its variables, prerequisites and conditions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.read.make import read_make
from tflint_locks.source import Span
from tflint_locks.value import Literal, literal, shown

PATH = "infra/Makefile"


def lines(file: ScriptFile) -> list[str]:
    """Show each command as ``scope: [directory] tool words``."""
    return [
        f"{one.scope}: [{shown(one.directory)}] {one.tool} " + " ".join(shown(word.value) for word in one.words)
        for one in file.commands
    ]


def read(text: str) -> list[str]:
    return lines(read_make(PATH, text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("init:\n\t@terraform init\n", ["init: [infra] terraform init"]),
        ("init: ; terraform init\n", ["init: [infra] terraform init"]),
        ("D := live\ninit:\n\tcd $(D) && terraform init\n\tterraform plan\n",
         ["init: [infra/live] terraform init", "init: [infra] terraform plan"]),
        (".ONESHELL:\ninit:\n\tcd live\n\tterraform init\n", ["init: [infra/live] terraform init"]),
        ('TF = AWS_PROFILE=x terraform\nF=-backend-config="a.hcl"\ninit:\n\t$(TF) init $(F)\n',
         ["init: [infra] terraform init -backend-config=a.hcl"]),
        ("T ?= terraform\ninit:\n\t${T} init\n", ["init: [infra] terraform init"]),
        ("init:\n\tterraform init -x=$(Y) -z=$$Y\n", ["init: [infra] terraform init -x=<$Y> -z=<$Y>"]),
        ("ENV ?= dev\ninit:\n\tterraform init -backend-config=$(ENV).hcl\n",
         ["init: [infra] terraform init -backend-config=<$ENV>.hcl"]),
        ("init:\n\tterraform init\nplan: init\n\tterraform plan\n",
         ["plan: [infra] terraform init", "plan: [infra] terraform plan"]),
        ("plan-%:\n\tterraform plan -var-file=$*.tfvars\nall: plan-dev\n",
         ["plan-%: [infra] terraform plan -var-file=<$*>.tfvars", "all: [infra] terraform plan -var-file=dev.tfvars"]),
        ("define tf\ncd $(1) && terraform $(2)\nendef\ninit:\n\t$(call tf,live,init)\n",
         ["init: [infra/live] terraform init"]),
        ("F := terraform/env/x.tfvars\nplan:\n\tterraform plan -var-file=$(notdir $(F))\n",
         ["plan: [infra] terraform plan -var-file=x.tfvars"]),
        ("R := $(shell pwd)\nplan:\n\tcd $(R)/live && terraform plan\n", ["plan: [infra/live] terraform plan"]),
        ("TF := $(shell which tofu)\nplan:\n\t$(TF) plan\n", ["plan: [infra] tofu plan"]),
        ("plan:\n\techo terraform init\n", []),
        ("all:\n\t$(MAKE) plan ENV=prod\nplan:\n\tterraform plan -var-file=$(ENV).tfvars\n",
         ["all: [infra] terraform plan -var-file=prod.tfvars", "plan: [infra] terraform plan -var-file=<$ENV>.tfvars"]),
        ("ENV = dev\nF := $(ENV).hcl\nprod: ENV=prod\nprod:\n\tterraform init -a=$(ENV) -b=$(F)\n",
         ["prod: [infra] terraform init -a=prod -b=<$ENV>.hcl"]),
    ],
)  # fmt: skip
def test_targets_run_their_commands(text: str, expected: list[str]) -> None:
    assert read(text) == expected


def test_a_condition_on_a_variable_from_outside_is_a_choice() -> None:
    text = "ifeq ($(ENV),prod)\nB = acme-prod\nelse\nB = acme-dev\nendif\n"
    text += "init:\n\tterraform init -backend-config=bucket=$(B)\n"
    assert sorted(line.split()[-1] for line in read(text)) == [
        "-backend-config=bucket=acme-dev", "-backend-config=bucket=acme-prod",
    ]  # fmt: skip


def test_what_an_included_file_may_set_is_not_known() -> None:
    text = "TABLE ?= acme-locks\ninclude .env\ninit:\n\tterraform init -backend-config=dynamodb_table=$(TABLE)\n"
    assert read(text)[0].endswith("dynamodb_table=<$TABLE>")


def test_a_target_is_read_with_what_it_is_given() -> None:
    text = "ENV ?= dev\nF := $(ENV).hcl\ninit:\n\tterraform init -backend-config=$(F)\nother:\n\tterraform plan\n"
    file = read_make(PATH, text, target="init", given=[("ENV", literal("prod"))])
    assert lines(file) == ["init: [infra] terraform init -backend-config=prod.hcl"]


def test_spans_cover_the_text_in_the_variable() -> None:
    text = 'T := acme-locks\ninit:\n\tterraform init -backend-config="dynamodb_table=$(T)"\n'
    (command,) = read_make(PATH, text).commands
    spans = [piece.span for piece in command.words[1].value if isinstance(piece, Literal) and piece.span]
    assert [text[span.start : span.end] for span in spans] == ["-backend-config=", "dynamodb_table=", "acme-locks"]


def test_a_word_that_a_reference_gives_stands_where_the_reference_does() -> None:
    text = "DIRS := modules/network\n$(DIRS):\n\tterraform init $@\nnext:\n\tterraform plan\n"
    words = [word for command in read_make(PATH, text).commands for word in command.words]
    assert [text[word.span.start : word.span.end] for word in words if shown(word.value) == "modules/network"] == ["$@"]


def test_defaults_exports_and_calls_are_told() -> None:
    text = "export TF_VAR_x := y\nR ?= eu-west-1\ninit:\n\tterraform init -x=$(R)\n\t$(MAKE) -C sub plan ENV=a\n"
    file = read_make(PATH, text)
    assert "TF_VAR_x" in file.exported
    assert [(name, text[span.start : span.end]) for name, span in file.defaults] == [("R", "eu-west-1")]
    (call,) = file.calls
    assert (call.kind, shown(call.target), call.name, shown(call.given[0][1])) == ("make", "sub", "plan", "a")


def _spans(command: Command) -> list[Span]:
    pieces = [piece for word in command.words for piece in word.value]
    return [word.span for word in command.words] + [piece.span for piece in pieces if piece.span]


@settings(max_examples=150, deadline=None)
@given(st.text("\n\t $()%:=#\\{}adfeinqmTr,+?;", max_size=200) | st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    text = "terraform:\n\tterraform init\n" + text + "\nl:\n\tterraform plan ${{"
    file = read_make(PATH, text)
    assert all(0 <= span.start <= span.end <= len(text) for one in file.commands for span in (one.span, *_spans(one)))


def test_a_makefile_that_grows_without_end_is_read() -> None:
    text = "A0 = x\n" + "".join(f"A{n + 1} = $(A{n})$(A{n})\n" for n in range(60))
    assert read(text + "p:\n\tterraform init $(A60)\n" + "L = $(L)$(L)\nq:\n\tterraform plan $(L)\n")
