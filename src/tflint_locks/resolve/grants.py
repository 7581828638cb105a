"""What policy statements grant on lock tables and state buckets; statements of one role are judged together."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from tflint_locks.arn import (
    Arn,
    Table,
    action_matches,
    any_matches,
    bucket_and_key,
    parse_arn,
    resource_matches,
    table_of,
)
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.model import Repository, Statement
from tflint_locks.resolve.roles import names_lock_table
from tflint_locks.source import Source, Span
from tflint_locks.value import Value, joined, known_text, literal, matches, span_of, text_of

READ, WRITE, DELETE = "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"
LOCK_ACTIONS = (READ, WRITE, DELETE)
# Without one of these nothing is locked or written: the statement is a reader's.
_WRITES = {"lock-table": (WRITE, DELETE), "state-bucket": ("s3:PutObject", "s3:DeleteObject")}


# A place where a resource is written, and its statement with its place among all.
_Placed: TypeAlias = tuple[Span, int, Statement]


class Granted(NamedTuple):
    """One table ARN of a statement: its fields and the table it names."""

    statement: Statement
    resource: Value
    arn: Arn
    table: Table


def covers_action(statement: Statement, action: str) -> bool | None:
    """Tell whether a statement is about an action; a negated one may be."""
    if statement.negated or statement.actions is None:
        return None
    answer = any_matches(action_matches(pattern, action) for pattern in statement.actions)
    return None if answer is False and not statement.whole else answer


def covers_resource(statement: Statement, resource: Value) -> bool | None:
    """Tell whether a statement is about a resource; a negated one may be."""
    if statement.negated or statement.resources is None:
        return None
    answer = any_matches(resource_matches(pattern, resource) for pattern in statement.resources)
    return None if answer is False and not statement.whole else answer


def tables_of(statement: Statement) -> Iterator[Granted]:
    """Yield the DynamoDB tables that a statement names."""
    if statement.negated:
        return
    for resource in statement.resources or ():
        arn = parse_arn(resource)
        table = table_of(arn) if arn else None
        if arn is not None and table is not None:
            yield Granted(statement, resource, arn, table)


def by_role(repository: Repository) -> Mapping[str, list[Statement]]:
    """Return the statements that allow something, by the role they can reach."""
    groups: dict[str, list[Statement]] = defaultdict(list)
    for statement in repository.statements:
        if statement.allow:
            groups[statement.role].append(statement)
    return groups


# Managed policies that grant everything; those of one service are named where they matter.
_BROAD = ("AdministratorAccess", "PowerUserAccess")


def grants_more(repository: Repository, managed: str = "AmazonDynamoDBFullAccess") -> bool:
    """Tell whether a managed policy, attached anywhere in the repository, may grant the lock's actions."""
    sources = (repository.tree.text(path) for module in repository.modules.values() for path in module.paths)
    return any(word in source.text for source in sources if isinstance(source, Source) for word in (*_BROAD, managed))


def denies_locks(statements: Iterable[Statement]) -> bool:
    """Tell whether a statement may deny one of the lock's actions."""
    return any(not s.allow and any(covers_action(s, a) is not False for a in LOCK_ACTIONS) for s in statements)


def reads_only(repository: Repository, span: Span, role: str) -> bool:
    """Tell whether what is written at a place is granted somewhere, and nowhere for writing."""
    using = list(statements_at(repository, span))
    return bool(using) and not any(may_write(statement, role) for statement in using)


def may_write(statement: Statement, role: str) -> bool:
    """Tell whether a statement may allow what a writer of a lock or state needs."""
    return statement.allow and any(covers_action(statement, action) is not False for action in _WRITES.get(role, ()))


def _inside(inner: Span | None, outer: Span) -> bool:
    return inner is not None and inner.path == outer.path and inner.start < outer.end and outer.start < inner.end


def statements_at(repository: Repository, span: Span) -> Iterator[Statement]:
    """Yield the statements that grant what is written at a place."""
    placed, longest = _by_path(repository).get(span.path, ((), 0))
    first = bisect_left(placed, span.start - longest, key=_start)
    last = bisect_left(placed, span.end, key=_start)
    found = {at: statement for piece, at, statement in placed[first:last] if _inside(piece, span)}
    return (found[at] for at in sorted(found))


def _start(placed: _Placed) -> int:
    return placed[0].start


