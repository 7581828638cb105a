"""Which files changed since a commit, by git.

Plumbing alone is asked: it compares no content, which could run a filter that the repository names.
"""

import os

from tflint_locks.git import GitError, ask, work_tree_of
from tflint_locks.place import UsageError


def changed_paths(root: str, since: str) -> frozenset[str]:
    """Return the paths below a root that differ from where a commit and ``HEAD`` parted, untracked ones too.

    Raises UsageError where git is missing, this is no repository, or there is no such commit.
    """
    work_tree = work_tree_of(root)
    if since.startswith("-") or work_tree is None:
        raise UsageError(f"--changed {since}: {'not in a work tree of git' if work_tree is None else 'no commit'}")
    try:
        parted = ask(root, work_tree, "merge-base", since, "HEAD").decode().strip()
        names = ask(root, work_tree, "diff-index", "--name-only", "--relative", "-z", parted, "--")
        names += ask(root, work_tree, "ls-files", "-o", "--exclude-standard", "-z")
    except GitError as error:
        raise UsageError(f"--changed {since}: {error}") from None
    return frozenset(os.fsdecode(name) for name in names.split(b"\0") if name)
