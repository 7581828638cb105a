from collections.abc import Mapping

import pytest

from tflint_locks.hcl import Attribute, Block, parse
from tflint_locks.resolve.evaluate import Scope, evaluate_span
from tflint_locks.resolve.policies import (
    Raw,
    action_covered,
    is_further,
    lock_actions,
    resource_covered,
    statements_of_document,
    statements_of_json,
    statements_of_policy,
)
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Result, Value, hole, literal, shown

KNOWN: dict[str, Result] = {
    "local.table": literal("arn:aws:dynamodb:eu-west-1:111111111111:table/acme-locks"),
    "local.extra": {"a": literal("arn:a"), "b": literal("arn:b")},
    "local.old": literal('{"Statement": {"Sid": "Old", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'),
}
WHERE = Span("main.tf", 0, 0)


def scope(text: str, known: Mapping[str, Result] = KNOWN) -> Scope:
    def lookup(names: tuple[str, ...]) -> tuple[Result, int]:
        for used in range(len(names), 0, -1):
            if ".".join(names[:used]) in known:
                return known[".".join(names[:used])], used
        return hole(".".join(names)), len(names)

    return Scope("main.tf", text, lookup, lambda _: None, {})


def told(raw: Raw) -> str:
    """Show a statement: effect, actions, resources, and what is special."""
    if is_further(raw):
        return "further"
    parts = ["allow" if raw.allow else "deny"]
    for sign, values in (("", raw.actions), ("not ", raw.not_actions), ("", raw.resources), ("not ", raw.not_resources)):
        if values is not None:
            parts.append(sign + "[" + ", ".join(map(shown, values)) + "]")
    flags = {"if": raw.has_condition, "who": raw.has_principal, "open": not raw.whole, "perhaps": not raw.certain}
    return " ".join([*parts, *(name for name, on in flags.items() if on)])


def of_document(body: str) -> tuple[list[Raw], str]:
    text = 'data "aws_iam_policy_document" "x" {\n' + body + "\n}\n"
    (block,) = parse(text).items
    assert isinstance(block, Block)

    def follow(found: Hole) -> list[Raw] | None:
        known = found.identity == "data.aws_iam_policy_document.base.json"
        return statements_of_json(literal('{"Statement": [{"Action": "a:b", "Resource": "base"}]}'), WHERE) if known else None

    return statements_of_document(block, scope(text), follow), text


def of_policy(text: str) -> tuple[list[Raw], str]:
    text = f"policy = {text}\n"
    (attribute,) = parse(text).items
    assert isinstance(attribute, Attribute)
    value = evaluate_span(attribute.value_start, attribute.value_end, scope(text))
    return statements_of_policy(value, Span("main.tf", attribute.value_start, attribute.value_end)), text


