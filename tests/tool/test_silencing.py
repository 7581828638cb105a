"""Comments in every kind of file that has some, and what only looks like one."""

from collections.abc import Mapping

import pytest

from tflint_locks import catalog
from tflint_locks.engine import lint
from tflint_locks.resolve import load
from tflint_locks.settings import Settings
from tflint_locks.tree import DictTree

BACKEND = """\
terraform {
  required_version = "~> 1.9.0"
  backend "s3" {
    bucket         = "acme-tfstate"
    key            = "net/terraform.tfstate"
    region         = "eu-west-1"
    encrypt        = true
    dynamodb_table = "acme-terraform-locks"
  }
}
"""
RUN = "terraform apply -auto-approve -lock=false"
# A file in which RUN stands on a line; ABOVE is a line above it and BEHIND the rest of its line.
SCRIPTS = {
    ".github/workflows/a.yml": """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: |
          terraform init
          ABOVE
          RUN BEHIND
          echo done
""",
    ".github/workflows/b.yml": """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: terraform init
      ABOVE
      - run: RUN BEHIND
""",
    ".gitlab-ci.yml": "apply:\n  script:\n    - terraform init\n    - |\n      cd .\n      ABOVE\n      RUN BEHIND\n",
    "azure-pipelines.yml": "steps:\n  - script: |\n      terraform init\n      ABOVE\n      RUN BEHIND\n",
    ".circleci/config.yml": """\
version: 2.1
jobs:
  a:
    docker: [{image: "hashicorp/terraform:1.9.0"}]
    steps:
      - checkout
      - run: terraform init
      - run:
          command: |
            ABOVE
            RUN BEHIND
workflows:
  w:
    jobs: [a]
""",
    "Taskfile.yml": "version: 3\ntasks:\n  a:\n    cmds:\n      - terraform init\n      ABOVE\n      - RUN BEHIND\n",
    "atlantis.yaml": """\
version: 3
projects:
  - dir: .
    workflow: w
workflows:
  w:
    apply:
      steps:
        - init
        ABOVE
        - run: RUN BEHIND
""",
    "apply.sh": "#!/bin/sh\nterraform init\nif true; then\n  ABOVE\n  RUN BEHIND\nfi\n",
    "apply.ps1": "terraform init\nABOVE\nRUN BEHIND\n",
    "Makefile": "apply:\n\tterraform init\nABOVE\n\tRUN BEHIND\n",
    "justfile": "apply:\n    terraform init\n    ABOVE\n    RUN BEHIND\n",
    "Dockerfile": "FROM hashicorp/terraform:1.9.0\nCOPY . .\nRUN terraform init\nABOVE\nRUN RUN\n",
    "Jenkinsfile": """\
pipeline {
  agent any
  stages {
    stage("a") {
      steps {
        sh '''
          terraform init
          ABOVE
          RUN BEHIND
        '''
      }
    }
  }
}
""",
}
COMMENT = "# tflint-locks: ignore[ci-lock-disabled] one person works here"


def found(files: Mapping[str, str]) -> list[str]:
    report = lint(DictTree({"main.tf": BACKEND, **files}), catalog.load_catalog(), Settings(), load)
    assert not report.errors
    return sorted(one.rule for one in report.findings if one.rule != "backend-dynamodb-deprecated")


def filled(text: str, above: str, behind: str) -> str:
    kept = text if above else "".join(line for line in text.splitlines(keepends=True) if line.strip() != "ABOVE")
    text = kept.replace("ABOVE", above).replace(" BEHIND", behind and f" {behind}")
    lines = text.splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if "RUN" in line)
    head, _, tail = lines[last].rpartition("RUN")
    lines[last] = head + RUN + tail
    return "".join(lines)


@pytest.mark.parametrize("path", SCRIPTS)
def test_a_comment_silences_from_above_and_from_behind(path: str) -> None:
    text = SCRIPTS[path]
    assert found({path: filled(text, "", "")}) == ["ci-lock-disabled"]
    assert found({path: filled(text, COMMENT, "")}) == []
    if "BEHIND" in text:
        assert found({path: filled(text, "", COMMENT)}) == []
    unused = COMMENT.replace("disabled", "deleted")
    assert found({path: filled(text, unused, "")}) == ["ci-lock-disabled", "suppression-unused"]


@pytest.mark.parametrize("comment", ["<# {} #>", "#{}", "  ##  {}"])
def test_powershell_has_comments_of_two_kinds(comment: str) -> None:
    said = comment.format(COMMENT.removeprefix("# "))
    assert found({"apply.ps1": f"terraform init\n{said}\n{RUN}\n"}) == []


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("apply.sh", "terraform apply \\\n  -auto-approve \\\n  -lock=false\n"),
        ("apply.ps1", "terraform apply `\n  -lock=false\n"),
    ],
)
@pytest.mark.parametrize("verb", ["ignore", "ignore-next"])
def test_a_comment_speaks_of_a_whole_command(path: str, command: str, verb: str) -> None:
    assert found({path: command}) == ["ci-lock-disabled"]
    assert found({path: f"{COMMENT.replace('ignore', verb)}\n{command}"}) == []
    assert found({path: f"{COMMENT}\ntrue\n{command}"}) == ["ci-lock-disabled", "suppression-unused"]


