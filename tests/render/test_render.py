import json
from collections.abc import Callable

import pytest

from tflint_locks.finding import Finding, Report, Severity
from tflint_locks.places import Places
from tflint_locks.render.escape import masked, visible
from tflint_locks.render.formats import render
from tflint_locks.render.text import summary_line
from tflint_locks.render.view import View
from tflint_locks.source import Span
from tflint_locks.tree import DictTree

Golden = Callable[[str, str], None]


def lines(found: object) -> str:
    return "".join(f"{line}\n" for line in found)  # type: ignore[attr-defined] # any iterable of lines


def test_text(report: Report, tree: DictTree, golden: Golden) -> None:
    golden("report.txt", lines(render("text", report, View(Places(tree), {}))))


def test_text_in_colour(report: Report, tree: DictTree, golden: Golden) -> None:
    one = report._replace(findings=report.findings[:1], open_reasons=())
    golden("report-colour.txt", lines(render("text", one, View(Places(tree), {}, colour=True))))


def test_concise(report: Report, tree: DictTree, golden: Golden) -> None:
    golden("report.concise", lines(render("concise", report, View(Places(tree), {}))))


def test_json(report: Report, tree: DictTree, golden: Golden) -> None:
    golden("report.json", lines(render("json", report, View(Places(tree), {}))))


def test_json_has_the_agreed_keys_and_no_others(report: Report, tree: DictTree) -> None:
    whole = json.loads(lines(render("json", report, View(Places(tree), {}))))
    assert list(whole) == ["version", "tool", "findings", "errors", "suppressed", "summary"]
    first = whole["findings"][0]
    assert [first[name] for name in ("path", "line", "column", "end_line", "end_column")] == [
        "envs/staging.tfvars",
        46,
        85,
        46,
        105,
    ]
    assert first["fix"]["safe"] is True
    assert whole["findings"][2]["fix"] is None
    assert whole["summary"] == {
        "error": 1,
        "warning": 1,
        "note": 4,
        "files": 118,
        "configurations": {"total": 7, "closed": 4, "open": 3},
        "environments": ["prod", "staging"],
    }


def test_text_counts_the_places_it_does_not_show(tree: DictTree) -> None:
    from tflint_locks.finding import Related

    related = tuple(Related(Span("main.tf", place, place + 1), "here too") for place in range(20))
    finding = Finding("a-rule", Severity.NOTE, "many", Span("main.tf", 30, 31), related=related)
    shown = lines(render("text", Report((finding,), (), 0, 1, 0, 0, ()), View(Places(tree), {})))
    assert shown.count(":::") == 12
    assert "= 8 more places; --format json has them all" in shown
    assert lines(render("json", Report((finding,), (), 0, 1, 0, 0, ()), View(Places(tree), {}))).count("here too") == 20


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (Report((), (), 0, 3, 0, 0, ()), "0 errors, 0 warnings, 0 notes; no S3 state backend found"),
        (
            Report((), (), 1, 3, 1, 1, (), known=1),
            "0 errors, 0 warnings, 0 notes (1 suppressed); 1 of 1 configuration known",
        ),
        (
            Report((), (), 0, 3, 7, 4, (), ("key unknown (ci.yml:41, step output)",), known=4),
            "0 errors, 0 warnings, 0 notes; 4 of 7 configurations known; 3 open: key unknown (ci.yml:41, step output)",
        ),
        (
            Report((), (), 0, 3, 9, 4, (), ("a", "b", "c", "d"), known=4),
            "0 errors, 0 warnings, 0 notes; 4 of 9 configurations known; 5 open: a, b, c, …",
        ),
        (
            Report((), (), 0, 3, 1, 0, (), ("x" * 5000,)),
            f"0 errors, 0 warnings, 0 notes; 0 of 1 configuration known; 1 open: {'x' * 160}…",
        ),
    ],
)
def test_the_last_line_says_what_could_be_judged(report: Report, line: str) -> None:
    assert summary_line(report) == line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünï 日本", "plain ünï 日本"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\rb\nc\td", "a\\x0db\\x0ac d"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("\x85\x9b", "\\x85\\x9b"),
        ("lone \udcff", "lone \\udcff"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("x ##vso[task.setvariable]", "x \\x23#vso[task.setvariable]"),
        ("##[error] ## a", "\\x23#[error] ## a"),
    ],
)
def test_what_would_not_be_seen_is_made_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('  secret_key = "wJalrXUtnFEMI"', '  secret_key = "*************"'),
        ("access_key='AKIA'", "access_key='****'"),
        ('"token": "abc", "bucket": "acme"', '"token": "***", "bucket": "acme"'),
        ("export AWS_SECRET_ACCESS_KEY=abc", "export AWS_SECRET_ACCESS_KEY=***"),
        ('init -backend-config="secret_key=abc" -x', 'init -backend-config="secret_key=***" -x'),
        ("init -backend-config=secret_key=abc -x", "init -backend-config=secret_key=*** -x"),
        ('sse_customer_key = "a\\"b"', 'sse_customer_key = "****"'),
        ("db_password: hunter2", "db_password: *******"),
        ("token = var.token", "token = var.token"),
        ('token = "${var.token}"', 'token = "************"'),
        ("TOKEN=$TOKEN", "TOKEN=$TOKEN"),
        ('key = "secret/terraform.tfstate"', 'key = "secret/terraform.tfstate"'),
        ('dynamodb_table = "token-lock"', 'dynamodb_table = "token-lock"'),
        ('bucket = "acme-secrets-state"', 'bucket = "acme-secrets-state"'),
        ("# the secret is elsewhere", "# the secret is elsewhere"),
    ],
)
def test_secrets_are_stars(line: str, shown: str) -> None:
    assert masked(line) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('"https://user:hunter2@s3.example.com/x"', '"https://user:*******@s3.example.com/x"'),
        ("git::https://x:${TOKEN}@example.com", "git::https://x:${TOKEN}@example.com"),
        ("https://example.com:9000/a@b", "https://example.com:9000/a@b"),
        ("acess_key = AKIA" + "A" * 16, "acess_key = " + "*" * 20),
        ("-backend-config=x=ghp_" + "a" * 36 + " y", "-backend-config=x=" + "*" * 40 + " y"),
        ("arn:aws:s3:::AKIAcme", "arn:aws:s3:::AKIAcme"),
    ],
)
def test_secrets_are_known_by_their_shape(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert masked(text) == shown


def test_no_line_is_a_command_to_a_ci_system(report: Report) -> None:
    path = "::error::x.tf"
    span = Span(path, 0, 1)
    one = report.findings[0]._replace(span=span, message="##vso[task.x]y", related=(), edits=(), notes=())
    whole, view = report._replace(findings=(one,)), View(Places(DictTree({path: "a = 1\n"})), {})
    assert next(iter(render("concise", whole, view))).startswith("./::error")
    for name in ("concise", "text"):
        assert "##vso[" not in lines(render(name, whole, view))
    text = lines(render("json", whole, view))
    assert "##" not in text
    assert json.loads(text)["findings"][0]["message"] == "##vso[task.x]y"


def test_a_line_of_one_endless_word_is_masked_at_once() -> None:
    line = "token" * 40_000
    assert masked(line) == line
    assert masked(f'{line} = "hunter2"') == f'{line} = "*******"'
