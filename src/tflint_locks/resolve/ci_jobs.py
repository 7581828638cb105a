"""CI jobs that change a state: the events that start them, and the concurrency groups that keep their runs apart."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from tflint_locks.facts import Command, Group, Job, ScriptFile
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.runs import Run, runs, terragrunt_runs
from tflint_locks.source import Span
from tflint_locks.value import compare, text_of

_WRITING = frozenset({"apply", "destroy", "import", "refresh", "taint", "untaint"})
_WRITING_STATE = frozenset({"mv", "rm", "push", "replace-provider"})
_PULL = frozenset({"pull_request", "pull_request_target", "merge_group"})
# What a group's name may carry that no two runs share, and that runs of one branch share only.
_PER_RUN = regex(r"github\.(?:run_id|run_number|run_attempt)\b")
_PER_COMMIT = regex(r"github\.(?:sha|event\.head_commit\.id|event\.after)\b")
_PER_REF = regex(r"github\.(?:ref|ref_name|head_ref|event\.(?:number|pull_request\.number))\b")
_PER_EVENT = regex(r"github\.(?:event_name|workflow_ref)\b")
_OF_PULL = regex(
    r"github\.(?:head_ref|event\.number|event\.pull_request\.\w+)\s{0,9}\|\|\s{0,9}github\.(?:run_id|run_number|sha)\b"
)
_CALLED = "workflow_call"
# Configurations with each of their inits, by the place that the init runs in.
_Inits: TypeAlias = Mapping[tuple[str, str], list[tuple[Command, Configuration]]]


class Changing(NamedTuple):
    """A command that changes a state, in a job of CI.

    ``events`` are those under which it certainly can run, those of the callers in place of ``workflow_call``.
    ``groups`` are its job's and its file's; its callers' instead where every caller has one, as its own then have no
    two runs to keep apart. ``configurations`` are those of the inits before it in the same place.
    """

    run: Run
    job: Job
    events: tuple[str, ...]
    groups: tuple[Group, ...]
    configurations: tuple[Configuration, ...]


class _Caller(NamedTuple):
    job: Job
    path: str


@lru_cache(maxsize=1)
def changing(repository: Repository) -> tuple[Changing, ...]:
    """Return the commands of CI jobs that certainly can run and change a state."""
    files = [file for file in repository.facts.values() if isinstance(file, ScriptFile) and file.jobs]
    by_path = {file.path: file for file in files}
    callers = _callers(files)
    inits = _configurations(repository)
    found: list[Changing] = []
    for run in (*runs(repository), *terragrunt_runs(repository)):
        file = by_path.get(run.span.path) or by_path.get(run.invocation.command.caller)
        if file and _changes(run):
            found.extend(_changing(run, file, callers, inits))
    return tuple(found)


def _changes(run: Run) -> bool:
    """Tell whether a command changes a state; one that only shows its help does not."""
    invocation = run.invocation
    if any(flag.name in {"help", "h"} for flag in invocation.flags):
        return False
    if invocation.subcommand == "state":
        return bool(invocation.arguments) and text_of(invocation.arguments[0]) in _WRITING_STATE
    return invocation.subcommand in _WRITING


def _callers(files: Iterable[ScriptFile]) -> Mapping[str, list[_Caller]]:
    found: dict[str, list[_Caller]] = defaultdict(list)
    for file in files:
        for job in file.jobs:
            if job.uses.startswith("./"):
                found[posixpath.normpath(job.uses)].append(_Caller(job, file.path))
    return found


def _configurations(repository: Repository) -> _Inits:
    """Return configurations by where their inits run."""
    found: dict[tuple[str, str], list[tuple[Command, Configuration]]] = defaultdict(list)
    for configuration in repository.configurations:
        for command in (configuration.command, *configuration.twins):
            if command is not None:
                found[command.place].append((command, configuration))
    return found


def _set_up(run: Run, inits: _Inits) -> tuple[Configuration, ...]:
    """Return the configurations that a command works on: those of inits in its place that may be in its directory."""
    command = run.invocation.command
    if command.tool == "terragrunt":
        return ()  # its units are set up by itself
    return tuple(
        configuration
        for init, configuration in inits.get(command.place, ())
        if compare(init.directory, command.directory) is not False
    )


def _changing(
    run: Run,
    file: ScriptFile,
    callers: Mapping[str, list[_Caller]],
    inits: _Inits,
) -> Iterator[Changing]:
    calling = callers.get(file.path, [])
    for job, own in _jobs_of(run, file):
        events = _events(own, calling)
        if events:
            groups = _shared_groups(own, calling) or _as_called(job.groups, calling)
            yield Changing(run, job, events, groups, _set_up(run, inits))


def _jobs_of(run: Run, file: ScriptFile) -> Iterator[tuple[Job, tuple[str, ...]]]:
    """Yield the job whose step a command is, with the step's events; with the job's where a called file has it."""
    command = run.invocation.command
    for job in file.jobs:
        if command.span.path != file.path:
            if re.split(r"[\[/]", command.scope, maxsplit=1)[0] == job.scope and not command.conditional:
                yield job, job.events
            continue
        for step in job.steps:
            if step.span.start <= command.span.start < step.span.end:
                yield job, step.events


def _events(events: tuple[str, ...], callers: list[_Caller]) -> tuple[str, ...]:
    """Put the events of the callers in place of the call; a workflow that nothing here calls is somebody else's."""
    found = [event for event in events if event != _CALLED]
    if _CALLED in events:
        found.extend(event for caller in callers for event in caller.job.events)
    return tuple(dict.fromkeys(found))


