"""Writes changed files: whole or not at all, never through a link, never over what somebody changed meanwhile."""

import os
import stat
import tempfile
from collections.abc import Iterator, Mapping

from tflint_locks.source import Source
from tflint_locks.tree import DiskTree, read_bytes


def write_texts(tree: DiskTree, texts: Mapping[str, str]) -> Iterator[str]:
    """Write new texts in place of those that the tree read; yields why for each file that is left as it is."""
    for path, text in sorted(texts.items()):
        before = tree.text(path)
        if not isinstance(before, Source):
            yield f"{path}: {before.reason}; not written"
        elif before.text != text and (why := _write(os.path.join(tree.root, path), before.text, text)):
            yield f"{path}: {why}; not written"


def _write(name: str, before: str, text: str) -> str:
    """Write one file; returns why not, empty where it is done."""
    try:
        mode = os.lstat(name).st_mode
    except OSError as error:
        return f"not readable: {error.strerror}"
    if not stat.S_ISREG(mode) or os.path.realpath(name) != os.path.abspath(name):
        return "behind a link"
    if read_bytes(name) != before.encode():
        return "changed since it was read"
    return _replace(name, text.encode(), stat.S_IMODE(mode))


def _replace(name: str, content: bytes, mode: int) -> str:
    """Put a file beside the old one and in its place, so that no reader sees half of it."""
    beside = ""
    try:
        descriptor, beside = tempfile.mkstemp(prefix=".tflint-locks-", dir=os.path.dirname(name))
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
        os.replace(beside, name)
    except OSError as error:
        if beside:
            os.unlink(beside)
        return f"not writable: {error.strerror}"
    return ""
