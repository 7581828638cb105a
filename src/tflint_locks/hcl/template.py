"""The parts of a template after they are read: strip markers, `<<-` and the tree of `%{ }` directives."""

from __future__ import annotations

from typing import TypeAlias

from tflint_locks.hcl.nodes import Constant, Expression, HclError, Interpolation, Part, TemplateFor, TemplateIf, Text
from tflint_locks.hcl.syntax import SPACES, unescape_heredoc
from tflint_locks.record import NamedTuple


class Literal(NamedTuple):
    """Literal text between two sequences, in a heredoc line by line: Go strips and indents by such tokens."""

    start: int
    end: int
    values: list[str]


class Directive(NamedTuple):
    """One `%{ word … }`; key and name are those of `for`, the expression is a condition or a collection."""

    start: int
    end: int
    word: str
    key: str | None
    name: str
    expression: Expression


class Strip(NamedTuple):
    """A `~}` stood before this place."""


class _Open(NamedTuple):
    """A directive without its end yet, the parts around it, and for `else` those before it."""

    directive: Directive
    around: list[Part]
    then: list[Part] | None


STRIP = Strip()
NOTHING = Constant(0, 0, None)
Piece: TypeAlias = Literal | Interpolation | Directive | Strip


def add_literal(pieces: list[Piece], literal: Literal) -> None:
    """Add literal text, without its leading blanks after a `~}`; in a heredoc that is one line at most."""
    if pieces and isinstance(pieces[-1], Strip):
        literal.values[0] = literal.values[0].lstrip(SPACES)
    pieces.append(literal)


def strip_before(pieces: list[Piece]) -> None:
    """Apply the `~` of `${~` to the literal text before it; in a heredoc that is one line at most."""
    if pieces and isinstance(pieces[-1], Literal):
        values = pieces[-1].values
        values[-1] = values[-1].rstrip(SPACES)


def heredoc_lines(text: str, start: int, end: int) -> Literal:
    """Literal part of a heredoc, one value for each line, with its line break."""
    values = unescape_heredoc(text[start:end]).split("\n")
    last = values.pop()
    values = [f"{value}\n" for value in values]
    return Literal(start, end, [*values, last] if last else values)


def flush(pieces: list[Piece]) -> None:
    """Take from each line of a `<<-` heredoc the indentation of the least indented, by Go's rules.

    A line of blanks does not count, a sequence at the start of a line counts as no indentation, and what the strip
    markers took is gone before (`flushHeredocTemplateParts` in hclsyntax/parser_template.go).
    """
    least: int | None = None
    starts: list[tuple[list[str], int]] = []
    at_start = True
    for piece in pieces:
        if isinstance(piece, Strip):
            continue
        if not isinstance(piece, Literal):
            least, at_start = 0 if at_start else least, False
            continue
        for index, value in enumerate(piece.values):
            indent = _indent(value) if at_start else None
            if indent is not None:
                starts.append((piece.values, index))
                least = indent if least is None else min(least, indent)
            at_start = value.endswith("\n")
    for values, index in starts:
        values[index] = values[index][least:]


def _indent(line: str) -> int | None:
    """Count the blanks that begin a line; None for a line of nothing else."""
    content = line.lstrip(SPACES)
    return None if not content and line.endswith("\n") else len(line) - len(content)


def tree(pieces: list[Piece], end: int) -> tuple[Part, ...]:
    """Parts with their directives nested. Raises HclError where an end lacks its beginning or the other way round."""
    parts: list[Part] = []
    stack: list[_Open] = []
    for piece in pieces:
        if isinstance(piece, Literal):
            parts.append(Text(piece.start, piece.end, "".join(piece.values)))
        elif isinstance(piece, Interpolation):
            parts.append(piece)
        elif isinstance(piece, Directive):
            parts = _nest(piece, parts, stack)
    if stack:
        directive = stack[-1].directive
        raise HclError(f"the {directive.word} directive is missing its end{directive.word}", directive.start, end)
    return tuple(parts)


def _nest(directive: Directive, parts: list[Part], stack: list[_Open]) -> list[Part]:
    """Open or close a directive; gives the parts to go on with."""
    if directive.word in ("if", "for"):
        stack.append(_Open(directive, parts, None))
        return []
    opened = stack.pop() if stack else None
    if opened and directive.word == f"end{opened.directive.word}":
        opened.around.append(_node(opened, parts, directive.end))
        return opened.around
    if opened and directive.word == "else" and opened.directive.word == "if" and opened.then is None:
        stack.append(opened._replace(then=parts))
        return []
    raise HclError(f"unexpected {directive.word} directive", directive.start, directive.end)


def _node(opened: _Open, parts: list[Part], end: int) -> TemplateIf | TemplateFor:
    first = opened.directive
    if first.word == "for":
        return TemplateFor(first.start, end, first.key, first.name, first.expression, tuple(parts))
    then, otherwise = (parts, []) if opened.then is None else (opened.then, parts)
    return TemplateIf(first.start, end, first.expression, tuple(then), tuple(otherwise))
