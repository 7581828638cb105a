"""Inits that are given a backend configuration in a root module without a backend block."""

import posixpath
from collections import defaultdict
from collections.abc import Iterator

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.absent import may_exist, speaks_of, texts_around
from tflint_locks.resolve.brought import may_be_elsewhere
from tflint_locks.resolve.invocations import after_first, join, normal
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.modules import Module
from tflint_locks.resolve.runs import Run, is_init, place_of, runs, scripts
from tflint_locks.source import Span
from tflint_locks.value import Hole, Value, known

_TERRAFORM = (".tf", ".tf.json", ".tofu", ".tofu.json")
# What a program of the repository names that may write the block.
_WRITTEN = ("backend.tf", "backend_override.tf", "override.tf", 'backend "s3"', 'backend \\"s3')
_FEW = 3  # a folder, a slash and a name


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each root module and file of inits that set up a backend nobody declares."""
    groups: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for run in runs(repository):
        if is_init(run) and run.invocation.all("backend-config"):
            root = _root(repository, run)
            if root is not None:
                groups[run.span.path, root].append(run)
    for (path, root), found in groups.items():
        brought = _may_be_written(repository, root, {path}) if _lacks_backend(repository, root) else True
        if not brought and not may_be_elsewhere(texts_around(repository, found[0].invocation.command)):
            yield _match(repository, root, found)


def _root(repository: Repository, run: Run) -> str | None:
    """Return the directory an init runs in; where a script's start is unknown, the only one it can be."""
    directory = run.invocation.directory
    if known(directory):
        return run.place
    first = directory[0]
    if not isinstance(first, Hole) or first.identity != "$PWD":
        return None
    rest = after_first(directory)
    path = normal(rest) if known(rest) else None
    if path is None or path.startswith(("/", "..")):
        return None
    if not path:
        return _only_root(repository)
    places = {path, *(posixpath.normpath(f"{folder}/{path}") for folder in _above(run.span.path))}
    found = [place for place in places if place in repository.modules]
    return found[0] if len(found) == 1 else None


def _only_root(repository: Repository) -> str | None:
    """Return the one directory of Terraform files of a repository that calls no modules of its own."""
    return next(iter(repository.modules)) if len(repository.modules) == 1 else None


def _above(path: str) -> Iterator[str]:
    folder = posixpath.dirname(path)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)


def _lacks_backend(repository: Repository, root: str) -> bool:
    """Tell whether a directory of Terraform files certainly declares no backend when the init runs."""
    module = repository.modules.get(root)
    if module is None or module.backend or module.remote or not _is_whole(repository, module):
        return False
    return not any(
        _may_be_made(repository, root, name) for name in ("backend.tf", "backend_override.tf", "providers.tf")
    )


def _is_whole(repository: Repository, module: Module) -> bool:
    """Tell whether all files of a module were read to their end, and none is written anew by a script."""
    unread = {item.path for item in repository.unreadable} | {fault.span.path for fault in repository.faults}
    return module.directory not in repository.tree.outward and not unread.intersection(module.paths)


def _may_be_made(repository: Repository, root: str, name: str) -> bool:
    return any(may_exist(repository, f"{root}/{file}".lstrip("/")) for file in (name, "terragrunt.hcl"))


def _may_be_written(repository: Repository, root: str, paths: set[str]) -> bool:
    """Tell whether a script may write a Terraform file of a root module, or the script of the init any file at all.

    A program says so by the file's name or the block's.
    """
    return any(speaks_of(repository, one, ()) for one in _WRITTEN) or any(
        _may_be_file_of(root, join(item.directory, item.path), anything=file.path in paths)
        for file in scripts(repository)
        for item in file.written
    )


def _may_be_file_of(root: str, place: Value, *, anything: bool) -> bool:
    last = place[-1] if place else None
    if isinstance(last, Hole):
        return anything and len(place) <= _FEW
    if last is None or not last.text.endswith(_TERRAFORM):
        return False
    found = place_of(place) if known(place) else None
    return found is None or posixpath.dirname(found) == root


def _match(repository: Repository, root: str, found: list[Run]) -> Match:
    first, *others = found
    flag = first.invocation.all("backend-config")[0]
    module = repository.modules[root]
    settings = [Span(one.path, one.block.start, one.block.type_end) for one in module.settings]
    return Match(
        flag.span,
        {"root": f"`{root}`" if root else "the root module"},
        (
            *(Related(span, "a `terraform` block without a backend") for span in settings[:1]),
            *(Related(run.invocation.all("backend-config")[0].span, "given here too") for run in others),
        ),
        cause=first.span,
        severity=None if first.automated else Severity.WARNING,
    )
