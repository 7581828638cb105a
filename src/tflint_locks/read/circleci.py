"""CircleCI configuration to facts: each job as its workflows run it, with commands, parameters and executors filled in.

Of orbs it knows the one for Terraform; steps of other orbs are passed by.
"""

import itertools
import re
from collections.abc import Iterator, Mapping

from tflint_locks.facts import ScriptFile
from tflint_locks.read.fork import Raw, raw, text_of_raw
from tflint_locks.read.pipeline import (
    RELEVANT,
    Draft,
    Gathered,
    Source,
    add_made,
    add_name,
    add_scalar,
    add_word,
    content,
    facts,
    follow,
    inside,
    into,
    moved,
    opened,
    pin,
    repository,
    span_at,
    spent,
    step_of,
    take,
    unknown,
)
from tflint_locks.read.script import Step
from tflint_locks.read.yaml import Node, child, entries
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal

_MARK = regex(r"<<\s*([\w.-]+)\s*>>")
_EXPORTS = regex(r"export\s+([A-Za-z_]\w*)=[^\n]*>>\s*[\"']?\$\{?BASH_ENV")
_HOME = "~/project"  # where jobs run that state no folder
_DEPTH = 8
_STEPS = 400
_JOBS = 400
_ORBS = ("circleci/terraform", "ovotech/terraform")
# The Terraform orb's commands, and which of their parameters are flags.
_FLAGS = {
    "backend_config_file": "-backend-config",
    "backend_config": "-backend-config",
    "var_file": "-var-file",
    "var": "-var",
}
_COMMANDS = {
    "init": ("backend_config_file", "backend_config"),
    "plan": ("var_file", "var"),
    "apply": ("var_file", "var"),
    "destroy": ("var_file", "var"),
    "validate": (),
}


class _Around(NamedTuple):
    """What is known where a step stands: parameters, variables, folder, and the job it belongs to."""

    source: Source
    parameters: Mapping[str, Raw]
    environment: Mapping[str, Raw]
    folder: Raw
    scope: str
    gathered: Gathered
    outside: set[str]
    conditional: bool = False


def read_circleci(path: str, text: str) -> ScriptFile:
    """Read a configuration; never raises."""
    source = opened(path, text)
    if isinstance(source, ScriptFile):
        return source
    gathered = Gathered()
    pipeline = _declared(source, child(source.root, "parameters"), "pipeline.parameters.")
    used: set[str] = set()
    for scope, name, given in _runs(source, pipeline):
        used.add(name)
        _job(gathered, source, scope, name, {**pipeline, **given})
    jobs = [name.text for name, _ in entries(child(source.root, "jobs"))]
    for name in jobs[:_JOBS] if not used else []:
        _job(gathered, source, name, name, pipeline)
    return facts(source, gathered)


def _runs(source: Source, pipeline: Mapping[str, Raw]) -> Iterator[tuple[str, str, dict[str, Raw]]]:
    """Yield each job that a workflow runs: its scope, its name, the parameters it is given."""
    jobs = {name.text for name, _ in entries(child(source.root, "jobs"))}
    seen: set[str] = set()
    listed = [
        item
        for _, flow in entries(child(source.root, "workflows"))
        for item in (child(flow, "jobs") or Node("list", 0, 0)).items[:_JOBS]
    ]
    for item in listed[:_JOBS]:
        name, node = (item, None) if item.kind == "scalar" else next(entries(item), (item, None))
        if name.text not in jobs:
            continue
        given = {key.text: _content(source, value, pipeline) for key, value in entries(node) if value.kind == "scalar"}
        matrix = child(child(node, "matrix"), "parameters")
        plain = not child(child(node, "matrix"), "exclude")
        given.update((key.text, _choice(key.text, value, plain=plain)) for key, value in entries(matrix))
        stated = text_of_raw(given["name"]) if "name" in given else None
        scope = stated or name.text
        while scope in seen:
            scope += "'"
        seen.add(scope)
        yield scope, name.text, given


def _choice(name: str, node: Node, *, plain: bool) -> Raw:
    texts = tuple(dict.fromkeys(item.text for item in node.items if item.kind == "scalar" and "<<" not in item.text))
    whole = plain and len(texts) == len(node.items)
    return raw((Hole(f"<< matrix.{name} >>", None, "a matrix", None, texts if whole else ()),))


