"""Files that scripts and workflows write: here-documents, redirections, cp, sed, envsubst."""

import re
from functools import lru_cache

from tflint_locks.facts import ScriptFile
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.folders import above
from tflint_locks.resolve.invocations import join, normal, pattern_of
from tflint_locks.resolve.model import Repository
from tflint_locks.settings import covers
from tflint_locks.value import Value, known, text_of


class _Written(NamedTuple):
    """All that is written: paths, those with holes as patterns, globs, and what may be a folder that is filled."""

    paths: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    globs: frozenset[str]
    folders: frozenset[str]


def may_be_written(repository: Repository, path: str) -> bool:
    """Tell whether some script or workflow may write a file or the folder it lies in."""
    written = _written(repository)
    names = (path, path.rpartition("/")[2])
    return (
        not written.paths.isdisjoint(names)
        or not written.folders.isdisjoint(above(path))
        or any(covers(glob, path) or covers("**/" + glob, path) for glob in written.globs)
        or any(pattern.fullmatch(name) for pattern in written.patterns for name in names)
    )


@lru_cache(maxsize=1)
def _written(repository: Repository) -> _Written:
    """Return what any script writes, relative to the root and to where it is written, for many questions."""
    places: set[Value] = set()
    globs: set[str] = set()
    for file in repository.facts.values():
        for item in file.written if isinstance(file, ScriptFile) else ():
            places |= {join(item.directory, item.path), item.path}
            globs.add((text_of(item.path) or "").removeprefix("./"))
    plain = [place for place in places if known(place)]
    patterns = {found for place in places if not known(place) and (found := pattern_of(place))}
    return _Written(
        frozenset(text for place in plain if (text := normal(place))),
        tuple(map(re.compile, sorted(patterns))),
        frozenset(glob for glob in globs if "*" in glob),
        frozenset((text_of(place) or "").removeprefix("./").rstrip("/") for place in plain) - {""},
    )
