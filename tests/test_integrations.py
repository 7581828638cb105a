"""What people put into their CI and editors: the action, the matchers, the schema, what the guides say."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tflint_locks.cli import main
from tflint_locks.settings_file import read_settings, schema

PROJECT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((PROJECT / "action.yml").read_text())
GUIDES = sorted((PROJECT / "docs" / "guides").glob("*.md"))
OPTION = re.compile(r"--[a-z][a-z-]+")
UNLOCKED = """\
terraform {
  backend "s3" {
    bucket  = "acme-tfstate"
    key     = "network/terraform.tfstate"
    region  = "eu-west-1"
    encrypt = true
  }
}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "main.tf").write_text(UNLOCKED)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fences(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text("utf-8"), re.DOTALL | re.MULTILINE)


# ---------------------------------------------------------------- the action


def test_no_input_of_the_action_reaches_a_shell_but_by_its_environment() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
    given = {name for step in ACTION["runs"]["steps"] for value in step.get("env", {}).values() for name in [value]}
    named = {f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"] if name != "working-directory"}
    assert named <= given


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("inputs", "status", "annotated"),
    [
        ({}, 1, True),
        ({"FAIL_ON": "error"}, 0, True),
        ({"PATHS": "other\n"}, 0, False),
        ({"PATHS": "other\nmain.tf\n"}, 1, True),
        ({"CHANGED": "--output=x"}, 2, False),
    ],
)
def test_the_action_checks(folder: Path, inputs: dict[str, str], status: int, annotated: bool) -> None:
    program = folder / "temp/tflint-locks/bin/tflint-locks"
    program.parent.mkdir(parents=True)
    (folder / "other").mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tflint_locks "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT / "src"),
        "RUNNER_TEMP": str(folder / "temp"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "PATHS": ACTION["inputs"]["paths"]["default"],
        "FAIL_ON": "",
        "CHANGED": "",
        "SARIF": "out.sarif",
        "SUMMARY": "true",
        **inputs,
    }
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", ACTION["runs"]["steps"][-1]["run"]]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    assert ("::warning file=main.tf,line=2" in done.stdout) is annotated
    results = json.loads((folder / "out.sarif").read_text())["runs"][0]["results"]
    assert bool(results) is annotated
    assert ("main.tf:2:3" in (folder / "summary.md").read_text()) is annotated


# ---------------------------------------------------------------- matchers, schema, examples


@pytest.mark.parametrize("name", ["github-problem-matcher.json", "vscode/tasks.json"])
def test_a_matcher_reads_the_concise_format(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--format", "concise", str(folder)])
    text = (PROJECT / "integrations" / name).read_text()
    (pattern,) = re.findall(r'"regexp": ("(?:[^"\\]|\\.)*")', text)
    found = re.fullmatch(json.loads(pattern), capsys.readouterr().out.strip())
    assert found
    assert found.groups()[:4] == ("main.tf", "2", "3", "warning")
    assert found[6] == "backend-unlocked"


def test_the_schema_that_editors_use_is_the_tools() -> None:
    assert json.loads((PROJECT / "docs" / "settings.schema.json").read_text()) == schema()


def test_the_settings_of_the_guide_can_be_used() -> None:
    from tflint_locks.catalog import load_catalog

    (text, _) = fences(PROJECT / "docs" / "guides" / "settings.md", "yaml")
    settings = read_settings("s.yaml", text.replace("rule_files: [lint/*.yaml]", ""), frozenset(load_catalog()))
    assert settings.project == "acme"


def test_the_rule_of_the_guide_passes_its_examples(tmp_path: Path) -> None:
    (_, text) = fences(PROJECT / "docs" / "guides" / "settings.md", "yaml")
    (tmp_path / "acme-buckets.yaml").write_text(text)
    assert main(["rules", "test", str(tmp_path)]) == 0


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: str(path.name))
def test_what_a_guide_says_can_be_followed(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = path.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("https://") or (path.parent / target).exists(), target
    for snippet in fences(path, "yaml"):
        assert yaml.safe_load(snippet) is not None
    used = {option for words in re.findall(r"tflint-locks check([^`\n|]*)", text) for option in OPTION.findall(words)}
    main(["check", "--help"])
    assert used <= set(OPTION.findall(capsys.readouterr().out))
