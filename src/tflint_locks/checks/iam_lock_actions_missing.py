"""Roles that may take the lock but not read or release it."""

from collections.abc import Iterator

from tflint_locks.arn import resource_matches
from tflint_locks.finding import Edit, Match
from tflint_locks.resolve.additions import items_after
from tflint_locks.resolve.grants import (
    DELETE,
    READ,
    WRITE,
    Granted,
    by_role,
    covers_action,
    covers_resource,
    denies_locks,
    grants_more,
    is_its_own,
    is_named_for_locks,
    name_span,
    tables_of,
)
from tflint_locks.resolve.model import Repository, Statement
from tflint_locks.resolve.phrases import listed, quoted
from tflint_locks.resolve.roles import LOCK_TABLE
from tflint_locks.resolve.used import is_used
from tflint_locks.value import known, span_of, text_of


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each grant of a lock table that lets a role write the lock only."""
    for role, statements in by_role(repository).items():
        found = [match for statement in statements for match in _faults(repository, statement, statements)]
        if found and not _may_differ(repository, role):
            yield from found


def _may_differ(repository: Repository, role: str) -> bool:
    """Tell whether a Deny or a managed policy changes what the statements of a role grant."""
    return denies_locks(one for one in repository.statements if one.role == role) or grants_more(repository)


def _faults(repository: Repository, statement: Statement, statements: list[Statement]) -> Iterator[Match]:
    if covers_action(statement, WRITE) is not True or not statement.whole:
        return
    for granted in tables_of(statement):
        if not _is_lock_table(repository, granted):
            continue
        missing = [a for a in (READ, DELETE) if all(not _may_grant(one, granted, a) for one in statements)]
        if missing:
            yield _match(granted, missing, _repair(repository, statement, missing))


def _is_lock_table(repository: Repository, granted: Granted) -> bool:
    """Tell whether the table is a backend's, or is named for Terraform's locks."""
    if granted.table.form != "table" or not known(granted.table.name):
        return False
    return is_named_for_locks(granted) or is_used(repository, LOCK_TABLE, granted.table.name)


def _may_grant(statement: Statement, granted: Granted, action: str) -> bool:
    """Tell whether a statement may grant an action on what another one grants."""
    if covers_action(statement, action) is False:
        return False
    resources = statement.resources or ()
    return covers_resource(statement, granted.resource) is not False or any(
        resource_matches(granted.resource, resource) is not False for resource in resources
    )


def _repair(repository: Repository, statement: Statement, missing: list[str]) -> tuple[Edit, ...]:
    """Return the missing actions put behind the one that writes the lock, where it stands in a list by its name."""
    for action in statement.actions or ():
        span = span_of(action)
        if text_of(action) == WRITE and span and is_its_own(repository, statement, span):
            edit = items_after(repository.tree, span, missing)
            return (edit,) if edit else ()
    return ()


def _match(granted: Granted, missing: list[str], edits: tuple[Edit, ...]) -> Match:
    statement = granted.statement
    return Match(
        name_span(granted),
        {"table": quoted(granted.table.name), "missing": listed([f"`{action}`" for action in missing])},
        label="PutItem is granted here",
        cause=statement.span,
        environments=(statement.environment,) if statement.environment else (),
        edits=edits,
    )
