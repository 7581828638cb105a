"""The report as SARIF 2.1.0: columns in code points, other places as related locations, repairs as fixes.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; the levels are SARIF's own.
"""

import json
from collections.abc import Iterator
from urllib.parse import quote

from tflint_locks import __version__
from tflint_locks.finding import Edit, Finding, Report
from tflint_locks.places import Places
from tflint_locks.render.escape import quiet_json, visible
from tflint_locks.render.fingerprint import fingerprints
from tflint_locks.render.view import View
from tflint_locks.rule import Rule
from tflint_locks.source import Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"


def lines(report: Report, view: View) -> Iterator[str]:
    """Yield the report as one JSON object."""
    used = sorted({one.rule for one in report.findings})
    index = {rule: number for number, rule in enumerate(used)}
    prints = fingerprints(report.findings)
    results = [
        {**_result(one, view.places), "ruleIndex": index[one.rule], "partialFingerprints": {"tflintLocks/v1": mark}}
        for one, mark in zip(report.findings, prints, strict=True)
    ]
    run = {
        "tool": {"driver": _driver(used, view)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "the root of the repository"}}},
        "invocations": [_invocation(report)],
        "results": results,
    }
    yield quiet_json(json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2))


def _driver(used: list[str], view: View) -> dict[str, object]:
    rules = [_rule(view.rules[name]) if name in view.rules else {"id": name} for name in used]
    return {"name": "tflint-locks", "semanticVersion": __version__, "version": __version__, "rules": rules}


def _rule(rule: Rule) -> dict[str, object]:
    help_text = f"{rule.why.strip()}\n\n{rule.remedy.strip()}"
    links = "".join(f"\n- <{link}>" for link in rule.references)
    return {
        "id": rule.id,
        "shortDescription": {"text": f"{rule.summary}."},
        "fullDescription": {"text": rule.why.strip() or rule.summary},
        "help": {"text": help_text, "markdown": f"{help_text}\n{links}".rstrip()},
        **({"helpUri": rule.references[0]} if rule.references else {}),
        "defaultConfiguration": {"level": rule.severity.value, "enabled": not rule.off},
        "properties": {"precision": "very-high", "tags": ["terraform", "state"]},
    }


def _invocation(report: Report) -> dict[str, object]:
    told = [{"level": "error", "message": {"text": visible(error)}} for error in report.errors]
    told += [{"level": "warning", "message": {"text": visible(one)}} for one in report.complaints]
    return {"executionSuccessful": not report.errors, "toolExecutionNotifications": told}


def _result(finding: Finding, places: Places) -> dict[str, object]:
    notes = "".join(f"\n{visible(note)}" for note in finding.notes)
    related = [
        {"id": number, **_location(place.span, places), "message": _text(place.message)}
        for number, place in enumerate(finding.related, start=1)
    ]
    return {
        "ruleId": finding.rule,
        "level": finding.severity.value,
        "message": {"text": _plain(visible(finding.message)) + _plain(notes)},
        "locations": [_location(finding.span, places)],
        **({"relatedLocations": related} if related else {}),
        **({"fixes": [_fix(finding, places)]} if finding.edits else {}),
        "properties": {"environments": list(finding.environments), "also": list(finding.also), "safe": finding.safe},
    }


def _text(text: str) -> dict[str, str]:
    return {"text": _plain(visible(text))}


def _plain(text: str) -> str:
    """Return a text of which no viewer makes a link (``[text](place)``, SARIF §3.11.6)."""
    return text.replace("](", "]\\(")


def _location(span: Span, places: Places) -> dict[str, object]:
    return {"physicalLocation": {"artifactLocation": _artifact(span.path), "region": _region(span, places)}}


def _artifact(path: str) -> dict[str, object]:
    return {"uri": quote(path, errors="surrogatepass"), "uriBaseId": ROOT}


def _region(span: Span, places: Places) -> dict[str, int]:
    start, end = places.range(span)
    return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}


def _fix(finding: Finding, places: Places) -> dict[str, object]:
    paths = dict.fromkeys(edit.span.path for edit in finding.edits)
    changes = [
        {
            "artifactLocation": _artifact(path),
            "replacements": [_replacement(edit, places) for edit in finding.edits if edit.span.path == path],
        }
        for path in paths
    ]
    kind = "safe" if finding.safe else "unsafe: look at it first"
    return {"description": {"text": f"the repair of {finding.rule} ({kind})"}, "artifactChanges": changes}


def _replacement(edit: Edit, places: Places) -> dict[str, object]:
    return {"deletedRegion": _region(edit.span, places), "insertedContent": {"text": edit.text}}
