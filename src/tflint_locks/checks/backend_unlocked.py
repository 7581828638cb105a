"""Closed configurations whose state no mechanism locks."""

import posixpath
from collections.abc import Iterable, Iterator

from tflint_locks.facts import Assignments, Command, ScriptFile
from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.drafts import is_backend_file
from tflint_locks.resolve.endpoints import store
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.phrases import environments_of, root_of
from tflint_locks.resolve.rows import configuration_cells
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Value, compare, known, literal, split, text_of


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each configuration without a lock, at what completes its backend."""
    for configuration in repository.configurations:
        if configuration.type != "s3" or not configuration.closed or not _without_lock(configuration):
            continue
        if configuration.value("bucket") is None or configuration.value("key") is None:
            continue  # an init that gives neither fails, or goes on with what an earlier one was given
        kind = store(configuration)
        if kind != "local" and not (configuration.basis == "block" and _may_be_completed(repository, configuration.root)):
            yield _match(repository, configuration, other_store=kind == "other")


def _without_lock(configuration: Configuration) -> bool:
    return text_of(configuration_cells(configuration)["locks"].value) == "none"


def _may_be_completed(repository: Repository, root: str) -> bool:
    """Tell whether a block may be given a lock: by a backend file beside it, or by a command that may run there."""
    given = any(gives for _, gives in _files_beside(repository, root))
    return given or _may_lock_elsewhere(repository, root)


def _files_beside(repository: Repository, root: str) -> Iterator[tuple[Assignments, bool]]:
    """Yield the backend files in a folder, each with whether it gives a lock."""
    for path, file in repository.facts.items():
        if posixpath.dirname(path) == root and isinstance(file, Assignments) and is_backend_file(file):
            names = {attribute.name for attribute in file.attributes}
            yield file, not names.isdisjoint({"dynamodb_table", "use_lockfile"})


def _may_lock_elsewhere(repository: Repository, root: str) -> bool:
    """Tell whether some init, in a directory that is not known and may be this root, may give a lock."""
    scripts = (file for file in repository.facts.values() if isinstance(file, ScriptFile))
    return any(_may_be_in(command.directory, root) and _may_lock(command) for file in scripts for command in file.commands)


def _may_be_in(directory: Value, root: str) -> bool:
    """Tell whether an unknown directory may be the root; a hole at its start may be the repository itself."""
    if known(directory):
        return False
    rest = split(directory, "/", 1)[1:] if isinstance(directory[0], Hole) else []
    return any(compare(place, literal(root)) is not False for place in (directory, *rest))


def _may_lock(command: Command) -> bool:
    words = command.words
    if command.tool not in ("terraform", "tofu") or not any(text_of(word.value) == "init" for word in words):
        return False
    return command.unknown_words or any(_says_lock(piece.text) for word in words for piece in word.value if isinstance(piece, Literal))


def _says_lock(text: str) -> bool:
    return "dynamodb_table" in text or "use_lockfile" in text or ("-backend-config" in text and not text.rstrip("=").count("="))


def _match(repository: Repository, configuration: Configuration, *, other_store: bool) -> Match:
    empty = configuration.settings.get("dynamodb_table")
    off = configuration.settings.get("use_lockfile")
    stated = empty or off
    message = "other-store" if other_store else "empty" if empty else "off" if off else "default"
    return Match(
        stated.span if stated and stated.origin != "block" else configuration.anchor,
        {"root": root_of(configuration)},
        (*_sources(configuration), *_unused_files(repository, configuration), *_tables(repository, configuration)),
        message=message,
        environments=environments_of(configuration),
        notes=configuration.notes,
        severity=Severity.WARNING,
    )


def _sources(configuration: Configuration) -> Iterable[Related]:
    if configuration.block and configuration.block != configuration.anchor:
        yield Related(configuration.block, "nor does the block")
    if configuration.command:
        yield Related(configuration.command.span, "this init gives no lock")


def _unused_files(repository: Repository, configuration: Configuration) -> Iterable[Related]:
    """Yield the backend files in the root's folder that no command names and that would give no lock either."""
    if configuration.files:
        return
    named = {path for other in repository.configurations for path in other.files}
    for file, gives in _files_beside(repository, configuration.root):
        if file.path not in named and not gives:
            first = file.attributes[0]
            yield Related(Span(file.path, first.start, first.end), "nor does this file, which no command names")


def _tables(repository: Repository, configuration: Configuration) -> Iterable[Related]:
    """Yield the lock tables the repository creates for this project and environment."""
    for definition in repository.definitions:
        if definition.kind == "table" and definition.proven and definition.project == configuration.project:
            if definition.environment in (None, configuration.environment):
                yield Related(definition.span, "this lock table is created here")
