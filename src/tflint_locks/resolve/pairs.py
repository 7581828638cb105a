"""Mentions and the configurations they belong to; configurations that write one state."""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tflint_locks.record import NamedTuple
from tflint_locks.resolve.by_name import Names, names_of, near_to
from tflint_locks.resolve.model import Configuration, Mention, Pair, State
from tflint_locks.resolve.results import UnknownError, canonical
from tflint_locks.value import Result, Value, known, literal, text_of

# The backend attribute that holds what a role names.
_ATTRIBUTES = {"lock-table": "dynamodb_table", "state-bucket": "bucket"}


class _Users(NamedTuple):
    """Configurations by the text of what they use in one role."""

    names: Names
    users: Mapping[str, list[Configuration]]


def pairs(mentions: Iterable[Mention], configurations: Iterable[Configuration]) -> Iterator[Pair]:
    """Pair each mention with the S3 configurations of its project and environment (DESIGN §5)."""
    by_project: dict[str, list[Configuration]] = defaultdict(list)
    for configuration in configurations:
        if configuration.type == "s3":
            by_project[configuration.project].append(configuration)
    everything = [configuration for found in by_project.values() for configuration in found]
    names: dict[tuple[str, str | None], _Users] = {}
    siblings: dict[tuple[str, str | None], tuple[Configuration, ...]] = {}
    for mention in mentions:
        if mention.project is None:
            slot = mention.role, mention.environment
            if slot not in names:
                names[slot] = _users(mention, everything)
            found = _akin(mention, names[slot])
        else:
            place = mention.project, mention.environment
            if place not in siblings:
                siblings[place] = tuple(_of_environment(mention, by_project.get(mention.project, [])))
            found = siblings[place]
        if found:
            yield Pair(mention, found, _evidence(mention, found, alone=len(by_project) == 1))


def _of_environment(mention: Mention, siblings: list[Configuration]) -> list[Configuration]:
    """Return the configurations of the mention's environment; of all where neither it nor they name one."""
    found = [c for c in siblings if mention.environment is None or c.environment == mention.environment]
    if not found and all(configuration.environment is None for configuration in siblings):
        return siblings
    return found


def _users(mention: Mention, configurations: list[Configuration]) -> _Users:
    """Return the configurations of a mention's environment by what they use in its role."""
    found: dict[str, list[Configuration]] = defaultdict(list)
    attribute = _ATTRIBUTES.get(mention.role)
    for configuration in _of_environment(mention, configurations) if attribute else ():
        name = text_of(configuration.value(attribute)) if attribute else None
        if name is not None:
            found[name].append(configuration)
    return _Users(names_of(found, ()), found)


def _akin(mention: Mention, named: _Users) -> tuple[Configuration, ...]:
    """Where a mention's project is not known, return the configurations that use its name or a near one."""
    text = text_of(mention.value)
    if text is None:
        return ()
    names = [text] if text in named.users else near_to(named.names, text)
    return tuple(configuration for name in names for configuration in named.users[name])


def _evidence(mention: Mention, found: Sequence[Configuration], *, alone: bool) -> str:
    roots = {configuration.root for configuration in found}
    if mention.environment and mention.environment in {configuration.environment for configuration in found}:
        files = sorted({path for configuration in found for path in configuration.files})
        shown = f" ({mention.span.path}, {', '.join(files[:2])})" if files else f" ({mention.span.path})"
        return f"both are {mention.environment}'s{shown}"
    if mention.root is not None and mention.root in roots:
        return f"both belong to {mention.root or 'the root module'}"
    if mention.project is None:
        return "their names are near"
    return "the repository has one project" if alone else f"{mention.span.path} speaks of the project"


def state_key(configuration: Configuration) -> Value | None:
    """Return the key a state is written under, its workspace applied (DOMAIN §3.4); None where that is unknown."""
    key = configuration.value("key")
    text, workspace = text_of(key), text_of(configuration.workspace)
    if text is None or workspace is None:
        return None
    if workspace == "default":
        return key
    prefix = configuration.settings.get("workspace_key_prefix")
    head = text_of(prefix.value) if prefix else "env:"
    if head is None:
        return None
    return literal(posixpath.normpath("/".join(name for name in (head, workspace, text) if name)))


def states(configurations: Iterable[Configuration]) -> Iterator[State]:
    """Yield each bucket and state key with the configurations that write it.

    Certain where every workspace is known; otherwise bucket, key and prefix are the same and the workspace may be any.
    """
    certain: dict[tuple[str, str, str], list[Configuration]] = defaultdict(list)
    possible: dict[tuple[str, str, str, str], list[Configuration]] = defaultdict(list)
    for configuration in configurations:
        bucket, key = configuration.value("bucket"), configuration.value("key")
        if configuration.type != "s3" or bucket is None or key is None or not (known(bucket) and known(key)):
            continue
        name, endpoint = text_of(bucket) or "", _endpoint(configuration)
        place = state_key(configuration)
        if place is not None:
            certain[endpoint, name, text_of(place) or ""].append(configuration)
        else:
            prefix = configuration.settings.get("workspace_key_prefix")
            written = _plain(prefix.value) if prefix else ""
            possible[endpoint, name, text_of(key) or "", written].append(configuration)
    for (_, name_of, written), found in certain.items():
        yield State(name_of, written, tuple(found), certain=True)
    for (_, name_of, written, _), found in possible.items():
        yield State(name_of, written, tuple(found), certain=False)


def _endpoint(configuration: Configuration) -> str:
    names = (name for name in ("endpoint", "endpoints") if name in configuration.settings)
    return " ".join(_plain(configuration.settings[name].value) for name in names)


def _plain(result: Result) -> str:
    """Return a text that is the same for the same results, wherever they are written."""
    try:
        return canonical(result)
    except UnknownError:  # too large to tell: like nothing but itself
        return str(result)
