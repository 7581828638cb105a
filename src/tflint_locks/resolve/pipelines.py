"""CI and task files that take in other files of the repository, read again as one with them.

A file that another one takes in runs nothing by itself; its comments and faults stay its own.
"""

import posixpath
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from tflint_locks.facts import ScriptFile
from tflint_locks.resolve.reading import Reading
from tflint_locks.source import Source
from tflint_locks.tree import Tree, text_in
from tflint_locks.value import literal, matches

_Files = Callable[[str], Sequence[tuple[str, str]]]

# By the kind of a file's calls: the reader that takes other files in.
_READERS = {
    "include": "gitlab:read_gitlab",
    "template": "azure:read_azure",
    "atlantis": "atlantis:read_atlantis",
    "taskfile": "taskfile:read_taskfile",
}
_GITLAB = ".gitlab-ci.yml"
_MATCHES = 100
_FETCHES = 400


def join_pipelines(reading: Reading, tree: Tree) -> None:
    """Put the facts of files read as one in place of those of each alone."""
    joined: dict[str, ScriptFile] = {}
    taken: dict[str, str] = {}
    for path, file in reading.scripts.items():
        kind = next((call.kind for call in file.calls if call.kind in _READERS), None)
        source = tree.text(path) if kind else None
        if kind and isinstance(source, Source):
            used: set[str] = set()
            joined[path] = _reader(kind)(path, source.text, _files(reading, tree, used))
            taken.update(dict.fromkeys(used - {path} if kind != "atlantis" else (), kind))
    for path, file in joined.items():
        if path not in taken:
            _keep(reading, file)
    for path, kind in sorted(taken.items()):
        alone = reading.scripts.get(path) or _alone(tree, kind, path)
        jobs = tuple(job for file in joined.values() for job in file.jobs if job.span.path == path)
        reading.scripts[path] = alone._replace(commands=(), written=(), names=(), calls=(), jobs=jobs)
    if _GITLAB in reading.paths:
        _stop_idle(reading, taken)


def _stop_idle(reading: Reading, taken: Mapping[str, str]) -> None:
    """Take the jobs from pipelines in folders that the root's does not take in: GitLab starts only that one."""
    for path, file in reading.scripts.items():
        if path.endswith(f"/{_GITLAB}") and path not in taken and file.jobs:
            reading.scripts[path] = file._replace(jobs=())


def _alone(tree: Tree, kind: str, path: str) -> ScriptFile:
    """Read a file that only another one names: for its comments and faults."""
    return _reader(kind)(path, text_in(tree, path), lambda _path: ())


def _reader(kind: str) -> Callable[[str, str, _Files], ScriptFile]:
    module, _, name = _READERS[kind].partition(":")
    found: Callable[[str, str, _Files], ScriptFile] = getattr(import_module(f"tflint_locks.read.{module}"), name)
    return found


def _keep(reading: Reading, file: ScriptFile) -> None:
    known = set(reading.versions)
    reading.versions.extend(version for version in file.versions if version not in known)
    reading.scripts[file.path] = file._replace(jobs=tuple(job for job in file.jobs if job.span.path == file.path))


def _files(reading: Reading, tree: Tree, used: set[str]) -> _Files:
    """Return the function that gives a reader the files it names, as often as is fair."""
    left = [_FETCHES]

    def files(target: str) -> Sequence[tuple[str, str]]:
        if left[0] <= 0:
            return ()
        left[0] -= 1
        paths = _matching(reading, target) if "*" in target else [posixpath.normpath(target)]
        sources = [tree.text(path) for path in paths if path in reading.paths]
        found = [(source.path, source.text) for source in sources if isinstance(source, Source)]
        used.update(path for path, _ in found)
        return found

    return files


def _matching(reading: Reading, target: str) -> list[str]:
    """Return the files that a pattern stands for: ``*`` within a folder, ``**`` across folders."""
    patterns = {target.replace("**", "*"), target.replace("**/", "")}
    depth = None if "**" in target else target.count("/")
    return [
        path
        for path in sorted(reading.paths)
        if depth in (None, path.count("/")) and any(matches(pattern, literal(path)) for pattern in patterns)
    ][:_MATCHES]
