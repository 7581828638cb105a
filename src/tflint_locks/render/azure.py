"""The report as logging commands of Azure Pipelines; it knows errors and warnings, a note is a plain line.

https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
"""

from collections.abc import Iterator

from tflint_locks.finding import Finding, Report, Severity
from tflint_locks.render.concise import concise_line
from tflint_locks.render.escape import visible
from tflint_locks.render.github import harmless
from tflint_locks.render.text import summary_line
from tflint_locks.render.view import View, whole_message


def lines(report: Report, view: View) -> Iterator[str]:
    """Yield a command or a line for each finding, then the counts."""
    for finding in report.findings:
        if finding.severity is Severity.NOTE:
            yield harmless(concise_line(finding, view.places))
        else:
            yield _command(finding, view)
    yield from (f"##vso[task.logissue type=error;]{_data(visible(error))}" for error in report.errors)
    yield harmless(summary_line(report))


def _command(finding: Finding, view: View) -> str:
    line, column = view.places.position(finding.span.path, finding.span.start)
    place = {"sourcepath": visible(finding.span.path), "linenumber": line, "columnnumber": column, "code": finding.rule}
    written = ";".join(f"{name}={_property(str(value))}" for name, value in place.items())
    message = _data(whole_message(finding, view.places))
    return f"##vso[task.logissue type={finding.severity};{written}]{message}"


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace("]", "%5D").replace(";", "%3B")
