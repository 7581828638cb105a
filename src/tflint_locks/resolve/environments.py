"""Which environments a repository has, and which one a path or name speaks of (DESIGN §5)."""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from tflint_locks.record import field, record
from tflint_locks.resolve.words import environment_words, fold, is_known_environment, region_words, words
from tflint_locks.settings import Settings, covers

_FOLDERS = frozenset({"environments", "environment", "envs", "env", "stages", "stage", "live"})
_NOT_ENVIRONMENTS = frozenset(
    "modules module common shared global bootstrap backend backends config configs base core platform main default "
    "template templates scripts examples terraform infra infrastructure aws local account accounts "
    "variables vars".split()
)


@record
class Environments:
    """The established environments; ``names`` maps each folded word to the word the repository uses.

    ``settings`` says what people decided; it wins.
    """

    names: dict[str, str] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)

    def known(self) -> frozenset[str]:
        """Return the folded words."""
        return frozenset(self.names)

    def of_path(self, path: str) -> str | None:
        """Return the environment a path names: the right-most segment with exactly one decides."""
        decided = self._decided(path)
        if decided:
            return decided
        for segment in reversed(path.split("/")):
            found = environment_words(segment, self.names)
            if found:
                return self.names[found[0]] if len(found) == 1 else None
        return None

    def of_text(self, text: str) -> str | None:
        """Return the one environment a name speaks of, None where it names none or several."""
        found = environment_words(text, self.names)
        return self.names[found[0]] if len(found) == 1 else None

    def all_in(self, text: str) -> tuple[str, ...]:
        """Return every environment a name speaks of."""
        return tuple(self.names[word] for word in environment_words(text, self.names))

    def _decided(self, path: str) -> str | None:
        for environment in self.settings.environments:
            if any(covers(glob, path) for glob in environment.paths):
                return environment.name
        return None


def establish(settings: Settings, files: Iterable[str], roots: Iterable[str], stated: Iterable[str]) -> Environments:
    """Work out the environments from file paths, root directories and stated words.

    ``files`` are backend and var files, ``roots`` the directories of root modules, ``stated`` values of
    ``environment = "…"`` and of choices in workflows.
    """
    environments = Environments(settings=settings)
    for environment in settings.environments:
        for word in (environment.name, *environment.aliases):
            environments.names.setdefault(fold(word), environment.name)
    for word in stated:
        _add(environments, word)
    for path in sorted(files):
        for word in words(posixpath.basename(path)):
            _add(environments, word)
        _from_folders(environments, posixpath.dirname(path))
    for root in sorted(roots):
        _from_folders(environments, root)
    for word in (*_siblings(files), *_children_of_folders(roots)):
        environments.names.setdefault(fold(word), word)
    return environments


def _from_folders(environments: Environments, directory: str) -> None:
    for segment in directory.split("/"):
        for word in words(segment):
            _add(environments, word)


def _add(environments: Environments, word: str) -> None:
    if is_known_environment(word):
        environments.names.setdefault(fold(word), word.lower())


def _siblings(files: Iterable[str]) -> list[str]:
    """Return the words by which backend or var files of one folder differ, where one is a known environment."""
    groups: dict[str, set[str]] = defaultdict(set)
    for path in files:
        stem = posixpath.basename(path).split(".")[0]
        groups[posixpath.dirname(path)].add(stem)
    return [word for stems in groups.values() for word in _varying(stems)]


def _varying(stems: set[str]) -> list[str]:
    """Return the one word each stem has of its own when the stems are otherwise the same."""
    split = {stem: words(stem) for stem in stems}
    if len(split) < 2 or len({len(parts) for parts in split.values()}) != 1:  # noqa: PLR2004 (siblings are two or more)
        return []
    columns = list(zip(*split.values(), strict=True))
    varying = [column for column in columns if len(set(column)) > 1]
    if len(varying) != 1 or not any(is_known_environment(word) for word in varying[0]):
        return []
    return [word for word in varying[0] if _may_be_environment(word)]


def _may_be_environment(word: str) -> bool:
    return word not in _NOT_ENVIRONMENTS and not word.isdecimal() and not region_words(word)


def _children_of_folders(roots: Iterable[str]) -> list[str]:
    """Return the child folders of ``environments/`` and the like, where one is a known environment."""
    groups: dict[str, set[str]] = defaultdict(set)
    for root in roots:
        segments = root.split("/")
        for above, child in pairwise(segments):
            if above.lower() in _FOLDERS:
                groups[root[: root.index(above)]].add(child)
    return [
        child.lower()
        for found in groups.values()
        if any(is_known_environment(child) for child in found)
        for child in found
        if _may_be_environment(child.lower()) and len(words(child)) == 1
    ]


def only(values: Iterable[str | None]) -> str | None:
    """Return the one value all agree on, None where there are none or several."""
    distinct = {value for value in values if value}
    return distinct.pop() if len(distinct) == 1 else None


def grouped(names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the environments' names, sorted."""
    return tuple(sorted(set(names.values())))
