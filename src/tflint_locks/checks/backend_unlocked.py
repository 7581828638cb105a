"""Closed configurations whose state no mechanism locks."""

from collections.abc import Iterable, Iterator

from tflint_locks.facts import Assignments
from tflint_locks.finding import Match, Related
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.phrases import environments_of, root_of
from tflint_locks.resolve.terragrunt_shared import sharing_notes, unit_place
from tflint_locks.resolve.unlocked import Unlocked, gives_lock, unlocked
from tflint_locks.source import Span


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each configuration without a lock, at what completes its backend."""
    for found in unlocked(repository):
        yield _match(repository, found)


def _match(repository: Repository, found: Unlocked) -> Match:
    configuration, files, other_store = found
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
            *unit_place(repository, configuration),
        ),
        cause=None if stated or not configuration.block else _opening(configuration.block),
        message=message,
        environments=environments_of(configuration),
        notes=(*configuration.notes, *sharing_notes(repository, configuration)),
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
        if file.path not in named and not gives_lock(file):
            first = file.attributes[0]
            yield Related(Span(file.path, first.start, first.end), "nor does this file, which no command names")


def _tables(repository: Repository, configuration: Configuration) -> Iterable[Related]:
    """Yield the lock tables the repository creates for this project and environment."""
    environments = (None, configuration.environment)
    for definition in repository.definitions:
        same = definition.project == configuration.project and definition.environment in environments
        if definition.kind == "table" and definition.proven and same:
            yield Related(definition.span, "this lock table is created here")
