"""States that different root modules or environments write."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.applied import Shared, shared_states
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.phrases import listed, root_of
from tflint_locks.resolve.writers import Collision, collisions, key_span


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each state with several owners."""
    found = list(collisions(repository))
    yield from map(_match, found)
    told = {id(one.state) for one in found}
    yield from (_of_shared(shared) for shared in shared_states(repository) if id(shared.state) not in told)


def _match(found: Collision) -> Match:
    state = found.state
    every = (found.guilty, *found.others)
    environments = tuple(sorted({one.environment for one in every if one.environment}))
    same_root = len({one.root for one in every}) == 1
    mine, *names = [name_of(one, same_root=same_root) for one in every]
    others = [name for name in dict.fromkeys(names) if name != mine]
    return Match(
        key_span(found.guilty),
        {
            "state": f"`{state.bucket}/{state.key}`",
            "mine": mine,
            "others": listed(others),
            "do": "does" if len(others) == 1 else "do",
        },
        tuple(Related(key_span(one), "the same state") for one in found.others),
        message="default" if state.certain else "workspaces",
        label="the same state",
        environments=environments,
        notes=tuple(dict.fromkeys(note for one in every for note in one.notes)),
        severity=None if state.certain else Severity.NOTE,
    )


def _of_shared(shared: Shared) -> Match:
    """Show the key, and for each environment where it is said and which init gives it that key."""
    first = shared.applied[0].configuration
    keys = dict.fromkeys(key_span(one.configuration) for one in shared.applied)
    said = [Related(one.span, f"applied for {one.environment}") for one in shared.applied]
    inits = dict.fromkeys(one.init for one in shared.applied)
    return Match(
        key_span(first),
        {
            "root": root_of(first),
            "environments": listed([one.environment for one in shared.applied]),
            "state": f"`{shared.state.bucket}/{shared.state.key}`",
        },
        (
            *said,
            *(Related(span, "initialised with this key") for span in inits),
            *(Related(span, "the same state") for span in keys if span != key_span(first)),
        ),
        message="applied",
        label="one key for all of them",
        environments=tuple(one.environment for one in shared.applied),
        notes=first.notes,
    )


def name_of(configuration: Configuration, *, same_root: bool) -> str:
    """Return what tells a writer from the others: its environment, else its root module."""
    if same_root and configuration.environment:
        return configuration.environment
    return root_of(configuration)
