from __future__ import annotations

import ast
import re
import re._parser as reader  # type: ignore[import-not-found] # private, and thus without types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import tflint_locks
from tflint_locks.hcl import check, expression, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = Path(tflint_locks.__file__).parent
# Kinds of a parsed pattern that stand for one character: their possessive repetition is right in every Python.
ONE_CHARACTER = {"LITERAL", "NOT_LITERAL", "IN", "ANY", "CATEGORY", "RANGE"}


def traps(pattern: str) -> list[str]:
    """Give the atomic groups and the possessive quantifiers of groups in a pattern, by their kinds."""
    return [kind for name, kind in _steps(reader.parse(pattern)) if name]


def _steps(node: Any) -> Iterator[tuple[bool, str]]:
    """Walk through a parsed pattern; true for what is a trap."""
    if isinstance(node, reader.SubPattern):
        for kind, value in node.data:
            name = str(kind)
            single = name == "POSSESSIVE_REPEAT" and len(value[2]) == 1 and str(value[2].data[0][0]) in ONE_CHARACTER
            yield name in {"POSSESSIVE_REPEAT", "ATOMIC_GROUP"} and not single, name
            yield from _steps(value)
    elif isinstance(node, list | tuple):
        for inner in node:
            yield from _steps(inner)


def suspects(source: str) -> list[str]:
    """Give the texts of a module that hold `)` and a possessive quantifier, or the beginning of an atomic group.

    Whether such a text is a pattern is not asked: there is no other use for these signs.
    """
    tree = ast.parse(source)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else "()" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            text = node.value
        else:
            continue
        bare = re.sub(r"\[\^?\]?(?:[^\]\\]|\\.)*\]|\\.", "x", text, flags=re.DOTALL)
        found += re.findall(r"\)(?:[*+?]|\{\d*,?\d*\})\+|\(\?>", bare)
    return found
