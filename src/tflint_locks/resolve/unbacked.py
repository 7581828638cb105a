"""Commands that certainly or perhaps work on no state in a bucket: nothing is locked for them, and nothing lost."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from tflint_locks.resolve.absent import texts_around
from tflint_locks.resolve.endpoints import is_local, store
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.modules import Module
from tflint_locks.resolve.runs import Run, in_sequence, is_init, without_backend
from tflint_locks.resolve.written import may_be_written
from tflint_locks.source import Span

_OVERRIDES = ("backend_override.tf", "override.tf", "_override.tf")


def is_unbacked(repository: Repository, span: Span) -> bool:
    """Tell whether a command may have no lock to take, wherever it is called from.

    It comes after an init without backend, in a root module whose state is kept on the machine, or before a
    stand-in for AWS; or a step may take the backend block out of the way.
    """
    found = _places(repository).get(span, ())
    return bool(found) and not any(
        _has_backend(repository, sequence[:index], sequence[index]) for sequence, index in found
    )


@lru_cache(maxsize=1)
def _places(repository: Repository) -> Mapping[Span, list[tuple[list[Run], int]]]:
    """Return the sequences that each command stands in, and where."""
    found: dict[Span, list[tuple[list[Run], int]]] = defaultdict(list)
    for sequence in in_sequence(repository):
        for index, run in enumerate(sequence):
            found[run.span].append((sequence, index))
    return found


def _has_backend(repository: Repository, before: list[Run], run: Run) -> bool:
    if is_local(run.invocation.environment):
        return False
    inits = [
        one
        for one in before
        if one.invocation.subcommand == "init" and one.invocation.directory == run.invocation.directory
    ]
    if inits and not any(map(is_init, inits)):
        return not without_backend(inits[-1])
    if run.place is None:
        return True
    module = repository.modules.get(run.place)
    return not _is_kept_here(repository, run, module) and not _is_stand_in(
        one for one in repository.configurations if one.root == run.place
    )


def _is_stand_in(configurations: Iterable[Configuration]) -> bool:
    stores = {store(one) for one in configurations if one.type == "s3"}
    return stores == {"local"}


def _is_kept_here(repository: Repository, run: Run, module: Module | None) -> bool:
    """Tell whether a root module has no backend or a local one, or may have when the command runs."""
    if module is None:
        return False
    if not module.backend:
        return not module.remote
    labels = module.backend.block.labels
    if labels and getattr(labels[0], "text", "") == "local":
        return True
    return _is_taken_out(repository, run, module.backend.path) or any(
        may_be_written(repository, f"{module.directory}/{name}".lstrip("/")) for name in _OVERRIDES
    )


def _is_taken_out(repository: Repository, run: Run, path: str) -> bool:
    """Tell whether the file with the backend block is removed or renamed where the command stands."""
    name = re.escape(posixpath.basename(path))
    text = texts_around(repository, run.invocation.command)
    return re.search(rf"(?<![\w-])(?:rm|mv|Remove-Item|Move-Item)\b[^\n]{{0,200}}{name}", text) is not None
