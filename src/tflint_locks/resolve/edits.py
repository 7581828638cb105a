"""Edits of what stands in a file word for word; none where it is put together, escaped, or written elsewhere."""

from tflint_locks.finding import Edit
from tflint_locks.resolve.words import is_slip
from tflint_locks.source import Source, Span
from tflint_locks.tree import Tree
from tflint_locks.value import Literal, Piece, Value, part, span_of, text_of


def written(tree: Tree, span: Span) -> str:
    """Return the text under a span, empty where the file cannot be read."""
    source = tree.text(span.path)
    return source.text[span.start : span.end] if isinstance(source, Source) else ""


def verbatim(tree: Tree, value: Value | None) -> Span | None:
    """Return where a known value stands as it is, None where its text stands nowhere in one piece."""
    text = text_of(value)
    span = span_of(value) if value else None
    return span if text and span and written(tree, span) == text else None


def inside(tree: Tree, piece: Piece, start: int, end: int, text: str) -> Edit | None:
    """Return the edit of the characters ``start:end`` of one literal of a value, where it stands as it is."""
    if not isinstance(piece, Literal) or piece.span is None or written(tree, piece.span) != piece.text:
        return None
    at = piece.span.start
    return Edit(Span(piece.span.path, at + start, at + end), text)


def renamed_path(tree: Tree, value: Value, path: str, near: str) -> Edit | None:
    """Return the edit of the one name of a path that is a slip away from that of another path."""
    mine, theirs = path.split("/"), near.split("/")
    changed = [(old, new) for old, new in zip(mine, theirs, strict=False) if old != new]
    if len(mine) != len(theirs) or len(changed) != 1 or not is_slip(*changed[0]):
        return None
    return renamed(tree, value, *changed[0])


def renamed(tree: Tree, value: Value | None, old: str, new: str) -> Edit | None:
    """Return the edit of a part of a known value that occurs in it once, as a word of its own."""
    text = text_of(value) or ""
    at = text.find(old)
    if value is None or at < 0 or text.count(old) > 1:
        return None
    end = at + len(old)
    if (text[at - 1 : at] if at else "").isalnum() or text[end : end + 1].isalnum():
        return None
    found = verbatim(tree, part(value, at, end))
    return Edit(found, new) if found else None
