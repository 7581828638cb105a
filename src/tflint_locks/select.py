"""Runs declarative rules: the rows of a relation for which the predicates certainly hold.

Knows no rule and no syntax. A value that is not known satisfies no predicate.
"""

from collections.abc import Callable, Iterator, Mapping

from tflint_locks.finding import Edit, Match, Related
from tflint_locks.regex import regex
from tflint_locks.resolve.additions import line_below
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import told
from tflint_locks.resolve.rows import Cell, Row, rows
from tflint_locks.rule import Argument, Fix, Predicate, Rule, Select
from tflint_locks.source import Span
from tflint_locks.tree import Tree
from tflint_locks.value import Literal, Value, compare, known, literal, text_of

_LONGEST = 200
_LONG = regex(r"`([^`]{120})[^`]{81,}`")


def select_matches(repository: Repository, rule: Rule) -> Iterator[Match]:
    """Yield the matches of a rule with ``select``."""
    select = rule.select
    if select is None:
        return
    for row in rows(repository, select.relation):
        alternative = next((one for one in select.where if all(_holds(predicate, row) for predicate in one)), None)
        if alternative is not None and (match := _match(rule, select, alternative, row)):
            yield match._replace(edits=_addition(rule.fix, row, match.at, repository.tree))


def _holds(predicate: Predicate, row: Row) -> bool:
    """Tell whether a predicate certainly holds of every alternative of its field."""
    cells = row.get(predicate.field, ())
    if predicate.name in AGAINST:
        others = row.get(str(predicate.argument), ())
        return bool(cells and others) and all(AGAINST[predicate.name](cell, others) for cell in cells)
    return bool(cells) and all(PREDICATES[predicate.name](cell, predicate.argument) for cell in cells)


def _scalar(cell: Cell) -> Value | None:
    return cell.value if isinstance(cell.value, tuple) else None


def _absent(cell: Cell, _argument: Argument) -> bool:
    """Absent, null and empty are one: Terraform takes an empty table or key for none."""
    return cell.value is None or text_of(cell.value) == ""


def _present(cell: Cell, _argument: Argument) -> bool:
    value = _scalar(cell)
    if value is None:
        return bool(cell.value)
    return any(isinstance(piece, Literal) and piece.text for piece in value)


def _wanted(argument: Argument) -> Value:
    return literal(str(argument).lower() if isinstance(argument, bool) else str(argument))


def _equals(cell: Cell, argument: Argument) -> bool:
    value = _scalar(cell)
    return value is not None and compare(value, _wanted(argument)) is True


def _differs(cell: Cell, argument: Argument) -> bool:
    value = _scalar(cell)
    return value is not None and compare(value, _wanted(argument)) is False


def _one_of(cell: Cell, argument: Argument) -> bool:
    text = text_of(cell.value)
    return text is not None and text in _listed(argument)


def _none_of(cell: Cell, argument: Argument) -> bool:
    """Tell whether a value, with holes or not, can equal none of the texts."""
    value = _scalar(cell)
    return (
        bool(value) and value is not None and all(compare(value, literal(text)) is False for text in _listed(argument))
    )


def _listed(argument: Argument) -> frozenset[str]:
    """Return the texts of a list or of a shipped table."""
    if isinstance(argument, tuple):
        return frozenset(argument)
    if argument == {"table": "regions"}:
        from tflint_locks.data.regions import REGIONS

        return REGIONS
    from tflint_locks.data.backend_attributes import ATTRIBUTES

    return frozenset(ATTRIBUTES)


def _contains(cell: Cell, argument: Argument) -> bool:
    wanted = argument if isinstance(argument, tuple) else (str(argument),)
    return any(text in piece for piece in _pieces(cell) for text in wanted)


def _pieces(cell: Cell) -> list[str]:
    """Return the known pieces, neighbours joined."""
    pieces = [""]
    for piece in _scalar(cell) or ():
        if isinstance(piece, Literal):
            pieces[-1] += piece.text
        else:
            pieces.append("")
    return pieces


def _chars(cell: Cell, argument: Argument) -> bool:
    value = _scalar(cell)
    wrong = argument if isinstance(argument, Mapping) else {}
    return bool(value) and value is not None and all(CHARS[name](value, cell, part) for name, part in wrong.items())


def _outside(_value: Value, cell: Cell, allowed: str | int) -> bool:
    characters = allowed_characters(str(allowed))
    return any(character not in characters for piece in _pieces(cell) for character in piece)


def _shorter(value: Value, _cell: Cell, length: str | int) -> bool:
    return known(value) and len(text_of(value) or "") < int(length)


def _longer(_value: Value, cell: Cell, length: str | int) -> bool:
    return sum(len(piece) for piece in _pieces(cell)) > int(length)


def _starts(value: Value, _cell: Cell, text: str | int) -> bool:
    first = value[0]
    return isinstance(first, Literal) and first.text.startswith(str(text))


def _ends(value: Value, _cell: Cell, text: str | int) -> bool:
    last = value[-1]
    return isinstance(last, Literal) and last.text.endswith(str(text))


