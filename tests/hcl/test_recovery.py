"""Broken text: what stands around an error is read, and the error has its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tflint_locks.hcl import check, parse

if TYPE_CHECKING:
    from collections.abc import Callable

# What is broken: the text, what is read, and the faults as message and text.
BROKEN = {
    "string without its end": (
        'b {\n  a = "x\n  c = 1\n}\nd {}',
        'b\n  a = "x\n  c = 1\nd',
        [("unterminated string", '"x')],
    ),
    "map without its end, braces even": (
        "b {\n  a = {\n    x = 1\n}\nd {\n  e = 1\n}",
        "b\n  a = {\n    x = 1\nd\n  e = 1",
        [("unclosed bracket", "{")],
    ),
    "map without its end": (
        "b {\n  a = {\n    x = 1\n  c = 2\n}\nd {\n  e = 1\n}",
        "b\n  a = {\n    x = 1\n  c = 2\nd\n  e = 1",
        [("unclosed bracket", "{")],
    ),
    "list without its end": (
        'b {\n  a = [\n    "x",\n}\nd {\n}',
        'b\n  a = [\n    "x",\nd',
        [("unclosed bracket", "[")],
    ),
    "call without its end": (
        "a = f(\n  1\nb = 2\nc {}",
        "a = f(\n  1\nb = 2\nc",
        [("unclosed bracket", "(")],
    ),
    "block without its end": (
        "b {\n  c {\n    x = 1\n}\nd {\n}",
        "b\n  c\n    x = 1\nd",
        [("unclosed configuration block", "c")],
    ),
    "last block without its end": ("b {\n}\nd {\n  x = 1\n", "b\nd\n  x = 1", [("unclosed configuration block", "d")]),
    "one brace too many": ("b {\n  x = 1\n}\n}\nd {\n}", "b\n  x = 1\nd", [("unexpected closing brace", "}")]),
    "prose": ("a = 1\nthis is no HCL, is it?\nnor this.\nb = 2", "a = 1\nb = 2", [("invalid block definition", "this is no HCL")]),  # noqa: E501 # a table
    "heredoc without its end": (
        "a = <<EOT\nsome words\nb = 1\nc {\n}\n",
        "a = <<EOT\nsome words\nb = 1\nc",
        [("heredoc has no closing marker", "<<EOT")],
    ),
    "string in a map": (
        'b {\n  a = {\n    x = "y\n    z = 1\n  }\n  c = 2\n}\nd {}',
        'b\n  a = {\n    x = "y\n    z = 1\n  }\n  c = 2\nd',
        [("unterminated string", '"y')],
    ),
    "two arguments on a line": ("a = 1 b = 2\nc = 3", "a = 1 b = 2\nc = 3", [("missing newline after argument", "b")]),
    "commas between arguments": ("b { a = 1, c = 2 }\nd {}", "b\n  a = 1, c = 2\nd", [("missing newline after argument", ",")]),  # noqa: E501 # a table
}  # fmt: skip

TEMPLATED = [
    "a = {{ x }}\nb = 1",
    "{% if x %}\na = 1\n{% endif %}",
    "a = 1\n<%= x %>\n",
    "a = <% x %>\n",
    "<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> other\n",
    "a = [\n<<<<<<< HEAD\n  1,\n=======\n  2,\n>>>>>>> other\n]",
    'a = "${{ x.y }}"',
]


@pytest.mark.parametrize("name", BROKEN)
def test_broken(name: str, outline: Callable[[str], str]) -> None:
    text, structure, faults = BROKEN[name]
    assert outline(text) == structure
    assert [(fault.message, text[fault.start : fault.end]) for fault in check(text, parse(text))] == faults


@pytest.mark.parametrize("text", TEMPLATED)
def test_signs_of_a_template(text: str) -> None:
    assert check(text, parse(text))[0].template


@pytest.mark.parametrize("name", BROKEN)
def test_no_signs_of_a_template(name: str) -> None:
    text = BROKEN[name][0]
    assert not any(fault.template for fault in check(text, parse(text)))


def test_faults_have_a_limit() -> None:
    text = "a = ]\n" * 1000
    assert len(check(text, parse(text))) == 100
