"""ARNs by grammar: their fields with pieces and spans, what they name, and what IAM matches with them.

A field may have holes; where a hole may hide a colon, an answer is given only where the rest decides it.
"""

from collections.abc import Iterable

from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.value import Hole, Literal, Piece, Value, joined, known, literal, matches, split, text_of

_FIELDS = 6
# botocore's partitions.json; the names of the aws partition's regions follow one pattern.
_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
)
_COMMERCIAL = regex(r"(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+")
# What may follow table/NAME, with the name of the thing that is then named.
_BELOW_TABLE = frozenset({"index", "stream", "backup", "export", "import"})
_BUCKET_ACTIONS = (
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:GetBucketLocation",
    "s3:GetBucketVersioning",
    "s3:ListBucketMultipartUploads",
)
_OBJECT_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
LOCK_ACTIONS = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem")
_POLICY_VARIABLE = regex(r"\$\{[^{}]{0,200}\}")


class Arn(NamedTuple):
    """The fields of ``arn:partition:service:region:account:resource``; an empty field is an empty value."""

    partition: Value
    service: Value
    region: Value
    account: Value
    resource: Value


class Table(NamedTuple):
    """What a DynamoDB ARN names.

    ``form`` is ``table``, ``all`` (``table/T/*``), ``global-table``, ``index``, ``stream``, ``backup``, ``export``,
    ``import``, or ``below`` where it is not known what below the table.
    """

    name: Value
    form: str


def parse_arn(value: Value) -> Arn | None:
    """Return the fields of an ARN, None where the value is none or a hole may be several of its fields."""
    if not value or not isinstance(value[0], Literal) or not value[0].text.startswith("arn:"):
        return None
    fields = split(value, ":", _FIELDS - 1)
    if len(fields) == _FIELDS:
        return Arn(*fields[1:])
    if len(fields) == _FIELDS - 1 and _is_hole(fields[3]) and _head(fields[4]).startswith(("table/", "global-table/")):
        return Arn(fields[1], fields[2], _half(fields[3], "region"), _half(fields[3], "account"), fields[4])
    return None


def _is_hole(value: Value) -> bool:
    return len(value) == 1 and isinstance(value[0], Hole)


def _half(value: Value, name: str) -> Value:
    """Return one of the two fields that a hole stands for together."""
    return tuple(
        piece._replace(identity=f"{name} of {piece.identity}", domain=(), likely=None)
        for piece in value
        if isinstance(piece, Hole)
    )


def _head(value: Value) -> str:
    return value[0].text if value and isinstance(value[0], Literal) else ""


def table_of(arn: Arn) -> Table | None:
    """Return what an ARN of DynamoDB names, None for other services."""
    if text_of(arn.service) != "dynamodb":
        return None
    parts = split(arn.resource, "/", 3)
    kind = text_of(parts[0])
    if kind not in ("table", "global-table") or len(parts) < 2:  # noqa: PLR2004 (kind and name)
        return None
    if len(parts) == 2 or kind == "global-table":  # noqa: PLR2004
        return Table(parts[1], str(kind))
    below = text_of(parts[2])
    if below == "*" or (below == "" and len(parts) == 3):  # noqa: PLR2004
        return Table(parts[1], "all")
    return Table(parts[1], below if below in _BELOW_TABLE else "below")


def table_name(arn: Arn) -> Value | None:
    """Return the table of a plain table ARN, the only form the lock's operations match (DOMAIN §5)."""
    table = table_of(arn)
    return table.name if table and table.form == "table" else None


def bucket_and_key(arn: Arn) -> tuple[Value, Value | None] | None:
    """Return bucket and key pattern of an S3 ARN; the key is None for the bucket itself."""
    if text_of(arn.service) != "s3" or text_of(arn.account) != "" or text_of(arn.region) != "":
        return None
    parts = split(arn.resource, "/", 1)
    return parts[0], (parts[1] if len(parts) > 1 else None)


def partition_of(region: str) -> str | None:
    """Return the partition a region's name belongs to, None where the name fits none."""
    for prefix, partition in _PARTITIONS:
        if region.startswith(prefix):
            return partition
    return "aws" if _COMMERCIAL.fullmatch(region) else None


# ---------------------------------------------------------------- what IAM matches


def action_matches(pattern: Value, action: str) -> bool | None:
    """Tell whether a policy's action pattern covers an action; letters count alike in both cases."""
    return matches(_lowered(pattern), literal(action.lower()))


def resource_matches(pattern: Value, resource: Value) -> bool | None:
    """Tell whether a policy's resource pattern covers an ARN; ``*`` crosses ``/`` and ``:``."""
    glob = _without_variables(pattern)
    ours, theirs = parse_arn(glob), parse_arn(resource)
    if ours is None or theirs is None or not (_has_five_colons(ours) and _has_five_colons(theirs)):
        return matches(glob, resource)
    # as many colons on both sides: each field can only meet its own, and a region's hole hides no table
    answers = {matches(one, other) for one, other in zip(ours, theirs, strict=True)}
    return False if False in answers else None if None in answers else True


