"""Configurations whose state nothing locks, and what may yet give them a lock."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from tflint_locks.facts import Assignments, Command, ScriptFile
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.beside import backend_files
from tflint_locks.resolve.endpoints import store
from tflint_locks.resolve.meant import misspells_lock
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.rows import configuration_cells
from tflint_locks.resolve.written import may_be_written
from tflint_locks.value import Hole, Literal, Value, compare, known, literal, split, text_of

_LOCKS = ("dynamodb_table", "use_lockfile")


class Unlocked(NamedTuple):
    """A closed configuration without a lock; ``files`` are the backend files in its root's folder.

    ``other_store`` is true where the state lies in a store of S3's kind that is not Amazon's.
    """

    configuration: Configuration
    files: list[Assignments]
    other_store: bool


@lru_cache(maxsize=1)
def unlocked(repository: Repository) -> tuple[Unlocked, ...]:
    """Return the configurations that certainly use no lock."""
    return tuple(_unlocked(repository))


def _unlocked(repository: Repository) -> Iterator[Unlocked]:
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
        completed = completed or _is_somebodys_own(configuration)
        if kind != "local" and not completed and not misspells_lock(configuration):
            yield Unlocked(configuration, files, kind == "other")


def _is_somebodys_own(configuration: Configuration) -> bool:
    """Tell whether a script writes the backend for whoever runs it: no two people's states are one."""
    location = [configuration.settings[name] for name in ("bucket", "key")]
    return any(one.origin == "written" and isinstance(one.value, tuple) and not known(one.value) for one in location)


def _without_lock(configuration: Configuration) -> bool:
    return text_of(configuration_cells(configuration)["locks"].value) == "none"


def gives_one(configuration: Configuration) -> bool:
    """Tell whether a configuration certainly has a lock, whichever it is."""
    return text_of(configuration_cells(configuration)["locks"].value) in {"dynamodb", "lockfile", "both"}


def _may_be_completed(repository: Repository, root: str, files: Iterable[Assignments]) -> bool:
    """Tell whether a block may be given a lock: by a backend file beside it, or by a command that may run there."""
    if any(gives_lock(file) for file in files) or _may_lock_elsewhere(repository, root):
        return True
    return f"{root}/terragrunt.hcl".lstrip("/") in repository.tree.paths()


def gives_lock(file: Assignments) -> bool:
    """Tell whether a backend file states a lock, whichever it is."""
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
