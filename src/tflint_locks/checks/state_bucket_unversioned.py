"""State buckets that keep no earlier versions of a state."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.protections import unprotected


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each state bucket without versioning."""
    return unprotected(repository, "versioning", 1)
