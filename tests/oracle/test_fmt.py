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
