import re
from collections.abc import Mapping

import pytest

from tflint_locks.hcl import Attribute, Block, parse
from tflint_locks.resolve.evaluate import Scope, evaluate_span
from tflint_locks.resolve.policies import (
    Raw,
    further,
    statements_of_document,
    statements_of_json,
    statements_of_policy,
)
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Result, Value, hole, literal, shown

KNOWN: dict[str, Result] = {
    "local.table": literal("arn:t"),
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

    return Scope("main.tf", text, lookup, lambda _: None, {}, generous=True)


def told(raw: Raw) -> str:
    """Show a statement: effect, actions, resources, and what is special."""
    if raw == further(raw.span):
        return "further"
    parts = ["allow" if raw.allow else "deny"]
    for sign, values in (
        ("", raw.actions),
        ("not ", raw.not_actions),
        ("", raw.resources),
        ("not ", raw.not_resources),
    ):
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
        return (
            statements_of_json(literal('{"Statement": [{"Action": "a:b", "Resource": "base"}]}'), WHERE)
            if known
            else None
        )

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
        "".join(text[piece.span.start : piece.span.end] if piece.span else "?" for piece in value)
        for value in values or ()
    ]


DOCUMENTS = """
statement {
  actions = ["dynamodb:GetItem"]
  resources = [local.table]
}
=> allow [dynamodb:GetItem] [arn:t]

statement {
  effect = "Deny"
  not_actions = ["s3:*"]
  not_resources = ["*"]
}
=> deny not [s3:*] not [*]

statement {
  effect = var.effect
  actions = ["s3:*"]
}
=> allow [s3:*] perhaps

statement {
  actions = ["sts:AssumeRole"]
  principals {
    type = "AWS"
    identifiers = ["*"]
  }
  condition {
  }
}
=> allow [sts:AssumeRole] if who

statement {
  actions = ["a:b"]
  resources = [var.x]
  dynamic "condition" {
    for_each = []
  }
}
=> allow [a:b] [<var.x>] if open

statement {
  actions = concat(["a:b"], var.more)
  resources = ["x"]
}
=> allow [a:b] [x] open

statement {
  actions = var.more
  resources = ["x-${var.y}"]
}
=> allow [<var.more>] [x-<var.y>] open

statement {
  actions = ["a:b"]
  resources = toset(["x", "y"])
}
=> allow [a:b] [x, y]

dynamic "statement" {
  for_each = local.extra
  content {
    sid = statement.key
    actions = ["a:b"]
    resources = [statement.value]
  }
}
=> allow [a:b] [arn:a]; allow [a:b] [arn:b]

dynamic "statement" {
  for_each = toset(["p"])
  iterator = it
  content {
    actions = ["a:b"]
    resources = ["${it.value}/${it.key}"]
  }
}
=> allow [a:b] [p/p]

dynamic "statement" {
  for_each = var.on ? [1] : []
  content {
    actions = ["a:b"]
    resources = [local.table]
  }
}
=> allow [a:b] [arn:t]

statement {
  actions = ["a:b"]
  resources = var.on ? ["x"] : ["y"]
}
=> allow [a:b] [x, y]

dynamic "statement" {
  for_each = var.tables
  content {
    actions = ["a:b"]
    resources = ["arn:${statement.value}"]
  }
}
=> allow [a:b] [arn:<value of var.tables>] perhaps

dynamic "statement" {
  for_each = []
  content {
    actions = ["a:b"]
  }
}
=> nothing

source_policy_documents = [local.old, data.aws_iam_policy_document.base.json, var.other]
=> allow [s3:*] [*]; allow [a:b] [base]; further

source_json = local.old
statement {
  sid = "Old"
  actions = ["a:b"]
}
=> allow [a:b]

override_policy_documents = [local.old]
statement {
  sid = "Old"
  actions = ["a:b"]
}
=> allow [s3:*] [*]


=> nothing
"""


def cases(table: str) -> list[tuple[str, str]]:
    """Read a table: a text, and behind ``=>`` what is told of it."""
    return [(text.strip("\n"), expected) for text, expected in re.findall(r"(.*?)\n=> (.*?)\n", table, re.DOTALL)]


@pytest.mark.parametrize(("body", "expected"), cases(DOCUMENTS))
def test_policy_documents(body: str, expected: str) -> None:
    assert "; ".join(told(raw) for raw in of_document(body)[0]) == expected.replace("nothing", "")


POLICIES = """
jsonencode({Statement = [{Effect = "Allow", Action = ["a:b", "a:c"], Resource = local.table}]})
=> allow [a:b, a:c] [arn:t]

jsonencode({Statement = {Effect = "Deny", NotAction = "a:b", NotResource = "*", Principal = "*", Condition = {}}})
=> deny not [a:b] not [*] if who

jsonencode({Statement = concat([{Action = "a:b", Resource = "x"}], var.more)})
=> allow [a:b] [x]; further

jsonencode({Statement = [{Action = "a:b", Resource = concat(["x"], var.more)}]})
=> allow [a:b] [x] open

jsonencode({Statement = [{Action = "a:b", Resource = [var.arn, "${var.arn}/*"]}]})
=> allow [a:b] [<var.arn>, <var.arn>/*] open

jsonencode({Statement = [for b in ["x", "y"] : {Action = "a:b", Resource = "arn:${b}"}]})
=> allow [a:b] [arn:x]; allow [a:b] [arn:y]

jsonencode({Statement = concat([{Action = "a:b"}], var.on ? [{Action = "c:d"}] : [])})
=> allow [a:b]; allow [c:d]

jsonencode({Statement = var.statements})
=> further

jsonencode(var.policy)
=> further

jsonencode({Other = 1})
=> nothing

var.policy
=> further

null
=> nothing

<<EOT
{"Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": "${var.arn}/*"}]}
EOT
=> allow [a:b] [<var.arn>/*]

<<EOT
{"statement": [{"EFFECT": "Allow", "action": "a:b", "Resource": ${jsonencode(var.arns)}}]}
EOT
=> allow [a:b] [<var.arns>] open

<<EOT
{"Statement": [{"Action": "a:b", "Resource": [%{ for b in var.bs }"x/${b}",%{ endfor } "y"]}]}
EOT
=> further

<<EOT
{"Statement": [{"Action": "a:b", "Resource": ["y", ${var.more}]}]}
EOT
=> allow [a:b] [y] open

<<EOT
no JSON at all
EOT
=> further
"""


@pytest.mark.parametrize(("text", "expected"), cases(POLICIES))
def test_policy_texts(text: str, expected: str) -> None:
    assert "; ".join(told(raw) for raw in of_policy(text)[0]) == expected.replace("nothing", "")


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
    assert written.endswith('table/acme-locks"\n        }')


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
