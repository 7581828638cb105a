"""GitHub workflows and composite actions to facts: their shell steps, with what surrounds them.

Of the expression language it knows names, texts, comparisons with a text and the choice between two texts; every other
expression is a hole whose identity is the expression itself.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tflint_locks.facts import Command, Fault, Name, Remark, ScriptFile, ToolVersion, Written
from tflint_locks.read.fork import Bit, Raw, forked, raw, scalar, text_of_raw
from tflint_locks.read.program import NAMED
from tflint_locks.read.script import Origin, Step, placed, read_steps
from tflint_locks.read.settle import tells
from tflint_locks.read.shellstate import ROOT, Guard
from tflint_locks.read.yaml import Node, YamlError, child, entries, origin, read_yaml
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal

_NAME = re.compile(r"(env|inputs|matrix|github\.event\.inputs)\.([\w-]+)")
_TEXT = re.compile(r"'((?:[^']|'')*)'")
_COMPARISON = re.compile(r"([\w.-]+)\s*(==|!=)\s*'((?:[^']|'')*)'")
_EITHER = re.compile(r"&&\s?'((?:[^']|'')*)'\s?\|\|\s?'((?:[^']|'')*)'\Z")
_DEFAULT = re.compile(r"([\w.-]+)\s*\|\|\s*'((?:[^']|'')*)'")
_TO_ENVIRONMENT = re.compile(r"([A-Za-z_]\w*)(?:=|<<)")
_VERSIONS = {
    "hashicorp/setup-terraform": (("terraform_version", "terraform"),),
    "opentofu/setup-opentofu": (("tofu_version", "tofu"),),
    "gruntwork-io/terragrunt-action": (
        ("tf_version", "terraform"),
        ("tofu_version", "tofu"),
        ("tg_version", "terragrunt"),
    ),
    "autero1/action-terragrunt": (("terragrunt-version", "terragrunt"),),
}
# A variable set in a step, but not to its own value or default.
_SETS = re.compile(r"""(?:^|(?<=[\s;&|"']))([A-Za-z_]\w*)(=|<<)(?!["']?\$\{?\1\b)""", re.MULTILINE)
_LONGEST = 2000
_STEPS = 400
_VARIABLES = 100
# Steps without any of these words neither run a tool nor write a file that matters.
_RELEVANT = re.compile(
    r"(?:terraform|tofu|terragrunt)(?![\w/.-])(?!\s+(?:output|version|fmt|validate|show|providers)\b)"
    r"|dynamodb|s3api|s3 (?:mb|rb|rm)|tfstate|lock_?table|state_?bucket|\.(?:tf|hcl|conf)\b|tfvars|tfbackend|-backend",
    re.IGNORECASE,
)


class Around(NamedTuple):
    """What expressions can name at one place: variables, inputs and the matrix of the job."""

    path: str
    text: str
    environment: Mapping[str, Raw]
    inputs: Mapping[str, Hole]
    matrix: Mapping[str, Hole]
    folder: Raw
    shell: str


class _Job(NamedTuple):
    commands: tuple[Command, ...]
    written: tuple[Written, ...]
    names: tuple[Name, ...]
    versions: tuple[ToolVersion, ...]
    defaults: tuple[tuple[str, Span], ...]


def read_workflow(path: str, text: str) -> ScriptFile:
    """Read a workflow or action; never raises. Where it is no YAML, that is its one fault."""
    try:
        root = read_yaml(text)
    except YamlError as error:
        line = text[text.rfind("\n", 0, error.offset) + 1 : error.offset + 200].split("\n", 1)[0]
        foreign = "{%" in line or "<%" in line or "{{" in line.replace("${{", "")
        fault = Fault(error.message, Span(path, error.offset, error.offset), foreign)
        return ScriptFile(path, (), (), (), (), (fault,), kind="ci")
    start = _start(path, text, root)
    jobs = [_job(start, name.text, job) for name, job in entries(child(root, "jobs"))]
    runs = child(root, "runs")
    if child(runs, "steps"):
        jobs.append(_job(start, "runs", runs))
    return ScriptFile(
        path,
        tuple(command for job in jobs for command in job.commands),
        tuple(written for job in jobs for written in job.written),
        _names(start, child(root, "env"), path) + tuple(name for job in jobs for name in job.names),
        _remarks(path, text, root),
        (),
        tuple(dict.fromkeys(version for job in jobs for version in job.versions)),
        _exported(root),
        tuple(pair for job in jobs for pair in job.defaults),
        "ci",
    )


def _exported(root: Node) -> frozenset[str]:
    """Return the variables set for any command of a workflow: by ``env`` at any level, or in the text of a step."""
    places = [root, *(job for _, job in entries(child(root, "jobs"))), child(root, "runs")]
    steps = [step for place in places for step in (child(place, "steps") or root).items[:_STEPS]]
    found = {name.text for node in (*places, *steps) for name, _ in entries(child(node, "env"))}
    for step in steps:
        found.update(name for name, _ in _SETS.findall(getattr(child(step, "run"), "text", "")))
    return frozenset(found)


def _start(path: str, text: str, root: Node) -> Around:
    inputs: dict[str, Hole] = {}
    triggers = child(root, "on") or child(root, "true")
    for source in (child(child(triggers, "workflow_call"), "inputs"), child(root, "inputs")):
        inputs.update((name.text, _input(name.text, value)) for name, value in entries(source))
    for name, value in entries(child(child(triggers, "workflow_dispatch"), "inputs")):
        inputs[name.text] = _input(name.text, value, choice=name.text not in inputs)
    start = Around(path, text, {}, inputs, {}, raw((Hole(ROOT, None, "the repository's place"),)), "")
    start = _defaults(start, root)
    return start._replace(environment=_environment(start, child(root, "env")))


def _input(name: str, node: Node, *, choice: bool = True) -> Hole:
    """Return the hole of an input; its options are all it can be where a choice is the only way to start it."""
    options = tuple(item.text for item in (child(node, "options") or node).items if item.kind == "scalar")
    default = child(node, "default")
    likely = default.text if default and default.kind == "scalar" and default.text else None
    return Hole(f"${{{{ inputs.{name} }}}}", None, "an input", likely, options if choice else ())


def _defaults(around: Around, node: Node | None) -> Around:
    run = child(child(node, "defaults"), "run")
    folder, shell = child(run, "working-directory"), child(run, "shell")
    around = _into(around, folder)
    return around._replace(shell=shell.text) if shell else around


def _into(around: Around, folder: Node | None) -> Around:
    """Return the surroundings in another working directory, which is counted from the repository's root."""
    if not folder or folder.kind != "scalar" or not folder.text:
        return around
    root = Bit(Hole(ROOT, None, "the repository's place"), quoted=True)
    return around._replace(folder=(root, Bit(Literal("/"), quoted=True), *content(around, folder)))


def _environment(around: Around, node: Node | None) -> dict[str, Raw]:
    found = dict(around.environment)
    for name, value in entries(node):
        if value.kind == "scalar" and len(found) < _VARIABLES:
            found[name.text] = content(around, value)
    return found


def _names(around: Around, node: Node | None, scope: str) -> tuple[Name, ...]:
    return tuple(
        Name(name.text, value, Span(around.path, item.start, item.end), scope)
        for name, item in entries(node)
        if item.kind == "scalar" and NAMED.search(name.text) and tells(value := scalar(content(around, item), {}, {}))
    )


def _matrix(job: Node | None) -> dict[str, Hole]:
    """Return the holes of a matrix: a plain list is a domain, unless ``include`` may add to it."""
    node = child(child(job, "strategy"), "matrix")
    found: dict[str, Hole] = {}
    for name, value in entries(node):
        texts = tuple(
            dict.fromkeys(item.text for item in value.items if item.kind == "scalar" and "${{" not in item.text)
        )
        plain = (
            value.kind == "list"
            and len(texts) == len({id(item) for item in value.items})
            and not child(node, "include")
        )
        found[name.text] = Hole(_identity(f"matrix.{name.text}"), None, "a matrix", None, texts if plain else ())
    return found


def _job(start: Around, name: str, job: Node | None) -> _Job:
    around = start._replace(matrix=_matrix(job))
    around = _defaults(around, job)
    around = around._replace(environment=_environment(around, child(job, "env")))
    names = list(_names(around, child(job, "env"), name))
    windows = "windows" in getattr(child(job, "runs-on"), "text", "") and not around.shell
    steps: list[Step] = []
    versions: list[ToolVersion] = []
    prefix = ""
    outside: set[str] = set()
    for node in (child(job, "steps") or Node("list", 0, 0)).items[:_STEPS]:
        inner = around._replace(environment=_environment(around, child(node, "env")))
        names.extend(_names(inner, child(node, "env"), name))
        uses = getattr(child(node, "uses"), "text", "").split("@", 1)[0]
        versions.extend(_versions(inner, uses, child(node, "with")))
        if uses == "actions/checkout" and not child(child(node, "with"), "repository"):
            prefix = getattr(child(child(node, "with"), "path"), "text", "").removeprefix("./").strip("/") or prefix
        step = _step(_into(inner, child(node, "working-directory")), node, name, frozenset(outside), windows=windows)
        if step:
            steps.append(step)
        around = _after(around, uses, node, outside)
    found = read_steps(start.path, steps)
    commands = tuple(_moved(command, prefix) for command in found.commands) if prefix else found.commands
    return _Job(commands, found.written, (*names, *found.names), tuple(versions), found.defaults)


def _after(around: Around, uses: str, node: Node, outside: set[str]) -> Around:
    """Return the surroundings of later steps: what an action or ``$GITHUB_ENV`` sets."""
    changed = dict(around.environment)
    region = child(child(node, "with"), "aws-region")
    if uses == "aws-actions/configure-aws-credentials" and region:
        value = content(around, region)
        changed.update({"AWS_REGION": value, "AWS_DEFAULT_REGION": value})
    run = child(node, "run")
    if run and "GITHUB_ENV" in run.text:
        for name in _TO_ENVIRONMENT.findall(run.text):
            outside.add(name)
            changed[name] = raw((Hole(f"${name}", None, "set by an earlier step"),))
    return around._replace(environment=changed)


def _moved(command: Command, prefix: str) -> Command:
    """Return a command seen from the repository's root where the job checks it out into a folder."""
    texts = "".join(piece.text if isinstance(piece, Literal) else "\0" for piece in command.directory)
    if texts != prefix and not texts.startswith(prefix + "/"):
        return command
    left = len(prefix) + 1
    pieces: list[Literal | Hole] = []
    for piece in command.directory:
        size = len(piece.text) if isinstance(piece, Literal) else 1
        if left <= 0:
            pieces.append(piece)
        elif left < size and isinstance(piece, Literal):
            pieces.append(Literal(piece.text[left:]))
        left -= size
    return command._replace(directory=tuple(pieces))


def _versions(around: Around, uses: str, given: Node | None) -> Iterable[ToolVersion]:
    for option, tool in _VERSIONS.get(uses, ()):
        node = child(given, option)
        text = text_of_raw(content(around, node)) if node else None
        if node and text:
            value = content(around, node)
            span = value[0].piece.span if isinstance(value[0].piece, Literal) else None
            yield ToolVersion(tool, text, "", span or Span(around.path, node.start, node.end))


def _step(around: Around, node: Node, scope: str, outside: frozenset[str], *, windows: bool) -> Step | None:
    run = child(node, "run")
    shell = getattr(child(node, "shell"), "text", around.shell)
    if not run or run.kind != "scalar" or (shell and "sh" not in re.split(r"[\s/]", shell) and "bash" not in shell):
        return None
    if (windows and not shell) or not (run.text[:1] == "$" or _RELEVANT.search(run.text)):
        return None
    place = placed(around.path, Origin(*origin(around.text, run)))
    marks = {
        start: (end, expression(around, run.text[start + 3 : end - 2], place(start, end)))
        for start, end in _expressions(run.text)
    }
    condition = child(node, "if")
    return Step(
        run.text,
        place,
        marks,
        around.folder,
        tuple(around.environment.items()),
        scope,
        condition is not None,
        _guard(around, condition),
        False,  # noqa: FBT003 - a field
        outside,
    )


def _guard(around: Around, condition: Node | None) -> Guard | None:
    """Return the branch a step's condition makes, where it compares one name with one text."""
    if not condition or len(condition.text) > _LONGEST:
        return None
    text = condition.text.strip().removeprefix("${{").removesuffix("}}").strip()
    found = _COMPARISON.fullmatch(text)
    if not found:
        return None
    subject = expression(around, found[1], None)
    piece = subject[0].piece if len(subject) == 1 else None
    return Guard(piece.identity, (_unquoted(found[3]),), found[2] == "==") if isinstance(piece, Hole) else None


def _expressions(text: str) -> list[tuple[int, int]]:
    """Return the ranges of the ``${{ … }}`` of a text."""
    found: list[tuple[int, int]] = []
    start = text.find("${{")
    while start >= 0:
        end = text.find("}}", start)
        if end < 0:
            break
        found.append((start, end + 2))
        start = text.find("${{", end)
    return found


def content(around: Around, node: Node) -> Raw:
    """Return a scalar's content with its expressions worked out."""
    text = node.text
    place = placed(around.path, Origin(*origin(around.text, node)))
    bits: list[Bit] = []
    at = 0
    for start, end in _expressions(text):
        if start > at:
            bits.append(Bit(Literal(text[at:start], place(at, start)), quoted=True))
        bits.extend(expression(around, text[start + 3 : end - 2], place(start, end)))
        at = end
    if at < len(text) or not bits:
        bits.append(Bit(Literal(text[at:], place(at, len(text))), quoted=True))
    return tuple(bits)


def _identity(expression_text: str) -> str:
    return f"${{{{ {expression_text} }}}}"


def _unquoted(text: str) -> str:
    return text.replace("''", "'")


def expression(around: Around, written: str, span: Span | None) -> Raw:
    """Return what an expression is, as far as it is known."""
    text = " ".join(written.split())
    if len(text) > _LONGEST:
        text = text[:200] + f"…{len(text)}"
    elif found := _TEXT.fullmatch(text):
        return raw((Literal(_unquoted(found[1]), span),))
    elif found := _NAME.fullmatch(text):
        return _named(around, found[1], found[2], span)
    elif (found := _EITHER.search(text)) and "||" not in text[: found.start()]:
        return _either(around, text[: found.start()].strip(), found, span)
    found = _DEFAULT.fullmatch(text)
    likely = _unquoted(found[2]) or None if found else None
    identity = ROOT if text == "github.workspace" else _identity(text)
    return raw((Hole(identity, span, _why(text), likely),))


def _why(text: str) -> str:
    reasons = {
        "github": "known when it runs",
        "secrets": "a secret",
        "steps": "step output",
        "needs": "job output",
        "vars": "a variable of the repository",
    }
    return reasons.get(text.split(".", 1)[0], "an expression")


def _named(around: Around, kind: str, name: str, span: Span | None) -> Raw:
    if kind == "env":
        known = around.environment.get(name)
        return known if known is not None else raw((Hole(_identity(f"env.{name}"), span, "set by an earlier step"),))
    found = around.matrix.get(name) if kind == "matrix" else around.inputs.get(name)
    if found is None:
        kind = "matrix" if kind == "matrix" else "inputs"
        found = Hole(_identity(f"{kind}.{name}"), None, "a matrix" if kind == "matrix" else "an input")
    if len(found.domain) == 1:
        return raw((Literal(found.domain[0], span),))
    return raw((found._replace(span=span),))


def _either(around: Around, condition: str, found: re.Match[str], span: Span | None) -> Raw:
    """Return the fork of ``condition && 'a' || 'b'``: on the name that the condition compares, where it does."""
    yes, no = (raw((Literal(_unquoted(text), span),)) for text in (found[1], found[2]))
    comparison = _COMPARISON.fullmatch(condition.removeprefix("(").removesuffix(")"))
    identity, text = _identity(condition), "true"
    domain: tuple[str, ...] = ()
    if comparison:
        subject = expression(around, comparison[1], span)
        piece = subject[0].piece if len(subject) == 1 else None
        if isinstance(piece, Literal):
            return yes if (piece.text == _unquoted(comparison[3])) == (comparison[2] == "==") else no
        if isinstance(piece, Hole):
            identity, text, domain = piece.identity, _unquoted(comparison[3]), piece.domain
            yes, no = (yes, no) if comparison[2] == "==" else (no, yes)
    if domain:
        return forked(identity, [(item, yes if item == text else no) for item in domain], None, span) or yes
    return forked(identity, [(text, yes)], no, span) or yes


def _remarks(path: str, text: str, root: Node) -> tuple[Remark, ...]:
    """Return the comments that speak to this tool: ``#`` after a blank or at a line's start, in no scalar."""
    if "tflint-locks" not in text:
        return ()
    ranges = sorted(_scalars(root))
    starts = [start for start, _ in ranges]
    found: list[Remark] = []
    for mark in re.finditer(r"(?:^|(?<=[ \t]))#[^\n]*", text, re.MULTILINE):
        index = bisect_right(starts, mark.start()) - 1
        if index < 0 or ranges[index][1] <= mark.start():
            end = mark.start() + len(mark.group().rstrip())
            found.append(Remark(text[mark.start() : end].lstrip("#").strip(), Span(path, mark.start(), end)))
    return tuple(found)


def _scalars(root: Node) -> Iterable[tuple[int, int]]:
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.kind == "scalar":
            yield node.start, node.end
        stack.extend(node.items)
        stack.extend(item for pair in node.pairs for item in pair)
