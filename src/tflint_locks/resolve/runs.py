"""Every terraform and tofu command of a repository with where it runs and whether a machine runs it unasked."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from tflint_locks.facts import ScriptFile
from tflint_locks.resolve.invocations import Flag, Invocation, invocations, join, normal
from tflint_locks.resolve.model import Repository
from tflint_locks.source import Source, Span
from tflint_locks.value import Literal, Value, known, text_of

# What Go reads as false; everything else that it reads as a boolean is true.
FALSE = frozenset({"false", "0", "f", "F", "FALSE", "False"})
TRUE = frozenset({"true", "1", "t", "T", "TRUE", "True"})
_ON = re.compile(r"^['\"]?(?:on|true)['\"]?[ \t]*:", re.MULTILINE)
_UNASKED = frozenset({"ci", "hook"})


class Run(NamedTuple):
    """One terraform or tofu command of a script or CI file.

    ``place`` is the directory it runs in, relative to the root, None where it is not certainly known. ``automated``
    is true where CI or a hook runs it, false where people start its script.
    """

    invocation: Invocation
    place: str | None
    automated: bool

    @property
    def span(self) -> Span:
        """Where the command stands."""
        return self.invocation.command.span


@lru_cache(maxsize=1)
def runs(repository: Repository) -> tuple[Run, ...]:
    """Return the terraform and tofu commands of all files, once for each assignment of their choices."""
    return tuple(_runs(repository))


def _runs(repository: Repository) -> Iterator[Run]:
    unasked = automated_paths(repository)
    for file in scripts(repository):
        for invocation in invocations(file.commands):
            yield Run(invocation, place_of(invocation.directory), file.path in unasked)


def scripts(repository: Repository) -> Iterator[ScriptFile]:
    """Yield the files that run something."""
    return (file for file in repository.facts.values() if isinstance(file, ScriptFile) and file.kind != "settings")


def in_sequence(repository: Repository) -> Iterable[list[Run]]:
    """Return the commands of each scope, which run one after another in one place."""
    scopes: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for run in runs(repository):
        scopes[run.invocation.command.place].append(run)
    return [sequence for found in scopes.values() for sequence in _by_choice(found)]


def _by_choice(found: list[Run]) -> Iterator[list[Run]]:
    """Yield the commands of a scope once for each way its choices can be made, those that go together."""
    made = {frozenset((choice.identity, choice.texts) for choice in run.invocation.command.choices) for run in found}
    for way in [one for one in made if not any(one < other for other in made)]:
        texts = dict(way)
        yield [
            run
            for run in found
            if all(texts.get(one.identity, one.texts) == one.texts for one in run.invocation.command.choices)
        ]


@lru_cache(maxsize=1)
def automated_paths(repository: Repository) -> frozenset[str]:
    """Return the files that CI or a hook runs: its own, and the scripts that these call."""
    files = list(scripts(repository))
    found = {file.path for file in files if file.kind in _UNASKED}
    rest = [file.path for file in files if file.path not in found and "/" in file.path]
    for file in files:
        if file.path in found:
            found.update(_called(file))
            source = repository.tree.text(file.path)
            text = source.text if isinstance(source, Source) else ""
            found.update(path for path in rest if path in text)
    return frozenset(found)


def _called(file: ScriptFile) -> Iterator[str]:
    for call in file.calls:
        path = place_of(join(call.directory, call.target)) if call.kind == "script" else None
        if path:
            yield path


def place_of(directory: Value) -> str | None:
    """Return a directory relative to the root, None where it is unknown or lies outside."""
    path = normal(directory) if known(directory) else None
    if path is None or path.startswith(("/", "~", "..")):
        return None
    return path


def file_place(run: Run, flag: Flag) -> str | None:
    """Return the path that a flag of a command names, relative to the root, None where it is not known."""
    if run.place is None or not known(flag.value) or not text_of(flag.value):
        return None
    return place_of(join(((Literal(run.place),) if run.place else ()), flag.value))


def without_backend(run: Run) -> bool:
    """Tell whether an init leaves the backend out."""
    return any(text_of(flag.value) in FALSE for flag in run.invocation.all("backend"))


def is_init(run: Run) -> bool:
    """Tell whether a command is an init that sets up a backend."""
    return run.invocation.subcommand == "init" and not without_backend(run)


def consistent(left: Run, right: Run) -> bool:
    """Tell whether two commands may belong to one run: the choices that both rest on are the same."""
    mine = {choice.identity: choice.texts for choice in left.invocation.command.choices}
    return all(mine.get(choice.identity, choice.texts) == choice.texts for choice in right.invocation.command.choices)


def is_branched(run: Run) -> bool:
    """Tell whether a command stands on one of several ways through its file, some of which may never be gone."""
    return "[" in run.invocation.command.scope


def is_live_here(repository: Repository, path: str) -> bool:
    """Tell whether a CI file runs in this repository.

    Actions and reusable workflows run in their callers', workflows below another folder in none; a project that
    Atlantis lists runs only when something in its directory changes.
    """
    if posixpath.basename(path).startswith(("action.y", "atlantis.")):
        return False
    if "/.github/" in path:
        return False
    source = repository.tree.text(path)
    text = source.text if isinstance(source, Source) else ""
    return ".github/" not in path or ("workflow_call" not in text and _ON.search(text) is not None)
