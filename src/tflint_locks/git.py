"""Asks git about a work tree that is not trusted.

No file system monitor, no hooks, no variables that lead git elsewhere, nor the repository's own settings:
``core.worktree`` could list another folder's files in place of these.
"""

import os

TIMEOUT = 20.0


class GitError(Exception):
    """What git refuses, or why it cannot be asked; the text is its last line."""


def work_tree_of(root: str) -> str | None:
    """Return the nearest folder that holds a ``.git``: the folder itself or one above it."""
    folder = root
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def ask(root: str, work_tree: str, *words: str) -> bytes:
    """Return what git prints for a command in a folder of a work tree; raises GitError."""
    import subprocess

    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_WORK_TREE": work_tree}
    options = ["-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-C", root]
    try:
        done = subprocess.run(  # noqa: S603 - the words are ours, but for the root and a commit
            ["git", *options, *words],  # noqa: S607 - git is where PATH says
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=environment,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise GitError(f"git cannot be asked: {error}") from None
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(told[-1] if told else "git cannot tell")
    return done.stdout
