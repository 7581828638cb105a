"""What templates make and grant, and when a parameter's default is certain."""

import pytest

from tflint_locks.resolve import load
from tflint_locks.settings import Settings
from tflint_locks.tree import DictTree
from tflint_locks.value import shown, text_of

STACK = "cloudformation/state.yaml"
TABLE = """Parameters:
  LockTable: {Type: String, Default: acme-terraform-locks}
Resources:
  Locks:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Ref LockTable
      KeySchema: [{AttributeName: LockID, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: LockID, AttributeType: S}]
"""


def named(text: str) -> list[str]:
    return [shown(definition.name) for definition in load(DictTree({STACK: text}), Settings()).definitions]


@pytest.mark.parametrize(
    ("path", "text", "certain"),
    [
        ("README.md", "Bootstrap with CloudFormation.", True),
        ("deploy.sh", "aws cloudformation deploy --template-file cloudformation/state.yaml --stack-name x\n", True),
        (
            "deploy.sh",
            "aws cloudformation deploy --template-file cloudformation/state.yaml --parameter-overrides LockTable=x\n",
            False,
        ),
        ("cloudformation/parameters.json", "[]", False),
        (
            "Makefile",
            "up:\n\taws cloudformation create-stack --template-body state.yaml --parameters file://p.json\n",
            False,
        ),
    ],
)
def test_a_default_counts_only_where_nothing_may_give_the_parameter(path: str, text: str, certain: bool) -> None:
    found = load(DictTree({STACK: TABLE, path: text}), Settings())
    expected = "acme-terraform-locks" if certain else f"<{STACK}:LockTable>"
    assert [shown(one.name) for one in found.definitions if one.source == "template"] == [expected]


def test_a_table_without_a_name_may_have_any() -> None:
    assert named(TABLE.replace("      TableName: !Ref LockTable\n", "")) == [f"<{STACK}:Locks>"]


def test_keys_and_types_are_those_of_the_schema() -> None:
    found = load(DictTree({STACK: TABLE}), Settings())
    (definition,) = found.definitions
    (key,) = definition.keys
    assert (text_of(key.name), key.key_type, text_of(key.value_type)) == ("LockID", "HASH", "S")
    assert definition.proven == "its key is LockID"


@pytest.mark.parametrize(
    ("key", "worth"),
    [("{Name: LockID, Type: String}", ("LockID", "S")), ("{Name: LockID, Type: Number}", ("LockID", "N"))],
)
def test_a_sam_table_has_one_key(key: str, worth: tuple[str, str]) -> None:
    text = f"Resources:\n  Locks:\n    Type: AWS::Serverless::SimpleTable\n    Properties:\n      PrimaryKey: {key}\n"
    (definition,) = load(DictTree({STACK: text}), Settings()).definitions
    assert [(text_of(one.name), text_of(one.value_type)) for one in definition.keys] == [worth]


ROLES = """Resources:
  Deploy:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: [!Ref Shared, 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']
      Policies:
        - PolicyDocument:
            Statement: {Effect: Allow, Action: 'dynamodb:PutItem', Resource: 'arn:aws:dynamodb:*:*:table/x'}
  Shared:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Effect: Allow, Action: ['dynamodb:GetItem'], Resource: '*'}
  Own:
    Type: AWS::IAM::Policy
    Properties:
      Roles: [!Ref Deploy]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Action: s3:ListBucket
            Resource: arn:aws:s3:::acme-tfstate
            Condition: {StringLike: {s3:prefix: ['env:/*']}}
"""


def test_statements_belong_to_the_roles_they_are_attached_to() -> None:
    found = load(DictTree({STACK: ROLES}), Settings()).statements
    assert {one.role for one in found} == {f"{STACK}#Deploy"}
    assert [shown(action) for one in found for action in one.actions or ()] == [
        "dynamodb:PutItem",
        "dynamodb:GetItem",
        "s3:ListBucket",
    ]
    assert all(one.whole for one in found)


def test_conditions_are_kept_with_their_values() -> None:
    (limited,) = [one for one in load(DictTree({STACK: ROLES}), Settings()).statements if one.conditions]
    ((test, variable, values),) = limited.conditions
    assert (test, variable, [shown(value) for value in values or ()]) == ("StringLike", "s3:prefix", ["env:/*"])


def test_a_managed_policy_from_elsewhere_leaves_a_role_open() -> None:
    text = ROLES.replace("service-role/AWSLambdaBasicExecutionRole", "AmazonDynamoDBFullAccess")
    assert not all(one.whole for one in load(DictTree({STACK: text}), Settings()).statements)


@pytest.mark.parametrize("path", ["cdk.out/Acme.template.json", "stack.template", "stack.yml"])
def test_templates_are_found_by_their_text(path: str) -> None:
    text = '{"Resources": {"State": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "acme-tfstate"}}}}'
    (definition,) = load(DictTree({path: text}), Settings()).definitions
    assert (definition.kind, shown(definition.name), definition.proven) == (
        "bucket",
        "acme-tfstate",
        "its name says so",
    )


def test_a_template_for_a_policy_is_none_of_cloudformation() -> None:
    text = '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::acme-tfstate"}]}'
    assert not load(DictTree({"policy.template.json": text}), Settings()).statements
