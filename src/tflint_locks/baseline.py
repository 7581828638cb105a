"""The baseline: findings that were there when a repository began to use the tool, and are not reported until it ends.

An entry is a rule, a path, a message and how often it occurred; no line numbers, so that findings may move within their
file. N occurrences absorb exactly n.
"""

import json
from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

from tflint_locks.finding import Finding, Report
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.render.escape import without_secrets

VERSION = 1
WRITE = "tflint-locks baseline"
Entry: TypeAlias = tuple[str, str, str]
# Places in messages (`ci.yml:41`) move; names with a colon and digits do not look like this.
_LINE = regex(r"(\.\w+):\d+(?::\d+)?")


class BaselineError(Exception):
    """A baseline that cannot be used; the text names the file."""


class Absorbed(NamedTuple):
    """A report without what the baseline has, and the entries that nothing needs any more with how often."""

    report: Report
    stale: Counter[Entry]


def entry_of(finding: Finding) -> Entry:
    """Return what a finding is known by from run to run."""
    return finding.rule, finding.span.path, _LINE.sub(r"\1", without_secrets(finding.message))


def absorb(report: Report, baseline: Counter[Entry]) -> Absorbed:
    """Take the first n occurrences of each entry out of a report."""
    left = Counter(baseline)
    kept: list[Finding] = []
    for finding in report.findings:
        entry = entry_of(finding)
        if left[entry]:
            left[entry] -= 1
        else:
            kept.append(finding)
    suppressed = report.suppressed + len(report.findings) - len(kept)
    return Absorbed(report._replace(findings=tuple(kept), suppressed=suppressed), +left)


def baseline_text(entries: Counter[Entry]) -> str:
    """Return a baseline's file, in order, so that its differences can be read."""
    listed = [
        {"rule": rule, "path": path, "message": message, "count": count}
        for (rule, path, message), count in sorted(entries.items())
    ]
    return json.dumps({"version": VERSION, "findings": listed}, indent=2, ensure_ascii=False) + "\n"


def counted(findings: Iterable[Finding]) -> Counter[Entry]:
    """Return the entries that would absorb findings."""
    return Counter(entry_of(finding) for finding in findings)


def read_baseline(path: str, content: bytes) -> Counter[Entry]:
    """Read a baseline's file; raises BaselineError."""
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        if b"<<<<<<<" in content:
            raise BaselineError(f"{path}:{line}: a merge left conflicts; write it anew with `{WRITE}`") from None
        raise BaselineError(f"{path}:{line}: no JSON; write it anew with `tflint-locks baseline`") from None
    if not isinstance(whole, dict) or whole.get("version") != VERSION or not isinstance(whole.get("findings"), list):
        raise BaselineError(f"{path}:1: no baseline of version {VERSION}; write it anew with `tflint-locks baseline`")
    found: Counter[Entry] = Counter()
    for number, one in enumerate(whole["findings"], start=1):
        parts = [one.get(name) for name in ("rule", "path", "message")] if isinstance(one, dict) else []
        count = one.get("count", 1) if isinstance(one, dict) else 0
        if not parts or not all(isinstance(part, str) for part in parts) or not isinstance(count, int) or count < 1:
            raise BaselineError(f"{path}: entry {number} has no rule, path, message and count")
        rule, file, message = map(str, parts)
        found[rule, file, message] += count
    return found
