"""What several Terragrunt units share: one backend written once, and the places by which each is shown."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from tflint_locks.finding import Related
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.model import Configuration, Repository, State, Unit
from tflint_locks.resolve.writers import key_span, writers
from tflint_locks.source import Span


class Collapse(NamedTuple):
    """Units that write one state because their key is written once, without what tells them apart."""

    state: State
    span: Span
    units: tuple[Unit, ...]


@lru_cache(maxsize=1)
def units_of(repository: Repository) -> Mapping[Configuration, Unit]:
    """Return the unit of each configuration that is a Terragrunt unit's."""
    return {unit.configuration: unit for unit in repository.units if unit.configuration}


@lru_cache(maxsize=1)
def _sharers(repository: Repository) -> Mapping[Span, int]:
    return Counter(configuration.anchor for configuration in units_of(repository))


def unit_place(repository: Repository, configuration: Configuration) -> Iterator[Related]:
    """Yield the unit that is given a configuration written elsewhere."""
    unit = units_of(repository).get(configuration)
    if unit and unit.header.path != configuration.anchor.path:
        yield Related(unit.header, "a unit that is given it")


def sharing_notes(repository: Repository, configuration: Configuration) -> tuple[str, ...]:
    """Return a note of how many units are given one backend, where they are several."""
    if configuration not in units_of(repository):
        return ()
    count = _sharers(repository)[configuration.anchor]
    return (f"{count} units are given this backend",) if count > 1 else ()


def collapses(repository: Repository) -> Iterator[Collapse]:
    """Yield each state that several units write because one place gives all of them the same key."""
    units = units_of(repository)
    for state in repository.states if units else ():
        groups: dict[Span, dict[str, Unit]] = defaultdict(dict)
        for one in writers(state) if state.certain else ():
            if one in units:
                groups[key_span(one)][one.root] = units[one]
        for span, found in groups.items():
            if len(found) > 1:
                yield Collapse(state, span, tuple(found[root] for root in sorted(found)))
