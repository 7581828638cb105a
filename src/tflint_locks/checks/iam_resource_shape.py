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
from tflint_locks.finding import Edit, Match
from tflint_locks.resolve.edits import inside
from tflint_locks.resolve.grants import (
    LOCK_ACTIONS,
    by_role,
    covers_action,
    covers_resource,
    is_its_own,
    place_in,
)
from tflint_locks.resolve.model import Repository, Statement
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.roles import LOCK_TABLE, STATE_BUCKET, names_lock_table, names_state_bucket
from tflint_locks.resolve.stated import backend_account
from tflint_locks.resolve.used import all_used, used
from tflint_locks.source import Span
from tflint_locks.value import Literal, Value, compare, joined, known_text, literal, matches, shown, text_of

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
            yield _repaired(repository, statement, resource, shape)


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
            yield _repaired(repository, statement, resource, shape)


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


# ---------------------------------------------------------------- repairs

# What the lock needs and what else may be granted on a table alone: nothing of it is lost without what lies below.
_ON_TABLE = frozenset(f"dynamodb:{name}item" for name in ("get", "put", "delete", "update")) | {
    "dynamodb:describetable"
}
# Where region and account begin and end among an ARN's fields.
_REGION, _ACCOUNT = 3, 4


def _repaired(repository: Repository, statement: Statement, resource: Value, shape: str) -> Match:
    """Return the match with its edit, where the ARN stands in the statement and only one is meant."""
    match = _match(statement, resource, place_in(statement, resource), shape)
    edit, unsafe = _edit(repository, statement, resource, shape)
    if edit is None or not is_its_own(repository, statement, edit.span):
        return match
    return match._replace(edits=(edit,), unsafe=unsafe)


def _edit(repository: Repository, statement: Statement, resource: Value, shape: str) -> tuple[Edit | None, bool]:
    """Return the edit of an ARN, and whether it is to be looked at: it may grant more than is wanted."""
    tree, last = repository.tree, resource[-1]
    end = len(last.text) if isinstance(last, Literal) else 0
    if shape == "only-bucket":
        return inside(tree, last, end, end, "/*"), True
    if shape in ("objects", "below"):
        actions = {(text_of(action) or "").lower() for action in statement.actions or ()}
        edit = inside(tree, last, end - 2, end, "") if _ends_below(shape, resource) else None
        return edit, shape == "below" and not actions <= _ON_TABLE
    return _fields(repository, resource, shape)


def _ends_below(shape: str, resource: Value) -> bool:
    """Tell whether ``/*`` follows the table's or bucket's name itself: below a folder something else may be meant."""
    text = shown(resource)
    return text.endswith("/*") and text.count("/") == (1 if shape == "objects" else 2)


def _fields(repository: Repository, resource: Value, shape: str) -> tuple[Edit | None, bool]:
    """Return the edit of the fields before the name, which stand in the first piece."""
    first, arn = resource[0], parse_arn(resource)
    fields = first.text.split(":") if isinstance(first, Literal) else []
    if arn is None or len(fields) <= _ACCOUNT + 1:
        return None, False
    start = len(":".join(fields[:_REGION])) + 1
    end = start + len(":".join(fields[_REGION : _ACCOUNT + 1]))
    if shape == "bucket":
        return inside(repository.tree, first, start, end, ":"), False
    regions, accounts = _places(repository, arn)
    if shape == "partition":
        partitions = contradicted_partition(arn)
        if partitions is None or regions != {fields[_REGION]}:
            return None, False
        return inside(repository.tree, first, len("arn:"), len(f"arn:{partitions[0]}"), partitions[1]), False
    region = fields[_REGION] or (regions.pop() if len(regions) == 1 else "*")
    account = fields[_ACCOUNT] or (accounts.pop() if len(accounts) == 1 else "*")
    return inside(repository.tree, first, start, end, f"{region}:{account}"), "*" in (region, account)


def _places(repository: Repository, arn: Arn) -> tuple[set[str], set[str]]:
    """Return the regions and accounts of the backends that lock with an ARN's table; empty where one is unknown."""
    table = table_of(arn)
    users = [
        one
        for one in repository.configurations
        if table and (found := used(one, LOCK_TABLE)) and compare(found.name, table.name) is True
    ]
    regions = [text_of(one.value("region")) or "" for one in users]
    accounts = [stated.account if (stated := backend_account(one)) else "" for one in users]
    return set(regions) if all(regions) else set(), set(accounts) if all(accounts) else set()


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
