"""Edits that add something beside what stands there: a line with its block's alignment, an item to a list."""

from collections.abc import Iterable

from tflint_locks.finding import Edit
from tflint_locks.regex import regex
from tflint_locks.source import Source, Span
from tflint_locks.tree import Tree

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
    room = len(found[2]) + len(found[3])
    end -= text[end - 1] == "\r"
    return Edit(Span(place.path, end, end), f"\n{found[1]}{name.ljust(room)}= {value}")


def items_after(tree: Tree, item: Span, items: Iterable[str]) -> Edit | None:
    """Return quoted items put into a list behind one of it; None where what stands there is no item of a list.

    ``item`` is the text of the item without its quotes.
    """
    source = tree.text(item.path)
    if not isinstance(source, Source):
        return None
    text = source.text
    quote = text[item.start - 1 : item.start]
    if quote not in ("'", '"') or text[item.end : item.end + 1] != quote:
        return None
    before = text[: item.start - 1]
    if before.rstrip()[-1:] not in ("[", ","):
        return None
    line = before[before.rfind("\n") + 1 :]
    between = f",\n{line}" if not line.strip() else ", "
    at = item.end + 1
    return Edit(Span(item.path, at, at), "".join(f"{between}{quote}{one}{quote}" for one in items))
