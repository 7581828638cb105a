import pytest

from tflint_locks.arn import (
    action_matches,
    bucket_and_key,
    contradicted_partition,
    has_region_or_account,
    lacks_region_or_account,
    lists_only_objects,
    names_only_below_table,
    parse_arn,
    partition_of,
    resource_matches,
    table_name,
    table_of,
    writes_only_bucket,
)
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Piece, Value, literal, shown


def value(text: str) -> Value:
    """Read ``a<x>b`` as a text with the hole x in it, spans counted in the text without the signs."""
    pieces: list[Piece] = []
    at = 0
    for index, chunk in enumerate(text.replace(">", "<").split("<")):
        if index % 2:
            pieces.append(Hole(chunk))
        elif chunk:
            pieces.append(Literal(chunk, Span("a.tf", at, at + len(chunk))))
            at += len(chunk)
    return tuple(pieces)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("arn:aws:dynamodb:eu-west-1:111111111111:table/t", "aws|dynamodb|eu-west-1|111111111111|table/t"),
        ("arn:aws:s3:::b/k:1", "aws|s3|||b/k:1"),
        ("arn:<p>:dynamodb:<r>:<a>:table/<t>", "<p>|dynamodb|<r>|<a>|table/<t>"),
        ("arn:aws:dynamodb:<ra>:table/t", "aws|dynamodb|<region of ra>|<account of ra>|table/t"),
        ("arn:aws:dynamodb:<r>:x", None),
        ("<x>:table/t", None),
        ("arn:aws:s3", None),
        ("*", None),
        ("", None),
    ],
)
def test_fields(text: str, fields: str | None) -> None:
    arn = parse_arn(value(text))
    assert (arn and "|".join(map(shown, arn))) == fields


def test_fields_keep_their_places() -> None:
    arn = parse_arn(value("arn:aws:dynamodb:eu-west-1:111111111111:table/acme-locks"))
    assert arn is not None
    name = table_name(arn)
    assert name == (Literal("acme-locks", Span("a.tf", 46, 56)),)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("table/t", "t table"),
        ("table/<x>-locks", "<x>-locks table"),
        ("table/*", "* table"),
        ("table/t/*", "t all"),
        ("table/t/index/*", "t index"),
        ("table/t/stream/2020", "t stream"),
        ("table/t/<x>", "t below"),
        ("global-table/t", "t global-table"),
        ("table", None),
        ("<x>", None),
    ],
)
def test_tables(resource: str, expected: str | None) -> None:
    arn = parse_arn(value(f"arn:aws:dynamodb:eu-west-1:111111111111:{resource}"))
    assert arn is not None
    table = table_of(arn)
    assert (table and f"{shown(table.name)} {table.form}") == expected
    assert (table_name(arn) is not None) == bool(expected and expected.endswith(" table"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arn:aws:s3:::b", ("b", None)),
        ("arn:aws:s3:::b/*", ("b", "*")),
        ("arn:aws:s3:::<x>-state/env/k", ("<x>-state", "env/k")),
        ("arn:aws:s3:eu-west-1:111111111111:accesspoint/p", None),
        ("arn:aws:sqs:::b", None),
    ],
)
def test_buckets(text: str, expected: tuple[str, str | None] | None) -> None:
    arn = parse_arn(value(text))
    assert arn is not None
    found = bucket_and_key(arn)
    assert (found and (shown(found[0]), found[1] and shown(found[1]))) == expected


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("il-central-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-isob-east-1", "aws-iso-b"),
        ("us-iso-east-1", "aws-iso"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eusc-de-east-1", "aws-eusc"),
        ("nowhere", None),
    ],
)
def test_partitions(region: str, partition: str | None) -> None:
    assert partition_of(region) == partition


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("dynamodb:GetItem", "dynamodb:GetItem", True),
        ("DYNAMODB:getitem", "dynamodb:GetItem", True),
        ("dynamodb:*", "dynamodb:GetItem", True),
        ("dynamodb:?etItem", "dynamodb:GetItem", True),
        ("dynamodb:BatchGetItem", "dynamodb:GetItem", False),
        ("<x>", "dynamodb:GetItem", None),
        ("s3:<x>", "dynamodb:GetItem", False),
        ("*", "dynamodb:GetItem", True),
    ],
)
def test_actions_match_in_any_case(pattern: str, action: str, expected: bool | None) -> None:
    assert action_matches(value(pattern), action) is expected