@lru_cache(maxsize=1)
def _by_path(repository: Repository) -> Mapping[str, tuple[Sequence[_Placed], int]]:
    """Return the statements that allow something by where their resources are written, and the longest such place."""
    found: dict[str, list[_Placed]] = defaultdict(list)
    for at, statement in enumerate(repository.statements):
        if statement.allow and not statement.negated:
            pieces = (piece for resource in statement.resources or () for piece in resource)
            for span in dict.fromkeys(piece.span for piece in pieces if piece.span):
                found[span.path].append((span, at, statement))
    return {
        path: (sorted(placed, key=_start), max(piece.end - piece.start for piece, _, _ in placed))
        for path, placed in found.items()
    }


def is_named_for_locks(granted: Granted) -> bool:
    """Tell whether a granted table's own name says that it holds Terraform locks."""
    return names_lock_table(known_text(granted.table.name))


def name_span(granted: Granted) -> Span:
    """Return where the table's name is written."""
    return span_of(granted.table.name) or granted.statement.span


# ---------------------------------------------------------------- state objects


def on_object(resource: Value, bucket: Value, key: Value | None) -> bool | None:
    """Tell whether a granted resource covers an object of a bucket, or the bucket itself where there is no key."""
    arn = parse_arn(resource)
    place = bucket_and_key(arn) if arn else None
    if place is None:
        whole = joined([literal("arn:aws:s3:::"), bucket, *([literal("/"), key] if key else [])])
        return matches(resource, whole) if arn is None or text_of(arn.service) in (None, "*", "s3") else False
    if place[1] is None or key is None:
        return _on_bucket(place[0], bucket, key) if place[1] is None else False
    answers = {matches(place[0], bucket), matches(place[1], key)}
    return False if False in answers else None if None in answers else True


def _on_bucket(pattern: Value, bucket: Value, key: Value | None) -> bool | None:
    """Tell whether a bucket's ARN covers the bucket, or with a ``*`` at its end objects below it."""
    target = bucket if key is None else joined([bucket, literal("/"), key])
    return matches(pattern, target)


def may_grant(statement: Statement, action: str, bucket: Value, key: Value | None) -> bool:
    """Tell whether a statement may allow an action on an object, or on the bucket itself."""
    if statement.negated or not statement.whole or statement.resources is None:
        return True
    if covers_action(statement, action) is False:
        return False
    return any(on_object(resource, bucket, key) is not False for resource in statement.resources)


_S3_GRANTS = regex(
    r"tflock|s3:(?:\*|put\*|putobject|delete|get\*|getobject|list)|actions?\"?\s*[=:]\s*\[?\s*\"\*\"", re.IGNORECASE
)


def grants_unread(repository: Repository) -> bool:
    """Tell whether Terraform files speak of rights on objects outside the statements that were read."""
    read: dict[str, list[Span]] = defaultdict(list)
    for statement in repository.statements:
        for span in _written_in(statement):
            read[span.path].append(span)
    paths = (path for module in repository.modules.values() for path in module.paths)
    return any(_grants_outside(repository, path, read.get(path, [])) for path in paths)


def _written_in(statement: Statement) -> Iterator[Span]:
    """Yield where a statement stands, and where its actions and resources are written."""
    yield statement.span
    for value in (*(statement.actions or ()), *(statement.resources or ())):
        yield from (piece.span for piece in value if piece.span)


def _grants_outside(repository: Repository, path: str, spans: list[Span]) -> bool:
    source = repository.tree.text(path)
    if not isinstance(source, Source):
        return True
    # the last characters of what is found stand in the action or resource itself
    places = (found.end() - 2 for found in _S3_GRANTS.finditer(source.text))
    return any(not any(span.start <= place < span.end for span in spans) for place in places)


def is_its_own(repository: Repository, statement: Statement, span: Span) -> bool:
    """Tell whether what stands at a place is granted by one statement alone: an edit there changes no other."""
    return span.path == statement.span.path and all(
        one.span == statement.span for one in repository.statements if _grants_from(one, span)
    )


def _grants_from(statement: Statement, span: Span) -> bool:
    """Tell whether a part of an action or resource is written at a place."""
    return any(
        piece.span and piece.span.path == span.path and piece.span.start <= span.end and span.start <= piece.span.end
        for value in (*(statement.actions or ()), *(statement.resources or ()))
        for piece in value
    )


def place_in(statement: Statement, value: Value) -> Span:
    """Return where a value is written, the statement where that is elsewhere."""
    span = span_of(value)
    return span if span is not None and _inside(span, statement.span) else statement.span
