"""Comments that silence, written for findings: in the comments of each kind of file, where a comment can stand."""

import re
from collections.abc import Iterable, Mapping

from tflint_locks.finding import Edit, Finding
from tflint_locks.places import Places
from tflint_locks.source import Span
from tflint_locks.suppress import MARK

_SLASHES = ("jenkinsfile", ".groovy")
_MARKUP = (".md", ".mdx", ".markdown")
_NONE = (".json", ".template")


def comment_of(path: str, rules: Iterable[str], reason: str) -> str:
    """Return the comment for a file that silences rules on the next line; empty for files that have no comments."""
    name = path.rpartition("/")[2].lower()
    text = f"{MARK} ignore[{', '.join(rules)}] {_one_line(reason)}".rstrip()
    if name.endswith(_NONE):
        return ""
    if name.endswith(_MARKUP):
        return f"<!-- {text.replace('--', '- -')} -->"
    return f"// {text}" if name.endswith(_SLASHES) or name.startswith(_SLASHES[0]) else f"# {text}"


def _one_line(reason: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", reason).split())


def with_comments(findings: Iterable[Finding], places: Places, reason: str) -> Mapping[Finding, Finding]:
    """Return findings with the comment as their only repair; those for which none can be written are left out."""
    by_line: dict[tuple[str, int], list[Finding]] = {}
    for finding in findings:
        line = places.position(finding.span.path, finding.span.start).line
        by_line.setdefault((finding.span.path, line), []).append(finding)
    found: dict[Finding, Finding] = {}
    for (path, line), here in by_line.items():
        comment = comment_of(path, sorted({one.rule for one in here}), reason)
        if comment and not _continues(places, path, line):
            edit = Edit(_line_start(places, path, line), f"{_indent(places.line(path, line))}{comment}\n")
            found.update((one, one._replace(edits=(edit,), safe=True)) for one in here)
    return found


def _continues(places: Places, path: str, line: int) -> bool:
    """Tell whether a line goes on with the one above: a comment between them would end it."""
    return line > 1 and places.line(path, line - 1).rstrip().endswith(("\\", "`"))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _line_start(places: Places, path: str, line: int) -> Span:
    start = places.of_line(path, line).start - len(_indent(places.line(path, line)))
    return Span(path, start, start)
