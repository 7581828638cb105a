"""``rules``: the list of rules."""

from typing import TYPE_CHECKING

from tflint_locks import catalog
from tflint_locks.commands.terminal import print_lines

if TYPE_CHECKING:
    import argparse


def run(_arguments: "argparse.Namespace") -> int:
    """Run the command."""
    from tflint_locks.render.rules import rule_lines

    print_lines(rule_lines(catalog.load_catalog()))
    return 0
