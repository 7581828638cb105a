"""What documents state of a state backend: names in samples, commands, tables, lists and URLs, each with its place.

Knows Markdown's blocks roughly and Terraform not at all; a documented command is never a command. Every line is looked
at once, with patterns that cannot run away.
"""

import re
from collections.abc import Iterator

from tflint_locks.facts import DocumentedInit, DocumentFile, Stated
from tflint_locks.read.remarks import document_remarks, line_remarks
from tflint_locks.record import NamedTuple, field, record
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Piece, Value, known, text_of

_LINE_CAP = 4000
_STATED_CAP = 800
_HEADING = regex(r"(#{1,6}|={1,6})[ \t]+(\S.*)")
_FENCE = regex(r"[ \t>]{0,20}(`{3,20}|~{3,20}|-{4}$)[ \t]*([A-Za-z0-9_+-]{0,20})")
_COMMENT_CAP = 20_000
# Languages whose lines hold no labels of prose.
_CODE = frozenset(
    "hcl terraform tf json yaml yml toml ini python py js ts go sh bash zsh shell powershell pwsh ps1 cmd bat "
    "dockerfile makefile make console shell-session sql diff env dotenv".split()
)
_HCL = frozenset({"hcl", "terraform", "tf", "", "text", "terragrunt", "conf", "ini", "bash", "sh", "shell"})
_BACKEND = frozenset({"bucket", "key", "region", "dynamodb_table", "use_lockfile"})
_SHOWN_DIFFERENCE = frozenset({"diff", "patch"})
# Words one of which a label has that names a place of the state.
_LABEL_WORDS = regex(r"(?i)table|bucket|key|region|account|lock|dynamo|state|ddb")
_LABEL_LENGTH = 60
_LEAD = " \t>*+-•│├└─|‣·▪"
_ASSIGNED = regex(r"[ \t]*([a-z_][a-z0-9_]{1,40})[ \t]*=[ \t]*(?:\"([^\"\n]{0,300})\"|(true|false)\b)")
_OPENS = regex(r"[ \t]*(?:\"?([A-Za-z_][\w-]{0,60})\"?)(?:[ \t]+\"([^\"\n]{0,80})\")?[^\n{]{0,120}\{")
_EXPORTED = regex(
    r"[ \t]*(?:export[ \t]+|set[ \t]+|\$env:)?([A-Za-z_][A-Za-z0-9_]{2,60})[ \t]?=[ \t]?[\"']?([^\s\"'#;&|]{3,300})"
)
_WORD = regex(r"(?:\"[^\"]{0,400}\"|'[^']{0,400}'|[^\s\"'])+")
_BACKEND_ITEM = regex(
    r"-backend-config(?:=|[ \t]+)[\"']?([a-z_]{2,40})=[\\]?[\"']?"
    r"((?:\{\{[^}\n]{0,80}\}\}|[^\s\"'`\\{]|\{(?!\{)){0,300})"
)
_TABLE_NAME = regex(r"--table-name[= \t]+[\"']?([^\s\"'`|)]{2,300})")
_REGION_FLAG = regex(r"--region[= \t]+[\"']?([a-z0-9-]{5,30})")
_LOCK_ID = regex(
    r"LockID[\\\"']{0,3}[ \t]*:[ \t]*\{[ \t]*[\\\"']{0,3}S[\\\"']{0,3}[ \t]*:[ \t]*[\\\"']{1,3}([^\\\"'\n]{3,600})"
)
_ARN = regex(r"arn:aws[a-z-]{0,10}:(dynamodb):([^:\s]{0,60}):([^:\s]{0,60}):table/([^\s\"'`,|)/\]]{2,255})")
_BUCKET_ARN = regex(r"arn:aws[a-z-]{0,10}:s3:::([^\s\"'`,|)/\]]{3,200})")
_URL = regex(r"s3://([^\s\"'`,|)/\]]{3,200})(?:/([^\s\"'`,|)\]]{0,400}))?")
_BUCKET_FLAG = regex(r"--bucket[= \t]+[\"']?([^\s\"'`|)]{3,200})")
_INIT = regex(r"(?<![\w./-])(terraform|tofu|terragrunt)((?:[ \t]+-[^\s]{1,200}){0,4})[ \t]+init(?![\w-])")
_CHANGE_DIRECTORY = regex(r"(?<![^\s;&|(])(?:cd|pushd)[ \t]+[\"']?([^\s\"'`;&|]{1,200})")
_SECRET = regex(r"(?i)secret|access|token|password|ssh|private|public|api_?key")
# What stands for something else: a placeholder, a variable, a pattern, or words in capitals inside a name.
_OPEN = regex(
    r"\$\{\{[^}\n]{0,80}\}\}|\{\{[^}\n]{0,80}\}\}|\$\{[^}\n]{0,80}\}|\$\([^)\n]{0,80}\)|\$[A-Za-z_]\w{0,60}|\{[^{}\n]{0,60}\}|<[^<>\n]{0,60}>"
    r"|\[[^\[\]\n]{0,60}\]|\.{3}|…|\*|%[A-Z_]{2,40}%|(?<![A-Za-z0-9])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*(?![A-Za-z0-9])"
    r"|(?<![a-z])x{3,}(?![a-z])"
)
_CONTINUED = ("\\", "`", "^")


