"""The report as Markdown, for a job's summary or a comment; nothing of the repository can become markup."""

import re
from collections.abc import Iterator

from tflint_locks.finding import Finding, Report, Severity
from tflint_locks.regex import regex
from tflint_locks.render.escape import visible
from tflint_locks.render.text import summary_line
from tflint_locks.render.view import View
from tflint_locks.source import Span

ROOM = 60_000  # a comment holds 65,536 characters
SIGNS = {Severity.ERROR: "🛑", Severity.WARNING: "⚠️", Severity.NOTE: "💡"}
_MARKUP = regex(r"[\\`*_{}\[\]#+\-.!|<>~:&$^]")


def lines(report: Report, view: View) -> Iterator[str]:
    """Yield a heading, an item for each finding with its places, and the counts."""
    yield "## tflint-locks"
    yield ""
    room = ROOM
    for number, finding in enumerate(report.findings):
        item = list(_item(finding, view))
        room -= sum(len(line) + 1 for line in item)
        if room < 0:
            yield f"- and {len(report.findings) - number} more"
            break
        yield from item
    if report.findings:
        yield ""
    yield from (f"- **failed**: {_prose(error)}" for error in report.errors)
    yield _prose(summary_line(report))


def _item(finding: Finding, view: View) -> Iterator[str]:
    message = _prose(finding.message)
    yield f"- {SIGNS[finding.severity]} **{finding.severity}** {_place(finding.span, view)}: {message} ({finding.rule})"
    yield from (f"  - {_place(one.span, view)}: {_prose(one.message)}" for one in finding.related)
    yield from (f"  - {_prose(note)}" for note in finding.notes)


def _place(span: Span, view: View) -> str:
    line, column = view.places.position(span.path, span.start)
    return _code(f"{span.path}:{line}:{column}")


def _prose(text: str) -> str:
    """Return a text with what stands between backticks as code, and all else without any meaning to Markdown."""
    parts = visible(text).split("`")
    if len(parts) % 2 == 0:  # one backtick too many: it is the value's own
        return _code(text)
    return "".join(_code(part) if index % 2 else _escaped(part) for index, part in enumerate(parts))


def _escaped(text: str) -> str:
    """Return a text of which no markup, mention or link is made."""
    return _MARKUP.sub(r"\\\g<0>", text).replace("@", "@&#8203;")


def _code(text: str) -> str:
    """Return a text as code, in a fence longer than any run of backticks in it."""
    text = visible(text)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest or text != text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text else ""
