"""JSON text with holes in it: written from results, and read back without losing a piece or its span.

Knows nothing of policies. A hole within a string stays a piece of that string; a hole where a whole value
could stand is that value, whatever its type.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from tflint_locks.hcl import Constant, Expression, HclError, Object, Template, Text, Tuple, Unary, read_json
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.results import MAX_VISITS, UnknownError, bounded, derived, in_order, is_many, open_list
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Piece, Result, Value, literal, sliced, span_of, text_of

# A character that stands for a hole while the text is read; holes are found by place, so it may occur in texts.
_STAND_IN = "\ue000"
_ENCODED = "jsonencode("
_TOKEN = regex(r'\\.|"', re.DOTALL)


class JsonText(NamedTuple):
    """A value as a text that can be read, with the offset each piece begins at.

    ``bare`` holds the offsets of the stand-ins that are whole values.
    """

    text: str
    pieces: Value
    starts: tuple[int, ...]
    bare: frozenset[int]


# ---------------------------------------------------------------- writing


def json_text(result: Result) -> Value:
    """Encode as Terraform does; a hole within a string stays in place, any other stands for its own JSON."""
    pieces: list[Piece] = []
    stack: list[Result | str] = [result]
    for _ in range(MAX_VISITS):
        if not stack:
            return bounded(_merged(pieces))
        top = stack.pop()
        if isinstance(top, str):
            pieces.append(Literal(top))
        elif top is None:
            pieces.append(Literal("null"))
        elif isinstance(top, tuple):
            pieces.extend(_json_scalar(top))
        else:
            stack.extend(reversed(_json_parts(top)))
    raise UnknownError


def _json_parts(result: "list[Result] | dict[str, Result]") -> list["Result | str"]:
    if isinstance(result, dict):
        pairs: list[Result | str] = ["{"]
        for key in sorted(result):
            name = "".join(piece.text for piece in map(_json_piece_of, [key]))
            pairs += [f'{"," if len(pairs) > 1 else ""}"{name}":', result[key]]
        return [*pairs, "}"]
    items: list[Result | str] = ["["]
    separate = False
    for item in open_list(result):
        # an element that is many brings its own commas, for it may be none
        items += [",", item] if separate and not is_many(item) else [item]
        separate = not is_many(item)
    return [*items, "]"]


def _json_scalar(value: Value) -> Iterator[Piece]:
    only = value[0] if len(value) == 1 else None
    if isinstance(only, Hole):
        inner = f"{only.identity}..." if only.many else only.identity
        yield only._replace(identity=f"{_ENCODED}{inner})", domain=(), likely=None)
    elif isinstance(only, Literal) and only.bare:
        yield Literal(only.text, only.span)
    else:
        yield Literal('"')
        for piece in value:
            yield from json_piece(piece)
        yield Literal('"')


def json_piece(piece: Piece) -> Value:
    """Return a piece as it stands within a JSON string."""
    if isinstance(piece, Hole):
        return (piece,)
    found = _json_piece_of(piece.text)
    return (Literal(found.text, piece.span),)


_JSON_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in (*map(chr, range(32)), *"<>&\u2028\u2029\x7f")} | {
    ord('"'): '\\"',
    ord("\\"): "\\\\",
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
}
del _JSON_ESCAPES[0x7F]


def _json_piece_of(text: str) -> Literal:
    return Literal(text.translate(_JSON_ESCAPES))


def _merged(pieces: list[Piece]) -> Value:
    """Join neighbouring computed pieces."""
    merged: list[Piece] = []
    run: list[str] = []
    for piece in pieces:
        if isinstance(piece, Literal) and piece.span is None:
            run.append(piece.text)
            continue
        if run:
            merged.append(Literal("".join(run)))
            run = []
        merged.append(piece)
    if run:
        merged.append(Literal("".join(run)))
    return tuple(merged)


# ---------------------------------------------------------------- reading


def json_tree(value: Value) -> tuple[Expression, JsonText]:
    """Read a text with holes as JSON; ``UnknownError`` where it is none."""
    source = _spread(value)
    try:
        return read_json(source.text, 0, len(source.text)), source
    except HclError as error:
        raise UnknownError from error


def json_result(value: Value) -> Result:
    """Return what a JSON text with holes is worth."""
    node, source = json_tree(value)
    return result_at(node, source)


def _spread(value: Value) -> JsonText:
    parts: list[str] = []
    starts: list[int] = []
    bare: set[int] = set()
    offset, quoted, last, after_many = 0, False, "", False
    for piece in value:
        before, text = "", _STAND_IN
        if isinstance(piece, Literal):
            text = piece.text
            before = "," if after_many and text.lstrip()[:1] not in ",]" else ""
            quoted ^= sum(token.group() == '"' for token in _TOKEN.finditer(text)) % 2 == 1
        elif not quoted:
            text = f'"{_STAND_IN}"'
            before = "," if piece.many and last not in "[," else ""
            bare.add(offset + len(before))
        parts += [before, text]
        starts.append(offset + len(before))
        offset += len(before) + len(text)
        after_many = isinstance(piece, Hole) and piece.many and not quoted
        last = text.rstrip()[-1:] or last
    return JsonText("".join(parts), value, tuple(starts), frozenset(bare))


def cut(source: JsonText, start: int, end: int) -> Value:
    """Return the pieces below a range of the text, as written."""
    pieces: list[Piece] = []
    index = max(bisect_right(source.starts, start) - 1, 0)
    while index < len(source.pieces) and source.starts[index] < end:
        piece, begin = source.pieces[index], source.starts[index]
        if isinstance(piece, Hole):
            pieces.append(piece)
        else:
            low, high = max(start - begin, 0), min(end - begin, len(piece.text))
            if low < high:
                pieces.append(sliced(piece, low, high))
        index += 1
    return tuple(pieces)


def place(source: JsonText, start: int, end: int) -> Span | None:
    """Return where a range of a text is written: all of it where it is one stretch of a file, else its beginning."""
    spans = [piece.span for piece in cut(source, start, end) if piece.span]
    if not spans:
        return None
    in_one = all(one.path == other.path and one.end <= other.start for one, other in pairwise(spans))
    return Span(spans[0].path, spans[0].start, spans[-1].end) if in_one else spans[0]


def result_at(node: Expression, source: JsonText, many: bool = False) -> Result:  # noqa: FBT001, FBT002 (in an array)
    """Return what a node of the tree is worth; ``many`` where a hole there may be several elements."""
    match node:
        case Template():
            return _string(node, source, many)
        case Tuple():
            return [result_at(item, source, many=True) for item in node.items]
        case Object():
            return _object(node, source)
        case Constant() if node.value is None:
            return None
        case Constant() | Unary():
            pieces = cut(source, node.start, node.end)
            return (Literal(text_of(pieces) or "", span_of(pieces), bare=True),)
    raise UnknownError


def _object(node: Object, source: JsonText) -> Result:
    pairs: dict[str, Result] = {}
    for key, value in node.items:
        name = text_of(result_at(key, source))
        if name is None:
            return (derived("jsondecode", [cut(source, node.start, node.end)]),)
        pairs[name] = result_at(value, source)
    return in_order(pairs)


def _string(node: Template, source: JsonText, many: bool) -> Result:  # noqa: FBT001 (in an array)
    if node.start in source.bare:
        return _bare(source.pieces[bisect_right(source.starts, node.start) - 1], many)
    pieces = cut(source, node.start + 1, node.end - 1)
    text = node.parts[0].value if node.parts and isinstance(node.parts[0], Text) else ""
    if not pieces:
        return literal("", place(source, node.start, node.end))
    if text == source.text[node.start + 1 : node.end - 1]:
        return pieces
    return tuple(
        Literal(_unescaped(piece.text), piece.span) if isinstance(piece, Literal) else piece for piece in pieces
    )


def _unescaped(text: str) -> str:
    """Return a part of a JSON string without its escapes; one that ends within an escape is kept as it is."""
    import json

    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _bare(piece: Piece, many: bool) -> Value:  # noqa: FBT001 (in an array)
    """Return the value that a hole outside of strings stands for."""
    if not isinstance(piece, Hole):
        raise UnknownError
    encoded = piece.identity.startswith(_ENCODED) and piece.identity.endswith(")")
    inner = piece.identity[len(_ENCODED) : -1] if encoded else f"jsondecode({piece.identity})"
    if piece.many:
        inner = inner.removesuffix("...")
    return (Hole(inner, piece.span, piece.why, many=piece.many or (many and not encoded)),)
