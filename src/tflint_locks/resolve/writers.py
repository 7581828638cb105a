"""Configurations that write one state: which of them should not, and whether their locks exclude each other."""

from collections.abc import Iterable, Iterator

from tflint_locks.record import NamedTuple
from tflint_locks.resolve.endpoints import store
from tflint_locks.resolve.model import Configuration, Repository, State
from tflint_locks.resolve.roles import LOCK_TABLE
from tflint_locks.resolve.runs import may_go_together
from tflint_locks.resolve.used import used
from tflint_locks.resolve.words import environment_words, words
from tflint_locks.source import Span
from tflint_locks.value import Value, compare, text_of

# Folders whose backends nobody runs, or runs in place of another's.
_ASIDE = frozenset(
    "template templates archive archived archives old backup backups bak legacy deprecated sample samples "
    "example examples demo tmp temp copy unused disabled scratch skeleton boilerplate cookiecutter copier playground "
    "chapter chapters day days lab labs lesson lessons tutorial tutorials workshop exercise exercises step steps "
    "solution solutions".split()
)
_LOCAL = frozenset({"local", "localstack", "localhost", "minio", "offline"})


class Collision(NamedTuple):
    """Configurations of different roots or environments with one state; ``guilty`` is where the report stands."""

    state: State
    guilty: Configuration
    others: tuple[Configuration, ...]


def collisions(repository: Repository) -> Iterator[Collision]:
    """Yield each state that different roots, or one root in different environments, write."""
    for state in repository.states:
        found = _apart(one for one in writers(state) if may_go_together(repository, one.command))
        if len(found) > 1:
            guilty = _guilty(state, found)
            yield Collision(state, guilty, tuple(one for one in found if one is not guilty))


def writers(state: State) -> list[Configuration]:
    """Return the closed configurations of a state that are in use."""
    return [one for one in state.configurations if one.closed and not _is_aside(one)]


def _is_aside(configuration: Configuration) -> bool:
    paths = (configuration.root, *configuration.files)
    said = {word for path in paths for word in words(path)}
    environment = {configuration.environment} if configuration.environment else set()
    if any("{{" in path or "${" in path for path in paths):
        return True  # filled in by a generator of projects
    return bool((said & _ASIDE) - environment) or bool(environment & _LOCAL) or store(configuration) == "local"


def _apart(configurations: Iterable[Configuration]) -> list[Configuration]:
    """Keep one configuration for each root and, where the key is written apart, each environment."""
    kept: list[Configuration] = []
    for one in sorted(configurations, key=lambda c: (c.root, c.environment or "", key_span(c))):
        if all(_are_apart(one, other) for other in kept):
            kept.append(one)
    return kept


def _are_apart(left: Configuration, right: Configuration) -> bool:
    if left.root != right.root:
        return key_span(left) != key_span(right) or (_is_run(left) and _is_run(right))
    stated = left.environment is not None and right.environment is not None
    return (
        stated and left.environment != right.environment and bool(left.files) and not set(left.files) & set(right.files)
    )


def _is_run(configuration: Configuration) -> bool:
    """Tell whether a command names the backend file; one found by its place may be meant for one root only."""
    return configuration.basis == "invocation"


def key_span(configuration: Configuration) -> Span:
    """Return where a configuration's key is written."""
    setting = configuration.settings.get("key")
    return setting.span if setting else configuration.anchor


def _guilty(state: State, found: list[Configuration]) -> Configuration:
    """Return the one whose environment the key does not name while another's is named, else the last."""
    known = {one.environment for one in found if one.environment}
    named = set(environment_words(state.key, known))
    if named and any(one.environment in named for one in found):
        strangers = [one for one in found if one.environment not in named]
        if strangers:
            return strangers[0]
    return found[-1]


# ---------------------------------------------------------------- locks


class Locks(NamedTuple):
    """What a configuration locks with; ``table`` is None where it has none."""

    configuration: Configuration
    table: Value | None
    lockfile: bool


def locks(configuration: Configuration) -> Locks | None:
    """Return what a configuration locks with; None where that is not known or nothing."""
    stated = configuration.settings.get("use_lockfile")
    text = text_of(stated.value) if stated else "false"
    found = used(configuration, LOCK_TABLE)
    if text is None or (found is None and not (lockfile_on(text))):
        return None
    return Locks(configuration, found.name if found else None, lockfile_on(text))


def lockfile_on(text: str) -> bool:
    """Tell whether a boolean attribute's text says true."""
    return text in ("true", "1")


def exclude_each_other(left: Locks, right: Locks) -> bool | None:
    """Tell whether two writers share a mechanism; None where that cannot be told."""
    if left.lockfile and right.lockfile:
        return True
    if left.table is None or right.table is None:
        return False
    return compare(left.table, right.table)


def disjoint(repository: Repository) -> Iterator[tuple[Locks, Locks]]:
    """Yield pairs of writers of one state that do not exclude each other."""
    collided = {id(one) for found in collisions(repository) for one in (found.guilty, *found.others)}
    for state in repository.states:
        if state.certain:
            found = [stated for one in writers(state) if id(one) not in collided and (stated := locks(one))]
            for index, right in enumerate(found):
                yield from ((left, right) for left in found[:index] if exclude_each_other(left, right) is False)
