"""Roles that write a state but may not handle its lock file."""

from collections.abc import Iterator, Mapping

from tflint_locks.arn import bucket_and_key, parse_arn
from tflint_locks.finding import Match, Related
from tflint_locks.resolve.endpoints import store
from tflint_locks.resolve.grants import (
    by_role,
    covers_action,
    grants_more,
    grants_unread,
    may_grant,
    place_in,
)
from tflint_locks.resolve.model import Configuration, Repository, Setting, Statement
from tflint_locks.resolve.pairs import state_key
from tflint_locks.resolve.phrases import environments_of, listed
from tflint_locks.value import Value, compare, joined, known, literal, text_of

_WRITE = "s3:PutObject"
_NEEDED = (_WRITE, "s3:GetObject", "s3:DeleteObject")
_TRUE = ("true", "1")


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each state object that a role writes without the rights on its lock file."""
    users = list(_users(repository))
    if not users:
        return
    found = [
        match
        for statements in _roles(repository).values()
        for statement in statements
        for match in _faults(statement, statements, users)
    ]
    if found and not grants_more(repository, "AmazonS3FullAccess") and not grants_unread(repository):
        yield from found


def _users(repository: Repository) -> Iterator[tuple[Configuration, Setting, Value, Value]]:
    """Yield the configurations that certainly lock with a lock file, their setting, bucket and state key."""
    for configuration in repository.configurations:
        setting = configuration.settings.get("use_lockfile")
        bucket, key = configuration.value("bucket"), state_key(configuration)
        if configuration.type != "s3" or not configuration.closed or setting is None or store(configuration) != "aws":
            continue
        if text_of(setting.value) in _TRUE and bucket and key and known(bucket):
            yield configuration, setting, bucket, key


def _roles(repository: Repository) -> Mapping[str, list[Statement]]:
    """Return the statements by role; files of policies may all be one role's."""
    files = [one for one in repository.statements if one.source == "policy file" and one.allow]
    return {role: files if found[0] in files else found for role, found in by_role(repository).items()}


def _faults(
    statement: Statement, statements: list[Statement], users: list[tuple[Configuration, Setting, Value, Value]]
) -> Iterator[Match]:
    if statement.negated or statement.principal or not statement.whole or covers_action(statement, _WRITE) is not True:
        return
    for resource in statement.resources or ():
        for configuration, setting, bucket, key in users:
            if not _is_exactly(resource, bucket, key):
                continue
            lock = joined([key, literal(".tflock")])
            missing = [a for a in _NEEDED if not any(may_grant(one, a, bucket, lock) for one in statements)]
            if missing:
                yield _match(statement, resource, configuration, setting, key, missing)
                break


def _is_exactly(resource: Value, bucket: Value, key: Value) -> bool:
    """Tell whether a resource is one state object, without wildcards."""
    arn = parse_arn(resource)
    place = bucket_and_key(arn) if arn else None
    if place is None or place[1] is None:
        return False
    return compare(place[0], bucket) is True and compare(place[1], key) is True


def _match(  # noqa: PLR0913, PLR0917 (what a finding is made of)
    statement: Statement, resource: Value, configuration: Configuration, setting: Setting, key: Value,
    missing: list[str],
) -> Match:  # fmt: skip
    text = text_of(key) or ""
    return Match(
        place_in(statement, resource),
        {"state": f"`{text}`", "lock": f"`{text}.tflock`", "missing": listed([f"`{action}`" for action in missing])},
        (Related(setting.span, "this backend locks with a lock file"),),
        label="the state alone is granted here",
        environments=environments_of(configuration),
    )
