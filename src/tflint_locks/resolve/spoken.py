"""Which of many names a text has, found in one pass over the text whatever their number."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex

# A name begins where none of these stands before it, and ends where no word goes on.
_START = regex(r"(?<![\w.-])[\w-]+")
_HEAD = regex(r"[\w-]*")
_GOES_ON = regex(r"[\w-]")


class WholeNames(NamedTuple):
    """Names by how they begin: the lengths of those with a first word; ``odd`` are those that begin with none."""

    names: frozenset[str]
    sizes: Mapping[str, frozenset[int]]
    odd: tuple[str, ...]


def whole_names(names: Iterable[str]) -> WholeNames:
    """Return names so that a text can be searched for all of them."""
    every = frozenset(names)
    sizes: dict[str, set[int]] = defaultdict(set)
    for name in every:
        sizes[_head(name)].add(len(name))
    odd = tuple(name for name in every if not _head(name))
    return WholeNames(every, {head: frozenset(found) for head, found in sizes.items() if head}, odd)


def _head(name: str) -> str:
    found = _HEAD.match(name)
    return found[0] if found else ""


def spoken_in(index: WholeNames, text: str) -> Iterator[str]:
    """Yield the names a text has that are no part of longer ones, some of them more than once."""
    for name in index.odd:
        if name in text and re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text):
            yield name
    if index.sizes.keys().isdisjoint(_START.findall(text)):
        return
    for found in _START.finditer(text):
        for size in index.sizes.get(found[0], ()):
            end = found.start() + size
            name = text[found.start() : end]
            if name in index.names and not _GOES_ON.match(text, end):
                yield name


class Paths(NamedTuple):
    """Paths of several parts: by the characters about their first slash, the offsets of that slash and their ends."""

    paths: frozenset[str]
    shapes: Mapping[str, frozenset[tuple[int, int]]]


def paths_of(paths: Iterable[str]) -> Paths:
    """Return paths so that a text can be searched for all of them; each has a slash with something before it."""
    every = frozenset(paths)
    shapes: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for path in every:
        at = path.index("/")
        shapes[path[at - 1 : at + 2]].add((at, len(path)))
    return Paths(every, {about: frozenset(found) for about, found in shapes.items()})


_SLASH = regex(r"(?s).(?=/.)")


def paths_in(index: Paths, text: str) -> Iterator[str]:
    """Yield the paths that stand anywhere in a text, some of them more than once."""
    for found in _SLASH.finditer(text):
        slash = found.end()
        for before, size in index.shapes.get(text[slash - 1 : slash + 2], ()):
            path = text[max(slash - before, 0) : slash - before + size]
            if path in index.paths:
                yield path
