"""Places that do not parse, and whether another language is mixed in there."""

from __future__ import annotations

import re
from functools import cache

from tflint_locks.hcl.nodes import Fault

# A file with more faults is no HCL: the others are not noted.
MOST = 100
# Signs of a template are looked for no further than this after a fault.
_FAR = 2000


@cache
def _signs() -> re.Pattern[str]:
    return re.compile(r"\{\{|\{%|<%|^(?:<{7}|={7}|>{7}|\|{7})(?=\s|\Z)", re.MULTILINE)


def fault(text: str, message: str, start: int, end: int, unread_to: int = 0) -> Fault:
    """Fault at a place; signs of a template are looked for on its lines and in what was not read after it."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = min(max(len(text) if last < 0 else last, unread_to), start + _FAR)
    return Fault(message, start, end, _signs().search(text, max(first, start - _FAR), last) is not None)
