"""What a repair adds is formatted as ``terraform fmt`` would."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tflint_locks.cli import main

MAIN = """\
terraform {
  backend "s3" {
    bucket       = "acme-state"
    key          = "app.tfstate"
    region       = "us-east-1"
    use_lockfile = true
    kms_key_id   = "alias/acme"
  }
}

data "aws_iam_policy_document" "deploy" {
  statement {
    actions = [
      "dynamodb:PutItem",
    ]
    resources = ["arn:aws:dynamodb:us-east-1:111111111111:table/acme-terraform-locks"]
  }
}
"""

TABLE = 'dynamodb_table = "acme-terraform-locks"'
BACKEND = """\
terraform {{
  required_version = ">= 1.11"
  backend "s3" {{
{arguments}
  }}
}}
"""
POLICY = """\
data "aws_iam_policy_document" "deploy" {{
  statement {{
    actions   = {actions}
    resources = {resources}
  }}
}}
"""
STATE = '"arn:aws:s3:::acme-state/app.tfstate"'
LOCKFILE = BACKEND.format(
    arguments="""\
    bucket       = "acme-state"
    key          = "app.tfstate"
    region       = "us-east-1"
    use_lockfile = true"""
)
# What is written, all that a repair makes of it, and what must stand there then.
REPAIRS = {
    "a longer name moves its neighbours": (
        BACKEND.format(
            arguments="""\
    bucket = "acme-state"
    key    = "app.tfstate"
    region = "us-east-1"
    table  = "acme-terraform-locks"

    # apart
    encrypt = true"""
        ),
        ['    bucket         = "acme-state"\n', f"    {TABLE}\n", "    encrypt = true\n"],
    ),
    "a shorter name lets them back": (
        BACKEND.format(
            arguments="""\
    bucket              = "acme-state"
    key                 = "app.tfstate"
    region              = "us-east-1"
    dynamodb_table_name = "acme-terraform-locks"
    assume_role = {
      role_arn = "arn:aws:iam::111111111111:role/acme-state"
    }"""
        ),
        ['    bucket         = "acme-state"\n', f"    {TABLE}\n"],
    ),
    "a name that is shorter than the longest": (
        BACKEND.format(
            arguments="""\
    bucket               = "acme-state" # kept
    keey                 = "app.tfstate"
    region               = "us-east-1"
    use_lockfile         = true
    workspace_key_prefix = "env\""""
        ),
        ['    key                  = "app.tfstate"\n'],
    ),
    "comments behind the lines stay below each other": (
        BACKEND.format(
            arguments=f"""\
    bucket         = "acme-state" # ours
    {TABLE} # one for all
    region         = "us-east-1"            # where both lie
    key            = "app.tfstate\""""
        ).replace('"acme-state" # ours', '"acme-state"           # ours'),
        ["    use_lockfile   = true\n"],
    ),
    "an action that has a comment": (
        POLICY.format(
            actions="""[
      "dynamodb:PutItem",    # takes
      "dynamodb:DeleteItem", # gives back
    ]""",
            resources='["arn:aws:dynamodb:us-east-1:111111111111:table/acme-terraform-locks"]',
        ).replace("actions   =", "actions =", 1),
        ['      "dynamodb:GetItem",\n      "dynamodb:PutItem",    # takes\n'],
    ),
    "the lock file among the resources": (
        LOCKFILE + POLICY.format(actions='["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]', resources=f"[{STATE}]"),
        [f'[{STATE}, "arn:aws:s3:::acme-state/app.tfstate.tflock"]'],
    ),
    "the lock file and the action": (
        LOCKFILE
        + POLICY.format(actions='["s3:GetObject", "s3:PutObject"]', resources=f"[\n      {STATE},\n    ]").replace(
            "actions   =", "actions ="
        ),
        [f'      {STATE},\n      "arn:aws:s3:::acme-state/app.tfstate.tflock",\n', ', "s3:DeleteObject"]'],
    ),
    "a lock file beside the table": (
        BACKEND.format(
            arguments=f"""\
    bucket         = "acme-state"
    key            = "app.tfstate"
    region         = "us-east-1"
    {TABLE}
    encrypt        = true"""
        ),
        [f"    {TABLE}\n    use_lockfile   = true\n    encrypt        = true\n"],
    ),
}


def formatted(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        ["terraform", "fmt", "-check", "-diff"], check=False, capture_output=True, text=True, cwd=folder
    )
    return done.returncode, done.stdout


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_terraform_fmt_has_nothing_to_do_after_a_repair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text(MAIN)
    assert subprocess.run(["terraform", "fmt", "-check"], check=False, capture_output=True).returncode == 0
    main(["check", "--fix"])
    text = (tmp_path / "main.tf").read_text()
    assert "    encrypt      = true\n" in text
    assert '      "dynamodb:GetItem",\n      "dynamodb:DeleteItem",\n' in text
    done = subprocess.run(["terraform", "fmt", "-check", "-diff"], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
@pytest.mark.parametrize("name", REPAIRS)
def test_terraform_fmt_has_nothing_to_do_after_any_repair(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before, wanted = REPAIRS[name]
    (tmp_path / "main.tf").write_text(before)
    (tmp_path / "init.sh").write_text("terraform init\n")
    assert formatted(tmp_path) == (0, "")
    main(["check", "--fix", "--unsafe-fixes"])
    text = (tmp_path / "main.tf").read_text()
    assert not [part for part in wanted if part not in text], text
    assert formatted(tmp_path) == (0, "")
