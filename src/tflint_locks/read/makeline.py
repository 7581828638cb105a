"""The lines of a Makefile, and where references such as ``$(NAME)`` stand in them."""

import re
from collections.abc import Iterator

from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex

_LINES = 20_000
_PARTS = 2000
_BRACKETS = {"(": ")", "{": "}"}


class Line(NamedTuple):
    """One logical line, continuation lines among it; a recipe's begins after its tab."""

    start: int
    end: int
    recipe: bool


class Part(NamedTuple):
    """A stretch of text, a doubled dollar, or a reference whose content is ``inner`` to ``close``."""

    kind: str
    start: int
    end: int
    inner: int = 0
    close: int = 0


def lines_of(text: str) -> Iterator[Line]:
    """Yield the logical lines; empty lines and comments outside recipes are left out."""
    at = 0
    for _ in range(_LINES):
        if at >= len(text):
            return
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        while stop < len(text) and _continues(text, at, stop):
            following = text.find("\n", stop + 1)
            stop = len(text) if following < 0 else following
        end = stop - (text[stop - 1 : stop] == "\r")
        recipe = text[at] == "\t"
        if recipe:
            yield Line(at + 1, end, recipe)
        elif text[at:end].lstrip(" ")[:1] not in {"", "#"}:
            yield Line(at, end, recipe)
        at = stop + 1


def _continues(text: str, start: int, stop: int) -> bool:
    """Tell whether the line that ends here goes on: an odd number of backslashes stands at its end."""
    at = stop - (text[stop - 1 : stop] == "\r")
    count = 0
    while at - count > start and text[at - count - 1] == "\\":
        count += 1
    return count % 2 == 1


_DOLLAR = regex(r"\$(.?)", re.DOTALL)


def chunks(text: str, start: int, end: int) -> Iterator[Part]:
    """Yield the parts of a range in order; a reference that is not closed is text."""
    at = start
    count = 0
    while found := _DOLLAR.search(text, at, end):
        count += 1
        if count > _PARTS:
            break
        if found.start() > at:
            yield Part("text", at, found.start())
        at, part = _reference(text, found, end)
        yield part
    if at < end:
        yield Part("text", at, end)


def _reference(text: str, found: re.Match[str], end: int) -> tuple[int, Part]:
    sign = found[1]
    if sign == "$":
        return found.end(), Part("dollar", found.start(), found.end())
    if sign in _BRACKETS:
        close = _closing(text, found.end(), end, sign)
        if close >= 0:
            return close + 1, Part("reference", found.start(), close + 1, found.end(), close)
        return end, Part("text", found.start(), end)
    if sign and not sign.isspace():
        return found.end(), Part("reference", found.start(), found.end(), found.start() + 1, found.end())
    return found.start() + 1, Part("text", found.start(), found.start() + 1)


def _closing(text: str, start: int, end: int, sign: str) -> int:
    """Return where the bracket closes that was opened before ``start``, -1 where it does not."""
    depth = 1
    for found in re.compile(f"[{re.escape(sign + _BRACKETS[sign])}]").finditer(text, start, min(end, start + 20_000)):
        depth += 1 if found.group() == sign else -1
        if not depth:
            return found.start()
    return -1


def split_arguments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Split at the commas outside brackets."""
    found: list[tuple[int, int]] = []
    depth = 0
    at = start
    for mark in re.compile(r"[(){},]").finditer(text, start, end):
        sign = mark.group()
        depth += sign in "({"
        depth -= sign in ")}"
        if sign == "," and depth == 0:
            found.append((at, mark.start()))
            at = mark.end()
    return [*found, (at, end)]
