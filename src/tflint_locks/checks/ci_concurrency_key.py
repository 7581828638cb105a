"""Concurrency groups that do not keep apart the runs that change one state."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tflint_locks.facts import Group
from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.ci_jobs import (
    Changing,
    changing,
    group_places,
    varies_by_branch,
    varies_by_commit,
    varies_by_run,
)
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.unlocked import unlocked
from tflint_locks.source import Span
from tflint_locks.value import Value, known


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each group whose name differs between runs that change the same state."""
    without = {id(found.configuration) for found in unlocked(repository)}
    for group, changes in group_places(changing(repository)).values():
        apart = _apart(group)
        states = _states(changes)
        found = [
            change
            for change in changes
            if apart and _one_state(change, states[change.run.span], apart) and len(change.groups) == 1
        ]
        if found:
            locked = any(id(one) not in without for change in found for one in change.configurations)
            yield _match(group, found, apart, locked=locked)


def _apart(group: Group) -> str:
    """Return what a group's name differs by, empty where runs share it."""
    if varies_by_run(group):
        return "run"
    if varies_by_commit(group):
        return "commit"
    return "branch" if varies_by_branch(group) else ""


def _states(changes: Iterable[Changing]) -> Mapping[Span, set[tuple[Value | None, Value | None]]]:
    """Return the states that each command may change, as buckets and keys."""
    found: dict[Span, set[tuple[Value | None, Value | None]]] = defaultdict(set)
    for change in changes:
        found[change.run.span].update(
            (one.value("bucket"), one.value("key")) for one in change.configurations if one.type == "s3"
        )
    return found


def _one_state(change: Changing, states: set[tuple[Value | None, Value | None]], apart: str) -> bool:
    """Tell whether the runs that the group tells apart certainly write one state; branches may have one each."""
    if not states or not all(key is not None and known(key) for _, key in states):
        return False
    if not all(known(one.workspace) for one in change.configurations):
        return False
    if apart != "branch":
        return True
    if not all(bucket is not None and known(bucket) for bucket, _ in states):
        return False
    if len(states) > 1:
        return False
    return "push" in change.events and len(change.job.branches) > 1 and not any("*" in b for b in change.job.branches)


def _match(group: Group, found: list[Changing], apart: str, *, locked: bool) -> Match:
    spans = sorted({change.run.span for change in found})
    return Match(
        group.span,
        {"group": f"`{group.text}`", "apart": apart},
        tuple(Related(span, "changes the same state in each") for span in spans),
        severity=Severity.NOTE if locked else None,
    )
