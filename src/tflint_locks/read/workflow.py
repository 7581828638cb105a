"""GitHub workflows and composite actions to facts: their shell steps, with what surrounds them, and what they call.

Steps are followed in order, so that what one hands to the next is known. What a called file does is not looked at here.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import TypeVar

from tflint_locks.facts import Call, Command, Fault, Name, ScriptFile, ToolVersion
from tflint_locks.read.around import (
    Around,
    Condition,
    condition_of,
    content,
    environment_of,
    expression,
    expressions,
    into,
    left_texts,
    with_defaults,
)
from tflint_locks.read.expression_values import identity_of
from tflint_locks.read.fork import (
    Raw,
    forked,
    raw,
    scalar,
    text_of_raw,
)
from tflint_locks.read.jobs import read_jobs
from tflint_locks.read.matrix import read_matrix
from tflint_locks.read.outputs import ENVIRONMENT, OUTPUT
from tflint_locks.read.pipeline import below
from tflint_locks.read.program import NAMED
from tflint_locks.read.remarks import yaml_remarks
from tflint_locks.read.script import Found, Handed, Origin, Step, follow_step, found_in, masked, placed
from tflint_locks.read.settle import tells
from tflint_locks.read.shellstate import ROOT, Run, Seen
from tflint_locks.read.yaml import Node, YamlError, child, entries, origin, read_yaml
from tflint_locks.record import NamedTuple, field, record
from tflint_locks.regex import regex
from tflint_locks.source import Span, says
from tflint_locks.value import Hole, Literal

_TO_ENVIRONMENT = regex(r"([A-Za-z_]\w*)(?:=|<<)")
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
_SETS = regex(r"""(?<![^\s;&|"'])([A-Za-z_]\w*)(=|<<)(?!["']?\$\{?\1\b)""")
_JOBS = 200
_STEPS = 400
# What says which workflow was started; no input can be named so.
_WORKFLOW = identity_of("github.workflow")
# Without one of these a workflow changes no state and calls none that may: how its runs are kept apart does not matter.
_WRITES = regex(r"\b(?:apply|destroy|import|taint|untaint|refresh)\b|state (?:mv|rm|push)|uses:\s*['\"]?\./")
# Steps without any of these words neither run a tool nor write a file that matters.
_NOUNS = (
    *(b"terraform", b"tofu", b"terragrunt", b"dynamodb", b"s3", b"tfstate", b"table", b"bucket"),
    *(b".tf", b".hcl", b".conf", b"tfvars", b"tfbackend", b"-backend"),
)
_RELEVANT = regex(
    r"(?:terraform|tofu|terragrunt)(?![\w/.-])(?!\s+(?:output|version|fmt|validate|show|providers)\b)"
    r"|dynamodb|s3api|s3 (?:mb|rb|rm)|tfstate|lock_?table|state_?bucket|\.(?:tf|hcl|conf)\b|tfvars|tfbackend|-backend",
    re.IGNORECASE,
)
# Words of steps that run other files of the repository.
_CALLS = ("sh", "./", "make", "just", "task")
_CALLING = regex(
    r"\.(?:ba|z)?sh\b|(?:^|[;&|(]|\b(?:then|do|else|sudo|run:))[ \t]*(?:\./[\w/.-]*\w|(?:make|just|task)\s)",
    re.MULTILINE,
)

_Placed = TypeVar("_Placed", Command, Call)


class Bound(NamedTuple):
    """What a caller gives a workflow or action: its inputs, and the variables of the job that an action runs in."""

    inputs: Mapping[str, Raw]
    environment: Mapping[str, Raw]


@record
class _Job:
    """What one job states, while its steps are followed; ``handed`` are its outputs."""

    scope: str
    runs: list[Run] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    versions: list[ToolVersion] = field(default_factory=list)
    outside: set[str] = field(default_factory=set)
    handed: dict[str, Raw] = field(default_factory=dict)
    prefix: str = ""


def read_workflow(path: str, text: str, bound: Bound | None = None) -> ScriptFile:
    """Read a workflow or action, as a caller runs it where it gives something; never raises.

    Where it is no YAML, that is its one fault. Of one that is called, only what its steps come to is read again.
    """
    try:
        root = read_yaml(text) if bound is None else _called_tree(text)
    except YamlError as error:
        line = text[text.rfind("\n", 0, error.offset) + 1 : error.offset + 200].split("\n", 1)[0]
        foreign = "{%" in line or "<%" in line or "{{" in line.replace("${{", "")
        fault = Fault(error.message, Span(path, error.offset, error.offset), foreign)
        return ScriptFile(path, (), (), (), (), (fault,), kind="ci")
    start = _start(path, text, root, bound)
    jobs = _jobs(start, root)
    runs = child(root, "runs")
    if child(runs, "steps"):
        jobs.append(_steps(start, _Job("runs"), runs))
    found = [_found(job) for job in jobs]
    return ScriptFile(
        path,
        tuple(command for one in found for command in one.commands),
        tuple(written for one in found for written in one.written),
        _names(start, child(root, "env"), path)
        + tuple(name for job, one in zip(jobs, found, strict=True) for name in (*job.names, *one.names)),
        yaml_remarks(path, text, root),
        (),
        tuple(
            dict.fromkeys(
                version for job, one in zip(jobs, found, strict=True) for version in (*job.versions, *one.versions)
            )
        ),
        _exported(root) if bound is None else frozenset(),
        tuple(pair for one in found for pair in one.defaults),
        "ci",
        _calls(found),
        read_jobs(path, root) if bound is None and _WRITES.search(text) else (),
        _is_called_only(root),
    )


@lru_cache(maxsize=4)
def _called_tree(text: str) -> Node:
    """Return the tree of a called file; many may call the same."""
    return read_yaml(text)


def _found(job: _Job) -> Found:
    """Return what the steps of a job state, seen from where the repository is checked out."""
    found = found_in(job.runs, (), job.scope)
    if not job.prefix:
        return found
    commands = tuple(_moved(command, job.prefix) for command in found.commands)
    return found._replace(commands=commands, calls=tuple(_moved(call, job.prefix) for call in found.calls))


def _calls(found: Sequence[Found]) -> tuple[Call, ...]:
    """Return the calls of all jobs, each with its place among all commands."""
    calls: list[Call] = []
    before = 0
    for one in found:
        calls.extend(call._replace(at=call.at + before) for call in one.calls)
        before += len(one.commands)
    return tuple(calls)


def _is_called_only(root: Node) -> bool:
    """Tell whether only other files can start a workflow or action."""
    if not (child(root, "on") or child(root, "true")):
        return child(root, "runs") is not None
    return set(_events(root)) == {"workflow_call"}


def _events(root: Node) -> list[str]:
    """Return the names of the events that start a workflow."""
    triggers = child(root, "on") or child(root, "true") or Node("list", 0, 0)
    names = [triggers] if triggers.kind == "scalar" else triggers.items or [name for name, _ in triggers.pairs]
    return [name.text for name in names]


def _exported(root: Node) -> frozenset[str]:
    """Return the variables set for any command of a workflow: by ``env`` at any level, or in the text of a step."""
    places = [root, *(job for _, job in entries(child(root, "jobs"))), child(root, "runs")]
    steps = [step for place in places for step in (child(place, "steps") or root).items[:_STEPS]]
    found = {name.text for node in (*places, *steps) for name, _ in entries(child(node, "env"))}
    for step in steps:
        found.update(name for name, _ in _SETS.findall(getattr(child(step, "run"), "text", "")))
    return frozenset(found)


def _start(path: str, text: str, root: Node, bound: Bound | None) -> Around:
    folder = raw((Hole(ROOT, None, "the repository's place"),))
    frame = f">{path}" if bound else ""
    known: dict[str, tuple[str, ...]] = (
        {} if _is_called_only(root) and not bound else {_WORKFLOW: (_workflow_name(path, root, bound),)}
    )
    events = _events(root)
    if not bound and len(events) == 1 and events != ["workflow_call"]:
        known[identity_of("github.event_name")] = (events[0],)
    start = Around(path, text, dict(bound.environment) if bound else {}, {}, {}, {}, known, folder, "", frame, "")
    triggers = child(root, "on") or child(root, "true")
    called = dict(entries(child(child(triggers, "workflow_call"), "inputs") or child(root, "inputs")))
    inputs = {name.text: _input(start, name.text, value, bound) for name, value in called.items()}
    if not bound:
        for name, value in entries(child(child(triggers, "workflow_dispatch"), "inputs")):
            inputs[name.text] = _offered(name.text, value, choice=name.text not in inputs)
    start = with_defaults(start._replace(inputs=inputs), root)
    return start._replace(environment=environment_of(start, child(root, "env")))


def _workflow_name(path: str, root: Node, bound: Bound | None) -> str:
    """Return what ``github.workflow`` is: the name of the workflow that somebody started, else its path."""
    given = bound.inputs.get(_WORKFLOW) if bound else None
    return (text_of_raw(given) if given else None) or getattr(child(root, "name"), "text", "") or path


def _input(around: Around, name: str, node: Node, bound: Bound | None) -> Raw:
    """Return what an input is: what the caller gives, else its default, which certainly holds then."""
    if bound is None:
        return _offered(name, node)
    given = bound.inputs.get(name)
    default = child(node, "default")
    if given is None:
        given = content(around, default) if default and default.kind == "scalar" else raw((Literal(""),))
    kind = getattr(child(node, "type"), "text", "string")
    return tuple(
        bit._replace(piece=bit.piece._replace(bare=kind in {"boolean", "number"}))
        if isinstance(bit.piece, Literal)
        else bit
        for bit in given
    )


def _offered(name: str, node: Node, *, choice: bool = True) -> Raw:
    """Return the hole of an input; its options are all it can be where a choice is the only way to start it."""
    options = tuple(item.text for item in (child(node, "options") or node).items if item.kind == "scalar")
    default = child(node, "default")
    likely = default.text if default and default.kind == "scalar" and default.text else None
    return raw((Hole(identity_of(f"inputs.{name}"), None, "an input", likely, options if choice else ()),))


def _names(around: Around, node: Node | None, scope: str) -> tuple[Name, ...]:
    return tuple(
        Name(name.text, value, Span(around.path, item.start, item.end), scope)
        for name, item in entries(node)
        if item.kind == "scalar" and NAMED.search(name.text) and tells(value := scalar(content(around, item), {}, {}))
    )


def _jobs(start: Around, root: Node) -> list[_Job]:
    """Follow the jobs, each after those it needs; return them in the order they are written in."""
    jobs = {name.text: job for name, job in list(entries(child(root, "jobs")))[:_JOBS]}
    telling = _telling(jobs)
    waiting = dict(jobs)
    found: dict[str, _Job] = {}
    while waiting:
        ready = [name for name, job in waiting.items() if not waiting.keys() & set(_needs(job))]
        for name in ready or list(waiting)[:1]:
            job = waiting.pop(name)
            found[name] = _job(start, name, job, found) if name in telling else _named(start, name, job)
    return [found[name] for name in jobs]


def _telling(jobs: Mapping[str, Node]) -> set[str]:
    """Return the jobs that run something that matters, and those that hand something to them."""
    stack = [name for name, job in jobs.items() if _runs_something(job)]
    found = set(stack)
    while stack:
        more = {need for need in _needs(jobs[stack.pop()]) if need in jobs and child(jobs[need], "outputs")} - found
        found |= more
        stack.extend(more)
    return found


def _runs_something(job: Node) -> bool:
    steps = child(job, "steps")
    for node in (job, *(steps.items[:_STEPS] if steps else ())):
        run = getattr(child(node, "run"), "text", "")
        if run and _speaks(run):
            return True
        if getattr(child(node, "uses"), "text", "").startswith("./"):
            return True
    return False


@lru_cache(maxsize=256)
def _speaks(text: str) -> bool:
    """Tell whether the text of a step runs a tool or another file, or writes a file that matters."""
    if text[0] == "$" or (says(text, _NOUNS) and _RELEVANT.search(text)):
        return True
    return any(word in text for word in _CALLS) and _CALLING.search(text) is not None


def _named(start: Around, name: str, node: Node) -> _Job:
    """Return the variables and tools that a job names which runs nothing that matters."""
    job = _Job(name)
    around = start
    for part in (node, *(child(node, "steps") or Node("list", 0, 0)).items[:_STEPS]):
        env = child(part, "env")
        if env:
            job.names.extend(_names(around, env, name))
            around = around._replace(environment=environment_of(around, env))
        uses = getattr(child(part, "uses"), "text", "").split("@", 1)[0]
        job.versions.extend(_versions(around, uses, child(part, "with")) if uses in _VERSIONS else ())
    return job


def _needs(job: Node) -> list[str]:
    node = child(job, "needs")
    return [] if node is None else [node.text] if node.kind == "scalar" else [item.text for item in node.items]


def _job(start: Around, name: str, node: Node, before: Mapping[str, _Job]) -> _Job:
    job = _Job(name)
    handed = {
        f"needs.{need}.outputs.{key}": value
        for need in _needs(node)
        if need in before
        for key, value in before[need].handed.items()
    }
    around = start._replace(outputs=handed)
    condition = condition_of(around, child(node, "if"))
    if condition.never:
        return job
    around = around._replace(known={**around.known, **dict(left_texts(condition.guards))})
    around = around._replace(
        matrix=read_matrix(_matrix(node), partial(content, around), around.frame and f"@{around.path}")
    )
    around = with_defaults(around, node)
    around = around._replace(environment=environment_of(around, child(node, "env")))
    job.names.extend(_names(around, child(node, "env"), name))
    uses = getattr(child(node, "uses"), "text", "")
    if uses.startswith("./"):
        _call(job, around, node, "workflow", Condition(guards=condition.guards))
    return job if uses else _steps(around, job, node)


def _matrix(job: Node | None) -> Node | None:
    return child(child(job, "strategy"), "matrix")


def _steps(around: Around, job: _Job, node: Node | None) -> _Job:
    """Follow the steps of a job or action one after another."""
    windows = "windows" in getattr(child(node, "runs-on"), "text", "") and not around.shell
    for step in (child(node, "steps") or Node("list", 0, 0)).items[:_STEPS]:
        uses = getattr(child(step, "uses"), "text", "").split("@", 1)[0]
        run = getattr(child(step, "run"), "text", "")
        inner = around._replace(prefix=job.prefix)
        if env := child(step, "env"):
            job.names.extend(_names(inner, env, job.scope))
            inner = inner._replace(environment=environment_of(inner, env))
        if uses and not uses.startswith("./"):
            around = _used(around, job, inner, step, uses)
        elif uses or (run and _matters(around, step, run)):
            around = _after(around, job, inner, step, windows=windows)
    if not _matrix(node):
        for name, value in entries(child(node, "outputs")):
            if value.kind == "scalar":
                job.handed[name.text] = content(around, value)
    return job


def _used(around: Around, job: _Job, inner: Around, node: Node, uses: str) -> Around:
    """Follow a step that uses an action of others; return the surroundings of later steps."""
    given = child(node, "with")
    job.versions.extend(_versions(inner, uses, given))
    if uses == "actions/checkout" and not child(given, "repository"):
        folder = getattr(child(given, "path"), "text", "").removeprefix("./").strip("/")
        job.prefix = folder or job.prefix
    region = child(given, "aws-region")
    if uses != "aws-actions/configure-aws-credentials" or not region:
        return around
    value = content(inner, region)
    return around._replace(environment={**around.environment, "AWS_REGION": value, "AWS_DEFAULT_REGION": value})


def _after(around: Around, job: _Job, inner: Around, node: Node, *, windows: bool) -> Around:
    """Follow a step; return the surroundings of later ones: with what it sets and hands on."""
    condition = condition_of(inner, child(node, "if"))
    if condition.never:
        return around
    if child(node, "uses"):
        _call(job, inner, node, "action", condition)
        return around
    step = _step(into(inner, child(node, "working-directory")), node, job, condition, windows=windows)
    if step is None:
        return around
    run, _, handed = follow_step(around.path, step, len(job.runs))
    job.runs.append(run)
    return _handed(around, job, node, condition, handed)


def _handed(around: Around, job: _Job, node: Node, condition: Condition, handed: Handed) -> Around:
    """Return the surroundings of later steps: with what ``$GITHUB_ENV`` and ``$GITHUB_OUTPUT`` set."""
    changed = dict(around.environment)
    run = getattr(child(node, "run"), "text", "")
    if ENVIRONMENT in run:
        for name in dict.fromkeys((*_TO_ENVIRONMENT.findall(run), *(handed[1] or ()))):
            job.outside.add(name)
            value = raw((Hole(f"${name}", None, "set by an earlier step"),))
            now = handed[1].get(name) if handed[1] else None
            changed[name] = (now and _either_way(condition, now, around.environment.get(name), value)) or value
    outputs = around.outputs
    own = getattr(child(node, "id"), "text", "")
    if own and handed[0]:
        absent = raw((Literal(""),))
        made = {
            f"steps.{own}.outputs.{name}": _either_way(condition, value, absent, None)
            for name, value in handed[0].items()
        }
        outputs = {**outputs, **{name: value for name, value in made.items() if value}}
    return around._replace(environment=changed, outputs=outputs)


def _either_way(condition: Condition, value: Raw, before: Raw | None, otherwise: Raw | None) -> Raw | None:
    """Return what a step leaves behind that may not run: its value where it does, else what was before."""
    if condition.always:
        return value
    guard = condition.guards[0] if len(condition.guards) == 1 and condition.whole else None
    if guard is None or before is None:
        return otherwise
    if guard.positive:
        return forked(guard.identity, [(text, value) for text in guard.texts], before) or otherwise
    return forked(guard.identity, [(text, before) for text in guard.texts], value) or otherwise


def _call(job: _Job, around: Around, node: Node, kind: str, condition: Condition) -> None:
    """Note the call of a workflow or action of this repository."""
    uses = child(node, "uses")
    if uses is None:
        return
    span = placed(around.path, Origin(*origin(around.text, uses)))(0, len(uses.text))
    target = uses.text.removeprefix(f"./{around.prefix}/") if around.prefix else uses.text
    run = Run(around.path, lambda start, end: Span(around.path, start, end), "", {}, lambda *_: None)
    given = tuple(
        (name.text, content(around, value)) for name, value in entries(child(node, "with")) if value.kind == "scalar"
    )
    if kind == "workflow":
        given += ((_WORKFLOW, raw((Literal(around.known.get(_WORKFLOW, ("",))[0]),))),)
    root = raw((Hole(ROOT, None, "the repository's place"),))
    environment = tuple(around.environment.items()) if kind == "action" else ()
    word = raw((Literal(target, span),))
    domains: dict[str, tuple[str, ...]] = dict(around.known)
    run.called.append(
        Seen(
            (word,),
            (span,),
            root,
            environment,
            span,
            "",
            tuple(condition.guards),
            condition.loose,
            domains,
            kind,
            given,
        )
    )
    job.runs.append(run)


def _moved(fact: _Placed, prefix: str) -> _Placed:
    """Return a command or call seen from the repository's root where the job checks it out into a folder."""
    directory = below(fact.directory, prefix)
    return fact if directory is None else fact._replace(directory=directory)


def _versions(around: Around, uses: str, given: Node | None) -> Iterable[ToolVersion]:
    for option, tool in _VERSIONS.get(uses, ()):
        node = child(given, option)
        text = text_of_raw(content(around, node)) if node else None
        if node and text:
            value = content(around, node)
            span = value[0].piece.span if isinstance(value[0].piece, Literal) else None
            yield ToolVersion(tool, text, "", span or Span(around.path, node.start, node.end))


def _step(around: Around, node: Node, job: _Job, condition: Condition, *, windows: bool) -> Step | None:
    run = child(node, "run")
    shell = getattr(child(node, "shell"), "text", around.shell) or ("pwsh" if windows else "bash")
    if not run or run.kind != "scalar":
        return None
    powershell = "powershell" in shell or "pwsh" in shell
    if not (powershell or "sh" in re.split(r"[\s/]", shell) or "bash" in shell):
        return None
    place = placed(around.path, Origin(*origin(around.text, run)))
    marks = {
        start: (end, expression(around, run.text[start + 3 : end - 2], place(start, end)))
        for start, end in expressions(run.text)
    }
    parsed = None
    if powershell:
        from tflint_locks.read.powershell import parse_powershell  # what few workflows need

        parsed, own = parse_powershell(masked(run.text, marks))
        marks.update(own)
    return Step(
        run.text,
        place,
        marks,
        around.folder,
        tuple(around.environment.items()),
        job.scope,
        condition.loose,
        condition.guards[0] if condition.guards else None,
        assigned=frozenset(job.outside),
        frame=around.frame,
        parsed=parsed,
    )


def _matters(around: Around, node: Node, text: str) -> bool:
    """Tell whether a step runs a tool or another file, writes a file that matters, or hands on what is asked for."""
    if _speaks(text) or ENVIRONMENT in text:
        return True
    own = child(node, "id")
    return OUTPUT in text and own is not None and f"steps.{own.text}.outputs" in around.text
