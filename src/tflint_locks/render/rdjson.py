"""The report in reviewdog's diagnostic format: columns count bytes of UTF-8, ends are exclusive.

https://github.com/reviewdog/reviewdog/tree/master/proto/rdf
"""

import json
from collections.abc import Iterator

from tflint_locks.finding import Finding, Report, Severity
from tflint_locks.places import Places
from tflint_locks.render.escape import quiet_json, visible
from tflint_locks.render.view import View
from tflint_locks.source import Position, Span

LEVELS = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.NOTE: "INFO"}


def lines(report: Report, view: View) -> Iterator[str]:
    """Yield the report as one JSON object."""
    found = [_diagnostic(one, view) for one in report.findings]
    yield quiet_json(json.dumps({"source": {"name": "tflint-locks"}, "diagnostics": found}, indent=2))


def _diagnostic(finding: Finding, view: View) -> dict[str, object]:
    rule = view.rules.get(finding.rule)
    link = {"url": rule.references[0]} if rule and rule.references else {}
    here = [edit for edit in finding.edits if edit.span.path == finding.span.path]
    whole = len(here) == len(finding.edits)  # half a repair is none
    suggestions = [{"range": _range(edit.span, view.places), "text": edit.text} for edit in here if whole]
    related = [
        {"message": visible(place.message), "location": _location(place.span, view.places)} for place in finding.related
    ]
    return {
        "message": "\n".join(visible(text) for text in (finding.message, *finding.notes)),
        "location": _location(finding.span, view.places),
        "severity": LEVELS[finding.severity],
        "code": {"value": finding.rule, **link},
        **({"suggestions": suggestions} if suggestions else {}),
        **({"related_locations": related} if related else {}),
    }


def _location(span: Span, places: Places) -> dict[str, object]:
    return {"path": span.path, "range": _range(span, places)}


def _range(span: Span, places: Places) -> dict[str, object]:
    start, end = places.range(span)
    return {"start": _position(span.path, start, places), "end": _position(span.path, end, places)}


def _position(path: str, place: Position, places: Places) -> dict[str, int]:
    before = places.line(path, place.line)[: place.column - 1]
    return {"line": place.line, "column": len(before.encode("utf-8", "surrogatepass")) + 1}
