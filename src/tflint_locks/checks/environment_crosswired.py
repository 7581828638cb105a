"""Configurations of one environment that name another one's state, role, or variables."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from tflint_locks.finding import Edit, Match, Related
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.edits import renamed
from tflint_locks.resolve.environments import Environments
from tflint_locks.resolve.invocations import Flag
from tflint_locks.resolve.model import Configuration, Repository, Setting
from tflint_locks.resolve.phrases import quoted, root_of
from tflint_locks.resolve.runs import Run, file_place, given_at, is_init, runs
from tflint_locks.resolve.words import fold, words
from tflint_locks.tree import Tree
from tflint_locks.value import Result, Value, known, known_text, span_of, text_of

_ROLES = ("assume_role.role_arn", "role_arn", "profile")


class _Files(NamedTuple):
    """The environments that have backend files, and those that have var files."""

    backends: frozenset[str]
    variables: frozenset[str]


def check(repository: Repository) -> Iterator[Match]:
    """Yield the contradictions of every configuration whose own path or file names its environment."""
    names = Environments({fold(name): name for name in repository.environments}, repository.settings)
    files = _files(repository, names)
    every = [configuration for configuration in repository.configurations if configuration.type == "s3"]
    for configuration in every:
        yield from _other_variables(repository, configuration, files, names)
        for slot in ("key", *_ROLES):
            yield from _slot(repository, configuration, slot, every, names)


# ---------------------------------------------------------------- two files of one job


def _other_variables(
    repository: Repository, configuration: Configuration, files: _Files, names: Environments
) -> Iterator[Match]:
    """Yield the backend files whose job names another environment's var file, where each has both kinds of its own."""
    if configuration.command is None or configuration.basis not in {"invocation", "template"}:
        return
    for backend in configuration.files:
        mine = names.of_path(backend)
        for variables in configuration.var_files:
            theirs = names.of_path(variables)
            if mine and theirs and mine != theirs and mine in files.variables and theirs in files.backends:
                yield _wired_to(repository, configuration, (backend, mine), (variables, theirs))


def _wired_to(
    repository: Repository, configuration: Configuration, backend: tuple[str, str], variables: tuple[str, str]
) -> Match:
    paths = {backend[0]: "backend file", variables[0]: "var file"}
    named = _named(repository, configuration, paths)
    inits = [run.span for run, _, _ in named if is_init(run)] or [
        configuration.command.span if configuration.command else configuration.anchor
    ]
    spans = {span: path for _, flag, path in named for span in ([*given_at(flag)] or [flag.span])}
    words = dict(zip(("file", "environment", "variables", "other"), (*backend, *variables), strict=True))
    return Match(
        inits[0],
        {**words, "root": root_of(configuration)},
        tuple(Related(span, f"the {paths[path]} is named here") for span, path in spans.items()),
        message="variables",
        environments=tuple(sorted((backend[1], variables[1]))),
    )


def _named(repository: Repository, configuration: Configuration, paths: Collection[str]) -> list[tuple[Run, Flag, str]]:
    """Return the flags that name some files, of those runs of a configuration that name them all."""
    places = {one.place for one in (configuration.command, *configuration.twins) if one}
    found = defaultdict[tuple[str, str], list[tuple[Run, Flag, str]]](list)
    for run in runs(repository):
        place = run.invocation.command.place
        for flag in run.invocation.flags if place in places else ():
            path = file_place(run, flag)
            if path is not None and path in paths:
                found[place].append((run, flag, path))
    return [one for flags in found.values() if {path for *_, path in flags} == set(paths) for one in flags]


def _files(repository: Repository, names: Environments) -> _Files:
    backends = {path for configuration in repository.configurations for path in configuration.files}
    variables = {path for path in repository.tree.paths() if path.endswith((".tfvars", ".tfvars.json"))} - backends
    return _Files(*(frozenset(filter(None, map(names.of_path, paths))) for paths in (backends, variables)))


# ---------------------------------------------------------------- keys and roles


