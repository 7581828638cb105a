"""Terragrunt units that nothing gives a backend, below a file that gives their neighbours one."""

import posixpath
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from tflint_locks.finding import Match, Related
from tflint_locks.resolve.model import Repository, Unit
from tflint_locks.resolve.words import words
from tflint_locks.source import Span

_ASIDE = frozenset(
    "mock mocks mocked test tests testing example examples sample template templates archive archived old backup local "
    "localstack bootstrap init stack stacks catalog units envcommon common demo tmp scratch skel skeleton".split()
)
_FEWEST = 2
# How many units with a backend stand beside one without before it is an oversight.
_TIMES = 2


def check(repository: Repository) -> Iterator[Match]:
    """Yield the units without a state of their own."""
    given = _given(repository)
    for unit in repository.units if given else ():
        if not unit.source and _is_judged(repository, unit):
            found = _above(unit, given)
            if found:
                yield _match(unit, *found)


def _given(repository: Repository) -> Mapping[str, list[Unit]]:
    """Return the units that a file gives a backend, by the folder of the file."""
    found: dict[str, list[Unit]] = defaultdict(list)
    for unit in repository.units:
        if unit.stated and unit.stated.path != unit.path and unit.source in ("remote_state", "generate"):
            found[posixpath.dirname(unit.stated.path)].append(unit)
    without = _without(repository)
    return {folder: units for folder, units in found.items() if len(units) >= max(_FEWEST, without[folder] * _TIMES)}


def _without(repository: Repository) -> Mapping[str, int]:
    """Count the units below each folder that nothing gives a backend: where they are many, that is the custom there."""
    counts: Counter[str] = Counter()
    for unit in repository.units:
        folder = unit.directory
        while folder and not unit.source and not unit.skipped:
            folder = posixpath.dirname(folder)
            counts[folder] += 1
    return counts


def _is_judged(repository: Repository, unit: Unit) -> bool:
    """Tell whether a unit is run, includes nothing, and its module is here and has no backend of its own."""
    if unit.skipped or unit.included or not unit.settled or unit.module is None:
        return False
    module = repository.modules.get(unit.module)
    if module is None or module.backend or module.remote:
        return False
    return not set(words(unit.directory)) & _ASIDE and bool(module.resources or module.calls)


def _above(unit: Unit, given: Mapping[str, list[Unit]]) -> tuple[Span, int] | None:
    """Return where the nearest file above gives its neighbours a backend, and how many they are."""
    folder = unit.directory
    while folder:
        folder = posixpath.dirname(folder)
        if folder in given:
            stated = given[folder][0].stated
            return (stated, len(given[folder])) if stated else None
    return None


def _match(unit: Unit, stated: Span, count: int) -> Match:
    return Match(
        unit.header,
        {"unit": f"`{unit.directory}`", "count": str(count), "file": stated.path},
        (Related(stated, "the backend its neighbours are given"),),
        label="no include, no `remote_state`",
    )
