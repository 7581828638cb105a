"""The jobs of a GitHub workflow: under which events each of their steps can run, and the groups that keep runs apart.

An event is judged by itself: what a condition says of other events is then false. A condition that depends on what is
known only when it runs (a step's output, a secret) makes a step uncertain, and uncertain steps are left out.
"""

from collections.abc import Mapping
from itertools import islice
from types import MappingProxyType

from tflint_locks.facts import Group, Job, Ran
from tflint_locks.read.job_condition import TRUE, UNKNOWN, Meaning, Term, Texts, Truth, parse_condition, truth
from tflint_locks.read.yaml import Node, child, entries
from tflint_locks.record import NamedTuple
from tflint_locks.source import Span

_JOBS = 200
_STEPS = 400
_PULL = frozenset({"pull_request", "pull_request_target", "merge_group"})
# What can be anything, whatever the event: who starts it, what a job before it ended with.
_FREE = ("github.actor", "github.repository", "github.triggering_actor", "github.event.action")
_ENDED = (".result", ".outcome", ".conclusion")
_CHANGES = ("exitcode", "exit_code", "has_changes", "changes", "plan_exitcode")


class _Event(NamedTuple):
    """One event with what the workflow says of it: its branches, tags, and the inputs a person gives.

    ``matrix`` are the texts that each dimension of the job's matrix takes, each of them in a run.
    """

    name: str
    branches: tuple[str, ...]
    tags: bool
    inputs: Mapping[str, tuple[str, ...]]
    matrix: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def read_jobs(path: str, root: Node) -> tuple[Job, ...]:
    """Return the jobs of a workflow; a composite action has none.

    Source of how conditions and groups work: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax.
    """
    events = _events(root)
    jobs = list(islice(entries(child(root, "jobs")), _JOBS))
    reached = _reached({name.text: job for name, job in jobs}, events)
    everywhere = _groups(path, root, events)
    return tuple(
        Job(
            name.text,
            Span(path, name.start, name.end),
            tuple(event.name for event in events if reached[name.text, event.name].yes),
            _branches(events),
            (*everywhere, *_groups(path, job, events)),
            _steps(path, job, [event for event in events if reached[name.text, event.name].yes]),
            getattr(child(job, "uses"), "text", ""),
        )
        for name, job in jobs
    )


def _events(root: Node) -> list[_Event]:
    node = child(root, "on") or child(root, "true")
    if node is None:
        return []
    if node.kind == "scalar":
        return [_Event(node.text, (), tags=False, inputs={})]
    if node.kind == "list":
        return [_Event(item.text, (), tags=False, inputs={}) for item in node.items if item.kind == "scalar"]
    return [_event(name.text, value) for name, value in entries(node)]


def _event(name: str, node: Node) -> _Event:
    branches = tuple(item.text for item in getattr(child(node, "branches"), "items", ()))
    inputs = {
        given.text: tuple(item.text for item in getattr(child(value, "options"), "items", ()))
        for given, value in entries(child(node, "inputs"))
    }
    return _Event(name, branches, tags=child(node, "tags") is not None, inputs=inputs)


def _branches(events: list[_Event]) -> tuple[str, ...]:
    return tuple(branch for event in events if event.name == "push" for branch in event.branches)


def _groups(path: str, node: Node, events: list[_Event]) -> tuple[Group, ...]:
    found = child(node, "concurrency")
    if found is None:
        return ()
    name = found if found.kind == "scalar" else child(found, "group")
    if name is None or name.kind != "scalar":
        return ()
    cancel = child(found, "cancel-in-progress")
    span = Span(path, name.start, name.end)
    if cancel is None or cancel.kind != "scalar":
        return (Group(name.text, span),)
    term = parse_condition(cancel.text)
    sure = tuple(event.name for event in events if _judge(term, event) == TRUE)
    return (Group(name.text, span, sure, Span(path, cancel.start, cancel.end)),)


def _judge(term: Term | None, event: _Event) -> Truth:
    return truth(term, _meaning(event)) if term else UNKNOWN


def _reached(jobs: Mapping[str, Node], events: list[_Event]) -> dict[tuple[str, str], Truth]:
    """Return whether each job can run under each event: its own condition, and that of the jobs it needs."""
    found: dict[tuple[str, str], Truth] = {}
    for event in events:
        own = {name: _condition(job, event) for name, job in jobs.items()}
        for name in jobs:
            found[name, event.name] = _with_needs(name, jobs, own)
    return found


