"""What documents state, as the text their spans cover."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflint_locks.facts import DocumentFile
from tflint_locks.read.markdown import read_markdown, read_sample
from tflint_locks.value import span_of, text_of


def stated(file: DocumentFile, text: str) -> list[tuple[str, str, str]]:
    return [(one.label, text[one.span.start : one.span.end], one.evidence) for one in file.stated]


POWERSHELL = r"""```powershell
aws dynamodb get-item `
  --table-name acme-locks `
  --key '{\"LockID\":{\"S\":\"acme-state/app.tfstate\"}}'
```
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- **Lock table**: `acme-locks`\n", [("Lock table", "acme-locks", "label")]),
        ("DynamoDB Table: acme-lock\n", [("DynamoDB Table", "acme-lock", "label")]),
        ("The lock table: see below for more\n", []),
        ("Title: `acme-locks`\n", []),
        ("| What | Value |\n|---|---|\n| Lock Table | `acme-locks` |\n", [("Lock Table", "acme-locks", "table")]),
        (
            "| Stage | Bucket | Lock table |\n|:--|---|--:|\n| dev | `acme-state` | acme-locks |\n",
            [("Bucket", "acme-state", "table"), ("Lock table", "acme-locks", "table")],
        ),
        (
            '```hcl\nterraform {\n  backend "s3" {\n    bucket = "acme-state"\n    encrypt = true\n  }\n}\n```\n',
            [("bucket", "acme-state", "sample")],
        ),
        ('```hcl\nresource "aws_s3_bucket" "b" {\n  bucket = "acme-state"\n}\n```\n', []),
        ('```hcl\ndata "terraform_remote_state" "n" {\n  config = {\n    bucket = "acme"\n  }\n}\n```\n', []),
        ('```diff\n- bucket = "acme-old"\n+ bucket = "acme-new"\n```\n', []),
        (
            "```bash\naws dynamodb scan \\\n  --table-name acme-locks --region eu-west-1\n```\n",
            [("--table-name", "acme-locks", "command"), ("--region", "eu-west-1", "command")],
        ),
        (
            POWERSHELL,
            [("--table-name", "acme-locks", "command"), ("LockID", "acme-state/app.tfstate", "lock-id")],
        ),
        (
            '```sh\nterraform init -backend-config="bucket=acme-${{ a.stage }}" -backend-config=key=a.tfstate\n```\n',
            [("bucket", "acme-${{ a.stage }}", "init"), ("key", "a.tfstate", "init")],
        ),
        (
            "See `arn:aws:dynamodb:eu-west-1:*:table/acme-locks`.\n",
            [
                ("table arn", "acme-locks", "arn"),
                ("table arn region", "eu-west-1", "arn"),
                ("table arn account", "*", "arn"),
            ],
        ),
        (
            "`aws s3 cp s3://acme-state/app/terraform.tfstate .`\n",
            [("bucket url", "acme-state", "url"), ("key url", "app/terraform.tfstate", "url")],
        ),
        ("```sh\nexport TF_LOCK_TABLE=acme-locks\n```\n", [("TF_LOCK_TABLE", "acme-locks", "variable")]),
        ("<!-- - Lock table: `acme-locks` -->\n- Lock table: `acme-lock`\n", [("Lock table", "acme-lock", "label")]),
        (
            "<!--\nterraform init -backend-config=key=k\n\n-->\n<!-- open\n- Lock table: `x-y`\n",
            [("Lock table", "x-y", "label")],
        ),
        ("```sh\nexport AWS_SECRET_ACCESS_KEY=none\n```\n", []),
    ],
)
def test_what_a_document_states(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert stated(read_markdown("a.md", text), text) == expected


@pytest.mark.parametrize(
    "name",
    ["acme-<account>", "acme-${ACCOUNT}", "acme-$ACCOUNT", "acme-{stage}", "acme-[stage]", "acme-ACCOUNT_ID", "acme-*"],
)
def test_what_a_document_leaves_open_is_a_hole(name: str) -> None:
    (found,) = read_markdown("a.md", f"- Lock table: `{name}`\n").stated
    assert text_of(found.value) is None


def test_the_table_of_an_arn_ends_before_the_full_stop() -> None:
    found = read_markdown("a.md", "It is arn:aws:dynamodb:eu-west-1:123456789012:table/acme-lock.\n").stated
    assert (text_of(found[0].value), found[1].beside) == ("acme-lock", "acme-lock")


def test_an_init_has_its_directory_and_what_it_is_given() -> None:
    text = "```bash\ncd infra\ncd live/dev\nterraform init -backend-config=key=a.tfstate && terraform plan\n```\n"
    (found,) = read_markdown("a.md", text).inits
    assert (found.directory, found.given, found.has_file) == ("infra/live/dev", ("key",), False)
    assert text[found.span.start : found.span.end].strip() == "terraform init -backend-config=key=a.tfstate"


def test_a_sample_states_what_its_lines_assign_but_not_its_comments() -> None:
    text = "# TF_LOCK_TABLE=old\nTF_LOCK_TABLE=acme-lock\nAWS_SECRET_ACCESS_KEY=x\n"
    assert stated(read_sample(".env.example", text), text) == [("TF_LOCK_TABLE", "acme-lock", "variable")]


def test_headings_and_comments_are_kept() -> None:
    text = "# State\n## Staging\n- Lock table: `acme-locks`\n<!-- tflint-locks: ignore[docs-lock-table-stale] why -->\n"
    file = read_markdown("a.md", text)
    assert file.stated[0].headings == ("State", "Staging")
    assert file.remarks[0].text.startswith("tflint-locks: ignore[")


PIECES = [
    "# a\n", "```", "```hcl\n", "\n", "| Lock table |", "|", "`x`", "Lock table: ", 'backend "s3" {\n', 'bucket = "',
    "}", "aws dynamodb scan --table-name ", "\\\n", "terraform init ", "-backend-config=", "bucket=",
    "arn:aws:dynamodb:", ":table/", "s3://", "LockID", ':{"S":"',
    "${{", "{{", "<", ">", "\t", "é", "\r\n", "a-b", "cd x\n", "*" * 9,
]  # fmt: skip


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_any_text_is_read_and_spans_lie_in_it(text: str) -> None:
    for file in (read_markdown("a.md", text), read_sample(".env.example", text)):
        for one in file.stated:
            assert 0 <= one.span.start < one.span.end <= len(text)
            span = span_of(one.value)
            assert span is not None
            assert one.span.start <= span.start <= span.end <= one.span.end
        for init in file.inits:
            assert 0 <= init.span.start < init.span.end <= len(text)


@pytest.mark.parametrize(
    "unit", ["|", "`", "```\n", "- Lock table: `", "${{", "s3://a/", "--table-name \\\n", '"', "{\n", "# a\n"]
)
def test_long_texts_are_read_in_time_that_grows_with_them(unit: str) -> None:
    start = time.perf_counter()
    read_markdown("a.md", unit * (200_000 // len(unit)))
    assert time.perf_counter() - start < 5
