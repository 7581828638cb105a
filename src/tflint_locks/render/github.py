"""The report as workflow commands: annotations of a GitHub Actions step.

GitHub shows ten of each level of one step and drops the rest, so the most severe come first and what has no room is
written as plain lines. https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from collections import defaultdict
from collections.abc import Iterator

from tflint_locks.finding import Finding, Report, Severity
from tflint_locks.render.concise import concise_line
from tflint_locks.render.escape import visible
from tflint_locks.render.text import summary_line
from tflint_locks.render.view import View, whole_message

ROOM = 10
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def lines(report: Report, view: View) -> Iterator[str]:
    """Yield the annotations, then what has no room, then the counts."""
    by_level: dict[Severity, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_level[finding.severity].append(finding)
    left: list[Finding] = []
    for level in LEVELS:
        yield from (_command(finding, view) for finding in by_level[level][:ROOM])
        left += by_level[level][ROOM:]
    if left:
        yield f"::group::{len(left)} more findings, without annotations: GitHub shows {ROOM} of each level"
        yield from (harmless(concise_line(finding, view.places)) for finding in left)
        yield "::endgroup::"
    yield from (f"::error title=tflint-locks::{_data(visible(error))}" for error in report.errors)
    yield harmless(summary_line(report))


def _command(finding: Finding, view: View) -> str:
    start, end = view.places.range(finding.span)
    place = {"file": visible(finding.span.path), "line": start.line, "endLine": end.line, "title": finding.rule}
    if start.line == end.line:  # columns of a range over several lines are refused
        place |= {"col": start.column, "endColumn": end.column}
    written = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
    return f"::{LEVELS[finding.severity]} {written}::{_data(whole_message(finding, view.places))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def harmless(line: str) -> str:
    """Return a line that no runner takes for a command because of how it begins."""
    return f"./{line}" if line.lstrip().startswith("::") else line
