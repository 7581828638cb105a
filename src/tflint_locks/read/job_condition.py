"""Conditions of GitHub jobs and steps as trees, and what they can be: true, false, both, or more than can be told.

Knows no workflow: what names stand for is asked of the caller. Source of the grammar:
https://docs.github.com/actions/reference/workflows-and-actions/expressions.
"""

from collections.abc import Callable
from functools import lru_cache

from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex

_TOKEN = regex(
    r"\s+|(?P<text>'(?:[^']|'')*')|(?P<operator>==|!=|&&|\|\||<=|>=|[!<>(),\[\]])"
    r"|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))|(?P<name>[A-Za-z_][\w-]*(?:\.(?:[\w-]+|\*))*)"
)
_LONGEST = 4000
_DEEPEST = 50
_MOST = 300
_ORDERS = ("<", "<=", ">", ">=")
_LEVELS = (("||",), ("&&",), ("==", "!=", *_ORDERS))


class Term(NamedTuple):
    """One node: ``kind`` is ``text``, ``name``, ``call``, ``not``, ``index`` or an operator; ``text`` its word."""

    kind: str
    text: str = ""
    terms: tuple["Term", ...] = ()


class Truth(NamedTuple):
    """What a condition can be: ``yes`` and ``no`` where it certainly can; ``sure`` where nothing else is possible."""

    yes: bool
    no: bool
    sure: bool = True


TRUE = Truth(yes=True, no=False)
FALSE = Truth(yes=False, no=True)
EITHER = Truth(yes=True, no=True)
UNKNOWN = Truth(yes=False, no=False, sure=False)

# The texts a name or call can be, each of them possible; None where that cannot be told. An empty tuple: any text.
Texts = tuple[str, ...] | None
Meaning = Callable[[Term], Texts]


class _Reader:
    """The tokens of one expression and how far they are read."""

    __slots__ = ("at", "depth", "tokens")

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise ValueError
        self.at += 1
        return self.tokens[self.at - 1]


@lru_cache(maxsize=256)
def parse_condition(text: str) -> Term | None:
    """Return the tree of an expression, with or without its ``${{ }}``; None where it is none or too deep."""
    body = text.strip()
    if body.startswith("${{") and body.endswith("}}") and "${{" not in body[3:]:
        body = body[3:-2]
    if len(body) > _LONGEST:
        return None
    try:
        reader = _Reader(_tokens(body))
        found = _binary(reader, 0)
    except ValueError:
        return None
    return found if reader.at == len(reader.tokens) else None


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError
        if match.lastgroup:
            found.append((match.lastgroup, match.group()))
        if len(found) > _MOST:
            raise ValueError
        at = match.end()
    return found


def _binary(reader: _Reader, level: int) -> Term:
    """Read operators of one level and all that bind tighter."""
    if level == len(_LEVELS):
        return _single(reader)
    left = _binary(reader, level + 1)
    while reader.peek() in _LEVELS[level]:
        operator = reader.take()[1]
        left = Term(operator, "", (left, _binary(reader, level + 1)))
    return left


def _single(reader: _Reader) -> Term:
    reader.depth += 1
    if reader.depth > _DEEPEST:
        raise ValueError
    kind, text = reader.take()
    if text == "!":
        found = Term("not", "", (_single(reader),))
    elif text == "(":
        found = _binary(reader, 0)
        _expect(reader, ")")
    elif kind == "text":
        found = Term("text", text[1:-1].replace("''", "'"))
    elif kind == "number":
        found = Term("text", text)
    elif kind == "name":
        found = _named(reader, text)
    else:
        raise ValueError
    reader.depth -= 1
    return found


def _expect(reader: _Reader, text: str) -> None:
    if reader.take()[1] != text:
        raise ValueError


def _named(reader: _Reader, name: str) -> Term:
    """Read what follows a name: a call's arguments, an index."""
    found = Term("name", name)
    if reader.peek() == "(":
        reader.take()
        found = Term("call", name, tuple(_arguments(reader)))
    while reader.peek() == "[":
        reader.take()
        found = Term("index", "", (found, _binary(reader, 0)))
        _expect(reader, "]")
    return found


def _arguments(reader: _Reader) -> list[Term]:
    found: list[Term] = []
    while reader.peek() != ")":
        found.append(_binary(reader, 0))
        if reader.peek() == ",":
            reader.take()
        elif reader.peek() != ")":
            raise ValueError
    reader.take()
    return found


# ---------------------------------------------------------------- conditions


def truth(term: Term, meaning: Meaning) -> Truth:
    """Tell what a condition can be, given what its names can be."""
    match term.kind:
        case "not":
            inner = truth(term.terms[0], meaning)
            return Truth(inner.no, inner.yes, inner.sure)
        case "&&":
            return _both(*(truth(one, meaning) for one in term.terms))
        case "||":
            left, right = (truth(one, meaning) for one in term.terms)
            found = _both(Truth(left.no, left.yes, left.sure), Truth(right.no, right.yes, right.sure))
            return Truth(found.no, found.yes, found.sure)
        case "==" | "!=":
            found = _same(*(texts_of(one, meaning) for one in term.terms))
            return found if term.kind == "==" else Truth(found.no, found.yes, found.sure)
        case "call" if term.text.lower() in _TESTS and len(term.terms) > 1:
            return _tested(term, meaning)
    return _as_truth(texts_of(term, meaning))


def _both(left: Truth, right: Truth) -> Truth:
    if FALSE in (left, right):
        return FALSE
    return Truth(left.yes and right.yes, left.no or right.no, left.sure and right.sure)


def _same(left: Texts, right: Texts) -> Truth:
    if left is None or right is None:
        return UNKNOWN
    if not left or not right:
        return EITHER
    mine, theirs = ({text.lower() for text in side} for side in (left, right))
    shared = mine & theirs
    return Truth(bool(shared), len(mine | theirs) > 1)


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": str.__contains__,
}


def _tested(term: Term, meaning: Meaning) -> Truth:
    left, right = (texts_of(one, meaning) for one in term.terms[:2])
    if left is None or right is None:
        return UNKNOWN
    if not left or not right:
        return EITHER
    test = _TESTS[term.text.lower()]
    found = {test(one.lower(), other.lower()) for one in left for other in right}
    return Truth(True in found, False in found)


def _as_truth(texts: Texts) -> Truth:
    if texts is None:
        return UNKNOWN
    if not texts:
        return EITHER
    found = {text not in ("", "false", "0") for text in texts}
    return Truth(True in found, False in found)


def texts_of(term: Term, meaning: Meaning) -> Texts:
    """Return the texts an operand can be."""
    if term.kind == "text":
        return (term.text,)
    if term.kind in ("name", "call", "index"):
        return ("true",) if term.text == "true" else ("false",) if term.text == "false" else meaning(term)
    found = UNKNOWN if term.kind in _ORDERS else truth(term, meaning)
    if not found.sure:
        return None
    return (("true",) if found.yes else ()) + (("false",) if found.no else ())
