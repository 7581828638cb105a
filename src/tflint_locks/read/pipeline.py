"""What the readers of CI and task files in YAML share: pieces of script put together, their places, images, comments.

A piece of script is put together from several scalars, of several files if need be; what a CI system fills in itself is
a mark. Knows nothing of any one system.
"""

import posixpath
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from tflint_locks.facts import Call, Command, Fault, Job, Name, ScriptFile, ToolVersion, Word, Written
from tflint_locks.read.container import image_version
from tflint_locks.read.fork import Bit, Raw, raw, scalar
from tflint_locks.read.program import NAMED
from tflint_locks.read.remarks import yaml_remarks
from tflint_locks.read.script import Origin, Step, placed, read_steps
from tflint_locks.read.settle import tells
from tflint_locks.read.shellstate import ROOT, Guard
from tflint_locks.read.yaml import Node, YamlError, origin, read_yaml
from tflint_locks.record import NamedTuple, field, record
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Value, literal, part, span_of, text_of

# Script without any of these words neither runs a tool or another file nor writes a file that matters.
RELEVANT = regex(
    r"(?:terraform|tofu|terragrunt)(?![\w/.-])(?!\s+(?:version|fmt)\b)|gitlab-(?:terraform|tofu)"
    r"|dynamodb|s3api|s3 (?:mb|rb|rm)|tfstate|lock_?table|state_?bucket|\.(?:tf|hcl|conf)\b|tfvars|tfbackend|-backend"
    r"|\.(?:sh|bash|ps1|py)\b|\b(?:make|just|task)\s",
    re.IGNORECASE,
)
# Images whose entry point is no tool itself but whose tag tells one's version all the same.
_IMAGES = (
    (
        regex(r"(?:^|/)terraform-images/(?:releases|branches)/(?:terraform:|v[\d.]+-)?v?(\d+\.\d[\d.]*)"),
        "terraform",
    ),
    (regex(r"(?:^|/)(?:\w+/)?terraform-aws-cli:release-[\d.]+_terraform-(\d[\d.]*)$"), "terraform"),
)
_LONGEST = 200_000
# What a file may cost: one for each item visited, one for so many characters of script.
_BUDGET = 40_000
_TEXT_COST = 100

Place: TypeAlias = Callable[[int, int], Span]
Ranges: TypeAlias = Callable[[str], Iterable[tuple[int, int]]]
# From the text of a mark (as written, with its delimiters) and its place to what stands there.
Fill: TypeAlias = Callable[[str, Span], Raw]
# From a path, or a pattern with ``*``, to the files there are: path and text.
Files: TypeAlias = Callable[[str], Sequence[tuple[str, str]]]


def no_files(_path: str) -> Sequence[tuple[str, str]]:
    """Return nothing: the reader sees one file only."""
    return ()


class Source(NamedTuple):
    """One YAML file as a tree, with its text."""

    path: str
    text: str
    root: Node


def opened(path: str, text: str) -> Source | ScriptFile:
    """Return a file's tree, or the facts of a file that is no YAML: its one fault."""
    try:
        return Source(path, text, read_yaml(text))
    except YamlError as error:
        line = text[text.rfind("\n", 0, error.offset) + 1 : error.offset + 200].split("\n", 1)[0]
        foreign = "{%" in line or "<%" in line or "{{" in line.replace("${{", "")
        fault = Fault(error.message, Span(path, error.offset, error.offset), foreign)
        return ScriptFile(path, (), (), (), (), (fault,), kind="ci")


def span_at(source: Source, node: Node) -> Span:
    """Return where a node stands."""
    return Span(source.path, node.start, node.end)


def place_of(source: Source, node: Node) -> Place:
    """Return the function that maps a range of a scalar's text to its span."""
    return placed(source.path, Origin(*origin(source.text, node)))


def content(source: Source, node: Node, ranges: Ranges, fill: Fill) -> Raw:
    """Return a scalar's content with its marks filled in."""
    text, place = node.text[:_LONGEST], place_of(source, node)
    bits: list[Bit] = []
    at = 0
    for start, end in ranges(text):
        if start > at:
            bits.append(Bit(Literal(text[at:start], place(at, start)), quoted=True))
        bits.extend(fill(text[start:end], place(start, end)))
        at = end
    if at < len(text) or not bits:
        bits.append(Bit(Literal(text[at:], place(at, len(text))), quoted=True))
    return tuple(bits)


def between(opening: str, closing: str) -> Ranges:
    """Return the function that finds the ranges from one delimiter to the next other one."""

    def ranges(text: str) -> Iterable[tuple[int, int]]:
        start = text.find(opening)
        while start >= 0:
            end = text.find(closing, start + len(opening))
            if end < 0:
                return
            end += len(closing)
            yield start, end
            start = text.find(opening, end)

    return ranges


# ---------------------------------------------------------------- scripts put together