def allowed_characters(ranges: str) -> frozenset[str]:
    """Return the characters that ``a-zA-Z0-9_.-`` stands for; a hyphen at an end is itself."""
    characters: set[str] = set()
    at = 0
    while at < len(ranges):
        if at + 2 < len(ranges) and ranges[at + 1] == "-":
            characters.update(map(chr, range(ord(ranges[at]), ord(ranges[at + 2]) + 1)))
            at += 3
        else:
            characters.add(ranges[at])
            at += 1
    return frozenset(characters)


def _agrees(cell: Cell, others: tuple[Cell, ...]) -> bool:
    """Tell whether the value certainly equals one of the others."""
    return any(_compared(cell, other) is True for other in others)


def _disagrees(cell: Cell, others: tuple[Cell, ...]) -> bool:
    """Tell whether the value certainly equals none of the others, all of which are stated."""
    return all(_compared(cell, other) is False for other in others)


def _compared(cell: Cell, other: Cell) -> bool | None:
    left, right = _scalar(cell), _scalar(other)
    return compare(left, right) if left and right else None


AGAINST: Mapping[str, Callable[[Cell, tuple[Cell, ...]], bool]] = {"agrees_with": _agrees, "disagrees_with": _disagrees}
PREDICATES: Mapping[str, Callable[[Cell, Argument], bool]] = {
    "present": _present,
    "absent": _absent,
    "equals": _equals,
    "not_equals": _differs,
    "one_of": _one_of,
    "none_of": _none_of,
    "contains": _contains,
    "chars": _chars,
}
CHARS: Mapping[str, Callable[[Value, Cell, str | int], bool]] = {
    "outside": _outside,
    "shorter_than": _shorter,
    "longer_than": _longer,
    "starts_with": _starts,
    "ends_with": _ends,
}


def _match(rule: Rule, select: Select, alternative: tuple[Predicate, ...], row: Row) -> Match | None:
    """Return the match of a row, or None where the place it would be shown at is unknown."""
    at = _place(row, select.at)
    if at is None:
        return None
    expected = next((str(one.argument) for one in alternative if one.name == "disagrees_with"), "")
    words = _words(row, expected)
    return Match(
        at,
        words,
        _related(row, select, words),
        _place(row, select.cause),
        environments=_environments(row),
        notes=_notes(row),
        replacement=_replacement(rule.fix, row, expected),
    )


def _addition(fix: Fix | None, row: Row, at: Span, tree: Tree) -> tuple[Edit, ...]:
    """Return the line a repair adds, where the row has no such attribute."""
    name, _, value = fix.add.partition(" = ") if fix else ("", "", "")
    if not name or not _holds(Predicate(name, "absent", argument=True), row):
        return ()
    edit = line_below(tree, at, name, value)
    return (edit,) if edit else ()


def _place(row: Row, field: str) -> Span | None:
    return next((cell.span for cell in row.get(field, ()) if cell.span), None)


def _words(row: Row, expected: str) -> dict[str, str]:
    """Return the words for messages: what people wrote stands in backticks, what was worked out does not."""
    words = {field: _said(cells) for field, cells in row.items()}
    words["environment"] = words.get("environment") or "the repository"
    if expected:
        words["expected"] = _said(row[expected])
    return words


def _said(cells: tuple[Cell, ...]) -> str:
    texts = [told(cell.value) if isinstance(cell.value, tuple) else "" for cell in cells]
    written = [f"`{text}`" if cell.written and text else text for cell, text in zip(cells, texts, strict=True)]
    return " or ".join(sorted({text for text in written if text}))


def _related(row: Row, select: Select, words: dict[str, str]) -> tuple[Related, ...]:
    return tuple(
        Related(cell.span, filled(place.message, words))
        for place in select.related
        for cell in row.get(place.at, ())
        if cell.span
    )


def _environments(row: Row) -> tuple[str, ...]:
    cells = (cell for field in ("environment", "configurations.environment") for cell in row.get(field, ()))
    return tuple(sorted({text for cell in cells if (text := text_of(cell.value))}))


def _notes(row: Row) -> tuple[str, ...]:
    evidence = (text_of(cell.value) for cell in row.get("evidence", ()))
    return tuple(f"paired: {text}" for text in evidence if text)


def _replacement(fix: Fix | None, row: Row, expected: str) -> str | None:
    """Return the text that repairs the cause, where every alternative says the same."""
    if fix is None or not fix.replacement:
        return None
    field = expected if fix.replacement == "expected" else fix.replacement
    if field not in row:
        return fix.replacement
    texts = {text_of(cell.value) for cell in row[field]}
    return texts.pop() if len(texts) == 1 else None


def filled(template: str, words: Mapping[str, str]) -> str:
    """Replace each ``{name}``; one without a word stays as it is."""
    parts = template.split("{")
    out = [parts[0]]
    for chunk in parts[1:]:
        name, brace, rest = chunk.partition("}")
        out.append(f"{_shortened(words[name])}{rest}" if brace and name in words else "{" + chunk)
    return "".join(out)


def _shortened(word: str) -> str:
    """Return a word for a message, what it quotes cut where it is long."""
    return _LONG.sub(r"`\1…`", word) if len(word) > _LONGEST else word
