"""Backend and var files that a command names and that are not in the repository."""

import posixpath
from collections import defaultdict
from collections.abc import Iterator

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.absent import folders, may_exist, speaks_of, texts_around
from tflint_locks.resolve.brought import may_bring_file, may_bring_folder
from tflint_locks.resolve.edits import renamed_path
from tflint_locks.resolve.invocations import Flag, expand, join, normal
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import listed
from tflint_locks.resolve.runs import Run, file_place, given_at, is_branched, is_live_here, place_of, runs
from tflint_locks.resolve.words import nearest, words
from tflint_locks.source import Span
from tflint_locks.value import Literal, known, literal

_READS = ("backend-config", "var-file")
_EVERY = frozenset({"all", "both", "none", "any", "other"})


class _Named(NamedTuple):
    """A file as one run of a command names it; ``path`` has the holes of the flag as ``*``."""

    run: Run
    flag: Flag
    path: str
    exists: bool


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each flag that names a file which nothing could make."""
    groups: dict[Span, list[_Named]] = defaultdict(list)
    for run in runs(repository):
        for name in _READS:
            for flag in run.invocation.all(name):
                named = _named(repository, run, flag)
                if named:
                    groups[flag.span].append(named)
    spans = list(groups)
    missing = {span: _missing(repository, found) for span, found in groups.items()}
    by_path: dict[tuple[str, ...], list[_Named]] = defaultdict(list)
    for found in missing.values():
        if found:
            by_path[found[0].run.span.path, *sorted({one.path for one in found})].extend(found)
    for found in by_path.values():
        if _is_live(repository, found[0].run) and not _is_made(repository, found, spans):
            partly = any(one.exists for span in {one.flag.span for one in found} for one in groups[span])
            yield _match(repository, found, partly=partly)


def _is_live(repository: Repository, run: Run) -> bool:
    """Tell whether the file that a command is run from runs here: its own, or the one that calls it."""
    return is_live_here(repository, run.invocation.command.caller or run.span.path)


def _named(repository: Repository, run: Run, flag: Flag) -> _Named | None:
    """Return the file a flag names, None where it is no file or cannot be known."""
    if not run.automated or run.place is None or run.place not in folders(repository):
        return None
    if flag.name == "backend-config" and any(isinstance(piece, Literal) and "=" in piece.text for piece in flag.value):
        return None
    if known(flag.value):
        path = file_place(run, flag)
        return _Named(run, flag, path, may_exist(repository, path)) if path and "~" not in path.split("/") else None
    return _pattern(repository, run, flag)


def _pattern(repository: Repository, run: Run, flag: Flag) -> _Named | None:
    """Return a path with holes where the folder before the first hole is known; it exists if any file fits."""
    first = flag.value[0]
    if not isinstance(first, Literal) or "/" not in first.text:
        return None
    place = join(literal(run.place) if run.place else (), flag.value)
    folder = place_of(join(literal(run.place) if run.place else (), literal(first.text.rpartition("/")[0])))
    shape = normal(place)
    if folder is None or shape is None or shape.startswith(("/", "..")):
        return None
    exists = may_exist(repository, folder) or bool(expand(place, tuple(repository.tree.paths())))
    return _Named(run, flag, "".join("*" if "\ue000" <= char <= "\uf8ff" else char for char in shape), exists)


def _missing(repository: Repository, found: list[_Named]) -> list[_Named]:
    """Return what is missing: all that a flag may name, or the files of some choices or calls where others have theirs.

    Of several files that all are missing their folder must be, too. Ways through a script may never be gone; choices
    such as ``all`` are no file's name.
    """
    absent = [one for one in found if not one.exists]
    if len(absent) == len(found):
        paths = {one.path for one in found}
        whole = len(paths) == 1 or not any(may_exist(repository, posixpath.dirname(path)) for path in paths)
        return absent if whole else []
    if any(is_branched(one.run) for one in found):
        return []
    return [one for one in absent if _is_settled(one.run) and not _EVERY & set(words(one.path))]


def _is_settled(run: Run) -> bool:
    """Tell whether a command certainly runs as it is: for one choice, or for one call of its file."""
    command = run.invocation.command
    return bool(command.choices) or (bool(command.caller) and not command.conditional)


def _is_made(repository: Repository, found: list[_Named], spans: list[Span]) -> bool:
    """Tell whether anything else speaks of a file, or makes the folder it should be in."""
    return any(_may_be_made(repository, one, spans) for one in {one.path: one for one in found}.values())


def _may_be_made(repository: Repository, one: _Named, spans: list[Span]) -> bool:
    folder, name = posixpath.split(one.path)
    text = texts_around(repository, one.run.invocation.command)
    if may_bring_file(text, one.path):
        return True
    if may_exist(repository, folder):
        return speaks_of(repository, name, spans)
    if "*" in folder:
        made = posixpath.dirname(folder.partition("*")[0])
        return may_bring_folder(text, posixpath.basename(made)) or speaks_of(repository, made, spans)
    within = f"{posixpath.basename(folder)}/"
    return may_bring_folder(text, posixpath.basename(folder)) or (
        "*" not in name and speaks_of(repository, within + name, spans)
    )


def _given(found: list[_Named]) -> Iterator[Related]:
    """Yield where the parts of a name are given that stand outside the flags."""
    spans = dict.fromkeys(span for one in found for span in given_at(one.flag))
    yield from (Related(span, "the name is given here") for span in spans)


def _match(repository: Repository, found: list[_Named], *, partly: bool) -> Match:
    first = found[0]
    paths = sorted({one.path for one in found})
    near = nearest(first.path, (path for path in repository.tree.paths() if abs(len(path) - len(first.path)) <= 2))  # noqa: PLR2004
    others = [span for span in dict.fromkeys(one.flag.span for one in found) if span != first.flag.span]
    only = near and len(paths) == 1 and not others
    edit = renamed_path(repository.tree, first.flag.value, first.path, near) if near and only else None
    return Match(
        first.flag.span,
        {
            "files": listed([f"`{path}`" for path in paths]),
            "such": "files are" if len(paths) > 1 else "file is",
            "near": f" (`{near}` is)" if near else "",
        },
        (*_given(found), *(Related(span, "named here too") for span in others)),
        message="default" if first.flag.name == "backend-config" else "variables",
        severity=Severity.WARNING if partly else None,
        edits=(edit,) if edit else (),
        notes=(f"named by {len(others) + 1} commands",) if others else (),
    )
