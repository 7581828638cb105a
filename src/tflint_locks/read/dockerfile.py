"""Dockerfiles to facts: what ``RUN`` runs, in a folder of the image, and the versions of tools the image has."""

from collections.abc import Iterator
from functools import partial

from tflint_locks.facts import ScriptFile, ToolVersion
from tflint_locks.read.container import image_version
from tflint_locks.read.fork import Raw, raw
from tflint_locks.read.make import remarks_of
from tflint_locks.read.makeline import lines_of
from tflint_locks.read.script import Step, read_steps
from tflint_locks.read.shellstate import hole_word
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Literal

_STEPS = 400
_INSTRUCTION = regex(r"\s*([A-Za-z]+)[ \t]+")
_SETS = regex(r"""([A-Za-z_]\w*)(?:=|[ \t]+)(["']?)([^"'\s]*)\2""")
_FROM = regex(r"(?:--\S+[ \t]+)*(\S+)")
_VERSIONED = regex(r"(?i)(terraform|tf|tofu|opentofu|terragrunt)_?version")
_TOOLS = {"tf": "terraform", "opentofu": "tofu"}
_VERSION = regex(r"v?\d+\.\d[\w.]*")


def read_dockerfile(path: str, text: str) -> ScriptFile:
    """Read a Dockerfile; never raises. Where the folder that a command runs in lies in the repository is not known."""
    folder = path.rpartition("/")[0]
    inside = hole_word("$IMAGE", "a folder in the image")
    place = partial(_place, path)
    environment: dict[str, Raw] = {}
    exported: set[str] = set()
    versions: list[ToolVersion] = []
    steps: list[Step] = []
    for line in lines_of(text):
        found = _INSTRUCTION.match(text, line.start, line.end)
        word = found[1].upper() if found else ""
        start = found.end() if found else line.start
        if word == "FROM" and (image := _FROM.match(text, start, line.end)):
            span = Span(path, *image.span(1))
            version = image_version((Literal(image[1], span),), folder, span) if "$" not in image[1] else None
            versions.extend([version] if version else [])
        elif word in {"ENV", "ARG"}:
            for name, value, span in _set(path, text, start, line.end):
                # What is built may be given another argument.
                environment[name] = value if word == "ENV" else hole_word(f"${name}", "an argument of the build")
                exported.add(name)
                versions.extend(_stated(name, text[span.start : span.end], span, folder))
        elif word == "RUN" and len(steps) < _STEPS:
            body = text[start : line.end]
            steps.append(Step(body, partial(place, start), {}, inside, tuple(environment.items()), path))
    found_ = read_steps(path, steps)
    return ScriptFile(
        path, found_.commands, found_.written, found_.names, remarks_of(path, text), (),
        (*versions, *found_.versions), frozenset(exported), found_.defaults, "build", found_.calls,
    )  # fmt: skip


def _place(path: str, offset: int, start: int, end: int) -> Span:
    return Span(path, offset + start, offset + end)


def _set(path: str, text: str, start: int, end: int) -> Iterator[tuple[str, Raw, Span]]:
    for found in _SETS.finditer(text, start, end):
        span = Span(path, *found.span(3))
        value = raw((Literal(found[3], span),)) if "$" not in found[3] else hole_word(f"${found[1]}", "an expression")
        yield found[1], value, span


def _stated(name: str, value: str, span: Span, folder: str) -> Iterator[ToolVersion]:
    found = _VERSIONED.fullmatch(name)
    if found and _VERSION.fullmatch(value):
        tool = found[1].lower()
        yield ToolVersion(_TOOLS.get(tool, tool), value, folder, span)
