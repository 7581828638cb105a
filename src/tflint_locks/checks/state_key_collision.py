"""States that different root modules or environments write."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.phrases import listed, root_of
from tflint_locks.resolve.writers import Collision, collisions, key_span


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each state with several owners."""
    return (_match(found) for found in collisions(repository))


def _match(found: Collision) -> Match:
    state = found.state
    every = (found.guilty, *found.others)
    environments = tuple(sorted({one.environment for one in every if one.environment}))
    same_root = len({one.root for one in every}) == 1
    names = [name_of(one, same_root=same_root) for one in found.others]
    return Match(
        key_span(found.guilty),
        {
            "state": f"`{state.bucket}/{state.key}`",
            "mine": name_of(found.guilty, same_root=same_root),
            "others": listed(list(dict.fromkeys(names))),
        },
        tuple(Related(key_span(one), "the same state") for one in found.others),
        message="default" if state.certain else "workspaces",
        label="the same state",
        environments=environments,
        notes=tuple(dict.fromkeys(note for one in every for note in one.notes)),
        severity=None if state.certain else Severity.NOTE,
    )


def name_of(configuration: Configuration, *, same_root: bool) -> str:
    """Return what tells a writer from the others: its environment, else its root module."""
    if same_root and configuration.environment:
        return configuration.environment
    return root_of(configuration)
