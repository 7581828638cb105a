"""What the tests of the reader have in common: trees as short text, and every node with the nodes in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tflint_locks.hcl import Attribute, Block, Expression, Part, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _shown(node: object) -> str:
    """Write a node as its type and fields, without its place."""
    if isinstance(node, tuple) and hasattr(node, "_fields"):
        fields = [_shown(field) for field in node[2:]]
        return f"{type(node).__name__}({', '.join(fields)})"
    if isinstance(node, tuple):
        return f"[{', '.join(_shown(item) for item in node)}]"
    return repr(node)


def _items(text: str, items: tuple[Attribute | Block, ...], indent: str = "") -> Iterator[str]:
    for item in items:
        if isinstance(item, Attribute):
            yield f"{indent}{item.name} = {text[item.value_start : item.value_end]}"
        else:
            yield f"{indent}{item.type} {' '.join(label.text for label in item.labels)}".rstrip()
            yield from _items(text, item.items, f"{indent}  ")


def _inner(node: object) -> Iterator[tuple[Expression | Part, Expression | Part]]:
    """Yield each node within a tree with its parent."""
    waiting: list[tuple[object, object]] = [(node, node)]
    while waiting:
        parent, current = waiting.pop()
        for field in current if isinstance(current, tuple) else ():
            if isinstance(field, tuple):
                owner = current if hasattr(current, "_fields") else parent
                waiting.append((owner, field))
                if hasattr(field, "_fields"):
                    yield owner, field  # type: ignore[misc] # mypy sees no union in a walk over fields


@pytest.fixture(scope="session")
def shown() -> Callable[[object], str]:
    """Give a tree as text."""
    return _shown


@pytest.fixture(scope="session")
def outline() -> Callable[[str], str]:
    """Give the structure of a text as indented lines."""
    return lambda text: "\n".join(_items(text, parse(text).items))


@pytest.fixture(scope="session")
def inner() -> Callable[[object], Iterator[tuple[Expression | Part, Expression | Part]]]:
    """Give the pairs of parent and child within a tree."""
    return _inner