def _slot(
    repository: Repository, configuration: Configuration, slot: str, every: list[Configuration], names: Environments
) -> Iterator[Match]:
    setting = _setting(configuration, slot)
    value = _value(configuration, slot)
    own = _own_environment(configuration, setting, names) if setting and value else None
    if setting is None or value is None or own is None:
        return
    named = names.all_in(known_text(value))
    if len(named) != 1 or named[0] == own or named[0] in names.all_in(f"{configuration.root}/{setting.span.path}"):
        return
    sibling = _sibling(configuration, slot, named[0], every, names)
    if sibling is not None:
        edit = _repair(repository.tree, setting, value, own, named[0])
        yield _match(configuration, setting, slot, own, named[0], sibling)._replace(edits=(edit,) if edit else ())


def _repair(tree: Tree, setting: Setting, value: Value, own: str, other: str) -> Edit | None:
    """Return the other environment's word made into this one's, as the path of the file writes it."""
    right = {word for word in words(setting.span.path) if fold(word) == fold(own)}
    wrong = {word for word in words(known_text(value)) if fold(word) == fold(other)}
    return renamed(tree, value, wrong.pop(), right.pop()) if len(right) == len(wrong) == 1 else None


def _setting(configuration: Configuration, slot: str) -> Setting | None:
    return configuration.settings.get(slot.partition(".")[0])


def _value(configuration: Configuration, slot: str) -> Value | None:
    """Return a slot's text: of an ARN the part behind the account."""
    setting = _setting(configuration, slot)
    value: Result = setting.value if setting else None
    inner = slot.partition(".")[2]
    if inner:
        value = value.get(inner) if isinstance(value, dict) else None
    return value if isinstance(value, tuple) and value else None


def _own_environment(configuration: Configuration, setting: Setting, names: Environments) -> str | None:
    """Return the environment that the file of the setting names, or the root's path for a setting of its block."""
    if setting.origin == "file":
        return names.of_path(setting.span.path)
    return names.of_path(configuration.root) if setting.origin in ("block", "override") else None


def _sibling(
    configuration: Configuration, slot: str, other: str, every: list[Configuration], names: Environments
) -> Configuration | None:
    """Return the configuration whose own word stands where this one has it; None where the word is no slot.

    Two environments that share the text prove nothing where their buckets differ, nor where the text is a role, which
    may be a central one: then a third that has its own word there is asked for.
    """
    siblings = [one for one in every if one.project == configuration.project and one is not configuration]
    users = [one for one in siblings if _has_own_word(one, slot, configuration, other, names)]
    owner = next((one for one in users if one.environment == other), None)
    if owner is None:
        return None
    third = any(one.environment not in (other, configuration.environment) for one in users)
    same_bucket = _bucket(owner) is not None and _bucket(owner) == _bucket(configuration)
    return owner if third or (slot == "key" and same_bucket) else None


def _bucket(configuration: Configuration) -> str | None:
    value = configuration.value("bucket")
    return text_of(value) if value and known(value) else None


def _has_own_word(
    sibling: Configuration, slot: str, configuration: Configuration, other: str, names: Environments
) -> bool:
    """Tell whether a sibling's value has its own environment at the position where this one has the other's."""
    theirs, mine = _value(sibling, slot), _value(configuration, slot)
    if theirs is None or mine is None or sibling.environment is None or not known(theirs):
        return False
    own_words, words_here = words(known_text(theirs)), words(known_text(mine))
    position = next((index for index, word in enumerate(words_here) if names.names.get(fold(word)) == other), -1)
    return 0 <= position < len(own_words) and names.names.get(fold(own_words[position])) == sibling.environment


def _match(  # noqa: PLR0913, PLR0917 (what a contradiction is made of)
    configuration: Configuration, setting: Setting, slot: str, own: str, other: str, sibling: Configuration
) -> Match:
    theirs = _value(sibling, slot)
    span = (span_of(theirs) if theirs else None) or sibling.anchor
    path = setting.span.path if setting.origin == "file" else configuration.root
    value = _value(configuration, slot)
    return Match(
        (span_of(value) if value else None) or setting.span,
        {"name": slot, "value": quoted(value), "environment": own, "other": other, "path": path, "place": span.path},
        (Related(span, f"{other}'s own"),),
        message="default" if slot == "key" else "role",
        environments=tuple(sorted((own, other))),
        notes=configuration.notes,
    )
