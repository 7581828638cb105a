"""Places that name another lock table than the environment's backend."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.disagreements import disagreements
from tflint_locks.resolve.expected import disagreement_match
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.roles import LOCK_TABLE


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each mention of a lock table that disagrees."""
    for found in disagreements(repository, LOCK_TABLE):
        yield disagreement_match(repository, found, "the table terraform locks")