def covered(values: tuple[Value, ...] | None, text: str) -> list[str]:
    """Show what the pieces of values cover in the text."""
    return [
        "".join(text[piece.span.start : piece.span.end] if piece.span else "?" for piece in value) for value in values or ()
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('statement {\n actions = ["dynamodb:GetItem"]\n resources = [local.table]\n}', ["allow [dynamodb:GetItem] [arn:aws:dynamodb:eu-west-1:111111111111:table/acme-locks]"]),
        ('statement {\n effect = "Deny"\n not_actions = ["s3:*"]\n not_resources = ["*"]\n}', ["deny not [s3:*] not [*]"]),
        ('statement {\n effect = var.effect\n actions = ["s3:*"]\n}', ["allow [s3:*] perhaps"]),
        ('statement {\n actions = ["sts:AssumeRole"]\n principals {\n type = "AWS"\n identifiers = ["*"]\n }\n condition {\n }\n}', ["allow [sts:AssumeRole] if who"]),
        ('statement {\n actions = ["a:b"]\n resources = [var.x]\n dynamic "condition" {\n for_each = []\n }\n}', ["allow [a:b] [<var.x>] if open"]),
        ('statement {\n actions = concat(["a:b"], var.more)\n resources = ["x"]\n}', ["allow [a:b] [x] open"]),
        ('statement {\n actions = var.more\n resources = ["x-${var.y}"]\n}', ["allow [<var.more>] [x-<var.y>] open"]),
        ('statement {\n actions = ["a:b"]\n resources = toset(["x", "y"])\n}', ["allow [a:b] [x, y]"]),
        ('dynamic "statement" {\n for_each = local.extra\n content {\n sid = statement.key\n actions = ["a:b"]\n resources = [statement.value]\n }\n}', ["allow [a:b] [arn:a]", "allow [a:b] [arn:b]"]),
        ('dynamic "statement" {\n for_each = toset(["p"])\n iterator = it\n content {\n actions = ["a:b"]\n resources = ["${it.value}/${it.key}"]\n }\n}', ["allow [a:b] [p/p]"]),
        ('dynamic "statement" {\n for_each = var.on ? [1] : []\n content {\n actions = ["a:b"]\n resources = [local.table]\n }\n}', ["allow [a:b] [arn:aws:dynamodb:eu-west-1:111111111111:table/acme-locks] perhaps"]),
        ('dynamic "statement" {\n for_each = var.tables\n content {\n actions = ["a:b"]\n resources = ["arn:${statement.value}"]\n }\n}', ["allow [a:b] [arn:<value of var.tables>] perhaps"]),
        ('dynamic "statement" {\n for_each = []\n content {\n actions = ["a:b"]\n }\n}', []),
        ('source_policy_documents = [local.old, data.aws_iam_policy_document.base.json, var.other]', ["allow [s3:*] [*]", "allow [a:b] [base]", "further"]),
        ('source_json = local.old\nstatement {\n sid = "Old"\n actions = ["a:b"]\n}', ["allow [a:b]"]),
        ('override_policy_documents = [local.old]\nstatement {\n sid = "Old"\n actions = ["a:b"]\n}', ["allow [s3:*] [*]"]),
        ("", []),
    ],
)  # fmt: skip
def test_policy_documents(body: str, expected: list[str]) -> None:
    assert [told(raw) for raw in of_document(body)[0]] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('jsonencode({Statement = [{Effect = "Allow", Action = ["a:b", "a:c"], Resource = local.table}]})', ["allow [a:b, a:c] [arn:aws:dynamodb:eu-west-1:111111111111:table/acme-locks]"]),
        ('jsonencode({Statement = {Effect = "Deny", NotAction = "a:b", NotResource = "*", Principal = "*", Condition = {(var.x) = 1}}})', ["deny not [a:b] not [*] if who"]),
        ('jsonencode({Statement = concat([{Action = "a:b", Resource = "x"}], var.more)})', ["allow [a:b] [x]", "further"]),
        ('jsonencode({Statement = [{Action = "a:b", Resource = concat(["x"], var.more)}]})', ["allow [a:b] [x] open"]),
        ('jsonencode({Statement = [{Action = "a:b", Resource = [var.arn, "${var.arn}/*"]}]})', ["allow [a:b] [<var.arn>, <var.arn>/*] open"]),
        ('jsonencode({Statement = [for b in ["x", "y"] : {Action = "a:b", Resource = "arn:${b}"}]})', ["allow [a:b] [arn:x]", "allow [a:b] [arn:y]"]),
        ("jsonencode({Statement = var.statements})", ["further"]),
        ("jsonencode(var.policy)", ["further"]),
        ("jsonencode({Other = 1})", []),
        ("var.policy", ["further"]),
        ("null", []),
        ('<<EOT\n{"Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": "${var.arn}/*"}]}\nEOT', ["allow [a:b] [<var.arn>/*]"]),
        ('<<EOT\n{"statement": [{"EFFECT": "Allow", "action": "a:b", "Resource": ${jsonencode(var.arns)}}]}\nEOT', ["allow [a:b] [<var.arns>] open"]),
        ('<<EOT\n{"Statement": [{"Action": "a:b", "Resource": [%{ for b in var.bs }"x/${b}",%{ endfor } "y"]}]}\nEOT', ["further"]),
        ('<<EOT\n{"Statement": [{"Action": "a:b", "Resource": ["y", ${var.more}]}]}\nEOT', ["allow [a:b] [y] open"]),
        ('<<EOT\nno JSON at all\nEOT', ["further"]),
    ],
)  # fmt: skip
def test_policy_texts(text: str, expected: list[str]) -> None:
    assert [told(raw) for raw in of_policy(text)[0]] == expected


