"""CloudFormation and SAM templates: what their resources are worth, and where it is written."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflint_locks.facts import StackTemplate
from tflint_locks.read.cloudformation import read_template
from tflint_locks.source import Span
from tflint_locks.value import Literal, Result, Value, shown, text_of

PATH = "stack.yaml"


def template(properties: str, rest: str = "") -> str:
    body = "\n".join(f"      {line}" for line in properties.splitlines())
    return f"{rest}Resources:\n  Locks:\n    Type: AWS::DynamoDB::Table\n    Properties:\n{body}\n"


def name(text: str) -> Value:
    found = read_template(PATH, text).resources[0].properties["TableName"]
    assert isinstance(found, tuple)
    return found


def places(value: Value, text: str) -> list[str]:
    """Return what stands under the literal pieces."""
    return [text[piece.span.start : piece.span.end] for piece in value if isinstance(piece, Literal) and piece.span]


PARAMETERS = "Parameters:\n  Env: {Type: String, Default: prod}\n  Name: {Type: String}\n"
MAPPINGS = "Mappings:\n  Names:\n    eu-west-1: {lock: acme-locks-eu}\n    us-east-1: {lock: acme-locks-us}\n"


@pytest.mark.parametrize(
    ("rest", "properties", "worth", "under"),
    [
        ("", "TableName: acme-locks", "acme-locks", ["acme-locks"]),
        ("", 'TableName: "acme-locks"', "acme-locks", ["acme-locks"]),
        ("", "TableName: !Sub acme-${AWS::Region}-locks", "acme-<AWS::Region>-locks", ["acme-", "-locks"]),
        ("", 'TableName: {"Fn::Sub": "acme-${AWS::AccountId}"}', "acme-<AWS::AccountId>", ["acme-"]),
        ("", "TableName: !Sub acme-${!literal}", "acme-${literal}", ["acme-"]),
        (PARAMETERS, "TableName: !Ref Name", "<stack.yaml:Name>", []),
        (PARAMETERS, "TableName: !Sub 'acme-${Env}'", "acme-<stack.yaml:Env>", ["acme-"]),
        (PARAMETERS, "TableName: !Sub ['acme-${x}', {x: !Ref Env}]", "acme-<stack.yaml:Env>", ["acme-"]),
        ("", "TableName: !Join ['-', [acme, locks]]", "acme-locks", ["acme", "locks"]),
        ("", "TableName:\n  Fn::Join: ['-', [acme, !Ref AWS::Region]]", "acme-<AWS::Region>", ["acme"]),
        (MAPPINGS, "TableName: !FindInMap [Names, eu-west-1, lock]", "acme-locks-eu", ["acme-locks-eu"]),
        ("", "TableName: !Select [1, [a, acme-locks]]", "acme-locks", ["acme-locks"]),
        ("", "TableName: !If [Here, acme-locks, acme-locks]", "acme-locks", ["acme-locks"]),
        ("", "TableName: &n acme-locks", "acme-locks", ["acme-locks"]),
        ("", "TableName: !Sub |-\n  acme-locks", "acme-locks", ["acme-locks"]),
    ],
)
def test_a_name_is_worked_out_as_far_as_the_file_tells(
    rest: str, properties: str, worth: str, under: list[str]
) -> None:
    text = template(properties, rest)
    found = name(text)
    assert shown(found) == worth
    assert places(found, text) == under


@pytest.mark.parametrize(
    ("properties", "domain"),
    [
        ("TableName: !If [Here, acme-a, acme-b]", ("acme-a", "acme-b")),
        ("TableName: !FindInMap [Names, !Ref AWS::Region, lock]", ("acme-locks-eu", "acme-locks-us")),
    ],
)
def test_a_choice_may_be_any_of_its_values(properties: str, domain: tuple[str, ...]) -> None:
    (piece,) = name(template(properties, MAPPINGS))
    assert not isinstance(piece, Literal)
    assert piece.domain == domain


def test_a_reference_to_a_table_or_bucket_is_its_name_and_its_arn() -> None:
    text = (
        "Resources:\n  State:\n    Type: AWS::S3::Bucket\n    Properties: {BucketName: acme-tfstate}\n"
        "  Policy:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n"
        "      Bucket: !Ref State\n      Arn: !GetAtt State.Arn\n      Objects: !Sub '${State.Arn}/*'\n"
    )
    found = read_template(PATH, text).resources[1].properties
    assert shown_all(found) == {
        "Bucket": "acme-tfstate",
        "Arn": "arn:<AWS::Partition>:s3:::acme-tfstate",
        "Objects": "arn:<AWS::Partition>:s3:::acme-tfstate/*",
    }


def shown_all(found: Mapping[str, Result]) -> dict[str, str]:
    return {key: shown(value) for key, value in found.items() if isinstance(value, tuple)}


def test_defaults_conditions_and_deletion_policies_are_kept() -> None:
    text = PARAMETERS + (
        "Resources:\n  Locks:\n    Type: AWS::DynamoDB::Table\n    Condition: Here\n    DeletionPolicy: Retain\n"
        "    Properties: {TableName: acme-locks, Tags: !Ref AWS::NoValue}\n"
    )
    found = read_template(PATH, text)
    assert [(identity, text_of(value)) for identity, value in found.defaults] == [("stack.yaml:Env", "prod")]
    (locks,) = found.resources
    assert (locks.conditional, locks.kept, list(locks.properties)) == (True, True, ["TableName"])
    assert text[locks.span.start : locks.span.end] == "Locks"


def test_json_is_read_as_well() -> None:
    properties = '{"TableName": {"Ref": "AWS::StackName"}}'
    text = f'{{"Resources": {{"L": {{"Type": "AWS::DynamoDB::Table", "Properties": {properties}}}}}}}'
    assert shown(name(text)) == "<AWS::StackName>"


@pytest.mark.parametrize(
    "text",
    [
        "Resources:\n  A: &a\n    Type: AWS::S3::Bucket\n    Properties: {X: *a}\n",
        "Resources: [",
        "Resources:\n"
        + "".join(
            f"  B{i}:\n    Type: AWS::S3::Bucket\n    Properties: {{BucketName: !Ref B{i + 1}}}\n" for i in range(500)
        ),
        "a: &a [x, x]\n"
        + "".join(f"{c}: &{c} [*{p}, *{p}, *{p}, *{p}]\n" for p, c in zip("abcdefghij", "bcdefghijk", strict=True))
        + "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties: {X: *k}\n",
    ],
)
def test_hostile_templates_are_bounded(text: str) -> None:
    assert isinstance(read_template(PATH, text), StackTemplate)


FRAGMENTS = st.sampled_from(
    ["Resources:\n", "  A:\n", "    Type: AWS::S3::Bucket\n", "    Properties:\n", "      BucketName: ", "!Sub ",
     "!Ref A\n", "'${A.Arn}/x'\n", "{Fn::Join: [", "]}\n", "!If [a, b, c]\n", "&x ", "*x\n",
     "!FindInMap [a, b, c]\n", "\n", "- "]
)  # fmt: skip


@given(st.lists(FRAGMENTS | st.text(max_size=8), max_size=30).map("".join))
def test_any_text_gives_facts_whose_places_lie_in_it(text: str) -> None:
    found = read_template(PATH, text)
    for span in _spans(found):
        assert 0 <= span.start <= span.end <= len(text)


def _spans(found: StackTemplate) -> list[Span]:
    spans = [resource.span for resource in found.resources]
    stack: list[Result] = [resource.properties for resource in found.resources]
    while stack:
        top = stack.pop()
        if isinstance(top, tuple):
            spans += [piece.span for piece in top if piece.span]
        elif top is not None:
            stack += list(top.values()) if isinstance(top, dict) else top
    return spans
