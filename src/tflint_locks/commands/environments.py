"""``environments``: show what terraform uses in each environment."""

from typing import TYPE_CHECKING

from tflint_locks.commands.terminal import print_lines
from tflint_locks.commands.work import repository_of, work_of

if TYPE_CHECKING:
    import argparse


def run(arguments: "argparse.Namespace") -> int:
    """Run the command; returns the exit status."""
    from tflint_locks.render.environments import environment_lines, environments_json

    work = work_of(arguments)
    repository = repository_of(work)
    if arguments.format == "json":
        print_lines([environments_json(repository, work.given)])
    else:
        print_lines(environment_lines(repository, work.given, why=arguments.why))
    return 0
