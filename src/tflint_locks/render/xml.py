"""The report as XML: JUnit for test reports, Checkstyle for everything that has read it since.

XML has no way to say some characters at all; what ``visible`` leaves of them becomes ``?``.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import quoteattr

from tflint_locks.finding import Finding, Report, Severity
from tflint_locks.places import Places
from tflint_locks.regex import regex
from tflint_locks.render.escape import visible
from tflint_locks.render.view import View, whole_message

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
CHECKSTYLE_VERSION = "4.3"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "info"}
_ILLEGAL = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def junit_lines(report: Report, view: View) -> Iterator[str]:
    """Yield a test suite for each file with a test for each finding; a note passes, a fault of the tool is an error."""
    failures = sum(one.severity is not Severity.NOTE for one in report.findings)
    count = len(report.findings) + len(report.errors) or 1
    yield HEAD
    yield _open("testsuites", name="tflint-locks", tests=count, failures=failures, errors=len(report.errors))
    for path, found in _by_file(report.findings).items():
        failed = sum(one.severity is not Severity.NOTE for one in found)
        yield "  " + _open("testsuite", name=path, tests=len(found), failures=failed, errors=0)
        for finding in found:
            yield from _test_case(finding, view.places)
        yield "  </testsuite>"
    if report.errors or not report.findings:
        yield from _own_suite(report)
    yield "</testsuites>"


def _own_suite(report: Report) -> Iterator[str]:
    """Yield a suite of the run itself: its faults, or one test that passed."""
    number = len(report.errors)
    yield "  " + _open("testsuite", name="tflint-locks", tests=number or 1, failures=0, errors=number)
    if not number:
        yield "    " + _empty("testcase", name="tflint-locks", classname="tflint-locks")
    for error in report.errors:
        yield "    " + _open("testcase", name="tflint-locks", classname="tflint-locks")
        yield "      " + _empty("error", message=visible(error), type="error")
        yield "    </testcase>"
    yield "  </testsuite>"


def _test_case(finding: Finding, places: Places) -> Iterator[str]:
    line, column = places.position(finding.span.path, finding.span.start)
    path = visible(finding.span.path)
    name = f"{finding.rule} ({line}:{column})"
    yield "    " + _open("testcase", name=name, classname=path, file=path, line=line)
    message = whole_message(finding, places)
    if finding.severity is Severity.NOTE:
        yield f"      <system-out>{_text(f'{path}:{line}:{column}: {message}')}</system-out>"
    else:
        told = "\n".join([f"{path}:{line}:{column}: {message}", *(visible(note) for note in finding.notes)])
        yield "      " + _open("failure", message=message, type=finding.severity) + f"{_text(told)}</failure>"
    yield "    </testcase>"


def checkstyle_lines(report: Report, view: View) -> Iterator[str]:
    """Yield a file element for each file; Checkstyle says ``info`` for a note."""
    yield HEAD
    yield _open("checkstyle", version=CHECKSTYLE_VERSION)
    for path, found in _by_file(report.findings).items():
        yield "  " + _open("file", name=path)
        for finding in found:
            line, column = view.places.position(finding.span.path, finding.span.start)
            yield "    " + _empty(
                "error",
                line=line,
                column=column,
                severity=LEVELS[finding.severity],
                message=whole_message(finding, view.places),
                source=f"tflint-locks.{finding.rule}",
            )
        yield "  </file>"
    yield "</checkstyle>"


def _by_file(findings: tuple[Finding, ...]) -> Mapping[str, list[Finding]]:
    files: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        files[visible(finding.span.path)].append(finding)
    return files


def _open(element: str, /, **attributes: object) -> str:
    return f"<{element}{_attributes(attributes)}>"


def _empty(element: str, /, **attributes: object) -> str:
    return f"<{element}{_attributes(attributes)}/>"


def _attributes(attributes: Mapping[str, object]) -> str:
    return "".join(f" {name}={quoteattr(_legal(str(value)))}" for name, value in attributes.items())


def _text(text: str) -> str:
    return _legal(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _legal(text: str) -> str:
    return _ILLEGAL.sub("?", text)
