"""Writers of one state whose locks do not exclude each other."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import environments_of, quoted, root_of
from tflint_locks.resolve.writers import Locks, disjoint
from tflint_locks.source import Span


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each pair of writers that share no lock."""
    for left, right in disjoint(repository):
        yield Match(
            _span(right),
            {"root": root_of(right.configuration), "mine": _said(right), "other": _said(left)},
            (Related(_span(left), "the other writer's lock"),),
            environments=environments_of(right.configuration),
            notes=right.configuration.notes,
        )


def _span(stated: Locks) -> Span:
    name = "dynamodb_table" if stated.table else "use_lockfile"
    return stated.configuration.settings[name].span


def _said(stated: Locks) -> str:
    return f"table {quoted(stated.table)}" if stated.table else "a lock file"
