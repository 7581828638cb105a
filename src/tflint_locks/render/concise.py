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
        yield f"{visible(finding.span.path)}:{line}:{column}: {finding.severity}: {message} [{finding.rule}]"
