"""What a closed configuration certainly uses: its lock table and its state bucket, as bare names with their places."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from tflint_locks.record import NamedTuple
from tflint_locks.resolve.by_name import ByName, by_name, may_be
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.roles import LOCK_TABLE
from tflint_locks.resolve.rows import table_parts
from tflint_locks.source import Span
from tflint_locks.value import Value, alike, span_of, text_of

_ATTRIBUTES = {LOCK_TABLE: "dynamodb_table"}


class Used(NamedTuple):
    """A bare name that a configuration uses, where it is written, and what its ARN states beside it."""

    configuration: Configuration
    name: Value
    span: Span
    region: Value | None = None
    account: Value | None = None


def used(configuration: Configuration, role: str) -> Used | None:
    """Return the lock table or state bucket of a closed S3 configuration; None where there is none or none known."""
    attribute = _ATTRIBUTES.get(role, "bucket")
    value = configuration.value(attribute)
    if value is None or not configuration.closed or configuration.type != "s3":
        return None
    name, region, account = table_parts(value) if role == LOCK_TABLE else (value, None, None)
    span = span_of(name) or configuration.settings[attribute].span
    return Used(configuration, name, span, region, account)


def all_used(configurations: Iterable[Configuration], role: str) -> Iterator[Used]:
    """Yield what each configuration certainly uses."""
    return (found for configuration in configurations if (found := used(configuration, role)))


@lru_cache(maxsize=2)
def _used_names(repository: Repository, role: str) -> frozenset[str]:
    return frozenset(alike(one.name) for one in all_used(repository.configurations, role))


def is_used(repository: Repository, role: str, name: Value) -> bool:
    """Tell whether a configuration certainly uses a name."""
    return alike(name) in _used_names(repository, role)


def may_be_used(repository: Repository, role: str, name: Value) -> bool:
    """Tell whether a configuration uses a name or might, because it is open or its value has holes."""
    users = _users(repository, role)
    return users is None or next(may_be(users, name), None) is not None


@lru_cache(maxsize=2)
def _users(repository: Repository, role: str) -> ByName[Used] | None:
    """Return what configurations use, to be looked up by name; None where one is open: it may use anything."""
    if any(one.type == "s3" and not one.closed for one in repository.configurations):
        return None
    return by_name((one.name, one) for one in all_used(repository.configurations, role))


def distinct(found: Iterable[Used]) -> list[Used]:
    """Keep one of those that are written in one place."""
    return list({(one.span, text_of(one.name)): one for one in found}.values())
