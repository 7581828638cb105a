"""Findings one to a line, ``path:line:column: severity: message [rule]``, for editors and problem matchers."""

from collections.abc import Iterator

from tflint_locks.finding import Finding, Report
from tflint_locks.places import Places
from tflint_locks.render.escape import visible
from tflint_locks.render.view import View


def lines(report: Report, view: View) -> Iterator[str]:
    """Return one line for each finding."""
    return (concise_line(finding, view.places) for finding in report.findings)


def concise_line(finding: Finding, places: Places) -> str:
    """Return a finding on one line."""
    line, column = places.position(finding.span.path, finding.span.start)
    # A line that begins with two colons is a command to GitHub.
    path = visible(finding.span.path)
    path = f"./{path}" if path.lstrip().startswith("::") else path
    return f"{path}:{line}:{column}: {finding.severity}: {visible(finding.message)} [{finding.rule}]"
