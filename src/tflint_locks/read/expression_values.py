"""What GitHub's expressions are worth, as far as that is known: words of a script, forks and holes among them.

A comparison of something unknown with a text is a fork on it. What cannot be worked out is a hole whose identity is the
expression itself.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias

from tflint_locks.read.fork import REF, REF_NAME, Bit, Fork, Raw, forked, raw, single_fork, single_hole, text_of_raw
from tflint_locks.read.job_condition import Term, parse_condition
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal

Lookup: TypeAlias = Callable[[str, "Span | None"], "Raw | None"]
_PLAIN = regex(r"[A-Za-z_][\w-]*(?:\.[\w-]+)*")
_TEXT = regex(r"'(?:[^']|'')*'")
_PLACE = regex(r"\{(\d+)\}|\{\{|\}\}")
_LONGEST = 2000
_WORDS = {"true": "true", "false": "false", "null": ""}
_WHY = {
    "github": "known when it runs",
    "secrets": "a secret",
    "steps": "step output",
    "needs": "job output",
    "vars": "a variable of the repository",
    "inputs": "an input",
    "matrix": "a matrix",
    "env": "set by an earlier step",
}


def identity_of(text: str) -> str:
    """Return the identity of the hole that an expression is."""
    return f"${{{{ {text} }}}}"


def unknown(text: str, span: Span | None, likely: str | None = None) -> Raw:
    """Return the hole that an expression is."""
    return raw((Hole(identity_of(text), span, _WHY.get(text.split(".", 1)[0], "an expression"), likely),))


def evaluate(written: str, lookup: Lookup, span: Span | None) -> Raw:
    """Return what an expression is, as far as it is known; ``lookup`` tells what a dotted name is."""
    text = " ".join(written.split())
    if len(text) > _LONGEST:
        return unknown(f"{text[:200]}…{len(text)}", span)
    if _PLAIN.fullmatch(text) and text not in _WORDS:
        found = lookup(text, span)
        return found if found is not None else unknown(text, span)
    if _TEXT.fullmatch(text):
        return raw((Literal(text[1:-1].replace("''", "'"), span),))
    term = _tree(text)
    return _worth(term, lookup, span, text) if term else unknown(text, span)


@lru_cache(maxsize=256)
def _tree(text: str) -> Term | None:
    """Return an expression's tree; the same ones stand in many places."""
    return parse_condition(text)


def _worth(term: Term, lookup: Lookup, span: Span | None, text: str = "") -> Raw:
    """Return what a tree is worth; ``text`` is how it is written."""
    text = text or written_as(term)
    if term.kind == "text":
        return raw((Literal(term.text, span),))
    if term.kind in {"name", "index"}:
        return _named(term, lookup, span, text)
    words = [_worth(inner, lookup, span) for inner in term.terms]
    if term.kind in {"||", "&&", "not"}:
        return _joined(term, words, text, span)
    if term.kind in {"==", "!="}:
        found = _equal(words[0], words[1], text, span)
        return found if term.kind == "==" else _negated(found, text, span)
    function = _FUNCTIONS.get(term.text.lower()) if term.kind == "call" else None
    made = function(words, span) if function else None
    return made if made is not None else unknown(text, span)


def _joined(term: Term, words: Sequence[Raw], text: str, span: Span | None) -> Raw:
    if term.kind == "not":
        return _negated(words[0], text, span)
    if term.kind == "||":
        return _either(words[0], words[1], text, span)
    return _both(words[0], words[1], (written_as(term.terms[0]), text), span)


def written_as(term: Term) -> str:
    """Return an expression's text, spaced as people space it."""
    inner = [written_as(one) for one in term.terms]
    if term.kind == "text":
        return term.text if term.text.isdecimal() else "'" + term.text.replace("'", "''") + "'"
    if term.kind == "not":
        return "!" + inner[0]
    if term.kind == "call":
        return f"{term.text}({', '.join(inner)})"
    if term.kind == "index":
        return f"{inner[0]}[{inner[1]}]"
    return term.text or f" {term.kind} ".join(inner)


def _named(term: Term, lookup: Lookup, span: Span | None, text: str) -> Raw:
    """Return what a name stands for, also one written ``a['b']``."""
    if term.kind == "name":
        if term.text in _WORDS:
            return raw((Literal(_WORDS[term.text], span, bare=True),))
        name: str | None = term.text
    else:
        outer, inner = term.terms
        part = text_of_raw(_worth(inner, lookup, span))
        name = f"{outer.text}.{part}" if outer.kind == "name" and part else None
    found = lookup(name, span) if name else None
    return found if found is not None else unknown(name or text, span)