def _declared(source: Source, node: Node | None, prefix: str) -> dict[str, Raw]:
    """Return declared parameters: their default; holes for those of a pipeline, which people and the API choose."""
    found: dict[str, Raw] = {}
    for name, declared in entries(node):
        default = child(declared, "default")
        known = default if default and default.kind == "scalar" else None
        options = child(declared, "enum")
        domain = tuple(item.text for item in options.items if item.kind == "scalar") if options else ()
        if known and not prefix:
            found[name.text] = _content(source, known, {})
        else:
            identity = f"<< {prefix or 'parameters.'}{name.text} >>"
            hole = Hole(identity, None, "a parameter", known.text if known else None, domain)
            found[prefix + name.text] = raw((hole,))
    return found


def _marks(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in _MARK.finditer(text)]


def _content(source: Source, node: Node, parameters: Mapping[str, Raw]) -> Raw:
    return content(source, node, _marks, lambda text, span: _filled(parameters, text, span))


def _filled(parameters: Mapping[str, Raw], text: str, span: Span) -> Raw:
    name = text[2:-2].strip()
    found = parameters.get(name.removeprefix("parameters.") if name.startswith("parameters.") else name)
    return found if found is not None else unknown(f"<< {name} >>", "a parameter", span)


# ---------------------------------------------------------------- jobs


def _job(gathered: Gathered, source: Source, scope: str, name: str, given: Mapping[str, Raw]) -> None:
    job = child(child(source.root, "jobs"), name)
    declared = _declared(source, child(job, "parameters"), "")
    parameters = {**declared, **given}
    executor, inner = _executor(source, job, parameters)
    environment: dict[str, Raw] = {}
    images = [item for place in (executor, job) for item in (child(place, "docker") or Node("list", 0, 0)).items[:1]]
    for place, known in [(executor, inner), *((image, parameters) for image in images), (job, parameters)]:
        around = _Around(source, known, environment, (), scope, gathered, set())
        environment.update(_environment(around, child(place, "environment")))
    steps = child(job, "steps")
    stated = child(job, "working_directory") or child(executor, "working_directory")
    folder = (
        text_of_raw(_content(source, stated, parameters)) if stated and stated.kind == "scalar" else None
    ) or _HOME
    checkout = _checkout(steps, folder)
    start = raw((Literal(folder),))
    around = _Around(source, parameters, environment, start, scope, gathered, set())
    made = list(itertools.islice(_steps(around, steps, 0), _STEPS))
    own = Gathered(budget=gathered.budget)
    follow(source.path, own, [_in_root(step, checkout) for step in made])
    gathered.budget = own.budget
    take(gathered, own, lambda command: moved(command, checkout.rstrip("/")))
    for image in images if own.commands else ():
        tag = child(image, "image")
        if tag and tag.kind == "scalar":
            pin(gathered, _content(source, tag, {**inner, **parameters}), span_at(source, tag))


def _checkout(steps: Node | None, folder: str) -> str:
    """Return the folder that the repository is put into, as written."""
    for item in steps.items[:_STEPS] if steps else ():
        path = child(child(item, "checkout"), "path") if item.kind == "map" else None
        if path and path.kind == "scalar" and path.text:
            return path.text if path.text[0] in "/~" else f"{folder}/{path.text}"
    return folder


def _in_root(step: Step, checkout: str) -> Step:
    """Return a step whose folder is counted from the repository's root, where it lies in it."""
    first = step.directory[0].piece if step.directory else None
    if not isinstance(first, Literal):
        return step
    rest = inside(first.text, checkout)
    if rest is None:
        return step
    return step._replace(directory=(*repository(rest), *step.directory[1:]))


def _executor(source: Source, job: Node | None, given: Mapping[str, Raw]) -> tuple[Node | None, dict[str, Raw]]:
    """Return the executor a job names, with its parameters."""
    node = child(job, "executor")
    name = node if node is None or node.kind == "scalar" else child(node, "name")
    if name is None or name.kind != "scalar":
        return None, {}
    text = text_of_raw(_content(source, name, given)) or ""
    found = child(child(source.root, "executors"), text)
    passed = {key.text: _content(source, value, given) for key, value in entries(node) if value.kind == "scalar"}
    return found, {**_declared(source, child(found, "parameters"), ""), **passed}


def _environment(around: _Around, node: Node | None) -> dict[str, Raw]:
    found: dict[str, Raw] = {}
    pairs = [pair for item in node.items for pair in entries(item)] if node and node.kind == "list" else entries(node)
    for name, value in pairs:
        if value.kind == "scalar":
            # A variable is not filled in there; what its author meant is not known.
            meant = "$" in value.text and unknown(value.text[:200], "a variable", span_at(around.source, value))
            found[name.text] = meant or _content(around.source, value, around.parameters)
            around.gathered.exported.add(name.text)
            add_name(around.gathered, name.text, found[name.text], span_at(around.source, value), around.scope)
    return found


