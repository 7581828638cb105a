"""The report for GitLab's code quality widget, which shows the description alone: the rule's name stands in it.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import json
from collections.abc import Iterator

from tflint_locks.finding import Finding, Report, Severity
from tflint_locks.render.escape import quiet_json
from tflint_locks.render.fingerprint import fingerprints
from tflint_locks.render.view import View, whole_message

LEVELS = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}


def lines(report: Report, view: View) -> Iterator[str]:
    """Yield the report as one JSON list."""
    marks = fingerprints(report.findings)
    yield quiet_json(json.dumps([_issue(*pair, view) for pair in zip(report.findings, marks, strict=True)], indent=2))


def _issue(finding: Finding, mark: str, view: View) -> dict[str, object]:
    start, end = view.places.range(finding.span)
    return {
        "description": f"{finding.rule}: {whole_message(finding, view.places)}",
        "check_name": finding.rule,
        "fingerprint": mark,
        "severity": LEVELS[finding.severity],
        "location": {
            "path": finding.span.path,
            "positions": {
                "begin": {"line": start.line, "column": start.column},
                "end": {"line": end.line, "column": end.column},
            },
        },
    }