# ---------------------------------------------------------------- operators


def is_true(word: Raw) -> bool | None:
    """Tell whether a word counts as true in a condition, None where that is not known."""
    text = text_of_raw(word)
    if text is None:
        return True if any(isinstance(bit.piece, Literal) and bit.piece.text for bit in word) else None
    bare = any(isinstance(bit.piece, Literal) and bit.piece.bare for bit in word)
    return text not in {"false", "0", "-0", ""} if bare else bool(text)


def _over(word: Raw, known: Callable[[Raw], Raw], unclear: Callable[[Raw], Raw], span: Span | None) -> Raw | None:
    """Apply a function to every content a word can have; ``unclear`` to what is not known."""
    fork = single_fork(word)
    if fork:
        options: list[tuple[str, Raw]] = []
        for text, content in fork.options:
            made = _over(content, known, unclear, span)
            if made is None:
                return None
            options.append((text, made))
        last = _over(fork.otherwise, known, unclear, span) if fork.otherwise is not None else None
        return None if fork.otherwise is not None and last is None else _forked(fork.identity, options, last, span)
    return unclear(word) if is_true(word) is None else known(word)


def _forked(identity: str, options: list[tuple[str, Raw]], otherwise: Raw | None, span: Span | None) -> Raw | None:
    """Return a fork, or its one content where all are the same text."""
    contents = [content for _, content in options] + ([otherwise] if otherwise is not None else [])
    texts = {text_of_raw(content) for content in contents}
    if len(texts) == 1 and None not in texts:
        return contents[0]
    return forked(identity, options, otherwise, span)


def _either(left: Raw, right: Raw, text: str, span: Span | None) -> Raw:
    """Return ``left || right``."""

    def unclear(word: Raw) -> Raw:
        hole, other = single_hole(word), text_of_raw(right)
        if hole and hole.domain and other is not None:
            domain = hole.domain if other in hole.domain else (*hole.domain, other)
            return word if domain == hole.domain else raw((Hole(identity_of(text), span, hole.why, None, domain),))
        return unknown(text, span, other or None)

    return _over(left, lambda word: word if is_true(word) else right, unclear, span) or unknown(text, span)


def _both(left: Raw, right: Raw, texts: tuple[str, str], span: Span | None) -> Raw:
    """Return ``left && right``; ``texts`` are how the left side and the whole are written."""
    condition, text = texts
    no = raw((Literal("false", span, bare=True),))

    def unclear(_: Raw) -> Raw:
        # What else is asked of the ref is no choice of its own: it goes with what other conditions say of it.
        own = None if "github.ref" in condition else _forked(identity_of(condition), [("true", right)], no, span)
        return own or unknown(text, span)

    return _over(left, lambda word: right if is_true(word) else word, unclear, span) or unknown(text, span)


def _truth(value: bool, span: Span | None) -> Raw:  # noqa: FBT001 - the value itself
    return raw((Literal("true" if value else "false", span, bare=True),))


def _negated(word: Raw, text: str, span: Span | None) -> Raw:
    hole = single_hole(word)
    if hole and hole.domain == () and not single_fork(word):
        whole = _forked(hole.identity, [("true", _truth(False, span))], _truth(True, span), span)  # noqa: FBT003
        return whole or unknown(text, span)
    return _over(word, lambda found: _truth(not is_true(found), span), lambda _: unknown(text, span), span) or unknown(
        text, span
    )


def _equal(left: Raw, right: Raw, text: str, span: Span | None) -> Raw:
    """Return ``left == right``: without regard to case, as GitHub compares texts."""
    if text_of_raw(right) is None:
        left, right = right, left
    other = text_of_raw(right)
    if other is None:
        return unknown(text, span)
    bare = _is_bare(right)

    def known(word: Raw) -> Raw:
        found = text_of_raw(word)
        if found is None or _is_bare(word) != bare:
            return unknown(text, span)
        return _truth(found.casefold() == other.casefold(), span)

    def unclear(word: Raw) -> Raw:
        return _asked(word, other, span) or unknown(text, span)

    if text_of_raw(left) is not None:
        return known(left)
    return _over(left, known, unclear, span) or unknown(text, span)