@pytest.mark.parametrize(
    ("pattern", "resource", "expected"),
    [
        ("*", "arn:aws:s3:::<x>", True),
        ("arn:aws:s3:::b*", "arn:aws:s3:::b/k/l", True),
        ("arn:aws:s3:::B", "arn:aws:s3:::b", False),
        ("arn:*:dynamodb:*:*:table/*", "arn:aws:dynamodb:eu-west-1:1:table/t", True),
        ("arn:aws:dynamodb:*:*:table/a*", "arn:aws:dynamodb:<r>:<a>:table/acme", True),
        ("arn:aws:dynamodb:*:*:table/b*", "arn:aws:dynamodb:<r>:<a>:table/acme", False),
        ("arn:aws:s3:::<x>/*", "arn:aws:s3:::<x>/k", True),
        ("arn:aws:s3:::<x>/*", "arn:aws:s3:::<y>/k", None),
        ("arn:aws:s3:::?", "arn:aws:s3:::<x>", None),
        ("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/k", None),
        ("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::c/k", False),
    ],
)
def test_resources_match_as_a_whole(pattern: str, resource: str, expected: bool | None) -> None:
    assert resource_matches(value(pattern), value(resource)) is expected


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("arn:aws:dynamodb:eu-west-1:111111111111:table/t", ""),
        ("arn:aws:dynamodb:::table/t", "nowhere"),
        ("arn:aws:dynamodb:*:*:table/t", ""),
        ("arn:aws:dynamodb:<r>::table/t", "nowhere"),
        ("arn:aws:dynamodb::111111111111:global-table/t", ""),
        ("arn:aws:dynamodb:eu-west-1:111111111111:table/t/*", "below"),
        ("arn:aws:dynamodb:eu-west-1:111111111111:table/*/*", ""),
        ("arn:aws:dynamodb:us-gov-west-1:111111111111:table/t", "aws/aws-us-gov"),
        ("arn:*:dynamodb:us-gov-west-1:111111111111:table/t", ""),
        ("arn:aws-cn:dynamodb:cn-north-1:111111111111:table/t", ""),
        ("arn:aws:dynamodb:us-esat-1:111111111111:table/t", ""),
        ("arn:aws:s3:eu-west-1:111111111111:acme-state", "place"),
        ("arn:aws:s3:eu-west-1:111111111111:accesspoint/p", ""),
        ("arn:aws:s3:::acme-state/*", ""),
    ],
)
def test_shapes_that_grant_nothing(text: str, faults: str) -> None:
    arn = parse_arn(value(text))
    assert arn is not None
    found = []
    if lacks_region_or_account(arn):
        found.append("nowhere")
    if names_only_below_table(arn):
        found.append("below")
    if contradicted := contradicted_partition(arn):
        found.append("/".join(contradicted))
    if has_region_or_account(arn):
        found.append("place")
    assert " ".join(found) == faults


@pytest.mark.parametrize(
    ("actions", "resources", "listing", "writing"),
    [
        ("s3:ListBucket", "arn:aws:s3:::b/*", True, False),
        ("s3:listbucket", "arn:aws:s3:::b/*", True, False),
        ("s3:ListBucket", "arn:aws:s3:::b arn:aws:s3:::b/*", False, False),
        ("s3:ListBucket s3:GetObject", "arn:aws:s3:::b/*", False, False),
        ("s3:PutObject s3:GetObject", "arn:aws:s3:::b", False, True),
        ("s3:PutObject", "arn:aws:s3:::b*", False, False),
        ("s3:PutObject", "arn:aws:s3:::<x>", False, False),
        ("s3:PutObject", "*", False, False),
        ("s3:*", "arn:aws:s3:::b", False, False),
        ("", "", False, False),
    ],
)
def test_actions_on_the_wrong_kind_of_resource(actions: str, resources: str, *, listing: bool, writing: bool) -> None:
    listed = [literal(action) for action in actions.split()]
    granted = [value(resource) for resource in resources.split()]
    assert lists_only_objects(listed, granted) is listing
    assert writes_only_bucket(listed, granted) is writing
