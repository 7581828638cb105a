"""Findings for people: the message, the line with the place underlined, every other place, and what follows from it."""

from collections.abc import Iterator

from tflint_locks.finding import Edit, Finding, Report, Severity
from tflint_locks.places import Places
from tflint_locks.record import NamedTuple
from tflint_locks.render.escape import masked, visible
from tflint_locks.render.view import View
from tflint_locks.source import Span

WIDTH = 180
MARGIN = 60
SHOWN_PLACES = 12
SHOWN_REASONS = 3
LONGEST_REASON = 160
STYLES = {"error": "1;31", "warning": "1;33", "note": "1;36", "bold": "1", "frame": "1;34", "fix": "1;32"}


class Mark(NamedTuple):
    """A place to show: what points at it, the words under it, and their style."""

    span: Span
    arrow: str
    words: str
    style: str


def lines(report: Report, view: View) -> Iterator[str]:
    """Yield the lines of the whole report."""
    for finding in report.findings:
        yield from _finding_lines(finding, view)
        yield ""
    if not view.quiet:
        yield summary_line(report)


def _paint(view: View, text: str, style: str) -> str:
    """Return the text in a style, plain where there is no colour."""
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if view.colour and text else text


def _finding_lines(finding: Finding, view: View) -> Iterator[str]:
    related = finding.related[:SHOWN_PLACES]
    marks = [Mark(finding.span, "-->", finding.label, finding.severity)]
    marks += [Mark(place.span, ":::", place.message, "frame") for place in related]
    gutter = max(len(str(view.places.position(mark.span.path, mark.span.start).line)) for mark in marks)
    head = _paint(view, f"{finding.severity}[{finding.rule}]", finding.severity)
    yield f"{head}{_paint(view, f': {visible(finding.message)}', 'bold')}"
    for mark in marks:
        yield from _mark_lines(mark, gutter, view)
    more = len(finding.related) - len(related)
    notes = [*finding.notes, *([f"{more} more places; --format json has them all"] if more else [])]
    for note in (*notes, *_fix_notes(finding, view.places)):
        yield f"{' ' * gutter} {_paint(view, '=', 'frame')} {visible(note)}"


def _mark_lines(mark: Mark, gutter: int, view: View) -> Iterator[str]:
    """Yield a place: where it is, its line, and what is written under it."""
    start, end = view.places.range(mark.span)
    blank = " " * gutter
    pad = blank if mark.arrow == "-->" else f"{blank} "
    yield f"{pad}{_paint(view, mark.arrow, 'frame')} {visible(mark.span.path)}:{start.line}:{start.column}"
    line = masked(view.places.line(mark.span.path, start.line))
    last = end.column - 1 if end.line == start.line else len(line)
    shown, offset, length = _window(line, start.column - 1, max(last, start.column - 1))
    under = ("^" if mark.arrow == "-->" else "-") * max(length, 1)
    bar = _paint(view, "|", "frame")
    yield f"{blank} {bar}"
    yield f"{_paint(view, str(start.line).rjust(gutter), 'frame')} {bar} {shown}".rstrip()
    yield f"{blank} {bar} {' ' * offset}{_paint(view, f'{under} {visible(mark.words)}'.rstrip(), mark.style)}"


def _window(line: str, start: int, end: int) -> tuple[str, int, int]:
    """Return what is shown of a line, how far in the place stands there, and how wide it is."""
    low, high = 0, len(line)
    if len(line) > WIDTH:
        low = max(0, start - MARGIN)
        high = min(len(line), low + WIDTH)
        end = min(end, high)
    before = ("…" if low else "") + visible(line[low:start])
    inside = visible(line[start:end])
    after = visible(line[end:high]) + ("…" if high < len(line) else "")
    return before + inside + after, _cells(before), _cells(inside)


def _cells(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1 for character in text)


def _fix_notes(finding: Finding, places: Places) -> Iterator[str]:
    kind = "safe" if finding.safe else "unsafe"
    for edit in finding.edits:
        where = "" if edit.span == finding.span else f" at {edit.span.path}:{places.position(*edit.span[:2]).line}"
        old, new = _before(edit, places).strip(), " ".join(edit.text.split())
        if old or new:  # what only moves neighbours says nothing
            yield f"fix ({kind}){where}: {_change(old, new)}"


def _change(old: str, new: str) -> str:
    if old and new:
        return f"{old} → {new}"
    return f"add {new.lstrip(', ')}" if new else f"take out {old}"


def _before(edit: Edit, places: Places) -> str:
    """Return the text an edit replaces, as far as it stands on one line, secrets masked."""
    start, end = places.range(edit.span)
    line = masked(places.line(edit.span.path, start.line))
    return line[start.column - 1 : end.column - 1 if end.line == start.line else None]


def summary_line(report: Report) -> str:
    """Return the counts and what could be judged."""
    counts = ", ".join(
        f"{number} {level}{'' if number == 1 else 's'}"
        for level in Severity
        for number in (sum(one.severity == level for one in report.findings),)
    )
    suppressed = f" ({report.suppressed} suppressed)" if report.suppressed else ""
    return f"{counts}{suppressed}; {_judged(report)}"


def _judged(report: Report) -> str:
    if not report.total:
        return "no S3 state backend found"
    text = f"{report.known} of {report.total} configuration{'' if report.total == 1 else 's'} known"
    if report.known == report.total:
        return text
    reasons = ", ".join(_shortened(visible(reason)) for reason in report.open_reasons[:SHOWN_REASONS])
    more = ", …" if len(report.open_reasons) > SHOWN_REASONS else ""
    return f"{text}; {report.total - report.known} open{': ' if reasons else ''}{reasons}{more}"


def _shortened(reason: str) -> str:
    return reason if len(reason) <= LONGEST_REASON else f"{reason[:LONGEST_REASON]}…"
