"""Places that name another state bucket than the environment's backend."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.disagreements import disagreements
from tflint_locks.resolve.expected import disagreement_match
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.roles import STATE_BUCKET


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each mention of a state bucket that disagrees."""
    for found in disagreements(repository, STATE_BUCKET):
        yield disagreement_match(repository, found, "the bucket terraform keeps the state in")
