"""Which states the repository writes, and whether a bucket and key that somebody names are certainly none of them.

Knows only what the repository itself deploys: another repository may write to the same bucket, so a name that is not
written here is wrong only where one that is written is near.
"""

import posixpath
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache

from tflint_locks.facts import ScriptFile
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.kin import named_environments, residue
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.pairs import state_key
from tflint_locks.resolve.words import near, near_marks
from tflint_locks.source import Span
from tflint_locks.value import Hole, Value, compare, joined, literal, text_of

_DEFAULT_PREFIX = "env:"
# S3 has no longer keys.
_LONGEST_KEY = 1024
# What a script that writes one of these may make is a root module that nobody has read.
_CONFIGURATION = (".tf", ".tofu", ".tf.json", ".tofu.json")


class WrittenState(NamedTuple):
    """A state some configuration writes: its bucket and every key it may have, with where the key is stated.

    ``keys`` are one known value where the workspace is known, else the plain key and that of any workspace.
    """

    bucket: Value
    keys: tuple[Value, ...]
    span: Span
    configuration: Configuration

    @property
    def key(self) -> str | None:
        """The key where it is certain."""
        return text_of(self.keys[0]) if len(self.keys) == 1 else None


class _States(NamedTuple):
    """All states of a repository; ``whole`` is False where there may be others that it does not show."""

    states: tuple[WrittenState, ...]
    whole: bool


@lru_cache(maxsize=1)
def written_states(repository: Repository) -> _States:
    """Return the states that S3 configurations write, and whether those are all."""
    found = [one for one in repository.configurations if one.type == "s3"]
    states = tuple(state for one in found if (state := _state(one)))
    whole = len(states) == len(found) and not _makes_roots(repository)
    return _States(states, whole)


def _state(configuration: Configuration) -> WrittenState | None:
    bucket, key = configuration.value("bucket"), configuration.value("key")
    if not configuration.closed or bucket is None or key is None:
        return None
    place = configuration.settings["key"].span
    certain = state_key(configuration)
    keys = (certain,) if certain is not None else _any_workspace(configuration, key)
    return WrittenState(_others(bucket), tuple(_others(one) for one in keys), place, configuration)


def _any_workspace(configuration: Configuration, key: Value) -> tuple[Value, ...]:
    """Return the keys of a configuration whose key or workspace is not known."""
    workspace = text_of(configuration.workspace)
    stated = configuration.settings.get("workspace_key_prefix")
    prefix = stated.value if stated and isinstance(stated.value, tuple) else literal(_DEFAULT_PREFIX)
    head = (*prefix, *literal("/")) if text_of(prefix) != "" else ()
    inside = joined([head, configuration.workspace, literal("/"), key])
    return (key,) if workspace == "default" else (inside,) if workspace else (key, inside)


def _others(value: Value) -> Value:
    """Make the holes of a value its writer's own: what a reader calls by the same name may be another text."""
    return tuple(
        piece._replace(identity=f"writer: {piece.identity}") if isinstance(piece, Hole) else piece for piece in value
    )


def _makes_roots(repository: Repository) -> bool:
    """Tell whether a script writes Terraform files: what those write nobody has read."""
    scripts = (file for file in repository.facts.values() if isinstance(file, ScriptFile))
    return any(_is_configuration(item.path) for file in scripts for item in file.written)


def _is_configuration(path: Value) -> bool:
    last = path[-1] if path else None
    return last is not None and not isinstance(last, Hole) and last.text.endswith(_CONFIGURATION)


def read_key(key: Value, workspace: Value, prefix: Value | None) -> Value | None:
    """Return the key a state is looked for under, its workspace applied (DOMAIN §3.4); None if that is unknown."""
    text, name = text_of(key), text_of(workspace)
    head = _DEFAULT_PREFIX if prefix is None else text_of(prefix)
    if text is None or name is None or (name != "default" and head is None):
        return None
    if name == "default":
        return key
    return literal(posixpath.normpath("/".join(part for part in (head, name, text) if part)))


def near_states(repository: Repository, bucket: str, key: str) -> list[WrittenState]:
    """Return the states that are near a key which certainly nobody writes; nothing where somebody may write it."""
    found = written_states(repository)
    wanted = literal(key)
    if not found.whole:
        return []
    mine = _in_bucket(repository, bucket)
    if key in mine.keys or any(compare(one_key, wanted) is not False for one_key in mine.open):
        return []
    environments = repository.environments
    places = {at for mark in _marks(key, environments) for at in mine.near.get(mark, ())}
    certain = [mine.certain[at] for at in sorted(places)]
    return _distinct(one for one in certain if one.key and is_near(key, one.key, environments))


class _Bucket(NamedTuple):
    """The states that may lie in one bucket: the keys that are known, those with holes; the states that certainly do.

    ``near`` are the places of the latter by what keys near theirs have in common with them.
    """

    keys: frozenset[str]
    open: tuple[Value, ...]
    certain: tuple[WrittenState, ...]
    near: Mapping[Hashable, Sequence[int]]


@lru_cache(maxsize=64)
def _in_bucket(repository: Repository, name: str) -> _Bucket:
    bucket = literal(name)
    mine = [one for one in written_states(repository).states if compare(one.bucket, bucket) is not False]
    keys = {key: text_of(key) for one in mine for key in one.keys}
    certain = tuple(one for one in mine if one.key and compare(one.bucket, bucket))
    near: dict[Hashable, list[int]] = defaultdict(list)
    for at, one in enumerate(certain):
        for mark in _marks(one.key or "", repository.environments):
            near[mark].append(at)
    return _Bucket(
        frozenset(text for text in keys.values() if text is not None),
        tuple(key for key, text in keys.items() if text is None),
        certain,
        near,
    )


def _marks(key: str, environments: Iterable[str]) -> frozenset[Hashable]:
    """Return marks of a key, one of which is also a mark of every key that is near it: see `is_near`."""
    if len(key) > _LONGEST_KEY:
        return frozenset()
    parts = posixpath.normpath(key).split("/")
    return frozenset({"/".join(parts[at:]) for at in range(len(parts))}) | near_marks("/".join(parts), environments)


def _distinct(found: Iterable[WrittenState]) -> list[WrittenState]:
    by_key: dict[str, list[WrittenState]] = defaultdict(list)
    for one in found:
        by_key[one.key or ""].append(one)
    return [min(group, key=lambda one: one.span) for group in by_key.values()]


def is_near(read: str, written: str, environments: Iterable[str]) -> bool:
    """Tell whether a key may be meant for another one.

    The same words apart from plural, separators, order, a typo or a missing environment; or the same key in a folder.
    """
    left, right = posixpath.normpath(read), posixpath.normpath(written)
    if left == right:
        return True
    if near(left, right, environments):
        return bool(residue(left))
    return bool(residue(left) and residue(right)) and (_ends_with(left, right) or _ends_with(right, left))


def _ends_with(longer: str, shorter: str) -> bool:
    return longer.endswith("/" + shorter)


def names_environment_besides(read: str, written: str) -> bool:
    """Tell whether a key names an environment that the other one leaves out: the bare name may be another's."""
    return not set(named_environments(read)) <= set(named_environments(written))
