"""Policies that grant another lock table than the one Terraform locks with."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related
from tflint_locks.resolve.disagreements import Disagreement, disagreements
from tflint_locks.resolve.expected import (
    environments_in,
    expected_words,
    is_doubtful,
    is_likely,
    notes_of,
    repair,
    severity_of,
)
from tflint_locks.resolve.grants import LOCK_ACTIONS, covers_action, statements_at
from tflint_locks.resolve.model import Repository, Statement
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.roles import LOCK_TABLE


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each place that disagrees and is granted for locking."""
    distinct = {
        (found.mention.span, found.mention.environment): found for found in disagreements(repository, LOCK_TABLE)
    }
    for found in distinct.values():
        granting = [one for one in statements_at(repository, found.mention.span) if _locks(one)]
        if granting:
            yield _match(repository, found, granting)


def _locks(statement: Statement) -> bool:
    """Tell whether two of the lock's actions are granted."""
    return sum(covers_action(statement, action) is True for action in LOCK_ACTIONS) > 1


def _match(repository: Repository, found: Disagreement, granting: list[Statement]) -> Match:
    mention = found.mention
    return Match(
        mention.span,
        {
            "value": quoted(mention.value),
            "expected": expected_words(found.expected),
            "environment": mention.environment or "the backend",
        },
        (
            *(Related(one.span, "the table terraform locks") for one in found.expected),
            *(Related(one.span, "granted by this statement") for one in granting),
        ),
        label="granted here",
        environments=environments_in(found),
        notes=(f"paired: {found.pair.evidence}", *notes_of(found.expected)),
        severity=severity_of(found),
        replacement=repair(mention.value, mention.span, found.expected) if is_likely(found) else None,
        unsafe=is_doubtful(repository, found),
    )
