"""Every terraform and tofu command of a repository with where it runs and whether a machine runs it unasked."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.invocations import Flag, Invocation, handed_on, invocations, join, normal
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.spoken import paths_in, paths_of
from tflint_locks.source import Span
from tflint_locks.tree import text_in
from tflint_locks.value import Literal, Value, known, text_of

# What Go reads as false; everything else that it reads as a boolean is true.
FALSE = frozenset({"false", "0", "f", "F", "FALSE", "False"})
TRUE = frozenset({"true", "1", "t", "T", "TRUE", "True"})
_ON = regex(r"^['\"]?(?:on|true)['\"]?[ \t]*:", re.MULTILINE)
_UNASKED = frozenset({"ci", "hook"})
_MOST_INITS = 50
# What is chosen on a way through a file, as it stands in a scope.
_WAYS = regex(r"\[([^\[\]]*)")


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


@lru_cache(maxsize=1)
def terragrunt_runs(repository: Repository) -> tuple[Run, ...]:
    """Return terragrunt's commands of all files as terraform gets them; where each runs the units say."""
    unasked = automated_paths(repository)
    return tuple(
        Run(invocation, None, file.path in unasked)
        for file in scripts(repository)
        for invocation in handed_on(file.commands)
    )


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
    rest = paths_of(file.path for file in files if file.path not in found and "/" in file.path)
    for file in files:
        if file.path in found:
            found.update(_called(file))
            text = text_in(repository.tree, file.path)
            found.update(paths_in(rest, text))
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


def given_at(flag: Flag) -> Iterator[Span]:
    """Yield where the parts of a flag's value are written that stand elsewhere: in a variable, an input, a call."""
    for piece in flag.value:
        span = piece.span if isinstance(piece, Literal) else None
        if span and not (span.path == flag.span.path and flag.span.start <= span.start < flag.span.end):
            yield span


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
    """Tell whether a command stands on one of several ways through its file, some of which may never be gone.

    All of a matrix is run.
    """
    return any(not way.startswith(("matrix=", "matrix.")) for way in _WAYS.findall(run.invocation.command.scope))


def may_go_together(repository: Repository, command: Command | None) -> bool:
    """Tell whether what a command is given goes with each directory it is tried in.

    Not where one job has several inits for the same directories: one choice picks the directory and another the init,
    and which go together is not known.
    """
    return command is None or _job_of(command) not in _crossed(repository)


def _job_of(command: Command) -> tuple[str, str]:
    path, scope = command.place
    return path, scope.partition("[")[0]


@lru_cache(maxsize=1)
def _crossed(repository: Repository) -> frozenset[tuple[str, str]]:
    """Return the jobs and functions in which two inits share several directories."""
    places: dict[tuple[str, str], dict[Span, set[str]]] = defaultdict(lambda: defaultdict(set))
    for run in runs(repository):
        if is_init(run) and run.place is not None:
            places[_job_of(run.invocation.command)][run.span].add(run.place)
    return frozenset(job for job, spans in places.items() if _share_several(list(spans.values())[:_MOST_INITS]))


def _share_several(places: list[set[str]]) -> bool:
    return any(len(left & right) > 1 for left, right in combinations(places, 2))


def is_live_here(repository: Repository, path: str) -> bool:
    """Tell whether a CI file runs in this repository: actions and reusable workflows run in their callers'.

    Workflows below another folder run in none.
    """
    if posixpath.basename(path).startswith("action.y"):
        return False
    if "/.github/" in path:
        return False
    text = text_in(repository.tree, path)
    return ".github/" not in path or ("workflow_call" not in text and _ON.search(text) is not None)
