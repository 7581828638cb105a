"""Lock tables that one command removes."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.definitions import is_lock_table
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.protections import holding, missing_at, protected, shown_at
from tflint_locks.resolve.roles import LOCK_TABLE
from tflint_locks.resolve.used import all_used
from tflint_locks.value import compare

_PROTECTIONS = ("deletion-protection", "recovery", "prevent-destroy")


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each lock table without any of the protections."""
    names = [one.name for one in all_used(repository.configurations, LOCK_TABLE)]
    for table in holding(repository, "table"):
        if not is_lock_table(table) and not any(compare(name, table.name) is True for name in names):
            continue
        if all(protected(repository, table, name).holds is False for name in _PROTECTIONS):
            yield Match(
                shown_at(table),
                {"table": quoted(table.name)},
                cause=missing_at(table, 1),
                environments=(table.environment,) if table.environment else (),
            )
