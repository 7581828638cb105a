"""Closed configurations whose state no mechanism locks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tflint_locks.facts import Assignments
from tflint_locks.finding import Match, Related
from tflint_locks.resolve.model import Configuration, Repository, Setting
from tflint_locks.resolve.phrases import environments_of, listed, root_of
from tflint_locks.resolve.terragrunt_shared import sharing_notes, unit_place
from tflint_locks.resolve.unlocked import Unlocked, gives_lock, gives_one, unlocked
from tflint_locks.source import Span


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each configuration without a lock, at what completes its backend; one for a shared file."""
    everything = unlocked(repository)
    files, blocks = _counted(everything)
    shared: dict[Span, list[Unlocked]] = defaultdict(list)
    for found in everything:
        one = found.configuration
        if one.block and not _stated(one) and len(files[one.anchor]) > len(blocks[one.block]):
            shared[one.anchor].append(found)
        else:
            yield _match(repository, found)
    yield from (_of_shared(repository, group) for group in shared.values())


def _counted(everything: Iterable[Unlocked]) -> tuple[dict[Span, set[Span]], dict[Span, set[Span]]]:
    """Return the blocks that each place completes, and the places that complete each block."""
    files: dict[Span, set[Span]] = defaultdict(set)
    blocks: dict[Span, set[Span]] = defaultdict(set)
    for one in (found.configuration for found in everything):
        if one.block:
            files[one.anchor].add(one.block)
            blocks[one.block].add(one.anchor)
    return files, blocks


def _of_shared(repository: Repository, group: list[Unlocked]) -> Match:
    """Return one match for all roots whose blocks one backend file completes: there a lock is added for all."""
    matches = [_match(repository, found) for found in group]
    roots = dict.fromkeys(root_of(found.configuration) for found in group)
    return matches[0]._replace(
        words={"root": listed(list(roots))},
        related=tuple(dict.fromkeys(place for match in matches for place in match.related)),
        cause=None,
        environments=tuple(sorted({name for match in matches for name in match.environments})),
        notes=(*matches[0].notes, f"this file completes the backends of {len(roots)} roots"),
    )


def _stated(configuration: Configuration) -> Setting | None:
    """Return where a lock is turned off."""
    return configuration.settings.get("dynamodb_table") or configuration.settings.get("use_lockfile")


def _match(repository: Repository, found: Unlocked) -> Match:
    configuration, files, other_store = found
    stated = _stated(configuration)
    empty = stated and stated.name == "dynamodb_table"
    message = "other-store" if other_store else "empty" if empty else "off" if stated else "default"
    init = configuration.command if message == "default" and not configuration.files else None
    if init and _locked_otherwise(repository, configuration):
        block = (Related(configuration.block, "the block gives none"),) if configuration.block else ()
        words, environments = {"root": root_of(configuration)}, environments_of(configuration)
        cause = _opening(configuration.block) if configuration.block else None
        return Match(init.span, words, block, cause=cause, message="init", environments=environments)
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


def _locked_otherwise(repository: Repository, configuration: Configuration) -> bool:
    """Tell whether another init, or a backend file, certainly gives the same root module a lock."""
    return any(
        one.root == configuration.root and one.closed and one is not configuration and gives_one(one)
        for one in repository.configurations
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
