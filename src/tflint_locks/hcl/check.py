"""Faults that show only when the expressions of a file are read."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from tflint_locks.hcl.expression import expression
from tflint_locks.hcl.faults import MOST, fault
from tflint_locks.hcl.nodes import Attribute, HclError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tflint_locks.hcl.nodes import Block, Fault, File


def check(text: str, file: File) -> tuple[Fault, ...]:
    """Faults of the structure, then of the expressions; where there are none, HashiCorp's reader has none either."""
    known = [found.start for found in file.faults]
    found = list(file.faults)
    for attribute in _attributes(file.items):
        if len(found) >= MOST:
            break
        if _holds(known, attribute):
            continue
        try:
            expression(text, attribute.value_start, attribute.value_end)
        except HclError as problem:
            found.append(fault(text, problem.message, problem.start, problem.end))
    return tuple(found)


def _attributes(items: tuple[Attribute | Block, ...]) -> Iterator[Attribute]:
    for item in items:
        if isinstance(item, Attribute):
            yield item
        else:
            yield from _attributes(item.items)


def _holds(starts: list[int], attribute: Attribute) -> bool:
    """Tell whether a fault of the structure lies within an attribute, whose value is then not worth reading."""
    index = bisect_left(starts, attribute.start)
    return index < len(starts) and starts[index] < attribute.value_end
