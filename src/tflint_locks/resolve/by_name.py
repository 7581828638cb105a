"""Looks things up by name among many: those whose name may be the same, and those whose name is near."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from tflint_locks.record import NamedTuple
from tflint_locks.resolve.words import near, near_marks
from tflint_locks.value import Value, compare, text_of

Thing = TypeVar("Thing")
# Neither a table, nor a bucket, nor a key has a longer name.
_LONGEST = 1024
# So few are looked at one by one.
_FEW = 8


class ByName(NamedTuple, Generic[Thing]):
    """Things by the text of their name, each with its place among all; ``open`` are those whose name has holes."""

    texts: Mapping[str, Sequence[tuple[int, Value, Thing]]]
    open: Sequence[tuple[int, Value, Thing]]


def by_name(named: Iterable[tuple[Value, Thing]]) -> ByName[Thing]:
    """Return things so that they can be looked up by name."""
    texts: dict[str, list[tuple[int, Value, Thing]]] = defaultdict(list)
    open_: list[tuple[int, Value, Thing]] = []
    for at, (name, thing) in enumerate(named):
        text = text_of(name)
        (open_ if text is None else texts[text]).append((at, name, thing))
    return ByName(texts, open_)


def may_be(index: ByName[Thing], name: Value) -> Iterator[Thing]:
    """Yield the things whose name is this one or may be, in their order."""
    text = text_of(name)
    if text is not None:
        same = [*index.texts.get(text, ()), *(one for one in index.open if compare(one[1], name) is not False)]
    else:
        every = (*index.open, *(one for found in index.texts.values() for one in found))
        same = [one for one in every if compare(one[1], name) is not False]
    return (thing for _, _, thing in sorted(same, key=lambda one: one[0]))


class Names(NamedTuple):
    """Known names, and their places by what names near them have in common with them."""

    names: Sequence[str]
    places: Mapping[Hashable, Sequence[int]]
    environments: frozenset[str]


def names_of(texts: Iterable[str], environments: Iterable[str]) -> Names:
    """Return names so that near ones can be looked up."""
    names, environments = tuple(dict.fromkeys(texts)), frozenset(environments)
    places: dict[Hashable, list[int]] = defaultdict(list)
    for at, name in enumerate(names if len(names) > _FEW else ()):
        for mark in near_marks(name, environments) if len(name) <= _LONGEST else ():
            places[mark].append(at)
    return Names(names, places, environments)


def near_to(index: Names, text: str) -> list[str]:
    """Return the names that are near a text, in their order; the text itself among them where it has words."""
    if len(index.names) <= _FEW:
        return [name for name in index.names if near(text, name, index.environments)]
    marks = near_marks(text, index.environments) if len(text) <= _LONGEST else ()
    places = {at for mark in marks for at in index.places.get(mark, ())}
    return [name for at in sorted(places) if near(text, name := index.names[at], index.environments)]
