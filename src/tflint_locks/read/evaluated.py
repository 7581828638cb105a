"""The words that ``eval`` makes of its text: quotes within it are taken away, and its blanks part words.

What stands before an operator is one simple command. Text that only a shell can read gives no words.
"""

from collections.abc import Iterable

from tflint_locks.read.fork import Bit, Fields, Fork, Raw
from tflint_locks.record import field, record
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Literal

_QUOTES = frozenset("\"'")
_BLANKS = frozenset(" \t")
# What ends a command (with the number of a stream); what a second reading would expand.
_MARK = regex(r"[\"' \t]|(?<!\S)\d[<>]|(?<!\S)#|[;|&<>\n]|[$`\\(){}]")
_EXPANDED = frozenset("$`\\")


@record
class _Reading:
    """The words so far; ``quote`` is the open one; ``odd`` where it takes a shell to tell them."""

    words: list[Raw] = field(default_factory=list)
    bits: list[Bit] = field(default_factory=list)
    quote: str = ""
    ended: bool = False
    odd: bool = False


def evaluated(words: Iterable[Raw]) -> list[Raw] | None:
    """Return the words of the first command in a text that is evaluated; None where it takes a shell to tell them."""
    reading = _read(words)
    return None if reading.odd or reading.quote else reading.words


def _read(words: Iterable[Raw]) -> _Reading:
    reading = _Reading()
    for word in words:
        for bit in word:
            if not reading.ended and not reading.odd:
                _bit(reading, bit)
        _part(reading)
    return reading


def _bit(reading: _Reading, bit: Bit) -> None:
    piece = bit.piece
    if isinstance(piece, Literal):
        _text(reading, piece)
    elif isinstance(piece, Fork):
        reading.bits.append(Bit(_fork(reading, piece), bool(reading.quote)))
    else:
        reading.odd = isinstance(piece, Fields)
        reading.bits.append(Bit(piece, bool(reading.quote)))


def _text(reading: _Reading, piece: Literal) -> None:
    """Read a literal up to its end, or to the end of the command."""
    at = 0
    for found in _MARK.finditer(piece.text):
        mark = found.group()
        if reading.quote and mark != reading.quote and (reading.quote == "'" or mark not in _EXPANDED):
            continue
        _keep(reading, piece, at, found.start())
        at = found.end()
        _mark(reading, mark)
        if reading.ended or reading.odd:
            return
    _keep(reading, piece, at, len(piece.text))


def _mark(reading: _Reading, mark: str) -> None:
    if mark in _QUOTES:
        reading.quote = "" if reading.quote else mark
        reading.bits.append(Bit(Literal(""), quoted=True))
    elif mark in _BLANKS:
        _part(reading)
    elif mark in "$`\\(){}":
        reading.odd = True
    else:
        _part(reading)
        reading.ended = True


def _keep(reading: _Reading, piece: Literal, low: int, high: int) -> None:
    if low < high:
        span = piece.span
        if span and span.end - span.start == len(piece.text):
            span = Span(span.path, span.start + low, span.start + high)
        reading.bits.append(Bit(Literal(piece.text[low:high], span), quoted=True))


def _part(reading: _Reading) -> None:
    """End a word, unless a quote holds it together."""
    if reading.quote:
        reading.bits.append(Bit(Literal(" "), quoted=True))
    elif reading.bits:
        reading.words.append(tuple(reading.bits))
        reading.bits = []


def _fork(reading: _Reading, fork: Fork) -> Fork:
    """Return a fork whose contents have lost their quotes; it may hold words and blanks, nothing else."""
    options = tuple((text, _content(reading, content)) for text, content in fork.options)
    otherwise = None if fork.otherwise is None else _content(reading, fork.otherwise)
    return fork._replace(options=options, otherwise=otherwise)


def _content(reading: _Reading, content: Raw) -> Raw:
    inner = _Reading(quote=reading.quote)
    for bit in content:
        if isinstance(bit.piece, Literal):
            _row(inner, bit.piece)
        elif isinstance(bit.piece, Fork):
            inner.bits.append(Bit(_fork(inner, bit.piece), quoted=False))
        else:
            inner.bits.append(bit)
    reading.odd = reading.odd or inner.odd or inner.quote != reading.quote
    return tuple(inner.bits)


def _row(inner: _Reading, piece: Literal) -> None:
    """Read a literal of one way: its blanks part words when the way is taken, so none may stand in quotes."""
    at = 0
    for found in _MARK.finditer(piece.text):
        mark = found.group()
        if mark in _BLANKS and not inner.quote:
            continue
        inner.odd = inner.odd or mark not in _QUOTES or inner.quote not in {"", mark}
        inner.quote = "" if inner.quote else mark
        _keep(inner, piece, at, found.start())
        at = found.end()
    _keep(inner, piece, at, len(piece.text))