@record
class _Page:
    """What has been read of a document so far; ``group`` counts the places that belong together."""

    path: str
    text: str
    stated: list[Stated] = field(default_factory=list)
    inits: list[DocumentedInit] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    group: int = 0
    newest: int = 0
    section: int = 0
    columns: tuple[str, ...] = ()
    table: int = 0


class _Line(NamedTuple):
    start: int
    end: int


def read_markdown(path: str, text: str) -> DocumentFile:
    """Read a document of any light markup; never raises."""
    page = _Page(path, text)
    lines = list(_lines(text))
    at = 0
    while at < len(lines) and len(page.stated) < _STATED_CAP:
        line = text[lines[at].start : lines[at].end]
        fence = _FENCE.match(line)
        if fence:
            end = _fence_end(text, lines, at + 1, fence.group(1))
            _fenced(page, lines[at + 1 : end], fence.group(2).lower())
            at = end + 1
            continue
        if line.lstrip().startswith("<!--"):
            at = _comment_end(text, lines, at) + 1
            continue
        bare = _without_comment(line)
        _plain_line(page, lines[at]._replace(end=lines[at].start + len(bare)), bare)
        at += 1
    return DocumentFile(path, tuple(page.stated), tuple(page.inits), document_remarks(path, text))


def read_sample(path: str, text: str) -> DocumentFile:
    """Read a sample of a settings, backend or var file (``.env.example``): it documents what the live one says."""
    page = _Page(path, text, group=1)
    lines = list(_lines(text))
    kept = [line for line in lines if not text[line.start : line.end].lstrip().startswith(("#", "//", ";"))]
    _assignments(page, kept)
    _exports(page, kept)
    return DocumentFile(path, tuple(page.stated), (), line_remarks(path, text))


def _lines(text: str) -> Iterator[_Line]:
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        yield _Line(at, min(end - (text[end - 1 : end] == "\r"), at + _LINE_CAP))
        at = end + 1


def _without_comment(line: str) -> str:
    """Return a line without a comment at its end, which says nothing of what stands there."""
    return line[: line.rfind("<!--")].rstrip() if line.rstrip().endswith("-->") and "<!--" in line else line


def _comment_end(text: str, lines: list[_Line], at: int) -> int:
    """Return the index of the line in which a comment ends that begins a line; nobody reads what stands in it."""
    close = text.find("-->", lines[at].start, lines[at].start + _COMMENT_CAP)
    if close < 0:
        return at
    return next((index for index in range(at, len(lines)) if lines[index].end > close), len(lines))


