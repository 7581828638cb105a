"""The built wheel has the rules in both forms and runs without the source tree."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


def copy(into: Path) -> Path:
    for name in (
        "src",
        "rules",
        "hatch_build.py",
        "pyproject.toml",
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "Makefile",
    ):
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, into / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, into / name)
    (into / "README.md").touch()
    return into


def build(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    done = [sys.executable, "-m", "build", "--no-isolation", *words, str(project)]
    return subprocess.run(done, capture_output=True, text=True, check=False, cwd=project)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the source distribution."""
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    project = copy(tmp_path_factory.mktemp("project"))
    done = build(project)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = (project / "dist").glob("*.whl")
    return made


def test_the_wheel_has_the_rules_in_both_forms_and_the_licence(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    rules = {f"tflint_locks/rules/{file.name}" for file in (PROJECT / "rules").glob("*.yaml")}
    assert rules
    assert rules <= names
    assert "tflint_locks/compiled_rules.py" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any("tests" in name or "__pycache__" in name for name in names)


def test_the_wheel_runs_without_yaml_and_pydantic_where_nothing_is_set(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    (tmp_path / "empty").mkdir()
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r});"
        "sys.modules['yaml'] = sys.modules['pydantic'] = None;"
        "from tflint_locks.cli import main; sys.exit(main(['check', '.']) or main(['rules']))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path / "empty"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "lock-table-mismatch" in done.stdout


def test_a_wrong_rule_fails_the_build(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    project = copy(tmp_path)
    rule = next((project / "rules").glob("*.yaml"))
    rule.write_text(rule.read_text() + "\nsurplus: true\n")
    done = build(project, "--wheel")
    assert done.returncode != 0
    assert f"{rule.name}" in done.stdout + done.stderr
    assert "surplus: no such key" in done.stdout + done.stderr
