"""Commands that are told not to lock the state they read or write."""

from collections import defaultdict
from collections.abc import Iterator

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.invocations import Flag
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.runs import FALSE, Run, in_sequence, is_init, without_backend
from tflint_locks.source import Span
from tflint_locks.value import span_of, text_of

_WRITES = frozenset({"apply", "destroy", "import", "refresh", "taint", "untaint"})
_STATE = frozenset({"mv", "rm", "push", "replace-provider"})


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each place that says so, with the commands it reaches."""
    groups: dict[Span, list[tuple[Run, Flag]]] = defaultdict(list)
    for sequence in in_sequence(repository):
        for index, run in enumerate(sequence):
            flag = _off(run)
            if flag and _reads_state(run) and _has_locks(repository, sequence[:index], run):
                groups[_where(run, flag)].append((run, flag))
    for where, found in groups.items():
        yield _match(where, [run for run, _ in found])
    yield from _of_units(repository)


def _of_units(repository: Repository) -> Iterator[Match]:
    """Yield the flags that Terragrunt adds to the commands of units whose state is kept on S3."""
    commands: dict[Span, set[str]] = defaultdict(set)
    for unit in repository.units:
        if unit.configuration and unit.configuration.type == "s3":
            for command, where in unit.unlocking:
                commands[where].add(command)
    for where, names in commands.items():
        writers = sorted(names & _WRITES)
        if writers or "plan" in names:
            yield Match(
                where,
                {"command": f"`terragrunt {writers[0] if writers else 'plan'}`"},
                message="default" if writers else "plan",
                severity=None if writers else Severity.NOTE,
            )


def _off(run: Run) -> Flag | None:
    """Return the flag that turns locking off: the last one counts."""
    flags = run.invocation.all("lock")
    return flags[-1] if flags and text_of(flags[-1].value) in FALSE else None


def _reads_state(run: Run) -> bool:
    return run.invocation.subcommand in {*_WRITES, "plan", "console"} or _writes(run)


def _writes(run: Run) -> bool:
    arguments = run.invocation.arguments
    return run.invocation.subcommand in _WRITES or (
        run.invocation.subcommand == "state" and bool(arguments) and text_of(arguments[0]) in _STATE
    )


def _has_locks(repository: Repository, before: list[Run], run: Run) -> bool:
    """Tell whether there may be a lock to take: not after an init without backend, nor with local state."""
    inits = [
        one
        for one in before
        if one.invocation.subcommand == "init" and one.invocation.directory == run.invocation.directory
    ]
    if inits and not any(map(is_init, inits)):
        return not without_backend(inits[-1])
    module = repository.modules.get(run.place) if run.place is not None else None
    local = module is not None and not module.backend and not module.remote
    return not local and not (module and module.backend and _is_local(module.backend.block.labels))


def _is_local(labels: object) -> bool:
    return isinstance(labels, tuple | list) and bool(labels) and getattr(labels[0], "text", "") == "local"


def _where(run: Run, flag: Flag) -> Span:
    """Return where the flag is written: in the command, or in the variable that hands it over."""
    return flag.span if flag.span != run.span else span_of(flag.value) or flag.span


def _match(where: Span, found: list[Run]) -> Match:
    writers = [run for run in found if _writes(run)]
    first = (writers or found)[0]
    spans = dict.fromkeys(run.span for run in found)
    severity = Severity.NOTE if not writers else None if any(run.automated for run in writers) else Severity.WARNING
    return Match(
        where,
        {"command": f"`{first.invocation.tool} {first.invocation.subcommand}`"},
        tuple(Related(span, "runs without a lock") for span in spans if not _holds(span, where)),
        message="default" if writers else "plan",
        severity=severity,
    )


def _holds(outer: Span, inner: Span) -> bool:
    return outer.path == inner.path and outer.start <= inner.start and inner.end <= outer.end
