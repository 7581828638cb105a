"""Edits that leave a file formatted: a line with its block's alignment, an item of a list, a name that is renamed."""

import re
from collections.abc import Iterable

from tflint_locks.finding import Edit
from tflint_locks.regex import regex
from tflint_locks.source import Source, Span
from tflint_locks.tree import Tree

_COMMENT = regex(r",[ \t]*(?:#|//)")
_DASH = regex(r"[ \t]*-[ \t]+")
_ASSIGNED = regex(r"([ \t]*)([A-Za-z_][\w-]*)([ \t]*)=")


def line_below(tree: Tree, place: Span, name: str, value: str) -> Edit | None:
    """Return an attribute as a line below the one at a place, its ``=`` below the other's; None where there is none.

    ``terraform fmt`` has nothing to do then, as long as the name is no longer than there is room before the ``=``.
    """
    source = tree.text(place.path)
    if not isinstance(source, Source):
        return None
    text = source.text
    start = text.rfind("\n", 0, place.start) + 1
    end = text.find("\n", place.end)
    found = _ASSIGNED.match(text, start)
    if found is None or end < 0 or not found.start(2) <= place.start or found.end() > place.end + len(found[2]) + 200:
        return None
    end = _below_comments(text, start, end)
    end -= text[end - 1] == "\r"
    return Edit(Span(place.path, end, end), f"\n{found[1]}{name.ljust(_room(found))}= {value}")


def _below_comments(text: str, start: int, end: int) -> int:
    """Return the end of the last line of those from a line on that have comments behind them: they stand aligned."""
    while "#" in text[start:end] or "//" in text[start:end]:
        below = text.find("\n", end + 1)
        line = text[end + 1 : below]
        if below < 0 or not _assignment(text, end + 1) or not ("#" in line or "//" in line):
            break
        start, end = end + 1, below
    return end


def items_after(tree: Tree, item: Span, items: Iterable[str]) -> Edit | None:
    """Return items put into a list behind one of it, quoted as it is; None where that is no item of a list.

    ``item`` is the text of the item without its quotes.
    """
    source = tree.text(item.path)
    if not isinstance(source, Source):
        return None
    text = source.text
    quote = text[item.start - 1 : item.start]
    quote = quote if quote in ("'", '"') and text[item.end : item.end + 1] == quote else ""
    start, end = item.start - len(quote), item.end + len(quote)
    between = _between(text, start, end, plain=not quote)
    if between is None or (not quote and not item.path.endswith((".yml", ".yaml"))):
        return None
    if "\n" in between and _COMMENT.match(text, end):  # the comment stays with its item
        line = between.removeprefix(",\n")
        return Edit(Span(item.path, start, start), "".join(f"{quote}{one}{quote},\n{line}" for one in items))
    return Edit(Span(item.path, end, end), "".join(f"{between}{quote}{one}{quote}" for one in items))


def _between(text: str, start: int, end: int, *, plain: bool) -> str | None:
    """Return what parts an item from the next one: in brackets, or in YAML's list of a line each; None in no list."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    rest = text[end : text.find("\n", end) if "\n" in text[end:] else len(text)].strip()
    if _DASH.fullmatch(line):
        return f"\n{line}" if not rest else None
    if text[:start].rstrip()[-1:] not in ("[", ",") or (plain and rest[:1] not in (",", "]")):
        return None
    return f",\n{line}" if not line.strip() else ", "


def alignment(tree: Tree, place: Span, new: str) -> tuple[Edit, ...]:
    """Return the edits that keep the ``=`` of a block below each other once the name at a place is another.

    None where they do not stand so now. ``terraform fmt`` aligns neighbouring lines whose values end on them.
    """
    source = tree.text(place.path)
    if not isinstance(source, Source):
        return ()
    start = source.text.rfind("\n", 0, place.start) + 1
    lines = _aligned_lines(source.text, start)
    here = next((found for found in lines if found.start(2) == place.start), None)
    if here is None or len({found.end() - found.start() for found in lines}) > 1:
        return ()
    names = {found: new if found is here else found[2] for found in lines}
    width = max(map(len, names.values())) + 1
    if max(len(found[2]) for found in lines) + 1 != _room(here):
        return ()
    return tuple(
        Edit(Span(place.path, found.start(3), found.end(3)), " " * (width - len(name)))
        for found, name in names.items()
        if len(found[3]) != width - len(name)
    )


def _room(found: re.Match[str]) -> int:
    return len(found[2]) + len(found[3])


_MOST_LINES = 100


def _aligned_lines(text: str, start: int) -> list[re.Match[str]]:
    """Return the assignments around a line that stand together with it."""
    found: list[re.Match[str]] = []
    at = start
    while at < len(text) and (one := _assignment(text, at)) and len(found) < _MOST_LINES:
        found.append(one)
        at = text.find("\n", at) + 1 or len(text)
    at = start
    while at > 0 and len(found) < _MOST_LINES:
        at = text.rfind("\n", 0, at - 1) + 1
        if not (one := _assignment(text, at)):
            break
        found.insert(0, one)
    return found


def _assignment(text: str, start: int) -> re.Match[str] | None:
    """Return the beginning of a line that assigns a value which ends on it."""
    found = _ASSIGNED.match(text, start)
    end = text.find("\n", start)
    line = text[start : end if end >= 0 else len(text)]
    closed = all(line.count(left) == line.count(right) for left, right in ("{}", "[]", "()"))
    return found if found and closed and "<<" not in line else None
