"""A file's text and the places in it.

Knows nothing of what the text means.
"""

from bisect import bisect_right
from collections.abc import Iterable

from tflint_locks.record import NamedTuple


class Span(NamedTuple):
    """A half-open range of character offsets in one file; ``path`` is relative to the root, with ``/``."""

    path: str
    start: int
    end: int


class Position(NamedTuple):
    """A place as people and editors count it: both from 1, columns in characters."""

    line: int
    column: int


class Source(NamedTuple):
    """The text of one file that could be read."""

    path: str
    text: str


class Unreadable(NamedTuple):
    """A file that could not be read; ``reason`` is a lower-case phrase such as ``not UTF-8``."""

    path: str
    reason: str


def says(text: str, words: Iterable[bytes]) -> bool:
    """Tell whether a text has one of some words, given in lower case; how its ASCII letters are written is one.

    Bytes are looked through a hundred times as fast as a pattern of alternatives looks through a text.
    """
    low = text.encode("utf-8", "surrogatepass").lower()
    return any(word in low for word in words)


def line_starts(text: str) -> list[int]:
    """Return the offset of the first character of every line; a line ends with LF."""
    starts = [0]
    found = text.find("\n")
    while found >= 0:
        starts.append(found + 1)
        found = text.find("\n", found + 1)
    return starts


def position(starts: list[int], offset: int) -> Position:
    """Turn an offset into a position, given the ``line_starts`` of its text."""
    line = bisect_right(starts, offset)
    return Position(line, offset - starts[line - 1] + 1)
