"""The report as JSON, version 1: lines and columns from 1, columns in characters, ends exclusive; nothing shortened."""

import json
from collections.abc import Iterator

from tflint_locks import __version__
from tflint_locks.finding import Finding, Report, Severity
from tflint_locks.places import Places
from tflint_locks.render.escape import quiet_json, without_secrets
from tflint_locks.render.view import View
from tflint_locks.source import Span

FORMAT_VERSION = 1


def lines(report: Report, view: View) -> Iterator[str]:
    """Yield the report as one JSON object."""
    counts = {level.value: sum(one.severity == level for one in report.findings) for level in Severity}
    configurations = {"total": report.total, "closed": report.closed, "open": report.total - report.closed}
    whole = json.dumps(
        {
            "version": FORMAT_VERSION,
            "tool": {"name": "tflint-locks", "version": __version__},
            "findings": [_finding(one, view.places) for one in report.findings],
            "errors": list(report.errors),
            "suppressed": report.suppressed,
            "summary": {
                **counts,
                "files": report.files,
                "configurations": configurations,
                "environments": list(report.environments),
            },
        },
        indent=2,
    )
    yield quiet_json(whole)


def _finding(finding: Finding, places: Places) -> dict[str, object]:
    edits = [{**_place(edit.span, places), "text": edit.text} for edit in finding.edits]
    related = [{**_place(place.span, places), "message": without_secrets(place.message)} for place in finding.related]
    return {
        "rule": finding.rule,
        "also": list(finding.also),
        "severity": finding.severity.value,
        "message": without_secrets(finding.message),
        **_place(finding.span, places),
        "environments": list(finding.environments),
        "related": related,
        "notes": [without_secrets(note) for note in finding.notes],
        "fix": {"safe": finding.safe, "edits": edits} if edits else None,
    }


def _place(span: Span, places: Places) -> dict[str, object]:
    start, end = places.range(span)
    return {
        "path": span.path,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    }
