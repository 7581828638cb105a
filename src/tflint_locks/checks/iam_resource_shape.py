"""Grants on state buckets and lock tables that match nothing because of their ARN's form."""

from collections.abc import Callable, Iterator, Mapping

from tflint_locks.arn import (
    Arn,
    bucket_and_key,
    contradicted_partition,
    has_region_or_account,
    lacks_region_or_account,
    lists_only_objects,
    names_only_below_table,
    parse_arn,
    table_of,
    writes_only_bucket,
)
from tflint_locks.finding import Match
from tflint_locks.resolve.grants import LOCK_ACTIONS, by_role, covers_action, covers_resource, place_in
from tflint_locks.resolve.model import Repository, Statement
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.roles import LOCK_TABLE, STATE_BUCKET, names_lock_table, names_state_bucket
from tflint_locks.resolve.used import all_used
from tflint_locks.source import Span
from tflint_locks.value import Value, compare, joined, known_text, literal, matches

LIST, PUT = "s3:ListBucket", "s3:PutObject"


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each resource, or statement, that certainly grants nothing."""
    for statements in by_role(repository).values():
        for statement in statements:
            if statement.negated or not statement.resources or not statement.whole:
                continue
            yield from _resources(repository, statement, statements)
            yield from _levels(repository, statement, statements)


# ---------------------------------------------------------------- one ARN by itself


SHAPES: Mapping[str, Callable[[Arn], bool]] = {
    "empty": lacks_region_or_account,
    "below": names_only_below_table,
    "partition": lambda arn: contradicted_partition(arn) is not None,
    "bucket": has_region_or_account,
}


def _resources(repository: Repository, statement: Statement, statements: list[Statement]) -> Iterator[Match]:
    for resource in statement.resources or ():
        arn = parse_arn(resource)
        shape = next((name for name, holds in SHAPES.items() if holds(arn)), None) if arn else None
        if arn is None or shape is None or not _is_ours(repository, arn):
            continue
        if not (shape == "below" and _grants_table(statement, statements, arn)):
            yield _match(statement, resource, place_in(statement, resource), shape)


def _is_ours(repository: Repository, arn: Arn) -> bool:
    """Tell whether an ARN is about a lock table or a state bucket: by its name, or because a backend uses it."""
    table, place = table_of(arn), bucket_and_key(arn._replace(region=literal(""), account=literal("")))
    if table is not None:
        return names_lock_table(known_text(table.name)) or _is_used(repository, LOCK_TABLE, table.name)
    return place is not None and (
        names_state_bucket(known_text(place[0])) or _is_used(repository, STATE_BUCKET, place[0])
    )


def _is_used(repository: Repository, role: str, name: Value) -> bool:
    return any(compare(one.name, name) is True for one in all_used(repository.configurations, role))


def _grants_table(statement: Statement, statements: list[Statement], arn: Arn) -> bool:
    """Tell whether the item actions are granted on the table elsewhere, or not granted here at all."""
    table = table_of(arn)
    wanted = [action for action in LOCK_ACTIONS if covers_action(statement, action) is True]
    if table is None or not wanted:
        return True
    head = joined([literal("arn:"), arn.partition, literal(":dynamodb:"), arn.region, literal(":"), arn.account])
    whole = joined([head, literal(":table/"), table.name])
    return any(
        covers_action(one, action) is not False and covers_resource(one, whole) is not False
        for one in statements
        for action in wanted
    )


# ---------------------------------------------------------------- bucket or objects


def _levels(repository: Repository, statement: Statement, statements: list[Statement]) -> Iterator[Match]:
    actions, resources = statement.actions or (), statement.resources or ()
    if lists_only_objects(actions, resources):
        shape, action = "objects", LIST
    elif writes_only_bucket(actions, resources):
        shape, action = "only-bucket", PUT
    else:
        return
    for resource in resources:
        arn = parse_arn(resource)
        if arn and _is_ours(repository, arn) and not _granted_right(statements, arn, action):
            yield _match(statement, resource, place_in(statement, resource), shape)


def _granted_right(statements: list[Statement], arn: Arn, action: str) -> bool:
    """Tell whether another statement of the role may grant the action where it belongs."""
    place = bucket_and_key(arn)
    if place is None:
        return True
    return any(
        covers_action(one, action) is not False
        and any(_is_right(resource, place[0], action) for resource in one.resources or ())
        for one in statements
    ) or any(one.negated for one in statements)


def _is_right(resource: Value, bucket: Value, action: str) -> bool:
    arn = parse_arn(resource)
    place = bucket_and_key(arn) if arn else None
    if place is None or matches(place[0], bucket) is False:
        return place is None and (arn is None)
    return (place[1] is None) == (action == LIST) or "*" in known_text(place[0])


def _match(statement: Statement, resource: Value, span: Span, shape: str) -> Match:
    arn = parse_arn(resource)
    partitions = contradicted_partition(arn) if arn else None
    return Match(
        span,
        {
            "resource": quoted(resource),
            "partition": f"`{partitions[1]}`" if partitions else "",
            "stated": f"`{partitions[0]}`" if partitions else "",
        },
        message=shape if shape != "empty" else "default",
        label="granted here",
        environments=(statement.environment,) if statement.environment else (),
    )