def _as_called(groups: tuple[Group, ...], callers: list[_Caller]) -> tuple[Group, ...]:
    """Return groups whose new runs are those of the callers."""
    return tuple(group._replace(cancels=_events(group.cancels, callers)) for group in groups)


def _shared_groups(events: tuple[str, ...], callers: list[_Caller]) -> tuple[Group, ...]:
    """Return the callers' groups where no run can come around them."""
    if not callers or any(event != _CALLED for event in events) or not all(caller.job.groups for caller in callers):
        return ()
    return tuple(group for caller in callers for group in caller.job.groups)


# ---------------------------------------------------------------- what groups do


def varies_by_run(group: Group) -> bool:
    """Tell whether no two runs can have the group's name in common."""
    return _PER_RUN.search(group.text) is not None and "||" not in group.text


def varies_by_commit(group: Group) -> bool:
    """Tell whether only runs of one commit have the group's name in common."""
    return _PER_COMMIT.search(group.text) is not None and "||" not in group.text


def varies_by_branch(group: Group) -> bool:
    """Tell whether only runs of one branch have the group's name in common."""
    return _PER_REF.search(group.text) is not None


def cancels(group: Group, change: Changing) -> bool:
    """Tell whether a new run certainly cancels one that changes the state: both have the group's name in common."""
    if varies_by_run(group) or _may_be_unique(group, change):
        return False
    return any(_meet(group, new, old) for new in group.cancels for old in change.events)


def _may_be_unique(group: Group, change: Changing) -> bool:
    """Tell whether a name with a choice in it may differ from run to run where the state is changed.

    ``github.head_ref || github.run_id`` is one name for all runs of a pull request, and for no two of anything else.
    """
    if "||" not in group.text or not (_PER_RUN.search(group.text) or _PER_COMMIT.search(group.text)):
        return False
    return _OF_PULL.search(group.text) is None or not any(event in _PULL for event in change.events)


def _meet(group: Group, new: str, old: str) -> bool:
    """Tell whether runs of two events can have one group: those of pull requests have references of their own."""
    if new == old:
        return True
    if _PER_EVENT.search(group.text):
        return False
    return (new in _PULL) == (old in _PULL) or not varies_by_branch(group)


def group_places(changes: Iterable[Changing]) -> Mapping[Span, tuple[Group, list[Changing]]]:
    """Return each group once, with the changes whose runs it keeps apart."""
    found: dict[Span, tuple[Group, list[Changing]]] = {}
    for change in changes:
        for group in change.groups:
            found.setdefault(group.span, (group, []))[1].append(change)
    return found
