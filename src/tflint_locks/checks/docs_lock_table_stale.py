"""Documents that name a lock table nobody locks in."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.outdated import outdated_match
from tflint_locks.resolve.roles import LOCK_TABLE
from tflint_locks.resolve.stale import Stale, stale


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each lock table a document names that no backend uses."""
    return (_match(repository, found) for found in stale(repository) if found.kind in (LOCK_TABLE, "unlocked"))


def _match(repository: Repository, found: Stale) -> Match:
    if found.kind == LOCK_TABLE:
        return outdated_match(repository, found, "the table terraform locks", "default")
    return outdated_match(repository, found, "", "unlocked")