def test_a_comment_in_a_file_that_is_generated_silences() -> None:
    body = BACKEND.replace('    dynamodb_table = "acme-terraform-locks"\n', "").replace(
        "net/", "${path_relative_to_include()}/"
    )
    root = (
        f'generate "backend" {{\n  path = "backend.tf"\n  if_exists = "overwrite"\n  contents = <<EOF\n{body}EOF\n}}\n'
    )
    unit = 'include "root" {\n  path = find_in_parent_folders()\n}\n'
    files = {"live/terragrunt.hcl": root, "live/a/terragrunt.hcl": unit, "live/a/x.tf": ""}
    assert found(files) == ["backend-unlocked"]
    said = root.replace(
        '  backend "s3"', '  # tflint-locks: ignore[backend-unlocked] one person applies\n  backend "s3"'
    )
    assert found({**files, "live/terragrunt.hcl": said}) == []


STALE = "The lock table is `acme-terraform-lock`.\n"
DOCUMENT = "# Runbook\n\n{}\n\n```sh\ncd x\n\naws dynamodb scan --table-name acme-terraform-lock\n```\n"


@pytest.mark.parametrize(
    ("path", "comment"),
    [
        ("RUNBOOK.md", "<!-- tflint-locks: ignore[docs-*] history -->"),
        ("RUNBOOK.mdx", "{{/* tflint-locks: ignore[docs-*] history */}}"),
        ("RUNBOOK.rst", ".. tflint-locks: ignore[docs-*] history"),
        ("RUNBOOK.adoc", "// tflint-locks: ignore[docs-*] history"),
    ],
)
def test_a_comment_in_a_document_speaks_of_what_follows(path: str, comment: str) -> None:
    bare = DOCUMENT.format("Nothing.")
    if path.endswith((".rst", ".adoc")):
        bare = "Runbook\n\nNothing.\n\n" + STALE
    else:
        assert found({path: bare}) == ["docs-lock-table-stale"]
    if found({path: bare}):
        assert found({path: bare.replace("Nothing.", comment.format())}) == []


def test_a_comment_behind_a_label_changes_nothing_of_what_it_says() -> None:
    label = "# Runbook\n\n- DynamoDB table: `acme-terraform-lock`{}\n"
    assert found({"RUNBOOK.md": label.format("")}) == ["docs-lock-table-stale"]
    assert found({"RUNBOOK.md": label.format(" <!-- by hand -->")}) == ["docs-lock-table-stale"]
    assert found({"RUNBOOK.md": label.format(" <!-- tflint-locks: ignore[docs-*] old, known -->")}) == []


@pytest.mark.parametrize(
    "text",
    [
        "Write `<!-- tflint-locks: ignore[docs-lock-table-stale] why -->` above it.\n",
        "```html\n<!-- tflint-locks: ignore[docs-lock-table-stale] why -->\n```\n",
        "```hcl\n# tflint-locks: ignore[backend-unlocked] why\n```\n",
        "tflint-locks: ignore[backend-unlocked] in prose\n",
        "<!-- tflint-locks: reads this page -->\n",
    ],
)
def test_a_document_may_speak_of_comments(text: str) -> None:
    assert found({"README.md": text + "\nThe state is in bucket `acme-tfstate`.\n"}) == []


@pytest.mark.parametrize(
    "comment",
    [
        "# tflint-locks: see the wiki",
        "# checked by tflint-locks: run it first",
        "# tflint-locks: terraform state, locks",
    ],
)
def test_a_comment_may_name_the_tool(comment: str) -> None:
    assert found({"apply.sh": f"{comment}\nterraform apply\n", "x.tf": f"{comment}\n"}) == []


@pytest.mark.parametrize(
    "comment", ["# tflint-locks: disable=backend-unlocked", "# tflint-locks: ingore[backend-unlocked] x"]
)
def test_a_comment_that_should_silence_is_said_to_be_wrong(comment: str) -> None:
    assert found({"x.tf": f"{comment}\n"}) == ["suppression-invalid"]


TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Locks:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: acme-terraform-locks
      KeySchema:
        - AttributeName: Lock
          KeyType: HASH
      AttributeDefinitions:
        - {AttributeName: Lock, AttributeType: S}
      BillingMode: PAY_PER_REQUEST
"""


def test_a_comment_in_a_stack_template_silences() -> None:
    assert "lock-table-key" in found({"bootstrap.yaml": TEMPLATE})
    said = TEMPLATE.replace("AttributeName: Lock\n", "AttributeName: Lock # tflint-locks: ignore[lock-table-key] x\n")
    assert "lock-table-key" not in found({"bootstrap.yaml": said})
    assert "suppression-unused" not in found({"bootstrap.yaml": said})
