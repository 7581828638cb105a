"""Directories in which CI runs terraform and which are not in the repository."""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from tflint_locks.facts import ScriptFile
from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.absent import folders, may_exist, texts_around
from tflint_locks.resolve.brought import may_bring_folder, tests_for_any
from tflint_locks.resolve.edits import renamed_path
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.runs import Run, is_branched, is_live_here, runs
from tflint_locks.resolve.words import nearest
from tflint_locks.source import Span
from tflint_locks.value import span_of


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each file and directory, with every other command that runs there."""
    groups: dict[tuple[str, str], list[Run]] = defaultdict(list)
    places: dict[Span, set[str | None]] = defaultdict(set)
    for run in runs(repository):
        places[run.span].add(run.place)
    for run in runs(repository):
        only = len(places[run.span]) == 1 or not is_branched(run)
        if run.place and only and not _is_listed(run) and not may_exist(repository, run.place):
            groups[run.span.path, run.place].append(run)
    for (path, place), found in groups.items():
        if repository.modules and _belongs_here(repository, path) and not _brought(repository, found[0], place):
            yield _match(repository, place, found)


def _is_listed(run: Run) -> bool:
    """Tell whether Atlantis has a command for a project it lists: it runs when something in its directory changes."""
    path = run.invocation.command.caller or run.span.path
    return path.rpartition("/")[2].startswith("atlantis.")


def _belongs_here(repository: Repository, path: str) -> bool:
    """Tell whether a file runs here: CI that is live, or a script that never runs where it is started."""
    file = repository.facts.get(path)
    if isinstance(file, ScriptFile) and file.kind == "ci":
        return is_live_here(repository, path)
    return path not in _started_anywhere(repository)


@lru_cache(maxsize=1)
def _started_anywhere(repository: Repository) -> frozenset[str]:
    """Return the files with a command that runs where nobody knows."""
    return frozenset(run.span.path for run in runs(repository) if run.place is None)


def _brought(repository: Repository, run: Run, place: str) -> bool:
    command = run.invocation.command
    text = texts_around(repository, command)
    return may_bring_folder(text, place) or (command.conditional and tests_for_any(text))


def _match(repository: Repository, place: str, found: list[Run]) -> Match:
    where, near = _where(found[0]), _near(repository, place)
    spans = dict.fromkeys(span for run in found for span in (run.span, _where(run)) if span != where)
    edit = renamed_path(repository.tree, found[0].invocation.directory, place, near) if near else None
    return Match(
        where,
        {"directory": f"`{place}`", "near": f" (`{near}` is there)" if near else ""},
        tuple(Related(span, "runs there") for span in sorted(spans)),
        severity=None if found[0].automated else Severity.WARNING,
        edits=(edit,) if edit else (),
    )


def _where(run: Run) -> Span:
    """Return where the directory is written, else the command."""
    written = span_of(run.invocation.directory)
    return written if written and written.path == run.span.path else run.span


def _near(repository: Repository, place: str) -> str | None:
    found = nearest(place, (folder for folder in repository.modules if abs(len(folder) - len(place)) <= 2))  # noqa: PLR2004
    return found if found in folders(repository) else None