@record
class Draft:
    """A piece of script being put together; ``starts`` and ``places`` tell where its parts come from."""

    texts: list[str] = field(default_factory=list)
    size: int = 0
    starts: list[int] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    marks: dict[int, tuple[int, Raw]] = field(default_factory=dict)


def add_text(draft: Draft, text: str, place: Place) -> None:
    """Add a text that stands at a place."""
    text = text[: max(_LONGEST - draft.size, 0)]
    draft.starts.append(draft.size)
    draft.places.append(place)
    draft.texts.append(text)
    draft.size += len(text)


def add_made(draft: Draft, text: str, span: Span) -> None:
    """Add a text that is written nowhere but stands for a span."""
    add_text(draft, text, lambda _start, _end: span)


def add_word(draft: Draft, value: Raw, span: Span) -> None:
    """Add a content as one quoted word."""
    add_made(draft, '"', span)
    draft.marks[draft.size] = (draft.size + 1, value)
    add_made(draft, "x", span)
    add_made(draft, '"', span)


def add_scalar(draft: Draft, source: Source, node: Node, ranges: Ranges, fill: Fill) -> None:
    """Add a scalar's text and a line end, with its marks."""
    text, place = node.text[:_LONGEST], place_of(source, node)
    for start, end in ranges(text):
        draft.marks[draft.size + start] = (draft.size + end, fill(text[start:end], place(start, end)))
    add_text(draft, text, place)
    add_made(draft, "\n", place(len(text), len(text)))


def step_of(  # noqa: PLR0913 (the fields of a step)
    draft: Draft,
    folder: Raw,
    environment: Sequence[tuple[str, Raw]],
    scope: str,
    *,
    conditional: bool = False,
    assigned: frozenset[str] = frozenset(),
    guard: Guard | None = None,
) -> Step:
    """Return a draft as a step."""
    marks = {start: mark for start, mark in draft.marks.items() if mark[0] <= draft.size}
    text = "".join(draft.texts)
    return Step(text, _place(draft), marks, folder, environment, scope, conditional, guard, assigned=assigned)


def _place(draft: Draft) -> Place:
    starts, places = draft.starts, draft.places

    def place(start: int, end: int) -> Span:
        index = max(bisect_right(starts, start) - 1, 0)
        # A range that begins at a quote of our own stands where the text after it does.
        limit = starts[index + 1] if index + 1 < len(starts) else draft.size
        return places[index](start - starts[index], max(min(end, limit), start) - starts[index])

    return place if starts else lambda _start, _end: Span("", 0, 0)


# ---------------------------------------------------------------- facts gathered


@record
class Gathered:
    """The facts of one file, or of several read as one, as they are found."""

    commands: list[Command] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    names: dict[Name, None] = field(default_factory=dict)
    versions: dict[ToolVersion, None] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    defaults: dict[tuple[str, Span], None] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    budget: int = _BUDGET


def spent(gathered: Gathered, cost: int = 1) -> bool:
    """Take from what may be spent on one file; tell whether nothing is left."""
    gathered.budget -= cost
    return gathered.budget < 0


