"""Statements about state or locks that grant every action, or reach every bucket or table."""

from collections.abc import Iterator

from tflint_locks.arn import bucket_and_key, parse_arn, table_of
from tflint_locks.finding import Match
from tflint_locks.regex import regex
from tflint_locks.resolve.grants import place_in
from tflint_locks.resolve.model import Repository, Statement
from tflint_locks.resolve.phrases import listed, quoted
from tflint_locks.resolve.roles import LOCK_TABLE, STATE_BUCKET, names_lock_table, names_state_bucket
from tflint_locks.resolve.used import all_used
from tflint_locks.value import Value, compare, known, known_text, text_of

_ALL_ACTIONS = ("*", "s3:*", "dynamodb:*")
_SERVICES = ("s3:", "dynamodb:")
_CAMEL = regex(r"(?<=[a-z0-9])(?=[A-Z])")


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each statement that is certainly about state and grants more than Terraform needs."""
    for statement in repository.statements:
        if not statement.allow or statement.negated or statement.principal or not statement.whole:
            continue
        if statement.actions and statement.resources:
            yield from _actions(repository, statement)
            yield from _resources(statement)


def _actions(repository: Repository, statement: Statement) -> Iterator[Match]:
    """Yield the first action that is all of a service's, where every resource holds state or locks."""
    wide = [action for action in statement.actions or () if text_of(action) in _ALL_ACTIONS]
    if wide and all(_is_ours(repository, resource) for resource in statement.resources or ()):
        names = list(dict.fromkeys(quoted(resource) for resource in statement.resources or ()))
        yield _match(statement, wide[0], {"action": quoted(wide[0]), "resources": listed(names)}, "default")


def _is_ours(repository: Repository, resource: Value) -> bool:
    """Tell whether a resource is a state bucket, what lies in it, or a lock table: by a backend, or by its name."""
    arn = parse_arn(resource)
    if arn is None:
        return False
    table, place = table_of(arn), bucket_and_key(arn)
    name = table.name if table else place[0] if place else None
    if name is None or not known(name) or "*" in known_text(name):
        return False
    role = LOCK_TABLE if table else STATE_BUCKET
    says = names_lock_table(known_text(name)) if table else names_state_bucket(known_text(name))
    return says or any(compare(one.name, name) is True for one in all_used(repository.configurations, role))


def _resources(statement: Statement) -> Iterator[Match]:
    """Yield the first resource that is every bucket or table, where the statement's own name says state or lock."""
    sid = _CAMEL.sub("_", statement.sid)
    if not (names_lock_table(sid) or names_state_bucket(sid)) or not _is_storage(statement):
        return
    wide = [resource for resource in statement.resources or () if _is_everything(resource)]
    if wide:
        yield _match(statement, wide[0], {"resource": quoted(wide[0]), "statement": f"`{statement.sid}`"}, "resources")


def _is_storage(statement: Statement) -> bool:
    return all((text_of(action) or "").lower().startswith(_SERVICES) for action in statement.actions or ())


def _is_everything(resource: Value) -> bool:
    arn = parse_arn(resource)
    if text_of(resource) == "*":
        return True
    table, place = (table_of(arn), bucket_and_key(arn)) if arn else (None, None)
    name = table.name if table else place[0] if place else None
    return text_of(name) == "*"


def _match(statement: Statement, value: Value, words: dict[str, str], message: str) -> Match:
    return Match(
        place_in(statement, value),
        words,
        message=message,
        environments=(statement.environment,) if statement.environment else (),
    )
