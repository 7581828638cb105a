"""``environments``: show what terraform uses in each environment."""

from typing import TYPE_CHECKING

from tflint_locks import resolve
from tflint_locks.commands.terminal import FAILED, complain, print_lines
from tflint_locks.commands.work import work_of

if TYPE_CHECKING:
    import argparse


def run(arguments: "argparse.Namespace") -> int:
    """Run the command; returns the exit status."""
    from tflint_locks.engine import resolved
    from tflint_locks.render.environments import environment_lines, environments_json

    work = work_of(arguments)
    repository = resolved(work.tree, work.settings, resolve.load)
    if isinstance(repository, str):
        complain([repository])
        return FAILED
    if arguments.format == "json":
        print_lines([environments_json(repository, work.given)])
    else:
        print_lines(environment_lines(repository, work.given, why=arguments.why))
    return 0
