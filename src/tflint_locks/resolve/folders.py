"""Paths by the folder they lie in, so that a thousand root modules need not look at every file each.

Knows paths only, not what the files hold.
"""

import posixpath
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tflint_locks.record import NamedTuple


class Folders(NamedTuple):
    """Paths, sorted; ``inside`` are those directly in a folder, ``beside`` those in its child folders."""

    paths: tuple[str, ...]
    inside: Mapping[str, Sequence[str]]
    beside: Mapping[str, Sequence[str]]


def by_folder(paths: Iterable[str]) -> Folders:
    """Sort paths into folders."""
    inside: dict[str, list[str]] = defaultdict(list)
    beside: dict[str, list[str]] = defaultdict(list)
    found = tuple(sorted(paths))
    for path in found:
        folder = posixpath.dirname(path)
        inside[folder].append(path)
        if folder:
            beside[posixpath.dirname(folder)].append(path)
    return Folders(found, dict(inside), dict(beside))


def below(folders: Folders, folder: str) -> tuple[str, ...]:
    """Return the paths in a folder and in all folders below it."""
    if not folder:
        return folders.paths
    after = chr(ord("/") + 1)
    return folders.paths[bisect_left(folders.paths, folder + "/") : bisect_left(folders.paths, folder + after)]


def above(path: str) -> Iterator[str]:
    """Yield the folders above a path, the nearest first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