def _fence_end(text: str, lines: list[_Line], at: int, mark: str) -> int:
    """Return the index of the line that closes a fence, the number of lines where none does."""
    for index in range(at, len(lines)):
        line = text[lines[index].start : lines[index].end].strip(" \t>")
        if line.startswith(mark) and not line.strip(mark[0]):
            return index
    return len(lines)


# ---------------------------------------------------------------- what is stated


def value_in(path: str, text: str, start: int, end: int) -> Value:
    """Return the value a range of a document states: what stands for something else is a hole."""
    pieces: list[Piece] = []
    at = start
    for found in _OPEN.finditer(text, start, end):
        if found.start() > at:
            pieces.append(Literal(text[at : found.start()], Span(path, at, found.start())))
        pieces.append(Hole(f"document {found.group()}", Span(path, *found.span()), "left open in a document"))
        at = found.end()
    if at < end:
        pieces.append(Literal(text[at:end], Span(path, at, end)))
    return tuple(pieces)


def _state(page: _Page, label: str, start: int, end: int, evidence: str, beside: str = "") -> None:  # noqa: PLR0913, PLR0917 (one row of a table)
    """Keep one place; trailing marks of a sentence are no part of a name."""
    while end > start and page.text[end - 1] in ".,;:!?/\\":
        end -= 1
    value = value_in(page.path, page.text, start, end)
    page.newest = max(page.newest, page.group)
    if value:
        headings = tuple(heading for _, heading in page.headings)
        page.stated.append(Stated(label, value, Span(page.path, start, end), evidence, page.group, headings, beside))


def _plain_line(page: _Page, line: _Line, text: str) -> None:
    heading = _HEADING.match(text)
    if heading:
        level = len(heading.group(1))
        page.headings = [one for one in page.headings if one[0] < level] + [(level, heading.group(2)[:200])]
        page.group = page.newest = max(page.group, page.newest) + 1
        page.section = page.group
    elif text.lstrip().startswith("|"):
        _row(page, line, text)
        return
    elif page.columns:
        page.columns = ()
    page.group = page.section
    if not heading:
        _label(page, line, text)
        _command(page, line, "", inline=True)


# ---------------------------------------------------------------- labels and tables


def _label(page: _Page, line: _Line, text: str) -> None:
    """Read ``- **Lock table**: `x` ``: a label, a colon, and one name."""
    body = text.lstrip(_LEAD)
    at = line.start + len(text) - len(body)
    colon = body.find(":", 0, _LABEL_LENGTH)
    if colon < 0 or not _LABEL_WORDS.search(body, 0, colon):
        return
    found = _name_after(page.text, at + colon + 1, line.end)
    if found:
        _state(page, body[:colon].strip(" *_`\"'"), *found, "label")