def _has_five_colons(arn: Arn) -> bool:
    """Tell whether the resource of an ARN holds no colon, also not in a hole."""
    certain = known(arn.resource) or text_of(arn.service) == "dynamodb"
    return certain and not any(isinstance(piece, Literal) and ":" in piece.text for piece in arn.resource)


def any_matches(answers: Iterable[bool | None]) -> bool | None:
    """Fold answers: True where one is, False where all are."""
    seen = set(answers)
    return True if True in seen else None if None in seen else False


def _lowered(value: Value) -> Value:
    return tuple(_lowered_piece(piece) for piece in value)


def _lowered_piece(piece: Piece) -> Piece:
    if isinstance(piece, Literal):
        return Literal(piece.text.lower(), piece.span)
    return piece._replace(identity=f"lower({piece.identity})", domain=(), likely=None)


def _without_variables(pattern: Value) -> Value:
    """Make holes of IAM's own variables (``${aws:username}``), which AWS fills in."""
    pieces: list[Piece] = []
    for piece in pattern:
        if isinstance(piece, Hole) or "${" not in piece.text:
            pieces.append(piece)
            continue
        at = 0
        for found in _POLICY_VARIABLE.finditer(piece.text):
            pieces += [Literal(piece.text[at : found.start()]), Hole(found.group())]
            at = found.end()
        pieces.append(Literal(piece.text[at:]))
    return tuple(pieces)


# ---------------------------------------------------------------- shapes that grant nothing


def lacks_region_or_account(arn: Arn) -> bool:
    """Tell whether a table's ARN leaves region or account empty (``arn:aws:dynamodb:::table/x``), to no effect."""
    table = table_of(arn)
    if table is None or table.form == "global-table":
        return False
    return text_of(arn.region) == "" or text_of(arn.account) == ""


def names_only_below_table(arn: Arn) -> bool:
    """Tell whether a table's ARN covers what lies below the table but not the table (``table/X/*``)."""
    table = table_of(arn)
    return table is not None and table.form not in ("table", "global-table") and text_of(table.name) != "*"


def contradicted_partition(arn: Arn) -> tuple[str, str] | None:
    """Return the partition an ARN states and that of its region, where both are known and differ."""
    stated, region = text_of(arn.partition), text_of(arn.region)
    actual = partition_of(region) if region else None
    if not stated or "*" in stated or actual is None or stated == actual:
        return None
    return stated, actual


def has_region_or_account(arn: Arn) -> bool:
    """Tell whether an S3 ARN of a bucket states a region or account, which only access points have."""
    if text_of(arn.service) != "s3" or not known(joined([arn.region, arn.account])):
        return False
    resource = _head(arn.resource)
    return bool(resource) and bool(text_of(arn.account)) and not resource.startswith(_NOT_BUCKETS)


_NOT_BUCKETS = ("accesspoint", "job", "storage-lens", "async-request", "access-grants", "*", "multi-region")


def lists_only_objects(actions: Iterable[Value], resources: Iterable[Value]) -> bool:
    """Tell whether only bucket actions are granted and only on objects (``s3:ListBucket`` on ``B/*``), to no effect."""
    return _all_are(actions, _BUCKET_ACTIONS) and _all_s3(resources, objects=True)


def writes_only_bucket(actions: Iterable[Value], resources: Iterable[Value]) -> bool:
    """Tell whether only object actions are granted and only on a bucket (``s3:PutObject`` on ``B``), to no effect."""
    return _all_are(actions, _OBJECT_ACTIONS) and _all_s3(resources, objects=False)


def _all_are(actions: Iterable[Value], names: tuple[str, ...]) -> bool:
    lowered = {name.lower() for name in names}
    texts = [text_of(action) for action in actions]
    return bool(texts) and all(text is not None and text.lower() in lowered for text in texts)


def _all_s3(resources: Iterable[Value], *, objects: bool) -> bool:
    found = [_is_object(resource) for resource in resources]
    return bool(found) and all(answer is objects for answer in found)


def _is_object(resource: Value) -> bool | None:
    """Tell whether a resource names objects or a bucket; None where a wildcard or a hole may be either."""
    arn = parse_arn(resource)
    place = bucket_and_key(arn) if arn else None
    if place is None:
        return None
    bucket, key = place
    if key is not None:
        # a slash certainly follows the bucket's name, unless a wildcard before it may be the whole of it
        return True
    text = text_of(bucket)
    return None if text is None or "*" in text else False
