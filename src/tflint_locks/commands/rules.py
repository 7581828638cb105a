"""``rules``: the list of rules, those of one's own among them."""

from typing import TYPE_CHECKING

from tflint_locks import catalog
from tflint_locks.commands.terminal import print_lines

if TYPE_CHECKING:
    import argparse


def run(_arguments: "argparse.Namespace") -> int:
    """Run the command; raises SettingsError and RuleError where rules of one's own cannot be read."""
    from tflint_locks.commands.work import rules_here
    from tflint_locks.render.rules import rule_lines

    print_lines(rule_lines(rules_here(catalog.load_catalog())))
    return 0
