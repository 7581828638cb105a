"""Whether a file or folder that the tree does not list may be there all the same when a command runs.

Git ignores it, a link or submodule holds it, a step writes it, or the tree leaves its folder out.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.regex import regex
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.written import may_be_written
from tflint_locks.settings import covers
from tflint_locks.source import Source, Span
from tflint_locks.tree import ASIDE, NEVER_WALKED, text_in

_MAX_FILES = 400
_BRACKETS = regex(r"\[[^\]\n]{0,80}\]")
_SUBMODULE = regex(r"^[ \t]*path[ \t]*=[ \t]*(\S+)", re.MULTILINE)
_WRITER_NAMES = frozenset({"Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", "Dockerfile", "Jenkinsfile"})
_WRITER_SUFFIXES = (".py", ".js", ".ts", ".mjs", ".ps1", ".rb", ".mk", ".sh", ".bash", ".yml", ".yaml", ".j2", ".tmpl")
# A quote within quotes stands behind a backslash or, in PowerShell, a backtick.
_NAMED_AS_FLAG = regex(r"-(?:backend-config|var-file)[=\s'\"`\\]+[^\s'\"=]*$")


@lru_cache(maxsize=1)
def folders(repository: Repository) -> frozenset[str]:
    """Return every folder that holds a file of the tree, the root among them."""
    found = {""}
    for path in repository.tree.paths():
        folder = posixpath.dirname(path)
        while folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return frozenset(found)


@lru_cache(maxsize=1)
def _paths(repository: Repository) -> frozenset[str]:
    return frozenset(repository.tree.paths())


def may_exist(repository: Repository, path: str) -> bool:
    """Tell whether a file or folder is there, or may be without being listed."""
    if path in _paths(repository) or path in folders(repository):
        return True
    above = [*_above(path)]
    return (
        any(name in ASIDE or name in NEVER_WALKED or name.startswith("test") for name in path.split("/"))
        or _is_elsewhere(repository, above)
        or _ignored(repository, path)
        or any(covers(glob, path) for glob in repository.settings.exclude)
        or any(may_be_written(repository, place) for place in above)
    )


def _above(path: str) -> Iterator[str]:
    """Yield a path and every folder above it but the root."""
    while path:
        yield path
        path = posixpath.dirname(path)


def _is_elsewhere(repository: Repository, above: Iterable[str]) -> bool:
    """Tell whether one of some paths is a link, a submodule, or lies in a folder that could not be listed."""
    tree = repository.tree
    modules = tree.text(".gitmodules")
    submodules = set(_SUBMODULE.findall(modules.text)) if isinstance(modules, Source) else set()
    return any(
        place in tree.links or place in submodules or posixpath.dirname(place) in tree.outward or place in tree.unlisted
        for place in above
    )


def _ignored(repository: Repository, path: str) -> bool:
    """Tell whether git may ignore a path; what an exclamation mark takes back counts as ignored."""
    for folder in ("", *reversed([*_above(posixpath.dirname(path))])):
        source = repository.tree.text(f"{folder}/.gitignore".lstrip("/"))
        inside = path[len(folder) :].lstrip("/")
        if isinstance(source, Source) and any(_covers(line, inside) for line in source.text.splitlines()):
            return True
    return False


def _covers(line: str, path: str) -> bool:
    glob = _BRACKETS.sub("?", line.strip().removeprefix("!"))
    if not glob.strip("/*") or glob.startswith("#"):
        return False
    return covers(glob, path) or ("/" not in glob.rstrip("/") and any(covers(glob, name) for name in path.split("/")))


def texts_around(repository: Repository, command: Command) -> str:
    """Return the text of the file that a command stands in and of those that may take it in: its caller, a pipeline."""
    paths = {command.span.path: None, command.caller: None}
    if command.span.path.endswith((".yml", ".yaml")) and ".github/" not in command.span.path:
        paths |= {path: None for path, file in repository.facts.items() if _is_pipeline(file)}
    sources = (repository.tree.text(path) for path in paths if path)
    return "\n".join(source.text for source in sources if isinstance(source, Source))


def _is_pipeline(file: object) -> bool:
    return isinstance(file, ScriptFile) and file.kind == "ci" and ".github/" not in file.path


def speaks_of(repository: Repository, name: str, besides: Iterable[Span]) -> bool:
    """Tell whether a script, build file or program names a file elsewhere than in a flag that reads it."""
    spans = tuple(besides)
    return any(_says(repository, path, name, spans) for path in _writers(repository))


@lru_cache(maxsize=1)
def _writers(repository: Repository) -> tuple[str, ...]:
    found = [
        path
        for path in repository.tree.paths()
        if posixpath.basename(path) in _WRITER_NAMES or path.endswith(_WRITER_SUFFIXES)
    ]
    known = [path for path in found if path in repository.facts]
    return tuple(dict.fromkeys((*known, *found)))[: max(_MAX_FILES, len(known))]


def _says(repository: Repository, path: str, name: str, besides: tuple[Span, ...]) -> bool:
    text = text_in(repository.tree, path)
    start = text.find(name)
    while start >= 0:
        inside = any(span.path == path and span.start <= start < span.end for span in besides)
        if not inside and not _NAMED_AS_FLAG.search(text[max(start - 200, 0) : start]):
            return True
        start = text.find(name, start + len(name))
    return False
