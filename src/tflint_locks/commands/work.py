"""What a command works on: the tree, the settings and the rules that hold there."""

from typing import TYPE_CHECKING

from tflint_locks import catalog
from tflint_locks.place import UsageError, find_place, settings_of
from tflint_locks.record import NamedTuple
from tflint_locks.settings import Settings
from tflint_locks.tree import DiskTree

if TYPE_CHECKING:
    import argparse


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
    if settings.rule_files:
        from tflint_locks.own_rules import with_own

        rules = with_own(rules, settings, tree)
    return Work(tree, settings, rules, place.given)
