"""What real consumers say of what the tool writes and ships: SARIF's own validator, published schemas of CI files."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tflint_locks.cli import main

PROJECT = Path(__file__).parents[1]
PACKAGE = "@microsoft/sarif-multitool-linux@5"


@pytest.fixture(scope="session")
def multitool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The validator of SARIF's makers, from the package index of npm."""
    npm = shutil.which("npm")
    if npm is None or sys.platform != "linux":
        pytest.skip("npm is not installed, or this is no Linux")
    folder = tmp_path_factory.mktemp("sarif-multitool")
    words = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), PACKAGE]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    programs = list(folder.rglob("Sarif.Multitool"))
    if done.returncode or not programs:
        pytest.skip(f"sarif-multitool cannot be installed here: {done.stderr.strip()[-200:]}")
    programs[0].chmod(0o700)
    return programs[0]


@pytest.mark.install
def test_sarifs_own_validator_finds_nothing_wrong(
    multitool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report, verdict = tmp_path / "report.sarif", tmp_path / "verdict.sarif"
    example = PROJECT / "examples" / "staging-mismatch"
    assert main(["check", "--root", str(example), "--output", f"sarif={report}", "--quiet"]) == 1
    capsys.readouterr()
    words = [str(multitool), "validate", str(report), "--output", str(verdict), "--log", "ForceOverwrite"]
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    assert verdict.exists(), done.stdout + done.stderr
    told = {one["ruleId"] for one in json.loads(verdict.read_text("utf-8-sig"))["runs"][0].get("results", [])}
    # It ends with 0 in any case. SARIF2005 asks for the address of a tool that has none yet.
    assert told <= {"SARIF2005"}, done.stdout


@pytest.mark.parametrize(
    ("schema", "path"),
    [("github-actions", "action.yml"), ("gitlab-ci", "integrations/gitlab-ci.yml")],
)
def test_what_is_shipped_for_ci_follows_its_published_schema(schema: str, path: str) -> None:
    pytest.importorskip("check_jsonschema")
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(PROJECT / path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_of_the_settings_is_a_schema_and_takes_the_guides_settings(tmp_path: Path) -> None:
    pytest.importorskip("check_jsonschema")
    guide = (PROJECT / "docs" / "guides" / "settings.md").read_text("utf-8")
    settings = tmp_path / "settings.yaml"
    settings.write_text(guide.split("```yaml\n")[1].split("```")[0])
    schema = str(PROJECT / "docs" / "settings.schema.json")
    for words in (["--check-metaschema", schema], ["--schemafile", schema, str(settings)]):
        done = subprocess.run([sys.executable, "-m", "check_jsonschema", *words], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout
