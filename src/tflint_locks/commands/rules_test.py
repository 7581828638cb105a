"""``rules test``: run the examples of rules of one's own."""

from typing import TYPE_CHECKING

from tflint_locks import catalog
from tflint_locks.commands.terminal import FOUND, print_lines
from tflint_locks.own_rules import failures, own_rule, rule_files
from tflint_locks.place import UsageError
from tflint_locks.tree import read_bytes

if TYPE_CHECKING:
    import argparse


def run(arguments: "argparse.Namespace") -> int:
    """Run the command: a line for each rule, and for each example that fails."""
    rules = catalog.load_catalog()
    failed = 0
    for path in rule_files(arguments.paths):
        content = read_bytes(path)
        if isinstance(content, str):
            raise UsageError(f"{path}: {content}")
        model = own_rule(path, content.decode("utf-8", "replace"))
        told = [f"{path}: {text}" for text in failures(model, rules)]
        failed += len(told)
        print_lines(told or [f"{path}: {len(model.examples)} examples passed"])
    return FOUND if failed else 0