def _asked(word: Raw, text: str, span: Span | None) -> Raw | None:
    """Return the fork that a comparison of something unknown with a text is."""
    hole = single_hole(word)
    if not hole:
        return None if text_of_raw(word) is None else _truth(text_of_raw(word) == text, span)
    yes, no = _truth(True, span), _truth(False, span)  # noqa: FBT003
    if hole.domain:
        return _forked(hole.identity, [(item, yes if item == text else no) for item in hole.domain], None, span)
    if hole.identity == REF_NAME:
        return _forked(REF, [(f"refs/heads/{text}", yes)], no, span)
    return _forked(hole.identity, [(text, yes)], no, span)


def _is_bare(word: Raw) -> bool:
    return any(isinstance(bit.piece, Literal) and bit.piece.bare for bit in word)


# ---------------------------------------------------------------- functions


def _format(arguments: Sequence[Raw], span: Span | None) -> Raw | None:
    template = text_of_raw(arguments[0]) if arguments else None
    if template is None:
        return None
    bits: list[Bit] = []
    at = 0
    for found in _PLACE.finditer(template):
        bits.append(Bit(Literal(template[at : found.start()], span), quoted=True))
        at = found.end()
        if found[1] is None:
            bits.append(Bit(Literal(found[0][0], span), quoted=True))
        elif len(found[1]) < 3 and int(found[1]) + 1 < len(arguments):  # noqa: PLR2004 - no more can be meant
            bits.extend(arguments[int(found[1]) + 1])
        else:
            return None
    bits.append(Bit(Literal(template[at:], span), quoted=True))
    return tuple(bit for bit in bits if not isinstance(bit.piece, Literal) or bit.piece.text) or raw(
        (Literal("", span),)
    )


def _tested(test: Callable[[str, str], bool], shape: str) -> "_Function":
    """Return a function that asks whether a text has a part; ``shape`` is what the texts that have it look like.

    Of what is not known it is a fork on the subject itself, so that two questions about one subject go together.
    """

    def apply(arguments: Sequence[Raw], span: Span | None) -> Raw | None:
        asked = text_of_raw(arguments[1]) if len(arguments) == 2 else None  # noqa: PLR2004 - where and what to look for
        if asked is None:
            return None
        subject, part = arguments[0], asked.casefold()
        text, fork, hole = text_of_raw(subject), single_fork(subject), single_hole(subject)
        if text is not None:
            return _truth(test(text.casefold(), part), span)
        if fork:
            return _each_tested(fork, lambda found: test(found.casefold(), part), span)
        if hole is None or not asked or "*" in asked + hole.identity:
            return None
        if hole.domain:
            options = [(one, _truth(test(one.casefold(), part), span)) for one in hole.domain]
            return _forked(hole.identity, options, None, span)
        return _asked(raw((hole,)), shape.format(asked), span)

    return apply


def _each_tested(fork: Fork, test: Callable[[str], bool], span: Span | None) -> Raw | None:
    """Return a test of every text that a fork can have; None where one is not known."""
    options = [(choice, text_of_raw(content)) for choice, content in fork.options]
    last = text_of_raw(fork.otherwise) if fork.otherwise is not None else ""
    if last is None or any(text is None for _, text in options):
        return None
    tested = [(choice, _truth(test(text or ""), span)) for choice, text in options]
    return _forked(fork.identity, tested, _truth(test(last), span) if fork.otherwise is not None else None, span)


def _from_json(arguments: Sequence[Raw], span: Span | None) -> Raw | None:
    """Return the boolean or number a text holds."""
    text = text_of_raw(arguments[0]) if len(arguments) == 1 else None
    if text is None or not re.fullmatch(r"true|false|-?\d{1,15}", text):
        return None
    return raw((Literal(text, span, bare=True),))


_Function: TypeAlias = Callable[[Sequence[Raw], "Span | None"], "Raw | None"]
_FUNCTIONS: dict[str, _Function] = {
    "format": _format,
    "contains": _tested(lambda text, part: part in text, "*{}*"),
    "startswith": _tested(str.startswith, "{}*"),
    "endswith": _tested(str.endswith, "*{}"),
    "fromjson": _from_json,
    "always": lambda _, span: _truth(True, span),  # noqa: FBT003 - a value
}
