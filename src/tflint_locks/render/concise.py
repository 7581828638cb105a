"""Findings one to a line, ``path:line:column: severity: message [rule]``, for editors and problem matchers."""

from collections.abc import Iterator

from tflint_locks.finding import Report
from tflint_locks.places import Places
from tflint_locks.render.escape import visible


def concise_lines(report: Report, places: Places) -> Iterator[str]:
    """Yield one line for each finding."""
    for finding in report.findings:
        line, column = places.position(finding.span.path, finding.span.start)
        message = visible(finding.message)
        # A line that begins with two colons is a command to GitHub.
        path = visible(finding.span.path)
        path = f"./{path}" if path.lstrip().startswith("::") else path
        yield f"{path}:{line}:{column}: {finding.severity}: {message} [{finding.rule}]"