def follow(path: str, gathered: Gathered, steps: Sequence[Step]) -> None:
    """Read the steps of one job and keep what they state."""
    if not steps or spent(gathered, sum(1 + len(step.text) // _TEXT_COST for step in steps)):
        return
    found = read_steps(path, steps)
    before = len(gathered.commands)
    gathered.calls.extend(call._replace(at=call.at + before if call.at >= 0 else -1) for call in found.calls)
    gathered.commands.extend(_called(command, path) for command in found.commands)
    gathered.written.extend(found.written)
    gathered.names.update(dict.fromkeys(found.names))
    gathered.versions.update(dict.fromkeys(found.versions))
    gathered.exported.update(found.exported)
    gathered.defaults.update(dict.fromkeys(found.defaults))


def _called(command: Command, path: str) -> Command:
    """Return a command with the file whose scope it runs in, where it stands in another."""
    return command if command.span.path == path else command._replace(caller=path)


def take(gathered: Gathered, other: Gathered, changed: Callable[[Command], Command]) -> None:
    """Keep all of what was gathered apart, its commands changed."""
    before = len(gathered.commands)
    gathered.calls.extend(call._replace(at=call.at + before if call.at >= 0 else -1) for call in other.calls)
    gathered.commands.extend(changed(command) for command in other.commands)
    gathered.written.extend(other.written)
    gathered.names.update(other.names)
    gathered.versions.update(other.versions)
    gathered.exported.update(other.exported)
    gathered.defaults.update(other.defaults)


def add_name(gathered: Gathered, name: str, value: Raw, span: Span, scope: str) -> None:
    """Keep a variable that may name a table, bucket, key, region or account."""
    if NAMED.search(name) and tells(settled := scalar(value, {}, {})):
        gathered.names[Name(name, settled, span, scope)] = None


def include(gathered: Gathered, kind: str, target: str, span: Span) -> None:
    """Keep that a file takes in or starts another one of the repository."""
    gathered.calls.append(Call(kind, literal(target, span), "", (), (), (), (), span, span.path))


def facts(source: Source, gathered: Gathered, kind: str = "ci") -> ScriptFile:
    """Return what was gathered as the facts of a file."""
    return ScriptFile(
        source.path,
        tuple(gathered.commands),
        tuple(gathered.written),
        tuple(gathered.names),
        yaml_remarks(source.path, source.text, source.root),
        (),
        tuple(gathered.versions),
        frozenset(gathered.exported),
        tuple(gathered.defaults),
        kind,
        tuple(gathered.calls),
        tuple(gathered.jobs),
    )


def pin(gathered: Gathered, value: Raw, fallback: Span) -> None:
    """Keep the version of the tool that a container image holds, where its tag tells."""
    settled = scalar(value, {}, {})
    found = image_version(settled, "", fallback) or _version(settled, fallback)
    if found:
        gathered.versions[found] = None


def _version(image: Value, fallback: Span) -> ToolVersion | None:
    text = text_of(image) or ""
    for pattern, tool in _IMAGES:
        found = pattern.search(text.split("@", 1)[0])
        if found:
            return ToolVersion(tool, found[1], "", span_of(part(image, found.start(1), found.end(1))) or fallback)
    return None


def repository(path: str = "", span: Span | None = None) -> Raw:
    """Return a place in the repository as steps have it; ``span`` is where its path is written."""
    root = Hole(ROOT, None, "the repository's place")
    return raw((root, Literal("/"), Literal(path, span)) if path else (root,))


def into(folder: Raw, path: Raw) -> Raw:
    """Return a folder below another, or an absolute one as it stands."""
    first = path[0].piece if path else None
    if first is None:
        return folder
    if (isinstance(first, Literal) and first.text[:1] in {"/", "~"}) or (
        isinstance(first, Hole) and first.identity == ROOT
    ):
        return path
    return (*folder, Bit(Literal("/"), quoted=True), *path)


def unknown(identity: str, why: str, span: Span | None = None, *, likely: str | None = None) -> Raw:
    """Return a content of which nothing is known."""
    return raw((Hole(identity, span, why, likely),))


def inside(path: str, folder: str) -> str | None:
    """Return a path as seen from a folder it lies in, None where it does not lie there; both as written."""
    path, folder = posixpath.normpath(path), posixpath.normpath(folder)
    if path == folder:
        return ""
    return path.removeprefix(folder + "/") if path.startswith(folder + "/") else None


def moved(command: Command, prefix: str) -> Command:
    """Return a command seen from the repository's root where the job puts it into a folder of that name."""
    directory = below(command.directory, prefix)
    words = tuple(_moved_word(word, prefix) for word in command.words)
    return command._replace(directory=command.directory if directory is None else directory, words=words)


def _moved_word(word: Word, prefix: str) -> Word:
    """Return ``-chdir=<prefix>/x`` and the like seen from the root."""
    first = word.value[0] if word.value else None
    if not isinstance(first, Literal) or "=" not in first.text or not first.text.startswith("-chdir="):
        return word
    rest = below((Literal(first.text[7:]), *word.value[1:]), prefix)
    if rest is None:
        return word
    return word._replace(value=(Literal("-chdir=", first.span), Hole(ROOT, None, ""), Literal("/"), *rest))


def below(directory: Value, prefix: str) -> Value | None:
    """Return a path as seen from a folder it begins with, None where it does not."""
    texts = "".join(piece.text if isinstance(piece, Literal) else "\0" for piece in directory)
    if texts != prefix and not texts.startswith(prefix + "/"):
        return None
    left = len(prefix) + 1
    pieces: list[Literal | Hole] = []
    for piece in directory:
        size = len(piece.text) if isinstance(piece, Literal) else 1
        if left <= 0:
            pieces.append(piece)
        elif left < size and isinstance(piece, Literal):
            pieces.append(Literal(piece.text[left:]))
        left -= size
    return tuple(pieces)


# ---------------------------------------------------------------- variables


_REFERENCE = regex(r"\$(?:\$|\{(\w+)\}|(\w+))")


def references(text: str) -> Iterable[tuple[int, int]]:
    """Yield the ranges of ``$NAME`` and ``${NAME}``, and of ``$$``."""
    return (found.span() for found in _REFERENCE.finditer(text))


def filled_from(variables: Mapping[str, Raw]) -> Fill:
    """Return the function that fills ``$NAME`` in from variables; ``$$`` is a dollar sign."""

    def fill(text: str, span: Span) -> Raw:
        if text == "$$":
            return raw((Literal("$", span),))
        name = text[1:].strip("{}")
        found = variables.get(name)
        return found if found is not None else unknown(f"${name}", "set outside the file", span)

    return fill