POLICY = """<<-EOT
    {
      "Statement": [
        {
          "Action": ["dynamodb:GetItem"],
          "Resource": "arn:aws:dynamodb:${var.region}:111111111111:table/acme-locks"
        }
      ]
    }
  EOT"""


def test_names_in_a_heredoc_have_their_places() -> None:
    (raw,), text = of_policy(POLICY)
    assert covered(raw.actions, text) == ["dynamodb:GetItem"]
    assert covered(raw.resources, text) == ["arn:aws:dynamodb:var:111111111111:table/acme-locks"]
    written = text[raw.span.start : raw.span.end]
    assert written.startswith('{\n          "Action"')
    assert written.endswith("table/acme-locks\"\n        }")


def test_names_in_jsonencode_have_their_places() -> None:
    (raw,), text = of_policy('jsonencode({Statement = [{Action = "a:b", Resource = ["x", "arn:${var.y}/*"]}]})')
    assert covered(raw.actions, text) == ["a:b"]
    assert covered(raw.resources, text) == ["x", "arn:var/*"]
    assert text[raw.span.start : raw.span.end] == 'a:b", Resource = ["x", "arn:${var.y}/*'


def test_names_in_a_file_have_their_places() -> None:
    text = '{"Statement":[{"Action":"a:b","Resource":"arn:\\u0041x"}]}'
    (raw,) = statements_of_json((Literal(text, Span("p.json", 0, len(text))),), WHERE)
    assert covered(raw.actions, text) == ["a:b"]
    assert covered(raw.resources, text) == ["arn:\\u0041x"]
    assert [shown(value) for value in raw.resources or ()] == ["arn:Ax"]
    assert raw.span == Span("p.json", 14, len(text) - 2)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ('Action = ["dynamodb:PutItem", "DynamoDB:getitem"]', {"GetItem": True, "PutItem": True}),
        ('Action = "dynamodb:*Item"', {"GetItem": True, "PutItem": True, "DeleteItem": True}),
        ('Action = "*"', {"GetItem": True, "PutItem": True, "DeleteItem": True}),
        ('Action = "dynamodb:DescribeTable"', {}),
        ('NotAction = "dynamodb:Delete*"', {"GetItem": True, "PutItem": True}),
        ('NotAction = var.x', {"GetItem": None, "PutItem": None, "DeleteItem": None}),
        ('Action = concat(["dynamodb:PutItem"], var.x)', {"GetItem": None, "PutItem": True, "DeleteItem": None}),
        ('Action = "dynamodb:${var.x}Item"', {"GetItem": None, "PutItem": None, "DeleteItem": None}),
    ],
)
def test_actions_of_the_lock(statement: str, expected: dict[str, bool | None]) -> None:
    (raw,), _ = of_policy(f'jsonencode({{Statement = [{{Resource = "*", {statement}}}]}})')
    assert {name.removeprefix("dynamodb:"): answer for name, answer in lock_actions(raw).items()} == expected


def test_what_a_statement_is_about() -> None:
    (raw,), _ = of_policy('jsonencode({Statement = [{Action = "s3:*", NotResource = ["arn:b/*", "arn:${var.x}"]}]})')
    assert action_covered(raw, "s3:GetObject") is True
    assert action_covered(raw, "dynamodb:GetItem") is False
    assert resource_covered(raw, literal("arn:b/k")) is False
    assert resource_covered(raw, literal("arn:c/k")) is None
    assert resource_covered(raw, literal("other")) is True
