"""Repairs: the edits of findings applied round after round until none is left, each round read and judged again.

An edit that does not take its finding out of the report, or that leaves a file unparsable, is taken back.
Texts only; what is written to disk is ``write``'s matter.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from tflint_locks.finding import Edit, Finding, Report, Severity
from tflint_locks.record import NamedTuple
from tflint_locks.source import Source, Span
from tflint_locks.tree import Overlay, Tree

ROUNDS = 20
_BROKEN = frozenset({"unparsable", "unreadable"})
Lint: TypeAlias = Callable[[Tree], Report]
Texts: TypeAlias = Mapping[str, str]
Named: TypeAlias = tuple[str, str, str]


class Mended(NamedTuple):
    """What the repairs came to: the new text of each changed file, how many findings went, and what is left."""

    texts: Texts
    fixed: int
    left: Report


def mend(tree: Tree, lint: Lint, concerns: Callable[[Finding], bool], *, unsafe: bool, moving: bool = False) -> Mended:
    """Apply the repairs of the findings concerned; those that may change what people meant only where ``unsafe``.

    Where ``moving``, a finding may be gone to another place, from which the next round takes it.
    """
    texts: dict[str, str] = {}
    report = lint(tree)
    before, helped = len(report.findings), 0
    refused: set[Named] = set()
    for _ in range(ROUNDS):
        chosen = [
            one
            for one in report.findings
            if one.edits and (one.safe or unsafe) and _named(one) not in refused and concerns(one)
        ]
        if not chosen:
            break
        texts, report, helping, failed = _round(tree, lint, texts, report, chosen, moving=moving)
        helped += len(helping)
        refused |= failed
    return Mended(texts, before - len(report.findings) if moving else helped, report)


def _named(finding: Finding) -> Named:
    return finding.rule, finding.span.path, finding.message


def _round(  # noqa: PLR0913 (what is repaired, and how it is judged)
    tree: Tree, lint: Lint, texts: dict[str, str], report: Report, chosen: list[Finding], *, moving: bool
) -> tuple[dict[str, str], Report, list[Finding], set[Named]]:
    """Apply what can be applied at once; where some of it does not help, halves of it, down to those that do not."""
    waiting = [list(_apart(chosen))]
    helping: list[Finding] = []
    refused: set[Named] = set()
    base = texts
    while waiting:
        group = waiting.pop()
        after = applied(tree, base, [*helping, *group])
        judged = lint(Overlay(tree, after))
        if _better(report, judged, group, _placed([*helping, *group]), moving=moving):
            helping, texts, report = [*helping, *group], after, judged
        elif len(group) == 1:
            refused.add(_named(group[0]))
        else:
            waiting += _parted(group, judged)
    return texts, report, helping, refused


def _parted(group: list[Finding], judged: Report) -> list[list[Finding]]:
    """Part findings into those that their edits left and the others, or into halves where that parts none."""
    there = set(map(_named, judged.findings))
    still = [one for one in group if _named(one) in there]
    if not 0 < len(still) < len(group):
        half = len(group) // 2
        return [group[half:], group[:half]]
    return [still, [one for one in group if _named(one) not in there]]


def _better(before: Report, after: Report, mended: list[Finding], placed: list[Span], *, moving: bool) -> bool:
    """Tell whether each of some findings is gone, what was put in place finds none, and no file is unreadable by it."""
    here, there = Counter(map(_named, before.findings)), Counter(map(_named, after.findings))
    gone = Counter(map(_named, mended))
    broken = {one for one in there if one[0] in _BROKEN}
    return (
        (_none_new(before, after) if moving else not any(_blamed(before, after, mended, placed)))
        and all(there[one] <= here[one] - count for one, count in gone.items())
        and len(after.errors) <= len(before.errors)
        and broken <= set(here)
    )


def _blamed(before: Report, after: Report, mended: list[Finding], placed: list[Span]) -> Iterator[Finding]:
    """Yield the findings that have come and stand at what was put in place; a repair may show others elsewhere.

    What was found of the same cause before is not new, and what is less bad than what went is better than that.
    """
    order = list(Severity)
    mildest = max(order.index(one.severity) for one in mended)
    known = {(rule, one.span.path) for one in mended for rule in one.also}
    here = Counter(map(_named, before.findings))
    for one in after.findings:
        here[_named(one)] -= 1
        new = here[_named(one)] < 0 and (one.rule, one.span.path) not in known
        new = new and order.index(one.severity) <= mildest
        if new and any(_overlap(one.span, place) for place in placed):
            yield one


def _overlap(left: Span, right: Span) -> bool:
    return left.path == right.path and left.start < right.end and right.start < left.end


def _placed(findings: Iterable[Finding]) -> list[Span]:
    """Return where the texts of all edits stand once they are applied."""
    moved: dict[str, int] = {}
    places = []
    for edit in sorted(dict.fromkeys(edit for one in findings for edit in one.edits), key=lambda edit: edit.span):
        start = edit.span.start + moved.get(edit.span.path, 0)
        places.append(Span(edit.span.path, start, start + len(edit.text)))
        moved[edit.span.path] = start + len(edit.text) - edit.span.end
    return places


def _none_new(before: Report, after: Report) -> bool:
    """Tell whether no rule finds more than it did."""
    return Counter(one.rule for one in after.findings) <= Counter(one.rule for one in before.findings)


def _apart(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings none of whose edits touch those of another; each is applied whole or not at all.

    What speaks of a place that is itself repaired comes after it and waits: it would put there what is about to go.
    """
    taken: dict[str, list[tuple[int, int]]] = {}
    for finding in _leading_first(list(findings)):
        edits = dict.fromkeys(finding.edits)
        places = [*(edit.span for edit in edits), *(one.span for one in finding.related)]
        if any(_touches(place, taken.get(place.path, ())) for place in places):
            continue
        for edit in edits:
            taken.setdefault(edit.span.path, []).append((edit.span.start, edit.span.end))
        yield finding


def _leading_first(findings: list[Finding]) -> list[Finding]:
    repaired = {edit.span for one in findings for edit in one.edits}
    return sorted(findings, key=lambda one: any(related.span in repaired for related in one.related))


def _touches(place: Span, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(place.start <= end and start <= place.end for start, end in ranges)


def applied(tree: Tree, texts: Texts, findings: Iterable[Finding]) -> dict[str, str]:
    """Return the texts with all edits in them, from the end of each file to its start."""
    new = dict(texts)
    edits = dict.fromkeys(edit for finding in findings for edit in finding.edits)
    for edit in sorted(edits, key=lambda one: one.span, reverse=True):
        path = edit.span.path
        if path not in new:
            source = tree.text(path)
            if not isinstance(source, Source):
                continue
            new[path] = source.text
        new[path] = edited(new[path], edit)
    return new


def edited(text: str, edit: Edit) -> str:
    """Return a text with one edit in it; its lines end as the file's first one does."""
    first = text.partition("\n")[0]
    put = edit.text.replace("\n", "\r\n") if first.endswith("\r") else edit.text
    return text[: edit.span.start] + put + text[edit.span.end :]
