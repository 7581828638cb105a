"""JSON to the nodes of HCL's expressions, with exact spans; its strings are never templates."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from tflint_locks.hcl.expression import DEEPEST, number
from tflint_locks.hcl.nodes import Constant, HclError, Object, Template, Text, Tuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from tflint_locks.hcl.nodes import Expression

# Groups of _token.
_STRING, _NUMBER, _WORD, _OPEN, _SIGN = range(1, 6)
_WORDS = {"true": True, "false": False, "null": None}
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "/": "/"}


@cache
def _token() -> Callable[..., re.Match[str] | None]:
    string = r'"([^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*)"'
    digits = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?(?![0-9A-Za-z.])"
    return re.compile(rf"[ \t\r\n]*+(?:{string}|({digits})|(true|false|null)\b|([{{\[])|([]}},:])|\Z)").match


@cache
def _escape() -> re.Pattern[str]:
    high, low = r"\\u([dD][89abAB][0-9a-fA-F]{2})", r"\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    return re.compile(rf"{high}{low}|\\u([0-9a-fA-F]{{4}})|\\(.)")


class _Open:
    """An array or object that is being read; an object's keys and values take turns in `items`."""

    __slots__ = ("is_object", "items", "start")

    def __init__(self, start: int, *, is_object: bool) -> None:
        """Begin without items."""
        self.start = start
        self.is_object = is_object
        self.items: list[Expression] = []


def read_json(text: str, start: int = 0, end: int | None = None) -> Expression:
    """Tree of the JSON value that is the whole of `text[start:end]` but for a byte-order mark. Raises HclError."""
    stop = len(text) if end is None else end
    at = start + text.startswith("\ufeff", start, stop)
    stack: list[_Open] = []
    while True:
        found = _next(text, at, stop)
        at = found.end()
        if found.lastindex == _OPEN:
            _push(stack, found)
            closing = _closing(text, at, stop, stack[-1])
            if closing < 0:
                continue
            at = closing
            value = _finish(stack.pop(), at)
        else:
            value = _scalar(text, found)
        while stack:
            stack[-1].items.append(value)
            separator = _separator(text, at, stop, stack[-1])
            at = separator.end()
            if separator[_SIGN] in ",:":
                break
            value = _finish(stack.pop(), at)
        else:
            return _whole(text, at, stop, value)


def _next(text: str, at: int, stop: int) -> re.Match[str]:
    """Next token, which must not be the end."""
    found = _token()(text, at, stop)
    if found is None or found.lastindex is None:
        blanks = re.compile(r"[ \t\r\n]*+").match(text, at, stop)
        place = blanks.end() if blanks else at
        message = "unexpected end of JSON" if place >= stop else "invalid JSON"
        raise HclError(message, place, min(place + 1, stop))
    return found


def _push(stack: list[_Open], found: re.Match[str]) -> None:
    start = found.start(_OPEN)
    if len(stack) >= DEEPEST:
        raise HclError("JSON nested too deeply", start, start + 1)
    if stack and _wants_key(stack[-1]):
        raise HclError("a key must be a string", start, start + 1)
    stack.append(_Open(start, is_object=found[_OPEN] == "{"))


def _wants_key(opened: _Open) -> bool:
    return opened.is_object and len(opened.items) % 2 == 0


def _closing(text: str, at: int, stop: int, opened: _Open) -> int:
    """End of the bracket that closes an empty array or object right away, or -1."""
    found = _token()(text, at, stop)
    return found.end() if found and found[_SIGN] == ("}" if opened.is_object else "]") else -1


def _scalar(text: str, found: re.Match[str]) -> Expression:
    kind = found.lastindex
    if kind == _STRING:
        return _string(text, *found.span(_STRING))
    if kind == _NUMBER:
        return Constant(*found.span(_NUMBER), _number(found[_NUMBER], found.start(_NUMBER)))
    if kind == _WORD:
        return Constant(*found.span(_WORD), _WORDS[found[_WORD]])
    raise HclError("a JSON value is required", found.start(_SIGN), found.end())


def _number(digits: str, start: int) -> int | float:
    return -number(digits[1:], start + 1) if digits.startswith("-") else number(digits, start)


def _string(text: str, start: int, end: int) -> Template:
    raw = text[start:end]
    value = _escape().sub(_unescaped, raw) if "\\" in raw else raw
    parts = (Text(start, end, value),) if raw else ()
    return Template(start - 1, end + 1, parts, heredoc=False)


def _unescaped(found: re.Match[str]) -> str:
    high, low, unit, sign = found.groups()
    if sign:
        return _ESCAPES[sign]
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    # Half of a pair is no character and could not be written out again; Go reads it as U+FFFD too.
    return chr(int(unit, 16)) if not 0xD800 <= int(unit, 16) <= 0xDFFF else "\ufffd"  # noqa: PLR2004 # surrogates


def _separator(text: str, at: int, stop: int, opened: _Open) -> re.Match[str]:
    """Sign after an item: a separator or the closing bracket."""
    if opened.is_object and len(opened.items) % 2 == 1:
        expected = ":"
        if not isinstance(opened.items[-1], Template):
            raise HclError("a key must be a string", opened.items[-1].start, opened.items[-1].end)
    else:
        expected = ",}" if opened.is_object else ",]"
    found = _next(text, at, stop)
    if found.lastindex != _SIGN or found[_SIGN] not in expected:
        place = found.start(found.lastindex or 0)
        raise HclError(f"expected {' or '.join(expected)}", place, found.end())
    return found


def _finish(opened: _Open, end: int) -> Expression:
    if not opened.is_object:
        return Tuple(opened.start, end, tuple(opened.items))
    return Object(opened.start, end, tuple(zip(opened.items[::2], opened.items[1::2], strict=True)))


def _whole(text: str, at: int, stop: int, value: Expression) -> Expression:
    found = _token()(text, at, stop)
    if found is None or found.lastindex is not None:
        raise HclError("extra text after the JSON value", at, stop)
    return value