# ---------------------------------------------------------------- steps


def _steps(around: _Around, node: Node | None, depth: int) -> Iterator[Step]:
    """Yield the scripts of a list of steps, those of the commands it calls in their place."""
    for item in node.items[:_STEPS] if node and depth < _DEPTH else ():
        if spent(around.gathered):
            return
        for name, value in [(item, None)] if item.kind == "scalar" else list(entries(item))[:1]:
            yield from _step(around, name, value, depth)


def _step(around: _Around, name: Node, value: Node | None, depth: int) -> Iterator[Step]:
    if name.text == "run" and value:
        step = _run(around, value)
        if step:
            yield step
    elif name.text in {"when", "unless"}:
        yield from _steps(around._replace(conditional=True), child(value, "steps"), depth + 1)
    elif command := child(child(around.source.root, "commands"), name.text):
        given = {
            key.text: _content(around.source, one, around.parameters)
            for key, one in entries(value)
            if one.kind == "scalar"
        }
        pipeline = {key: one for key, one in around.parameters.items() if key.startswith("pipeline.")}
        parameters = {**pipeline, **_declared(around.source, child(command, "parameters"), ""), **given}
        yield from _steps(around._replace(parameters=parameters), child(command, "steps"), depth + 1)
    elif "/" in name.text:
        step = _orb(around, name, value)
        if step:
            yield step


def _run(around: _Around, node: Node) -> Step | None:
    command = node if node.kind == "scalar" else child(node, "command")
    shell = getattr(child(node, "shell"), "text", "")
    if (
        command is None
        or command.kind != "scalar"
        or (shell and "sh" not in re.split(r"[\s/]", shell) and "bash" not in shell)
    ):
        return None
    around.outside.update(_EXPORTS.findall(command.text))
    environment = {**around.environment, **_environment(around, child(node, "environment"))}
    environment.update((name, unknown(f"${name}", "set by an earlier step")) for name in around.outside)
    if not RELEVANT.search(command.text) and "<<" not in command.text:
        return None
    draft = Draft()
    add_scalar(draft, around.source, command, _marks, lambda text, span: _filled(around.parameters, text, span))
    folder = _folder(around, child(node, "working_directory"))
    loose = around.conditional or getattr(child(node, "when"), "text", "on_success") == "on_fail"
    assigned = frozenset(around.outside)
    return step_of(draft, folder, tuple(environment.items()), around.scope, conditional=loose, assigned=assigned)


def _folder(around: _Around, node: Node | None) -> Raw:
    if node is None or node.kind != "scalar":
        return around.folder
    return into(around.folder, _content(around.source, node, around.parameters))


def _orb(around: _Around, name: Node, node: Node | None) -> Step | None:
    """Return what a step of the Terraform orb runs."""
    alias, _, command = name.text.partition("/")
    orb = getattr(child(child(around.source.root, "orbs"), alias), "text", "").split("@")[0]
    if orb not in _ORBS or command not in _COMMANDS:
        return None
    draft, span = Draft(), span_at(around.source, name)
    if command != "init" and any(child(node, parameter) for parameter in _COMMANDS["init"]):
        # The orb puts the backend together anew for each of its commands.
        _orb_command(around, draft, "init", node, span)
        add_made(draft, "\n", span)
    _orb_command(around, draft, command, node, span)
    environment = dict(around.environment)
    workspace = child(node, "workspace")
    if workspace and workspace.kind == "scalar" and command != "init":
        environment["TF_WORKSPACE"] = _content(around.source, workspace, around.parameters)
    folder = _folder(around, child(node, "path"))
    return step_of(draft, folder, tuple(environment.items()), around.scope, conditional=around.conditional)


def _orb_command(around: _Around, draft: Draft, command: str, node: Node | None, span: Span) -> None:
    add_made(draft, f"terraform {command} -input=false", span)
    for parameter in _COMMANDS[command]:
        given = child(node, parameter)
        if given is None or given.kind != "scalar":
            continue
        for text in given.text.split(",")[:_STEPS] if "<<" not in given.text else [""]:
            add_made(draft, f" {_FLAGS[parameter]}=", span)
            place = span_at(around.source, given)
            value = raw((Literal(text.strip(), place),)) if text else _content(around.source, given, around.parameters)
            add_word(draft, value, place)
