"""What a command works on: the tree, the settings and the rules that hold there."""

from typing import TYPE_CHECKING

from tflint_locks import catalog
from tflint_locks.place import UsageError, find_place, settings_of
from tflint_locks.record import NamedTuple
from tflint_locks.settings import Settings
from tflint_locks.tree import DiskTree

if TYPE_CHECKING:
    import argparse

    from tflint_locks.resolve.model import Repository


class Work(NamedTuple):
    """The tree, the settings, the rules with those of one's own, and the paths given, relative to the root."""

    tree: DiskTree
    settings: Settings
    rules: catalog.Catalog
    given: tuple[str, ...]


def work_of(arguments: "argparse.Namespace") -> Work:
    """Find the root, its settings and its files; raises UsageError, SettingsError and RuleError."""
    if arguments.isolated and arguments.config:
        raise UsageError("--isolated uses no settings, and --config names some: give one of them")
    place = find_place(arguments.paths or [arguments.root or "."], arguments.root)
    rules = catalog.load_catalog()
    tree = DiskTree(place.root, place.given)
    if arguments.isolated:
        return Work(tree, Settings(), rules, place.given)
    settings = settings_of(place, arguments.config, frozenset(rules))
    return Work(tree, settings, _with_own(rules, settings, tree), place.given)


def repository_of(work: Work) -> "Repository":
    """Read and resolve the repository; raises UsageError where the tool itself fails."""
    from tflint_locks import resolve
    from tflint_locks.engine import resolved

    repository = resolved(work.tree, work.settings, resolve.load)
    if isinstance(repository, str):
        raise UsageError(repository)
    return repository


def rules_here(rules: catalog.Catalog) -> catalog.Catalog:
    """Return the rules with those of one's own where one is; raises UsageError, SettingsError and RuleError."""
    place = find_place(["."], None)
    return _with_own(rules, settings_of(place, None, frozenset(rules)), DiskTree(place.root, place.given))


def _with_own(rules: catalog.Catalog, settings: Settings, tree: DiskTree) -> catalog.Catalog:
    if not settings.rule_files:
        return rules
    from tflint_locks.own_rules import with_own

    return with_own(rules, settings, tree)
