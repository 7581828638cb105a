"""The matrix of a job: what each of its names is in each combination, ``include`` and ``exclude`` heeded."""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from math import prod

from tflint_locks.read.expression_values import identity_of
from tflint_locks.read.fork import Raw, forked, raw, text_of_raw
from tflint_locks.read.yaml import Node, child, entries
from tflint_locks.regex import regex
from tflint_locks.value import Hole, Literal

Content = Callable[[Node], Raw]
Combination = dict[str, Raw]
_MOST = 64
_LONGEST = 5000
_FROM_JSON = regex(r"\$\{\{\s*fromJSON\((.*)\)\s*\}\}", re.DOTALL | re.IGNORECASE)


def read_matrix(node: Node | None, content: Content, place: str) -> Mapping[str, Raw]:
    """Return what ``matrix.<name>`` is: a hole with its domain, or one content for each combination.

    ``content`` works out a scalar; ``place`` tells matrices of one place apart. A name that is missing is not known.
    """
    lists = {name.text: _entries(name.text, value, content) for name, value in entries(node) if name.text not in _OWN}
    include, exclude = child(node, "include"), child(node, "exclude")
    if not include and not exclude and all(map(_is_plain, lists.values())):
        return {name: _domain(name, found, place) for name, found in lists.items()}
    if any(found is None for found in lists.values()) or prod(len(found or ()) for found in lists.values()) > _MOST:
        return {}
    made = [
        {name: value for part in parts for name, value in part.items()}
        for parts in product(*(found or () for found in lists.values()))
        if parts
    ]
    made = [one for one in made if not any(_agrees(one, out) for out in _items(exclude, content))]
    return _forks(_included(made, frozenset(lists), _items(include, content))[: _MOST + 1], place)


_OWN = frozenset({"include", "exclude"})


def _entries(name: str, node: Node, content: Content) -> list[Combination] | None:
    """Return the values of one list, each flattened to dotted names; None where they are not known."""
    if node.kind == "list":
        return [_flat(name, item, content) for item in node.items]
    found = _FROM_JSON.fullmatch(node.text.strip()) if node.kind == "scalar" else None
    inner = Node("scalar", node.start, node.end, "${{" + found[1] + "}}", node.style) if found else None
    text = text_of_raw(content(inner)) if inner else None
    return _from_json(name, text) if text is not None else None


def _from_json(name: str, text: str) -> list[Combination] | None:
    import json  # what few matrices need

    try:
        found = json.loads(text) if len(text) < _LONGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not all(isinstance(item, str | int) for item in found):
        return None
    return [{name: raw((Literal(str(item)),))} for item in found]


def _items(node: Node | None, content: Content) -> list[Combination]:
    items = node.items[: _MOST + 1] if node else ()
    return [
        {name: value for key, part in entries(item) for name, value in _flat(key.text, part, content).items()}
        for item in items
    ]


def _flat(name: str, node: Node, content: Content) -> Combination:
    """Return a scalar, or the scalars of a map, by dotted name."""
    if node.kind == "scalar":
        return {name: content(node)}
    return {f"{name}.{key.text}": content(value) for key, value in entries(node) if value.kind == "scalar"}


def _is_plain(found: list[Combination] | None) -> bool:
    return found is None or all(len(one) == 1 and "." not in next(iter(one)) for one in found)


def _domain(name: str, found: list[Combination] | None, place: str) -> Raw:
    """Return the hole of a plain list: its texts are all it can be, where each is known."""
    values = [value for one in found or () for value in one.values()]
    texts = tuple(dict.fromkeys(text_of_raw(value) or "" for value in values))
    if len(values) == 1:
        return values[0]
    known = () if "" in texts else texts
    return raw((Hole(identity_of(f"matrix.{name}{place}"), None, "a matrix", None, known),))


def _agrees(one: Combination, other: Mapping[str, Raw]) -> bool:
    mine = {name: text_of_raw(one[name]) for name in other if name in one}
    return len(mine) == len(other) and all(mine[name] == text_of_raw(value) for name, value in other.items())


def _included(made: list[Combination], names: frozenset[str], include: Iterable[Combination]) -> list[Combination]:
    """Add each include to the combinations whose own values it keeps, or as one of its own where there is none."""
    own = [dict(one) for one in made]
    extra: list[Combination] = []
    for item in include:
        fixed = {name: value for name, value in item.items() if name.split(".", 1)[0] in names}
        fitting = [at for at, one in enumerate(own) if _agrees(one, fixed)]
        for at in fitting:
            made[at].update(item)
        if not fitting:
            extra.append(item)
    return made + extra


def _forks(made: list[Combination], place: str) -> Mapping[str, Raw]:
    """Return each name as what it is in each combination; nothing where they are too many."""
    if not made or len(made) > _MOST:
        return {}
    if len(made) == 1:
        return made[0]
    labels = _labels(made)
    found: dict[str, Raw] = {}
    for name in dict.fromkeys(name for one in made for name in one):
        contents = [one.get(name, raw((Literal(""),))) for one in made]
        texts = {text_of_raw(content) for content in contents}
        same = len(texts) == 1 and None not in texts
        whole = contents[0] if same else forked(identity_of(f"matrix{place}"), zip(labels, contents, strict=True), None)
        found[name] = whole or raw((Hole(identity_of(f"matrix.{name}{place}"), None, "a matrix"),))
    return found


def _labels(made: list[Combination]) -> list[str]:
    """Return a name for each combination, as GitHub shows them."""
    found: dict[str, None] = {}
    for one in made:
        label = ", ".join(text for value in list(one.values())[:4] if (text := text_of_raw(value)))
        found[label if label and label not in found else f"{label}#{len(found)}"] = None
    return list(found)
