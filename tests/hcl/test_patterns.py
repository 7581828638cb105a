"""Patterns that every supported Python reads alike: no possessive quantifier after a group, no atomic group.

CPython before 3.11.5 goes on at the wrong place once the group of a possessive quantifier has failed half-way:
`(?:a|\\$++(?!\\{))*+` takes more than `a` of `a${` there, and valid files do not parse. Possessive quantifiers of one
character or class are right everywhere. Atomic groups were mended along with them; what they do in the
first releases is not worth relying on.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import tflint_locks
from tflint_locks.hcl import check, parse

PACKAGE = Path(tflint_locks.__file__).parent
_ESCAPE_OR_CLASS = re.compile(r"\\.|\[\^?(?:\\.|[^\]\\])+\]", re.DOTALL)
_TRAP = re.compile(r"\)\s*(?:[*+?]|\{\d*,?\d*\})\+|\(\?>")


def traps(source: str) -> list[str]:
    """Give the quantifiers that are traps in a module's texts; whatever an f-string inserts counts as a group.

    Whether a text is a pattern is not asked: these signs have hardly another use.
    """
    nodes = list(ast.walk(ast.parse(source)))
    documentation = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    texts = [_text(node) for node in nodes if id(node) not in documentation]
    return [trap for text in texts for trap in _TRAP.findall(_ESCAPE_OR_CLASS.sub("x", text))]


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "()" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_group_is_possessive_or_atomic(path: Path) -> None:
    assert traps(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        r"""re.compile(r"(?:a|b)*+")""",
        r"""re.compile(r"(?:a|b)++" r"c")""",
        r"""re.compile(r"(a)?+")""",
        r"""re.compile(r"(?x) (?: a ) ++")""",
        r"""re.compile(r"(?:[)]b){2,}+")""",
        r"""re.compile(r"(?>a)")""",
        r"""re.compile(rf"{WORD}*+")""",
        r"""re.compile(rf"(?:{WORD})*+")""",
    ],
)
def test_a_trap_is_seen(source: str) -> None:
    assert traps(source)


@pytest.mark.parametrize(
    "source",
    [
        r"""re.compile(r"[^\"]*+a++\.?+")""",
        r"""re.compile(r"[(?:x)*+]++\)++")""",
        r"""re.compile(rf"[{BLANKS}]*+(?:{WORD})*")""",
        r"""'''Say why `(?:a|b)*+` is a trap.'''""",
    ],
)
def test_what_is_right_everywhere_is_no_trap(source: str) -> None:
    assert traps(source) == []


@pytest.mark.parametrize(
    "value",
    [
        '"a${b}"',
        '"a$${b}$"',
        '"$$$${b}%%{c}"',
        '"a%{if x}b%{endif}"',
        '"$%{if x}%${y}%{endif}$"',
        '"a\\\\${b}\\""',
        '["a", "b${c}", /* "d */ "e"]',
        "1 /* a **/ + /***/ 2 // b",
        "<<E\na$ ${b} %%{c}\n  E F\n$${d}\n  E\n",
    ],
)
def test_a_sequence_after_text_parses(value: str) -> None:
    text = f"a = {value}\n"
    assert check(text, parse(text)) == ()


def test_an_unclosed_comment_after_strings_has_its_own_place() -> None:
    text = 'a = ["/*", "b"] + /* c\n'
    (fault,) = check(text, parse(text))
    assert (fault.message, fault.start) == ("unclosed comment", text.rindex("/*"))
