"""Comments that silence: ``tflint-locks: ignore[rule, …] reason`` on the line of a fault or on the line above it.

Knows places and rule ids, nothing of what a rule finds.
"""

from collections.abc import Callable, Iterable

from tflint_locks.facts import Remark
from tflint_locks.record import NamedTuple
from tflint_locks.source import Span

MARK = "tflint-locks:"


class Ignores(NamedTuple):
    """Which rules are ignored at which (path, line), and what is wrong with the comments themselves."""

    lines: dict[tuple[str, int], frozenset[str]]
    complaints: tuple[str, ...]


class _Comment(NamedTuple):
    path: str
    first: int
    last: int
    alone: bool
    rules: frozenset[str]


def read_ignores(
    remarks: Iterable[Remark], known: frozenset[str], line_at: Callable[[str, int], tuple[int, str]]
) -> Ignores:
    """Read the comments; ``line_at`` gives the line of an offset and that line's text up to it."""
    comments: list[_Comment] = []
    complaints: list[str] = []
    for remark in remarks:
        if MARK not in remark.text:
            continue
        first, before = line_at(remark.span.path, remark.span.start)
        last, _ = line_at(remark.span.path, max(remark.span.start, remark.span.end - 1))
        rules, complaint = _named(remark.text, known)
        complaints += [f"{remark.span.path}:{first}: {text}" for text in complaint]
        comments.append(_Comment(remark.span.path, first, last, not before.strip(), rules))
    return Ignores(_lines(comments), tuple(complaints))


def _named(text: str, known: frozenset[str]) -> tuple[frozenset[str], list[str]]:
    """Return the rules that a comment ignores, and what cannot be understood of it."""
    directive = text.partition(MARK)[2].strip()
    if not directive.startswith("ignore"):
        return frozenset(), [f"`{MARK} {directive[:40]}` is not understood; write `{MARK} ignore[rule] reason`"]
    names, closed, _ = directive.removeprefix("ignore").strip().removeprefix("[").partition("]")
    listed = [name.strip() for name in names.split(",") if name.strip()]
    if not closed or not listed:
        return frozenset(), [
            f"an ignore comment names its rules: `{MARK} ignore[rule] reason`; this one silences nothing"
        ]
    unknown = [name for name in listed if name not in known]
    return frozenset(listed) & known, [f"an ignore comment names `{name}`, which is no rule" for name in unknown]


def _lines(comments: Iterable[_Comment]) -> dict[tuple[str, int], frozenset[str]]:
    """Spread comments over the lines they speak of: their own, and the next one for a comment alone on its line."""
    lines: dict[tuple[str, int], frozenset[str]] = {}
    alone: dict[tuple[str, int], frozenset[str]] = {}
    for comment in sorted(comments):
        rules = comment.rules
        if comment.alone:
            rules |= alone.get((comment.path, comment.first), frozenset())
            alone[comment.path, comment.last + 1] = rules
            lines[comment.path, comment.last + 1] = rules
        for line in range(comment.first, comment.last + 1):
            lines[comment.path, line] = lines.get((comment.path, line), frozenset()) | rules
    return lines


def ignored(
    ignores: Ignores, rule: str, places: Iterable[Span], line_at: Callable[[str, int], tuple[int, str]]
) -> bool:
    """Tell whether a rule is ignored at the line of one of the places."""
    if not ignores.lines:
        return False
    return any(rule in ignores.lines.get((place.path, line_at(place.path, place.start)[0]), ()) for place in places)
