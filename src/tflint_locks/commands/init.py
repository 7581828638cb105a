"""``init``: write first settings from what the repository shows, and say how to run the check on every commit."""

import os
from typing import TYPE_CHECKING

from tflint_locks.commands.terminal import print_lines
from tflint_locks.commands.work import repository_of, work_of
from tflint_locks.first_settings import HOOK, first_settings
from tflint_locks.place import UsageError
from tflint_locks.settings import SETTINGS_FILE

if TYPE_CHECKING:
    import argparse


def run(arguments: "argparse.Namespace") -> int:
    """Write the settings at the root; raises UsageError where there are some."""
    work = work_of(arguments)
    text = first_settings(repository_of(work))
    path = os.path.join(work.tree.root, SETTINGS_FILE)
    try:
        with open(path, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{SETTINGS_FILE}: there already") from None
    except OSError as error:
        raise UsageError(f"{SETTINGS_FILE}: cannot be written: {error.strerror}") from None
    print_lines([f"wrote {SETTINGS_FILE}; look at it and change what is not so", "", *HOOK.splitlines()])
    return 0