def _condition(node: Node, event: _Event) -> Truth:
    condition = child(node, "if")
    return TRUE if condition is None else _judge(parse_condition(condition.text), event)


def _with_needs(name: str, jobs: Mapping[str, Node], own: Mapping[str, Truth]) -> Truth:
    """Return what a job's own condition comes to with those it needs: it is skipped where one of them is."""
    result, seen, stack = own[name], {name}, [name]
    while stack:
        job = jobs[stack.pop()]
        for need in [] if _asks_how(job) else _needs(job):
            if need in jobs and need not in seen:
                seen.add(need)
                stack.append(need)
                result = Truth(result.yes and own[need].yes, result.no or own[need].no, result.sure and own[need].sure)
    return result


def _asks_how(job: Node) -> bool:
    text = getattr(child(job, "if"), "text", "")
    return any(word in text for word in ("always()", "cancelled()", "failure()"))


def _needs(job: Node) -> list[str]:
    node = child(job, "needs")
    if node is None:
        return []
    return [node.text] if node.kind == "scalar" else [item.text for item in node.items]


def _matrix(job: Node) -> dict[str, tuple[str, ...]]:
    matrix = child(child(job, "strategy"), "matrix")
    return {
        name.text: tuple(item.text for item in value.items)
        for name, value in entries(matrix)
        if value.kind == "list"
        and name.text not in {"include", "exclude"}
        and all(item.kind == "scalar" and "${{" not in item.text for item in value.items)
    }


def _steps(path: str, job: Node, events: list[_Event]) -> tuple[Ran, ...]:
    found = []
    events = [event._replace(matrix=_matrix(job)) for event in events]
    for step in getattr(child(job, "steps"), "items", ())[:_STEPS]:
        body = child(step, "run") or child(step, "uses")
        if body is not None:
            certain = tuple(event.name for event in events if _condition(step, event).yes)
            found.append(Ran(Span(path, body.start, body.end), certain))
    return tuple(found)


# ---------------------------------------------------------------- what names stand for under one event


def _meaning(event: _Event) -> Meaning:
    def meaning(term: Term) -> Texts:
        if term.kind == "call":
            return _called(term.text.lower())
        return _name(event, term.text) if term.kind == "name" else None

    return meaning


def _called(name: str) -> Texts:
    if name in {"always", "success"}:
        return ("true",)
    return ("true", "false") if name in {"failure", "cancelled"} else None


def _name(event: _Event, name: str) -> Texts:
    if name.startswith("matrix."):
        return event.matrix.get(name.removeprefix("matrix."))
    if name.startswith(("inputs.", "github.event.inputs.")):
        return _input(event, name)
    if name in {"github.ref", "github.ref_name", "github.ref_type"}:
        return _ref(event, name)
    if name.startswith("github.event.pull_request.") or name in {"github.base_ref", "github.head_ref"}:
        return () if event.name in _PULL else ("",)
    return (event.name,) if name == "github.event_name" else () if _is_free(name) else None


def _is_free(name: str) -> bool:
    """Tell whether a name can be any text, whatever the event."""
    ended = name in _FREE or name.startswith("github.event.workflow_run.") or name.endswith(_ENDED)
    return ended or (name.startswith("steps.") and name.rpartition(".")[2] in _CHANGES)


def _ref(event: _Event, name: str) -> Texts:
    if event.name in _PULL:
        return (
            ("branch",)
            if name == "github.ref_type"
            else ("refs/pull/1/merge",)
            if name == "github.ref"
            else ("1/merge",)
        )
    if event.name == "workflow_call" or not event.branches or event.tags or any("*" in one for one in event.branches):
        return ()
    if name == "github.ref_type":
        return ("branch",)
    return tuple(f"refs/heads/{one}" if name == "github.ref" else one for one in event.branches)


def _input(event: _Event, name: str) -> Texts:
    """Return what an input can be: nothing where it is not declared; a called workflow sees its caller's event."""
    if event.name == "workflow_call" and name.startswith("github."):
        return ()
    return event.inputs.get(name.rpartition(".")[2], ("",))
