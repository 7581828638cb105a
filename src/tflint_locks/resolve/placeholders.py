"""Values in which what is still to be filled in is a hole. Knows placeholders by their form only."""

from typing import overload

from tflint_locks.resolve.words import placeholder_spans
from tflint_locks.value import Hole, Piece, Result, Value, part, text_of

# What the identity of a hole begins with that is a placeholder.
PREFIX = "placeholder "


@overload
def with_holes(result: Value) -> Value: ...
@overload
def with_holes(result: Result) -> Result: ...
def with_holes(result: Result) -> Result:
    """Turn the placeholders inside a scalar into holes."""
    text = text_of(result)
    if text is None or not isinstance(result, tuple):
        return result
    spans = placeholder_spans(text)
    if not spans:
        return result
    pieces: list[Piece] = []
    offset = 0
    for start, end in spans:
        pieces.extend(part(result, offset, start))
        where = next((p.span for p in part(result, start, end) if p.span), None)
        pieces.append(Hole(f"{PREFIX}{text[start:end]}", where, "a placeholder"))
        offset = end
    pieces.extend(part(result, offset, len(text)))
    return tuple(pieces)
