"""Comments that silence, written for findings: in the comments of each kind of file, where a comment can stand."""

import re
from collections.abc import Iterable, Mapping

from tflint_locks.finding import Edit, Finding
from tflint_locks.places import Places
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.suppress import MARK

_SLASHES = (".groovy", ".jenkinsfile", ".js", ".ts", ".mjs", ".cjs")
_MARKUP = (".md", ".markdown")
_HCL = (".tf", ".tofu", ".hcl", ".tfvars", ".tfbackend", ".backend")
# Files that have no comments, or none that can stand anywhere.
_NONE = (".json", ".template", ".mdx", ".rst", ".adoc", ".asciidoc", ".txt")
_ARGUMENT = regex(r"""\s*[\w"'.-]+\s*=(?![=>])""")
# What no comment can stand behind, or that is one.
_ENDED = regex(r"#|/\*|<<|(?<!:)//")
_FENCE = regex(r"\s*(?:`{3,}|~{3,})")


def comment_of(path: str, rules: Iterable[str], reason: str) -> str:
    """Return the comment for a file that silences rules; empty for files that have no comments."""
    name = path.rpartition("/")[2].lower()
    text = f"{MARK} ignore[{', '.join(rules)}] {_one_line(reason)}".rstrip()
    if name.endswith(_NONE):
        return ""
    if name.endswith(_MARKUP):
        return f"<!-- {text.replace('--', '- -')} -->"
    return f"// {text}" if name.endswith(_SLASHES) or name.startswith("jenkinsfile") else f"# {text}"


def _one_line(reason: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", reason).split())


def with_comments(findings: Iterable[Finding], places: Places, reason: str) -> Mapping[Finding, Finding]:
    """Return findings with the comment as their only repair; those for which none can be written are left out."""
    by_statement: dict[tuple[str, int], list[Finding]] = {}
    for finding in findings:
        path = finding.span.path
        line, _ = places.statement(path, places.position(path, finding.span.start).line)
        by_statement.setdefault((path, line), []).append(finding)
    found: dict[Finding, Finding] = {}
    for (path, line), here in by_statement.items():
        comment = comment_of(path, sorted({one.rule for one in here}), reason)
        if comment and (edit := _edit(places, path, line, comment)):
            found.update((one, one._replace(edits=(edit,), safe=True)) for one in here)
    return found


def _edit(places: Places, path: str, line: int, comment: str) -> Edit | None:
    """Return what writes a comment for a line, None where it would change what the file says."""
    if path.lower().endswith(_MARKUP):
        return _in_document(places, path, line, comment)
    if path.lower().endswith(_HCL) and _is_aligned(places, path, line):
        return _behind(places, path, line, comment)
    return _above(places, path, line, comment)


def _is_aligned(places: Places, path: str, line: int) -> bool:
    """Tell whether a line is aligned with the argument above it: ``terraform fmt`` would part them at a comment."""
    text = places.line(path, line)
    above = places.line(path, line - 1) if line > 1 else ""
    return bool(_ARGUMENT.match(text) and _ARGUMENT.match(above)) and not _ENDED.search(text)


def _in_document(places: Places, path: str, line: int, comment: str) -> Edit | None:
    """Return a comment above the block of code or the table that a line is in, else at the line's end."""
    fences = [at for at in range(1, line + 1) if _FENCE.match(places.line(path, at))]
    if len(fences) % 2:
        return _above(places, path, fences[-1], comment)
    if not places.line(path, line).lstrip().startswith("|"):
        return _behind(places, path, line, comment)
    while line > 1 and places.line(path, line - 1).lstrip().startswith("|"):
        line -= 1
    return _above(places, path, line, comment)


def _behind(places: Places, path: str, line: int, comment: str) -> Edit:
    text = places.line(path, line)
    here = places.of_line(path, line)
    start = here.end - (len(text) - len(text.rstrip()))
    return Edit(Span(path, start, start), f" {comment}")


def _above(places: Places, path: str, line: int, comment: str) -> Edit:
    text = places.line(path, line)
    indent = text[: len(text) - len(text.lstrip())]
    start = places.of_line(path, line).start - len(indent)
    return Edit(Span(path, start, start), f"{'' if _is_makefile(path) else indent}{comment}\n")


def _is_makefile(path: str) -> bool:
    """Tell whether make reads a file: it prints comments that are indented like commands."""
    name = path.rpartition("/")[2].lower()
    return name.endswith((".mk", ".mak")) or "makefile" in name
