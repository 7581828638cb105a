"""Values as sequences of known pieces and holes, and the three answers to comparing them.

A value with holes is a glob: it may be any text in which each hole is replaced by something. Two
values are equal, different, or cannot be told apart; a rule may act on *different* alone.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise, product
from math import prod
from typing import TypeAlias

from tflint_locks.record import NamedTuple
from tflint_locks.source import Span


class Literal(NamedTuple):
    """A known piece of text and the span it was written in; no span where it was computed.

    ``bare`` is true of a number or boolean that is not a string: alone it is written without quotes.
    """

    text: str
    span: Span | None = None
    bare: bool = False


class Hole(NamedTuple):
    """A piece that cannot be known offline.

    ``identity`` names what it depends on (``var.env``, ``data.aws_caller_identity.account_id``,
    ``${{ inputs.stage }}``): the same identity is the same text within one configuration.
    ``why`` says in a phrase why it is not known; ``likely`` is a value to show, never to compare;
    ``domain`` holds the only texts it can take, when they are few and known. ``many`` is true of an element
    of a list that stands for any number of elements, none among them.
    """

    identity: str
    span: Span | None = None
    why: str = ""
    likely: str | None = None
    domain: tuple[str, ...] = ()
    many: bool = False


Piece: TypeAlias = Literal | Hole
Value: TypeAlias = tuple[Piece, ...]
# What evaluating an expression yields: a scalar (numbers and booleans as their text), a list, a map,
# or None for null. Something wholly unknown, of whatever type, is a value of one hole.
Result: TypeAlias = "Value | list[Result] | dict[str, Result] | None"


class Members(list["Result"]):
    """A list that is a set: without order, so nothing may be said of its n-th element."""

    __slots__ = ()


# Pieces of one text in a file are never further apart than an interpolation is long.
_APART = 80


def literal(text: str, span: Span | None = None) -> Value:
    """Return the known value ``text``; an empty text keeps its span too."""
    return (Literal(text, span),)


def hole(identity: str, span: Span | None = None, why: str = "") -> Value:
    """Return a value of which nothing is known."""
    return (Hole(identity, span, why),)


def known(value: Value) -> bool:
    """Tell whether a value has no holes."""
    for piece in value:  # noqa: SIM110 - asked all the time: a loop is three times as fast as a generator
        if type(piece) is not Literal:
            return False
    return True


def text_of(value: Result) -> str | None:
    """Return the text of a known scalar, else None."""
    if not isinstance(value, tuple):
        return None
    if len(value) == 1:  # nearly all
        return value[0].text if isinstance(value[0], Literal) else None
    if not known(value):
        return None
    return "".join(piece.text for piece in value if isinstance(piece, Literal))


def shown(value: Value) -> str:
    """Return the value with its holes as ``<identity>``: the same text only for the same value."""
    return "".join(piece.text if isinstance(piece, Literal) else f"<{piece.identity}>" for piece in value)


def span_of(value: Value) -> Span | None:
    """Return where a value was written: all its pieces where they stand together, else its longest literal."""
    spans = [piece.span for piece in value if piece.span]
    if not spans:
        return None
    together = all(right.path == left.path and 0 <= right.start - left.end <= _APART for left, right in pairwise(spans))
    if together:
        return Span(spans[0].path, spans[0].start, spans[-1].end)
    written = [piece for piece in value if isinstance(piece, Literal) and piece.span]
    return max(written, key=lambda piece: len(piece.text)).span if written else spans[0]


def holes(value: Value) -> Iterable[Hole]:
    """Yield the holes of a value."""
    return (piece for piece in value if isinstance(piece, Hole))


def bind(value: Value, texts: Mapping[str, str]) -> Value:
    """Replace each hole whose identity is in ``texts`` with that text."""
    return tuple(
        Literal(texts[piece.identity], piece.span) if isinstance(piece, Hole) and piece.identity in texts else piece
        for piece in value
    )


def joined(values: Iterable[Value]) -> Value:
    """Concatenate values."""
    return tuple(piece for value in values for piece in value)


def part(value: Value, start: int, end: int) -> Value:
    """Cut a known value to the characters ``start:end``, spans cut with it where text and span have one length."""
    pieces: list[Piece] = []
    offset = 0
    for piece in value:
        if not isinstance(piece, Literal):
            continue
        size = len(piece.text)
        low, high = max(start - offset, 0), min(end - offset, size)
        if low < high:
            pieces.append(sliced(piece, low, high))
        offset += size
    return tuple(pieces)


def sliced(piece: Literal, low: int, high: int) -> Literal:
    """Return a part of a known piece, with the part of its span where that is as long."""
    span = piece.span
    if span and span.end - span.start == len(piece.text):
        span = Span(span.path, span.start + low, span.start + high)
    return Literal(piece.text[low:high], span)


def known_text(value: Value) -> str:
    """Return the known text of a value; each hole is a blank, so that it parts words."""
    return "".join(piece.text if isinstance(piece, Literal) else " " for piece in value)


def split(value: Value, separator: str, limit: int = -1) -> list[Value]:
    """Split at a literal separator of one character, at most ``limit`` times; holes are kept whole."""
    parts: list[list[Piece]] = [[]]
    for piece in value:
        if isinstance(piece, Hole):
            parts[-1].append(piece)
            continue
        offset = 0
        for index, chunk in enumerate(piece.text.split(separator, limit - len(parts) + 1 if limit >= 0 else -1)):
            if index:
                parts.append([])
            if chunk:
                parts[-1].append(sliced(piece, offset, offset + len(chunk)))
            offset += len(chunk) + len(separator)
    return [tuple(pieces) for pieces in parts]


def compare(left: Value, right: Value) -> bool | None:
    """Tell whether two values are equal (True), certainly different (False), or cannot be told (None).

    Holes of one identity are the same text on both sides; a hole with a domain is tried with each of its texts.
    """
    answer = _compare(left, right)
    if answer is not None:
        return answer
    choices = {found.identity: found.domain for found in (*holes(left), *holes(right)) if found.domain}
    if not choices or prod(map(len, choices.values())) > _MAX_CHOICES:
        return None
    answers = {
        _compare(bind(left, texts), bind(right, texts))
        for chosen in product(*choices.values())
        for texts in [dict(zip(choices, chosen, strict=True))]
    }
    return answers.pop() if len(answers) == 1 else None


def alike(value: Value) -> str:
    """Return a text that is the same for values which are certainly equal: what to look one up by among many."""
    pieces = []
    for piece in value:
        only = piece.text if isinstance(piece, Literal) else piece.domain[0] if len(piece.domain) == 1 else None
        pieces.append(_token(piece) + "\0" if isinstance(piece, Hole) and only is None else only or "")
    return "".join(pieces)


def _compare(left: Value, right: Value) -> bool | None:
    if known(left) and known(right):
        return text_of(left) == text_of(right)
    if _ends_differ(left, right):
        return False
    a, b = _tokens(left), _tokens(right)
    start = 0
    while start < len(a) and start < len(b) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    a, b = a[start : len(a) - end], b[start : len(b) - end]
    if not a and not b:
        return True
    return None if _may_meet(a, b) else False


def _ends_differ(left: Value, right: Value) -> bool:
    """Tell whether the known beginnings or ends of two values already contradict each other."""
    if not left or not right:
        return False
    (first, other), (last, final) = (left[0], right[0]), (left[-1], right[-1])
    if isinstance(first, Literal) and isinstance(other, Literal):
        size = min(len(first.text), len(other.text))
        if first.text[:size] != other.text[:size]:
            return True
    if isinstance(last, Literal) and isinstance(final, Literal):
        size = min(len(last.text), len(final.text))
        return last.text[len(last.text) - size :] != final.text[len(final.text) - size :]
    return False


def matches(pattern: str | Value, value: Value) -> bool | None:
    """Tell whether an IAM-style glob (``*`` and ``?``) certainly matches a value (True), may (None), or cannot (False).

    The glob may have holes; the same hole on both sides is the same text.
    """
    glob_text = pattern if isinstance(pattern, str) else text_of(pattern)
    text = text_of(value)
    if glob_text is not None and text is not None and "?" not in glob_text:
        return _stars_match(glob_text, text)
    glob = _glob(literal(pattern) if isinstance(pattern, str) else pattern)
    target = _tokens(value)
    if not _may_meet(glob, target, single=_SINGLE):
        return False
    return True if _covers(glob, target) else None


def _stars_match(glob: str, text: str) -> bool:
    """Tell whether a glob of ``*`` alone matches a known text."""
    first, *rest = glob.split("*")
    if not rest:
        return first == text
    *middle, last = rest
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part_ in middle:
        found = text.find(part_, at, end)
        if found < 0:
            return False
        at = found + len(part_)
    return True


# Tokens: a character; ANY for ``*``; _SINGLE for ``?``; a text that begins with NUL for a hole.
_SINGLE = "\0?"
_MAX_CHOICES = 64
_MAX_PRODUCT = 4_000_000


def _glob(pattern: Value) -> list[str | None]:
    """Spread a pattern into tokens, its wildcards told apart from its characters."""
    tokens: list[str | None] = []
    for piece in pattern:
        if isinstance(piece, Literal):
            tokens.extend(None if char == "*" else _SINGLE if char == "?" else char for char in piece.text)
        else:
            tokens.append(_token(piece))
    return tokens


def _tokens(value: Value) -> list[str | None]:
    """Spread a value into characters; each hole becomes a token of its own that begins with NUL."""
    tokens: list[str | None] = []
    for piece in value:
        if isinstance(piece, Literal):
            tokens.extend(piece.text)
        else:
            tokens.append(_token(piece))
    return tokens


def _token(piece: Hole) -> str:
    return f"\0<{piece.identity}"


def _is_open(token: str | None) -> bool:
    """Tell whether a token may stand for any text."""
    return token is None or token.startswith("\0<")


def _may_meet(left: list[str | None], right: list[str | None], single: str | None = None) -> bool:
    """Tell whether two globs have a common text; texts too large to try may."""
    if len(left) * len(right) > _MAX_PRODUCT:
        return True
    reach = _skip({0}, right)
    for token in left:
        if _is_open(token):
            reach = set(range(min(reach), len(right) + 1))
            continue
        step: set[int] = set()
        for index in reach:
            if index < len(right):
                other = right[index]
                if _is_open(other):
                    step.add(index)
                elif token in (other, single):
                    step.add(index + 1)
        reach = _skip(step, right)
        if not reach:
            return False
    return len(right) in reach


def _skip(reach: set[int], right: list[str | None]) -> set[int]:
    """Add the places reached by letting wildcards on the right stand for nothing."""
    grown = set(reach)
    for index in sorted(reach):
        at = index
        while at < len(right) and _is_open(right[at]):
            at += 1
            if at in grown:
                break
            grown.add(at)
    return grown


def _covers(glob: list[str | None], target: list[str | None]) -> bool:
    """Tell whether a glob matches whatever the holes of the target are: only ``*`` or the hole itself covers a hole."""
    if len(glob) * len(target) > _MAX_PRODUCT:
        return False
    reach = {0}
    for token in glob:
        if token is None:
            reach = set(range(min(reach), len(target) + 1))
        else:
            reach = {
                index + 1
                for index in reach
                if index < len(target)
                and (target[index] == token or (token == _SINGLE and not _is_open(target[index])))
            }
        if not reach:
            return False
    return len(target) in reach
