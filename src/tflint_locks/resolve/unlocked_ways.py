"""Inits that are given a lock on one way through their file and told not to lock on another.

The root module they run in need not be in the repository: a reusable workflow runs in others.
"""

from collections import defaultdict
from collections.abc import Iterator

from tflint_locks.record import NamedTuple
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.runs import FALSE, TRUE, Run, is_init, runs
from tflint_locks.source import Span
from tflint_locks.value import Value, known, shown, span_of, split, text_of


class UnlockedWay(NamedTuple):
    """An init, what tells it not to lock, and the table that it is given on another way (None: the lock file)."""

    run: Run
    off: Span
    table: Value | None


def unlocked_ways(repository: Repository) -> Iterator[UnlockedWay]:
    """Yield one for each init that no configuration stands for; what its root module states is judged there."""
    judged = {one.span for c in repository.configurations for one in (c.command, *c.twins) if one}
    inits: dict[Span, list[Run]] = defaultdict(list)
    for run in runs(repository):
        if is_init(run) and run.span not in judged and not run.invocation.unknown:
            inits[run.span].append(run)
    for found in inits.values():
        way = _way([(run, given) for run in found if (given := _given(run)) is not None])
        if way:
            yield way


def _given(run: Run) -> dict[str, Value] | None:
    """Return the backend settings an init is given; None where a file may give more, or it is not given its state.

    A stand-in for AWS is another store, whatever the bucket is called.
    """
    pairs = [split(flag.value, "=", 1) for flag in run.invocation.all("backend-config")]
    if any(len(pair) == 1 or text_of(pair[0]) is None for pair in pairs):
        return None
    given = {text_of(name) or "": value for name, value in pairs}
    elsewhere = any(name.startswith(("endpoint", "skip_")) for name in given)
    return given if {"bucket", "key"} <= given.keys() and not elsewhere else None


def _way(found: list[tuple[Run, dict[str, Value]]]) -> UnlockedWay | None:
    for run, given in found:
        off = given.get("use_lockfile", ())
        if text_of(off) not in FALSE or _has_table(given):
            continue
        for _, other in found:
            same = all(shown(other[name]) == shown(given[name]) for name in ("bucket", "key"))
            if same and (_has_table(other) or text_of(other.get("use_lockfile", ())) in TRUE):
                return UnlockedWay(run, span_of(off) or run.span, other.get("dynamodb_table"))
    return None


def _has_table(given: dict[str, Value]) -> bool:
    table = given.get("dynamodb_table", ())
    return bool(table) and (not known(table) or bool(text_of(table)))
