"""Which files changed since a commit, by git: the repository is not trusted, so its hooks and monitors stay off.

Plumbing alone is asked: it compares no content, which could run a filter that the repository names.
"""

import os
import subprocess

from tflint_locks.place import UsageError

TIMEOUT = 20.0


def changed_paths(root: str, since: str) -> frozenset[str]:
    """Return the paths below a root that differ from where a commit and ``HEAD`` parted, untracked ones too.

    Raises UsageError where git is missing, this is no repository, or there is no such commit.
    """
    if since.startswith("-"):
        raise UsageError(f"--changed {since}: no commit")
    parted = _git(root, "merge-base", since, "HEAD", why=f"--changed {since}").strip()
    names = _git(root, "diff-index", "--name-only", "--relative", "-z", parted, "--")
    names += _git(root, "ls-files", "-o", "--exclude-standard", "-z")
    return frozenset(name for name in names.split("\0") if name)


def _git(root: str, *words: str, why: str = "--changed") -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
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
        raise UsageError(f"{why}: git cannot be asked: {error}") from None
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UsageError(f"{why}: {told[-1] if told else 'git cannot tell'}")
    return done.stdout.decode("utf-8", "surrogateescape")
