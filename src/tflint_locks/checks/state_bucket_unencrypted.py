"""State buckets for which no encryption is stated."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.protections import unprotected


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each state bucket without an encryption of its own."""
    return unprotected(repository, "encryption", 2)
