"""Documents whose ARN of a lock table has another account than the backend's."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.documents import ACCOUNT
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.outdated import outdated_match
from tflint_locks.resolve.stale import stale


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each account that no backend with the table has."""
    for found in stale(repository):
        if found.kind == ACCOUNT:
            yield outdated_match(repository, found, "the backend's account")
