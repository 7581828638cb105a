"""``explain``: all that is to say about one rule."""

from typing import TYPE_CHECKING

from tflint_locks import catalog
from tflint_locks.commands.terminal import print_lines
from tflint_locks.place import UsageError

if TYPE_CHECKING:
    import argparse


def run(arguments: "argparse.Namespace") -> int:
    """Run the command; raises UsageError for a rule there is not."""
    from tflint_locks.render.rules import explanation_lines

    rules = catalog.load_catalog()
    if arguments.rule not in rules:
        from difflib import get_close_matches

        near = get_close_matches(arguments.rule, list(rules), 1)
        raise UsageError(f"no rule `{arguments.rule}`" + (f"; did you mean `{near[0]}`?" if near else ""))
    print_lines(explanation_lines(rules[arguments.rule]))
    return 0
