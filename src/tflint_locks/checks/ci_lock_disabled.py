"""Commands that are told not to lock the state they read or write."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tflint_locks.finding import Edit, Match, Related, Severity
from tflint_locks.regex import regex
from tflint_locks.resolve.edits import written
from tflint_locks.resolve.invocations import Flag
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.runs import FALSE, Run, in_sequence, terragrunt_runs
from tflint_locks.resolve.unbacked import is_unbacked
from tflint_locks.resolve.unlocked_ways import unlocked_ways
from tflint_locks.source import Span
from tflint_locks.tree import Tree
from tflint_locks.value import span_of, text_of

_WRITES = frozenset({"apply", "destroy", "import", "refresh", "taint", "untaint"})
_OFF = regex(r" --?lock=(?:false|0|f|F|False|FALSE)")
_STATE = frozenset({"mv", "rm", "push", "replace-provider"})


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each file that says so to commands that write, and one to those that only read."""
    groups: dict[Span, list[Run]] = defaultdict(list)
    for run in _runs(repository):
        flag = _off(run)
        if flag and _reads_state(run) and not is_unbacked(repository, run.span):
            groups[_where(run, flag)].append(run)
    files: dict[tuple[str, bool], list[Span]] = defaultdict(list)
    for where, found in groups.items():
        files[where.path, any(map(_writes, found))].append(where)
    for places in files.values():
        yield _match(repository.tree, {where: groups[where] for where in sorted(places)})
    yield from _of_units(repository)
    for way in unlocked_ways(repository):
        yield Match(
            way.off,
            {"command": f"`{way.run.invocation.tool} init`"},
            (Related(span_of(way.table) or way.run.span, "locks on another way"),) if way.table else (),
            message="init",
            severity=Severity.WARNING,
        )


def _runs(repository: Repository) -> Iterator[Run]:
    """Yield the commands in their order; those of Terragrunt where units keep their state on S3."""
    for sequence in in_sequence(repository):
        yield from sequence
    if any(unit.configuration and unit.configuration.type == "s3" for unit in repository.units):
        yield from terragrunt_runs(repository)


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


def _where(run: Run, flag: Flag) -> Span:
    """Return where the flag is written: in the command, or in the variable that hands it over."""
    return flag.span if flag.span != run.span else span_of(flag.value) or flag.span


def _match(tree: Tree, places: dict[Span, list[Run]]) -> Match:
    """Report the first of the places where a file turns locking off, with the others and the commands they reach."""
    where, *others = places
    found = [run for runs in places.values() for run in runs]
    writers = [run for run in found if _writes(run)]
    first = (writers or found)[0]
    spans = dict.fromkeys(run.span for run in found)
    severity = Severity.NOTE if not writers else None if any(run.automated for run in writers) else Severity.WARNING
    return Match(
        where,
        {"command": f"`{first.invocation.tool} {first.invocation.subcommand}`"},
        (
            *(Related(span, "turned off here too") for span in others),
            *(Related(span, "runs without a lock") for span in spans if not any(_holds(span, one) for one in places)),
        ),
        message="default" if writers else "plan",
        severity=severity,
        notes=(f"{len(places)} places of this file turn it off",) if others else (),
        edits=_repair(tree, places) if writers else (),
    )


def _repair(tree: Tree, places: Iterable[Span]) -> tuple[Edit, ...]:
    """Return the edits that take the flags out with the blank before each; none where one stands otherwise."""
    spans = [Span(place.path, max(place.start - 1, 0), place.end) for place in places]
    return tuple(Edit(span, "") for span in spans) if all(_OFF.fullmatch(written(tree, span)) for span in spans) else ()


def _holds(outer: Span, inner: Span) -> bool:
    return outer.path == inner.path and outer.start <= inner.start and inner.end <= outer.end
