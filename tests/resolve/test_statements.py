import json
from collections.abc import Callable

import pytest

from tflint_locks.resolve.grants import DELETE, READ, WRITE, covers_action
from tflint_locks.resolve.model import Repository, Statement
from tflint_locks.resolve.statements import speaks_of_state
from tflint_locks.value import shown

Load = Callable[..., Repository]
TABLE = "arn:aws:dynamodb:us-east-1:111111111111:table/acme-lock"


def _written(found: Statement) -> tuple[bool, list[str], list[str]]:
    return found.allow, [shown(one) for one in found.actions or ()], [shown(one) for one in found.resources or ()]


DOCUMENT = (
    'data "aws_iam_policy_document" '
    '"d" {{\n'
    "  statement {{\n"
    '    effect = "{effect}"\n'
    '    actions = ["dynamodb:PutItem"]\n'
    '    resources = ["{resource}"]\n    {more}\n  }}\n}}\n'
)


def _document(effect: str = "Allow", resource: str = TABLE, more: str = "") -> str:
    return DOCUMENT.format(effect=effect, resource=resource, more=more)


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_a_documents_statements_are_seen(effect: str, loaded: Load) -> None:
    (found,) = loaded({"main.tf": _document(effect)}).statements
    assert _written(found) == (effect == "Allow", ["dynamodb:PutItem"], [TABLE])


def test_a_document_that_a_policy_uses_is_read_once(loaded: Load) -> None:
    text = _document() + 'resource "aws_iam_policy" "p" {\n  policy = data.aws_iam_policy_document.d.json\n}\n'
    assert len(loaded({"main.tf": text}).statements) == 1


def test_a_statement_with_a_condition_is_conditional(loaded: Load) -> None:
    more = 'condition {\n      test = "StringEquals"\n      variable = "a"\n      values = ["b"]\n    }'
    (found,) = loaded({"main.tf": _document(more=more)}).statements
    assert found.conditional


def test_statements_of_one_root_are_judged_together_and_those_of_two_are_not(loaded: Load) -> None:
    found = loaded({"a/main.tf": _document() + _document().replace('"d"', '"e"'), "b/main.tf": _document()}).statements
    roles = [one.role for one in found]
    assert len(roles) == 3
    assert len(set(roles)) == 2


def test_a_policy_in_json_text_is_read(loaded: Load) -> None:
    text = (
        'resource "aws_iam_policy" "p" {\n  policy = <<EOF\n{"Statement": {"Effect": "Allow", "Action": "dynamodb:*", '
        f'"Resource": ["{TABLE}"]}}}}\nEOF\n}}\n'
    )
    (found,) = loaded({"main.tf": text}).statements
    assert _written(found) == (True, ["dynamodb:*"], [TABLE])


def test_a_policy_inside_a_role_is_read(loaded: Load) -> None:
    text = (
        'resource "aws_iam_role" "r" {\n'
        '  inline_policy {\n    name = "x"\n'
        "    policy = jsonencode({ "
        'Statement = [{ Effect = "Allow", '
        f'Action = ["dynamodb:PutItem"], Resource = "{TABLE}" }}] }})\n  }}\n}}\n'
    )
    (found,) = loaded({"main.tf": text}).statements
    assert _written(found)[2] == [TABLE]


def test_a_policy_for_each_element_has_the_elements_values(loaded: Load) -> None:
    text = (
        'resource "aws_iam_policy" "p" {\n'
        '  for_each = toset(["a", "b"])\n'
        "  policy = jsonencode({ "
        'Statement = [{ Effect = "Allow", '
        f'Action = ["dynamodb:PutItem"], Resource = "{TABLE}-${{each.key}}" }}] }})\n}}\n'
    )
    found = loaded({"main.tf": text}).statements
    assert {_written(one)[2][0] for one in found} == {f"{TABLE}-a", f"{TABLE}-b"}


def test_everything_but_some_actions_is_no_list_of_actions(loaded: Load) -> None:
    text = f'{{"Statement": [{{"Effect": "Allow", "NotAction": "dynamodb:PutItem", "Resource": "{TABLE}"}}]}}'
    (found,) = loaded({"policy.json": text}).statements
    assert found.negated


@pytest.mark.parametrize(
    "text",
    [
        '{"Statement": [{"Effect": "Allow", "Action": "dynamodb:*"',
        '{"Statement": "dynamodb:PutItem"}',
        '"Statement" dynamodb:',
    ],
)
def test_a_policy_file_that_is_none_says_nothing(text: str, loaded: Load) -> None:
    assert loaded({"policy.json": text}).mentions == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dynamodb:PutItem", True),
        ("DynamoDB:getitem", True),
        ("dynamodb:*", True),
        ("dynamodb:Query", False),
        ("s3:PutObject on tfstate", True),
        ("s3:PutObject", False),
    ],
)
def test_only_what_may_reach_a_lock_or_a_state_is_looked_at(text: str, expected: bool) -> None:
    assert speaks_of_state(text) is expected


@pytest.mark.parametrize("several", [False, True])
def test_a_document_in_json_syntax_is_seen(loaded: Load, *, several: bool) -> None:
    one = {"actions": ["dynamodb:PutItem"], "resources": [TABLE]}
    document = {"data": {"aws_iam_policy_document": {"d": {"statement": [one] if several else one}}}}
    (found,) = loaded({"main.tf.json": json.dumps(document)}).statements
    assert _written(found) == (True, ["dynamodb:PutItem"], [TABLE])


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ('Action = ["dynamodb:PutItem", "DynamoDB:getitem"]', [True, True, False]),
        ('Action = "dynamodb:*Item"', [True, True, True]),
        ('Action = "dynamodb:DescribeTable"', [False, False, False]),
        ('NotAction = "dynamodb:Delete*"', [None, None, None]),
        ('Action = concat(["dynamodb:PutItem"], var.x)', [None, True, None]),
        ('Action = "dynamodb:${var.x}Item"', [None, None, None]),
    ],
)
def test_which_of_the_locks_actions_a_statement_is_about(
    statement: str, expected: list[bool | None], loaded: Load
) -> None:
    policy = f'jsonencode({{ Statement = [{{ Effect = "Allow", Resource = "{TABLE}", {statement} }}] }})'
    text = f'# dynamodb:*\nresource "aws_iam_policy" "p" {{\n  # dynamodb:*\n  policy = {policy}\n}}\n'
    (found,) = loaded({"main.tf": text}).statements
    assert [covers_action(found, action) for action in (READ, WRITE, DELETE)] == expected
