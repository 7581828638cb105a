"""Closed configurations whose state no mechanism locks."""

from collections.abc import Iterable, Iterator

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.endpoints import store
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.phrases import environments_of, root_of
from tflint_locks.resolve.rows import configuration_cells
from tflint_locks.value import Hole, Literal, Value, compare, known, literal, split, text_of


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each configuration without a lock, at what completes its backend."""
    for configuration in repository.configurations:
        if configuration.type != "s3" or not configuration.closed or not _without_lock(configuration):
            continue
        if configuration.value("bucket") is None or configuration.value("key") is None:
            continue  # an init that gives neither fails, or goes on with what an earlier one was given
        kind = store(configuration)
        if kind != "local" and not (configuration.basis == "block" and _may_lock_elsewhere(repository, configuration.root)):
            yield _match(repository, configuration, other_store=kind == "other")


def _without_lock(configuration: Configuration) -> bool:
    return text_of(configuration_cells(configuration)["locks"].value) == "none"


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
        (*_init(configuration), *_tables(repository, configuration)),
        message=message,
        environments=environments_of(configuration),
        notes=configuration.notes,
        severity=Severity.WARNING,
    )


def _init(configuration: Configuration) -> Iterable[Related]:
    if configuration.command:
        yield Related(configuration.command.span, "this init gives no lock")


def _tables(repository: Repository, configuration: Configuration) -> Iterable[Related]:
    """Yield the lock tables the repository creates for this project and environment."""
    for definition in repository.definitions:
        if definition.kind == "table" and definition.proven and definition.project == configuration.project:
            if definition.environment in (None, configuration.environment):
                yield Related(definition.span, "this lock table is created here")
