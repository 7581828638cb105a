"""Variables and locals that only ``terraform_remote_state`` reads: another project's state as often as not."""

import re
from collections.abc import Iterator

from tflint_locks.hcl import Attribute
from tflint_locks.resolve.model import Mention, Repository
from tflint_locks.resolve.modules import Declared, Module, argument, called_directory
from tflint_locks.source import Source
from tflint_locks.tree import text_in

_REMOTE = "terraform_remote_state"
_MOST_NAMES = 50
# A module's directory and a name in it: ``("network", "var", "state_bucket")``.
_Name = tuple[str, str, str]


def only_read_remotely(repository: Repository, mention: Mention) -> bool:
    """Tell whether what names a bucket or table is read, and by remote states alone."""
    kind, _, name = mention.evidence.partition(".")
    stack = list(_declared(repository, mention, kind, name))
    seen: set[_Name] = set()
    found = False
    while stack and len(seen) < _MOST_NAMES:
        current = stack.pop()
        if current in seen:
            continue
        seen.add(current)
        for reader in _readers(repository, current):
            if reader is None:
                return False
            if reader == current:
                found = True
            else:
                stack.append(reader)
    return found and not stack


def _declared(repository: Repository, mention: Mention, kind: str, name: str) -> Iterator[_Name]:
    """Yield the modules' names that a place gives its value: its own module's, its root's, or that of a call."""
    if kind not in ("var", "local") or not name:
        return
    path, start = mention.span.path, mention.span.start
    here = repository.modules.get(path.rpartition("/")[0])
    for declared in here.calls.values() if here and path in here.paths else ():
        target = _target(repository, here, declared) if here and _holds(declared, path, start) else None
        if target is not None:
            yield (target, kind, name)
            return
    for directory in (path.rpartition("/")[0], mention.root):
        module = repository.modules.get(directory) if directory is not None else None
        if module and name in (module.variables if kind == "var" else module.locals):
            yield (module.directory, kind, name)
            return


def _readers(repository: Repository, current: _Name) -> Iterator[_Name | None]:
    """Yield what reads a name: itself for a remote state, the name it is handed on to, None for anything else."""
    directory, kind, name = current
    module = repository.modules.get(directory)
    pattern = re.compile(rf"(?<![\w.-]){kind}\.{re.escape(name)}(?![\w-])")
    for path in module.paths if module else ():
        for match in pattern.finditer(text_in(repository.tree, path)):
            yield _reader(repository, module, current, path, match.start()) if module else None


def _reader(repository: Repository, module: Module, current: _Name, path: str, at: int) -> _Name | None:
    if any(kind == _REMOTE and _holds(declared, path, at) for (kind, _), declared in module.data.items()):
        return current
    for name, found in module.locals.items():
        if found.path == path and found.attribute.value_start <= at < found.attribute.value_end:
            return (module.directory, "local", name)
    for declared in module.calls.values():
        if _holds(declared, path, at):
            target = _target(repository, module, declared)
            given = _argument_at(declared, at)
            return (target, "var", given) if target is not None and given else None
    return None


def _argument_at(declared: Declared, at: int) -> str | None:
    items = (item for item in declared.block.items if isinstance(item, Attribute))
    return next((item.name for item in items if item.value_start <= at < item.value_end), None)


def _target(repository: Repository, module: Module, declared: Declared) -> str | None:
    """Return the directory of a called module that is in the repository."""
    source = argument(declared, "source")
    text = repository.tree.text(source.path) if source else None
    if source is None or not isinstance(text, Source):
        return None
    written = text.text[source.attribute.value_start : source.attribute.value_end].strip('"')
    directory = called_directory(module.directory, written)
    return directory if directory in repository.modules else None


def _holds(declared: Declared, path: str, at: int) -> bool:
    return declared.path == path and declared.block.start <= at < declared.block.end