def _name_after(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the one name that follows a label, between backticks or alone on the line."""
    while start < end and text[start] in " \t*_":
        start += 1
    if start < end and text[start] == "`":
        close = text.find("`", start + 1, end)
        return (start + 1, close) if close > start + 1 and not _has_blank(text, start + 1, close) else None
    stop = start
    while stop < end and not text[stop].isspace():
        stop += 1
    rest = text[stop:end].lstrip()
    if stop - start < 3 or (rest and rest[0] not in "(#←-—\u2013"):  # noqa: PLR2004 (no name is shorter)
        return None
    quoted = text[start] in "\"'" and text[stop - 1] == text[start]
    return (start + 1, stop - 1) if quoted else (start, stop)


def _has_blank(text: str, start: int, end: int) -> bool:
    return any(char.isspace() for char in text[start:end])


def _cells(line: _Line, text: str) -> list[tuple[str, int, int]]:
    """Return the cells of a table's row as text without marks, and where that stands."""
    found: list[tuple[str, int, int]] = []
    at = line.start + len(text) - len(text.lstrip())
    for raw in text.strip().strip("|").split("|"):
        at += 1
        start = at + len(raw) - len(raw.lstrip(" \t*_`"))
        content = raw.strip(" \t*_`")
        found.append((content, start, start + len(content)))
        at += len(raw)
    return found


def _row(page: _Page, line: _Line, text: str) -> None:
    """Read a row: under a header that names places by column, or a label and its value."""
    cells = _cells(line, text)
    if all(not cell.strip(" :-") for cell, _, _ in cells):
        return
    if not page.columns:
        page.columns = tuple(cell[:_LABEL_LENGTH] for cell, _, _ in cells)
        page.table += 1
        page.group = page.newest + 1
        return
    named = [index for index, name in enumerate(page.columns) if index and _LABEL_WORDS.search(name)]
    head = cells[0][0][:_LABEL_LENGTH]
    if named:
        page.group = page.newest + 1
        for index in named:
            if index < len(cells) and _is_name(cells[index][0]):
                _state(page, page.columns[index], *cells[index][1:], "table", head)
    elif len(cells) > 1 and _LABEL_WORDS.search(head) and _is_name(cells[1][0]):
        _state(page, head, *cells[1][1:], "table")


def _is_name(text: str) -> bool:
    return len(text) > 2 and not _has_blank(text, 0, len(text))  # noqa: PLR2004 (no name is shorter)


# ---------------------------------------------------------------- samples and commands


def _fenced(page: _Page, lines: list[_Line], language: str) -> None:
    """Read a block of code: its assignments, its commands, and its labels where it is plain text."""
    if language in _SHOWN_DIFFERENCE:
        return
    page.group = page.newest + 1
    if language in _HCL:
        _assignments(page, lines)
    directory = ""
    for command in _commands(page.text, lines):
        page.group += 1
        moved = _CHANGE_DIRECTORY.search(page.text, command.start, command.end)
        directory = _moved(directory, moved.group(1)) if moved else directory
        _command(page, command, directory, inline=False)
    if language not in _CODE:
        page.group += 1
        for line in lines:
            _label(page, line, page.text[line.start : line.end])
    _exports(page, lines)
    page.columns = ()


def _moved(directory: str, path: str) -> str:
    """Return where a documented ``cd`` leads; the parts that go up are kept for the reader of the tree."""
    if path.startswith(("/", "~", "$", "-")):
        return path
    return f"{directory}/{path}" if directory else path


def _commands(text: str, lines: list[_Line]) -> Iterator[_Line]:
    """Yield the commands of a block, lines that go on on the next joined."""
    start: int | None = None
    for line in lines:
        start = line.start if start is None else start
        if not text[line.start : line.end].rstrip().endswith(_CONTINUED):
            yield _Line(start, line.end)
            start = None
    if start is not None and lines:
        yield _Line(start, lines[-1].end)


def _assignments(page: _Page, lines: list[_Line]) -> None:
    """Read ``bucket = "x"`` of a backend, or of nothing: other blocks are theirs alone."""
    stack: list[str] = []
    names: set[str] = set()
    page.group += 1
    for line in lines:
        text = page.text[line.start : line.end]
        opens = _OPENS.match(text)
        if opens and "}" not in text:
            stack.append(f"{opens.group(1)} {opens.group(2) or ''}".strip())
            if _is_backends(stack):
                page.group, names = page.group + 1, set()
        elif stack and text.strip().startswith("}"):
            stack.pop()
        found = _ASSIGNED.match(page.text, line.start, line.end)
        name = found.group(1) if found else ""
        if found and _is_backends(stack) and (name in _BACKEND or ("_" in name and _LABEL_WORDS.search(name))):
            if name in names:
                page.group, names = page.group + 1, set()
            names.add(name)
            _state(page, name, *found.span(2 if found.group(2) is not None else 3), "sample")
    page.group += 1


def _is_backends(stack: list[str]) -> bool:
    """Tell whether what stands open is a backend block, Terragrunt's remote state, or nothing at all."""
    if not stack:
        return True
    return stack[-1] == "backend s3" or stack[:1] == ["remote_state"]


def _exports(page: _Page, lines: list[_Line]) -> None:
    """Read ``TF_LOCK_TABLE=x``: an environment variable with a name that says what it holds."""
    for line in lines:
        found = _EXPORTED.match(page.text, line.start, line.end)
        name = found.group(1) if found else ""
        if found and "_" in name and _LABEL_WORDS.search(name) and not _SECRET.search(name):
            _state(page, found.group(1), *found.span(2), "variable")


def _command(page: _Page, line: _Line, directory: str, *, inline: bool) -> None:
    """Read the names in one command, or in a line of prose that quotes one."""
    text = page.text
    body = text[line.start : line.end]
    # tests so cheap that most lines go no further
    if "--table-name" in body or "LockID" in body:
        _aws(page, line)
    if "init" in body:
        _init(page, line, directory, inline=inline)
    for found in _ARN.finditer(text, line.start, line.end) if "arn:aws" in body else ():
        table = found.group(4).rstrip(".")
        _state(page, "table arn", *found.span(4), "arn")
        _state(page, "table arn region", *found.span(2), "arn", table)
        _state(page, "table arn account", *found.span(3), "arn", table)
    for found in _BUCKET_ARN.finditer(text, line.start, line.end) if ":s3:::" in body else ():
        _state(page, "bucket arn", *found.span(1), "arn")
    for found in _URL.finditer(text, line.start, line.end) if "s3://" in body else ():
        _state(page, "bucket url", *found.span(1), "url")
        if found.group(2) and "tfstate" in found.group(2):
            _state(page, "key url", *found.span(2), "url", found.group(1))
    for found in _BUCKET_FLAG.finditer(text, line.start, line.end) if "--bucket" in body else ():
        _state(page, "--bucket", *found.span(1), "command")


def _aws(page: _Page, line: _Line) -> None:
    operation = "create" if "create-table" in page.text[line.start : line.end] else ""
    table = _TABLE_NAME.search(page.text, line.start, line.end)
    if table:
        _state(page, "--table-name", *table.span(1), "command", operation)
        region = _REGION_FLAG.search(page.text, line.start, line.end)
        if region:
            _state(page, "--region", *region.span(1), "command", table.group(1))
    for found in _LOCK_ID.finditer(page.text, line.start, line.end):
        _state(page, "LockID", *found.span(1), "lock-id")


def _init(page: _Page, line: _Line, directory: str, *, inline: bool) -> None:
    """Read an init with the backend values it is given."""
    items = list(_BACKEND_ITEM.finditer(page.text, line.start, line.end))
    for item in items:
        _state(page, item.group(1), *item.span(2), "init")
    found = _INIT.search(page.text, line.start, line.end)
    if not found or (inline and not items):
        return
    words = [word.group() for word in _WORD.finditer(page.text, found.end(), line.end)]
    files = [word for word in words if word.startswith("-backend-config")]
    stop = line.end
    for mark in ("&&", ";", "|", "#"):
        at = page.text.find(mark, found.end(), stop)
        stop = at if at >= 0 else stop
    chdir = re.search(r"-chdir=[\"']?([^\s\"']{1,200})", found.group(2))
    page.inits.append(
        DocumentedInit(
            _moved(directory, chdir.group(1)) if chdir else directory,
            Span(page.path, found.start(1), max(stop, found.end())),
            page.group,
            tuple(item.group(1) for item in items),
            len(files) > len(items),
            tuple(words[:40]),
        )
    )


def is_open(value: Value) -> bool:
    """Tell whether a stated value leaves everything open."""
    return not known(value) and not any(isinstance(piece, Literal) for piece in value)


__all__ = ["is_open", "read_markdown", "read_sample", "text_of", "value_in"]
