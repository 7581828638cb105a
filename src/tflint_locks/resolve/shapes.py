"""The shapes of names across environments: what is left when environment, region and account are taken out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tflint_locks.record import NamedTuple
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.roles import LOCK_TABLE
from tflint_locks.resolve.used import Used, all_used
from tflint_locks.resolve.words import environment_words, fold, singular, without_regions, words
from tflint_locks.value import text_of

# A stand-in for disasters is often made by other means, elsewhere.
_RECOVERY = frozenset({"dr", "disaster", "recovery", "failover", "secondary", "standby", "backup"})
_PRODUCTION = "prod"
_SLOT = "\0"
_SEPARATORS = "-_."


class Named(NamedTuple):
    """A lock table's name in one environment; ``shape`` has a slot for the environment, ``bare`` has none."""

    used: Used
    environment: str
    name: str
    shape: str
    bare: str


class Inconsistent(NamedTuple):
    """Names of one project with more than one shape; ``only_suffix`` where just the environment's word is missing."""

    odd: tuple[Named, ...]
    usual: tuple[Named, ...]
    only_suffix: bool


def inconsistent(repository: Repository) -> Iterator[Inconsistent]:
    """Yield each project whose lock tables are the same words in different shapes."""
    for names in _by_project(repository).values():
        groups: dict[tuple[str, ...], list[Named]] = defaultdict(list)
        for name in names:
            groups[_bag(name)].append(name)
        for group in groups.values():
            if len(group) > 1 and (found := _judged(group)):
                yield found


def _by_project(repository: Repository) -> Mapping[str, list[Named]]:
    """Return the one lock table of each environment, by project; environments with several have stacks."""
    tables: dict[tuple[str, str], dict[str, Used]] = defaultdict(dict)
    for one in all_used(repository.configurations, LOCK_TABLE):
        environment, name = one.configuration.environment, text_of(one.name)
        if environment and name and environment not in _RECOVERY:
            tables[one.configuration.project, environment].setdefault(name, one)
    projects: dict[str, list[Named]] = defaultdict(list)
    for (project, environment), found in sorted(tables.items()):
        for name, one in found.items() if len(found) == 1 else ():
            projects[project].append(_named(one, environment, name, repository.environments))
    return projects


def _named(one: Used, environment: str, name: str, environments: Iterable[str]) -> Named:
    known = {fold(word) for word in environments}
    plain = without_regions(name)
    shape = _tidy(_slotted(plain, known))
    return Named(one, environment, name, shape, _tidy(shape.replace(_SLOT, "")))


def _slotted(name: str, known: set[str]) -> str:
    """Replace each whole word that is an environment by the slot."""
    out: list[str] = []
    word = ""
    for char in f"{name}-":
        if char.isalnum():
            word += char
            continue
        out.append(_SLOT if word and environment_words(word, known) else word)
        out.append(char)
        word = ""
    return "".join(out[:-1])


def _tidy(text: str) -> str:
    """Close the gaps that what was taken out has left: one separator between words, none at the ends."""
    kept = ""
    for char in text.replace(" ", ""):
        if char in _SEPARATORS and (not kept or kept[-1] in _SEPARATORS):
            continue
        kept += char
    return kept.rstrip(_SEPARATORS)


def _bag(name: Named) -> tuple[str, ...]:
    return tuple(sorted(singular(word) for word in words(name.bare)))


def _judged(group: list[Named]) -> Inconsistent | None:
    """Tell the odd names from the usual ones; three or more siblings are judged by a strict majority."""
    shapes = Counter(name.shape for name in group)
    if len(shapes) == 1:
        return None
    usual = _usual_shape(group, shapes)
    if usual is None:
        return None
    odd = tuple(name for name in group if name.shape != usual)
    same = tuple(name for name in group if name.shape == usual)
    return Inconsistent(odd, same, all(_lacks_only_the_word(name, same[0]) for name in odd))


def _usual_shape(group: list[Named], shapes: Counter[str]) -> str | None:
    if len(group) == 2:  # noqa: PLR2004 (of two, production is the one whose name is hardest to change)
        return next((name.shape for name in group if fold(name.environment) == _PRODUCTION), group[0].shape)
    shape, count = shapes.most_common(1)[0]
    return shape if count * 2 > len(group) else None


def _lacks_only_the_word(left: Named, right: Named) -> bool:
    """Tell whether two names are the same but for the environment's word, which one of them does not have."""
    return left.bare == right.bare and (_SLOT in left.shape) != (_SLOT in right.shape)
