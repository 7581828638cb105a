"""What all commands print with: lines on standard output, complaints on standard error, colour where it is wanted."""

import os
import sys
from collections.abc import Iterable

FOUND = 1
FAILED = 2


def print_lines(lines: Iterable[str]) -> None:
    """Write lines to standard output."""
    for line in lines:
        sys.stdout.write(f"{line}\n")


def complain(lines: Iterable[str]) -> None:
    """Write lines to standard error, each with the program's name."""
    from tflint_locks.render.escape import visible

    for line in lines:
        sys.stderr.write(f"tflint-locks: {visible(line)}\n")


def coloured(choice: str) -> bool:
    """Decide on colour: the flag, then NO_COLOR, FORCE_COLOR, TERM=dumb, then whether a terminal reads it."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and sys.stdout.isatty()
