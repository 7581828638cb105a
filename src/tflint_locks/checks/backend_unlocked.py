"""Closed configurations whose state no mechanism locks."""

from collections.abc import Iterable, Iterator

from tflint_locks.facts import Assignments, Command, ScriptFile
from tflint_locks.finding import Match, Related
from tflint_locks.resolve.beside import backend_files
from tflint_locks.resolve.endpoints import store
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.phrases import environments_of, root_of
from tflint_locks.resolve.rows import configuration_cells
from tflint_locks.resolve.written import may_be_written
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Value, compare, known, literal, split, text_of

_LOCKS = ("dynamodb_table", "use_lockfile")


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each configuration without a lock, at what completes its backend."""
    beside = backend_files(repository)
    for configuration in repository.configurations:
        if configuration.type != "s3" or not configuration.closed or not _without_lock(configuration):
            continue
        if configuration.value("bucket") is None or configuration.value("key") is None:
            continue  # an init that gives neither fails, or goes on with what an earlier one was given
        files = beside.get(configuration.root, [])
        kind = store(configuration)
        completed = configuration.basis == "block" and _may_be_completed(repository, configuration.root, files)
        completed = completed or any(may_be_written(repository, path) for path in configuration.files)
        if kind != "local" and not completed:
            yield _match(repository, configuration, files, other_store=kind == "other")


def _without_lock(configuration: Configuration) -> bool:
    return text_of(configuration_cells(configuration)["locks"].value) == "none"


def _may_be_completed(repository: Repository, root: str, files: Iterable[Assignments]) -> bool:
    """Tell whether a block may be given a lock: by a backend file beside it, or by a command that may run there."""
    if any(_gives_lock(file) for file in files) or _may_lock_elsewhere(repository, root):
        return True
    return f"{root}/terragrunt.hcl".lstrip("/") in repository.tree.paths()


def _gives_lock(file: Assignments) -> bool:
    return any(attribute.name in _LOCKS for attribute in file.attributes)


def _may_lock_elsewhere(repository: Repository, root: str) -> bool:
    """Tell whether some init, in a directory that is not known and may be this root, may give a lock."""
    scripts = (file for file in repository.facts.values() if isinstance(file, ScriptFile))
    return any(
        _may_be_in(command.directory, root) and _may_lock(command) for file in scripts for command in file.commands
    )


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
    return command.unknown_words or any(
        _says_lock(piece.text) for word in words for piece in word.value if isinstance(piece, Literal)
    )


def _says_lock(text: str) -> bool:
    """Tell whether a word names a lock, or a backend file, which may."""
    return any(name in text for name in _LOCKS) or ("-backend-config" in text and text.count("=") <= 1)


def _match(
    repository: Repository, configuration: Configuration, files: Iterable[Assignments], *, other_store: bool
) -> Match:
    empty = configuration.settings.get("dynamodb_table")
    off = configuration.settings.get("use_lockfile")
    stated = empty or off
    message = "other-store" if other_store else "empty" if empty else "off" if off else "default"
    return Match(
        stated.span if stated and stated.origin != "block" else configuration.anchor,
        {"root": root_of(configuration)},
        (
            *_sources(configuration),
            *_unused_files(repository, configuration, files),
            *_tables(repository, configuration),
        ),
        cause=None if stated or not configuration.block else _opening(configuration.block),
        message=message,
        environments=environments_of(configuration),
        notes=configuration.notes,
    )


def _opening(block: Span) -> Span:
    """Return where a lock would be added once for all that completes a block."""
    return Span(block.path, block.start, block.start)


def _sources(configuration: Configuration) -> Iterable[Related]:
    if configuration.block and configuration.block != configuration.anchor:
        yield Related(configuration.block, "nor does the block")
    if configuration.command:
        yield Related(configuration.command.span, "this init gives no lock")


def _unused_files(
    repository: Repository, configuration: Configuration, files: Iterable[Assignments]
) -> Iterable[Related]:
    """Yield the backend files in the root's folder that no command names and that would give no lock either."""
    if configuration.files:
        return
    named = {path for other in repository.configurations for path in other.files}
    for file in files:
        if file.path not in named and not _gives_lock(file):
            first = file.attributes[0]
            yield Related(Span(file.path, first.start, first.end), "nor does this file, which no command names")


def _tables(repository: Repository, configuration: Configuration) -> Iterable[Related]:
    """Yield the lock tables the repository creates for this project and environment."""
    environments = (None, configuration.environment)
    for definition in repository.definitions:
        same = definition.project == configuration.project and definition.environment in environments
        if definition.kind == "table" and definition.proven and same:
            yield Related(definition.span, "this lock table is created here")
