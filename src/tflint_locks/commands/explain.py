"""``explain``: all that is to say about one rule."""

from typing import TYPE_CHECKING

from tflint_locks import catalog
from tflint_locks.commands.terminal import print_lines
from tflint_locks.place import UsageError

if TYPE_CHECKING:
    import argparse


def run(arguments: "argparse.Namespace") -> int:
    """Run the command; raises UsageError for a rule there is not."""
    rules = catalog.load_catalog()
    if arguments.rule not in rules:
        from tflint_locks.commands.work import rules_here

        rules = rules_here(rules)
    if arguments.rule not in rules:
        from difflib import get_close_matches

        near = get_close_matches(arguments.rule, list(rules), 1)
        raise UsageError(f"no rule `{arguments.rule}`" + (f"; did you mean `{near[0]}`?" if near else ""))
    from tflint_locks.rule_page import page

    print_lines(page(rules[arguments.rule], rules).splitlines())
    return 0
