"""Text to blocks, attributes, comments and their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tflint_locks.hcl import Attribute, Block, check, parse

if TYPE_CHECKING:
    from collections.abc import Callable

SOUND = {
    "": "",
    "a = 1": "a = 1",
    "\ufeffa = 1\n": "a = 1",
    "a = 1\r\nb = 2\r\n": "a = 1\nb = 2",
    "a   =\t1   \n": "a = 1",
    "a = 1 # why\nb = 2 // why\nc = 3 /* why */\n": "a = 1\nb = 2\nc = 3",
    "a = /* c */ 1": "a = 1",
    "a /* c */ = 1": "a = 1",
    "a = 1 /* c\n */ + 2\n": "a = 1 /* c\n */ + 2",
    "a = [\n  1, # one\n]\n": "a = [\n  1, # one\n]",
    'a = "${\n  x\n}"\nb = 1': 'a = "${\n  x\n}"\nb = 1',
    'a = "}"\nb = "${"}"}"': 'a = "}"\nb = "${"}"}"',
    'a = "\\"}"\nb = 1': 'a = "\\"}"\nb = 1',
    "b {}": "b",
    "b {\n}\n": "b",
    "b { a = 1 }": "b\n  a = 1",
    "b { a = f({}) } # c\nc {}": "b\n  a = f({})\nc",
    "b { /* c */ a = 1 }": "b\n  a = 1",
    "b { # c\n  a = 1\n}": "b\n  a = 1",
    "b { /* c\n */ }": "b",
    'b "x" "y" "z" {\n}': "b x y z",
    "b x y {\n}": "b x y",
    'b "x" /* c */ y {\n}': "b x y",
    'b /* c */ "x" {\n}': "b x",
    'b "$${x}\\ny" {\n}': "b ${x}\ny",
    'b "" {\n}': "b",
    "b {\n  c {\n    d = 1\n  }\n  e = 2\n}\nf = 3": "b\n  c\n    d = 1\n  e = 2\nf = 3",
    "for = 1\nif = 2\nin = 3\nnull = 4": "for = 1\nif = 2\nin = 3\nnull = 4",
    "é = 1\ne\u0301 = 2\n変数 = 3": "é = 1\ne\u0301 = 2\n変数 = 3",
    "a = <<EOT\nx }\nEOT\nb = 1": "a = <<EOT\nx }\nEOT\nb = 1",
    "a = <<EOT\nx\nEOT  \nb = 1": "a = <<EOT\nx\nEOT\nb = 1",
    "a = <<-EOT\r\n x\r\n EOT\r\nb = 1": "a = <<-EOT\r\n x\r\n EOT\nb = 1",
    "a = [<<EOT\nEOT\n, 1]\nb = 1": "a = [<<EOT\nEOT\n, 1]\nb = 1",
    "a = <<EOT\n${<<E\nEOT\nE\n}EOT\nEOT\nb = 1": "a = <<EOT\n${<<E\nEOT\nE\n}EOT\nEOT\nb = 1",
    "a = <<EOT\n$${\nEOT\nb = 1": "a = <<EOT\n$${\nEOT\nb = 1",
}

UNSOUND = {
    "a": "invalid block definition",
    "a =": "missing expression",
    "a = 1 }": "unexpected closing brace",
    "a == 1": "invalid block definition",
    "a => 1": "invalid block definition",
    "b\n{\n}": "the opening brace must stand on the line of its block",
    "b {": "unclosed configuration block",
    "b {\n  a = 1 }": "missing newline after argument",
    "b { a = 1\n}": "a block on a single line must be closed on it",
    "b { c {} }": "a block on a single line can hold only one argument",
    "b {} c {}": "missing newline after block definition",
    "b {} /* c\n */ c {}": "missing newline after block definition",
    "}": "unexpected closing brace",
    'b "${x}" {\n}': "template sequences are not allowed in a label",
    'b "\\q" {\n}': "invalid escape sequence",
    "a = 1\na = 2": "attribute redefined",
    "b {\n  a = 1\n  a = 2\n}": "attribute redefined",
    'a = "x': "unterminated string",
    'a = "x\ny"': "unterminated string",
    "a = [1": "unclosed bracket",
    "a = [1}": "unbalanced bracket",
    "a = 1]": "unbalanced bracket",
    "a = <<EOT\nx\nEOT": "heredoc has no closing marker",
    "a = 1 /* c": "unclosed comment",
    "/* c": "unclosed comment",
    "a = 1\rb = 2": "carriage return without a newline",
    "½ = 1": "this character is not used within the language",
    "a\u00a0= 1": "this character is not used within the language",
    "b ½ {\n}": "this character is not used within the language",
    "'a' = 1": "argument or block definition required",
}


@pytest.mark.parametrize(("text", "expected"), SOUND.items())
def test_sound(text: str, expected: str, outline: Callable[[str], str]) -> None:
    assert outline(text) == expected
    assert check(text, parse(text)) == ()


@pytest.mark.parametrize(("text", "message"), UNSOUND.items())
def test_unsound(text: str, message: str) -> None:
    assert message in [fault.message for fault in parse(text).faults]


def test_spans_of_a_block() -> None:
    text = 'x = 1\nresource "a" "b" { c = [1] } # d\n'
    block = parse(text).items[1]
    assert isinstance(block, Block)
    assert text[block.start : block.type_end] == "resource"
    assert text[block.start : block.header_end] == 'resource "a" "b'
    assert text[block.start : block.end] == 'resource "a" "b" { c = [1] }'
    assert [text[label.start : label.end] for label in block.labels] == ["a", "b"]
    (attribute,) = block.items
    assert isinstance(attribute, Attribute)
    assert text[attribute.start : attribute.end] == "c"
    assert text[attribute.value_start : attribute.value_end] == "[1]"


def test_comments() -> None:
    text = '# a\r\n// b\nc = 1 /* d */ # e\nf = [ # g\n  "# no", /* h\n */ "${1 /* i */}"\n]\nj /* k */ {}\n# l'
    assert [text[comment.start : comment.end] for comment in parse(text).comments] == [
        "# a", "// b", "/* d */", "# e", "# g", "/* h\n */", "/* i */", "/* k */", "# l",
    ]  # fmt: skip


def test_nesting_of_blocks_has_a_limit() -> None:
    def nested(depth: int) -> str:
        indents = [" " * level for level in range(depth)]
        return "".join([f"{indent}a {{\n" for indent in indents] + [f"{indent}}}\n" for indent in reversed(indents)])

    assert parse(nested(100)).faults == ()
    assert "blocks nested too deeply" in [fault.message for fault in parse(nested(101)).faults]
