"""How often each rule found something."""

import json
from collections import Counter
from collections.abc import Iterator

from tflint_locks.finding import Report
from tflint_locks.render.text import summary_line


def statistics_lines(report: Report, form: str) -> Iterator[str]:
    """Yield a line for each rule, the most frequent first; as JSON where that is the format."""
    counts = Counter((one.rule, one.severity) for one in report.findings)
    repaired = Counter(one.rule for one in report.findings if one.edits)
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    if form == "json":
        listed = [
            {"rule": rule, "severity": severity.value, "count": count, "fixable": repaired[rule]}
            for (rule, severity), count in rows
        ]
        yield json.dumps(listed, indent=2)
        return
    for (rule, severity), count in rows:
        mark = f"  [{repaired[rule]} with a fix]" if repaired[rule] else ""
        yield f"{count:>5}  {severity:<7}  {rule}{mark}"
    yield summary_line(report)
