"""Roles that write a state but may not handle its lock file."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from tflint_locks.arn import bucket_and_key, parse_arn
from tflint_locks.finding import Edit, Match, Related
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.additions import items_after
from tflint_locks.resolve.edits import verbatim
from tflint_locks.resolve.endpoints import store
from tflint_locks.resolve.grants import (
    by_role,
    covers_action,
    grants_more,
    grants_unread,
    is_its_own,
    may_grant,
    place_in,
)
from tflint_locks.resolve.model import Configuration, Repository, Setting, Statement
from tflint_locks.resolve.pairs import state_key
from tflint_locks.resolve.phrases import environments_of, listed
from tflint_locks.value import Value, alike, joined, known, literal, text_of

_WRITE = "s3:PutObject"
_NEEDED = (_WRITE, "s3:GetObject", "s3:DeleteObject")
_TRUE = ("true", "1")


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each state object that a role writes without the rights on its lock file."""
    users: dict[_Place, list[_User]] = defaultdict(list)
    for user in _users(repository):
        users[alike(user.bucket), alike(user.key)].append(user)
    if not users:
        return
    together: dict[int, _Rights] = {}
    found: list[Match] = []
    for statements in _roles(repository).values():
        rights = together[id(statements)] if id(statements) in together else _rights(statements)
        together[id(statements)] = rights
        found.extend(match for statement in statements for match in _faults(repository, statement, rights, users))
    if found and not grants_more(repository, "AmazonS3FullAccess") and not grants_unread(repository):
        yield from found


# The bucket and key of an object.
_Place: TypeAlias = tuple[str, str]


class _User(NamedTuple):
    """A configuration that locks with a lock file: the setting that says so, its bucket and state key."""

    configuration: Configuration
    setting: Setting
    bucket: Value
    key: Value


def _users(repository: Repository) -> Iterator[_User]:
    """Yield the configurations that certainly lock with a lock file."""
    for configuration in repository.configurations:
        setting = configuration.settings.get("use_lockfile")
        bucket, key = configuration.value("bucket"), state_key(configuration)
        if configuration.type != "s3" or not configuration.closed or setting is None or store(configuration) != "aws":
            continue
        if text_of(setting.value) in _TRUE and bucket and key and known(bucket):
            yield _User(configuration, setting, bucket, key)


def _roles(repository: Repository) -> Mapping[str, list[Statement]]:
    """Return the statements by role; files of policies may all be one role's."""
    files = [one for one in repository.statements if one.source == "policy file" and one.allow]
    return {role: files if found[0].source == "policy file" else found for role, found in by_role(repository).items()}


class _Rights(NamedTuple):
    """Statements by each object that they name without wildcards, and with all else that they grant."""

    objects: Mapping[_Place, list[Statement]]
    others: list[Statement]


def _rights(statements: list[Statement]) -> _Rights:
    objects: dict[_Place, list[Statement]] = defaultdict(list)
    others: list[Statement] = []
    for one in statements:
        if one.negated or not one.whole or one.resources is None:
            others.append(one)
            continue
        places = [(resource, _object(resource)) for resource in one.resources]
        wide = tuple(resource for resource, place in places if place is None or not _is_one(resource))
        for resource, place in places:
            if place is not None and _is_one(resource):
                objects[place].append(one)
        others.extend([one._replace(resources=wide)] if wide else [])
    return _Rights(objects, others)


def _is_one(resource: Value) -> bool:
    """Tell whether a resource has no wildcards."""
    text = text_of(resource)
    return text is not None and "*" not in text and "?" not in text


def _grants(rights: _Rights, action: str, bucket: Value, key: Value) -> bool:
    """Tell whether an action on an object may be allowed."""
    named = rights.objects.get((alike(bucket), alike(key)), ())
    return any(covers_action(one, action) is not False for one in named) or any(
        may_grant(one, action, bucket, key) for one in rights.others
    )


def _faults(
    repository: Repository, statement: Statement, rights: _Rights, users: Mapping[_Place, list[_User]]
) -> Iterator[Match]:
    if statement.negated or statement.principal or not statement.whole or covers_action(statement, _WRITE) is not True:
        return
    for resource in statement.resources or ():
        place = _object(resource)
        for user in users.get(place, ()) if place else ():
            lock = joined([user.key, literal(".tflock")])
            missing = [action for action in _NEEDED if not _grants(rights, action, user.bucket, lock)]
            if missing:
                match = _match(statement, resource, user, missing)
                yield _repaired(repository, match, statement, resource, missing)
                break


def _object(resource: Value) -> _Place | None:
    """Return the bucket and key a resource states, so that the same state has the same two."""
    arn = parse_arn(resource)
    place = bucket_and_key(arn) if arn else None
    return (alike(place[0]), alike(place[1])) if place and place[1] is not None else None


def _repaired(repository: Repository, match: Match, statement: Statement, resource: Value, missing: list[str]) -> Match:
    """Return the match with its repair: the lock file put into the statement's list, and the actions it lacks.

    Those it lacks would be granted on the state, too, and are to be looked at.
    """
    lacking = [action for action in missing if covers_action(statement, action) is not True]
    lock = f"{text_of(resource)}.tflock"
    wanted: list[tuple[Value | None, list[str]]] = []
    if lock not in map(text_of, statement.resources or ()):
        wanted.append((resource, [lock]))
    if lacking:
        written = next((one for one in statement.actions or () if text_of(one) == _WRITE), None)
        wanted.append((written, lacking))
    edits = [_put(repository, statement, value, items) for value, items in wanted]
    done = tuple(edit for edit in edits if edit)
    return match._replace(edits=done if len(done) == len(edits) else (), unsafe=bool(lacking))


def _put(repository: Repository, statement: Statement, value: Value | None, items: list[str]) -> Edit | None:
    """Return items put behind a value that stands in the statement."""
    span = verbatim(repository.tree, value)
    return items_after(repository.tree, span, items) if span and is_its_own(repository, statement, span) else None


def _match(statement: Statement, resource: Value, user: _User, missing: list[str]) -> Match:
    text = text_of(user.key) or ""
    return Match(
        place_in(statement, resource),
        {"state": f"`{text}`", "lock": f"`{text}.tflock`", "missing": listed([f"`{action}`" for action in missing])},
        (Related(user.setting.span, "this backend locks with a lock file"),),
        label="the state alone is granted here",
        environments=environments_of(user.configuration),
    )
