"""Directories in which CI runs terraform and which are not in the repository."""

from collections import defaultdict
from collections.abc import Iterator

from tflint_locks.facts import ScriptFile
from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.absent import folders, may_bring_folder, may_exist
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.runs import Run, is_branched, is_live_here, runs
from tflint_locks.resolve.words import nearest
from tflint_locks.source import Source, Span
from tflint_locks.value import span_of


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each file and directory, with every other command that runs there."""
    groups: dict[tuple[str, str], list[Run]] = defaultdict(list)
    places: dict[Span, set[str | None]] = defaultdict(set)
    for run in runs(repository):
        places[run.span].add(run.place)
    for run in runs(repository):
        only = len(places[run.span]) == 1 or not is_branched(run)
        if run.place and only and not may_exist(repository, run.place):
            groups[run.span.path, run.place].append(run)
    for (path, place), found in groups.items():
        if repository.modules and _belongs_here(repository, path) and not _brought(repository, path, place):
            yield _match(repository, place, found)


def _belongs_here(repository: Repository, path: str) -> bool:
    """Tell whether a file runs here: CI that is live, or a script that never runs where it is started."""
    file = repository.facts.get(path)
    if isinstance(file, ScriptFile) and file.kind == "ci":
        return is_live_here(repository, path)
    return not any(run.span.path == path and run.place is None for run in runs(repository))


def _brought(repository: Repository, path: str, place: str) -> bool:
    return may_bring_folder(_text(repository, path), place)


def _text(repository: Repository, path: str) -> str:
    source = repository.tree.text(path)
    return source.text if isinstance(source, Source) else ""


def _match(repository: Repository, place: str, found: list[Run]) -> Match:
    where, near = _where(found[0]), _near(repository, place)
    spans = dict.fromkeys(span for run in found for span in (run.span, _where(run)) if span != where)
    return Match(
        where,
        {"directory": f"`{place}`", "near": f" (`{near}` is there)" if near else ""},
        tuple(Related(span, "runs there") for span in sorted(spans)),
        severity=None if found[0].automated else Severity.WARNING,
    )


def _where(run: Run) -> Span:
    """Return where the directory is written, else the command."""
    written = span_of(run.invocation.directory)
    return written if written and written.path == run.span.path else run.span


def _near(repository: Repository, place: str) -> str | None:
    found = nearest(place, (folder for folder in repository.modules if abs(len(folder) - len(place)) <= 2))  # noqa: PLR2004
    return found if found in folders(repository) else None
