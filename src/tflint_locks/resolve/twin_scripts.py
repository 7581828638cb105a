"""Scripts that are one job written for two systems (``bootstrap.sh``, ``bootstrap.ps1``) and make different things.

Where a backend uses what one of the two makes, the other's is certainly wrong, whatever else is left open.
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping

from tflint_locks.record import NamedTuple
from tflint_locks.resolve.model import Definition, Repository
from tflint_locks.resolve.used import Used, all_used
from tflint_locks.value import compare, known

_SYSTEMS = frozenset({".sh", ".bash", ".zsh", ".ps1", ".psm1", ".cmd", ".bat"})


class Strayed(NamedTuple):
    """What a script makes that no backend uses, what its twin makes instead, and the backends that use that."""

    made: Definition
    twin: Definition
    users: tuple[Used, ...]


def strayed(repository: Repository, role: str, kind: str) -> Iterator[Strayed]:
    """Yield the lock tables or state buckets that one of two twin scripts makes under a name nobody uses."""
    scripts = _scripts(repository, kind)
    users = list(all_used(repository.configurations, role)) if scripts else []
    for found in scripts.values():
        for made in found.values():
            for twin in found.values():
                using = tuple(user for user in users if known(twin.name) and compare(user.name, twin.name) is True)
                unused = not any(compare(user.name, made.name) is True for user in users)
                if using and unused and compare(made.name, twin.name) is False:
                    yield Strayed(made, twin, using)


def _scripts(repository: Repository, kind: str) -> Mapping[str, dict[str, Definition]]:
    """Return what twin scripts make, by their name without its ending, then by that; of each script the only one."""
    made: dict[str, list[Definition]] = defaultdict(list)
    for one in repository.definitions:
        if one.kind == kind and one.source == "command" and posixpath.splitext(one.span.path)[1] in _SYSTEMS:
            made[one.span.path].append(one)
    twins: dict[str, dict[str, Definition]] = defaultdict(dict)
    for path, found in made.items():
        stem, ending = posixpath.splitext(path)
        if len(found) == 1 and found[0].proven:
            twins[stem][ending] = found[0]
    return {stem: found for stem, found in twins.items() if len(found) == 2}  # noqa: PLR2004 - twins
