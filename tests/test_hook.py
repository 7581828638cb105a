"""The hooks through the real pre-commit and prek, from a clone of this project."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
CONFIG = """\
repos:
  - repo: {project}
    rev: v0
    hooks: [{{id: {hook}}}]
"""
BACKEND = """\
bucket         = "acme-staging-tfstate"
key            = "app/terraform.tfstate"
region         = "us-west-2"
dynamodb_table = "acme-terraform-lock-staging"
"""
MAIN = """\
terraform {
  backend "s3" {}
}

variable "terraform_state_dynamodb_table_arn" {
  type = string
}
"""
TFVARS = 'terraform_state_dynamodb_table_arn = "arn:aws:dynamodb:us-west-2:111111111111:table/{table}"\n'


def run(*words: str, cwd: Path, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "PRE_COMMIT_HOME": str(home),
        "PREK_HOME": str(home),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.com",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.com",
    }
    environment.pop("PYTHONPATH", None)
    return subprocess.run(words, cwd=cwd, env=environment, text=True, capture_output=True, check=False)


def git(*words: str, cwd: Path, home: Path) -> subprocess.CompletedProcess[str]:
    return run("git", "-c", "commit.gpgsign=false", *words, cwd=cwd, home=home)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pre-commit-home")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Path:
    """This project's files as they are now, committed and tagged in a repository of their own."""
    folder = tmp_path_factory.mktemp("clone")
    listed = git("ls-files", "-co", "--exclude-standard", "-z", cwd=PROJECT, home=home).stdout
    for name in filter(None, listed.split("\0")):
        source = PROJECT / name
        if source.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / name)
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "all"), ("tag", "v0")):
        done = git(*words, cwd=folder, home=home)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(params=["pre-commit", "prek"])
def runner(request: pytest.FixtureRequest) -> list[str]:
    """What runs the hooks."""
    if request.param == "pre-commit":
        return [sys.executable, "-m", "pre_commit"]
    beside = Path(sys.executable).parent / "prek"
    return [str(beside)] if beside.exists() else pytest.skip("prek is not installed")


@pytest.fixture
def hook() -> str:
    return "tflint-locks"


@pytest.fixture
def repository(tmp_path: Path, clone: Path, home: Path, runner: list[str], hook: str) -> Path:
    """A repository with a hook installed and its sound files."""
    for path, text in {
        "infra/main.tf": MAIN,
        "infra/backends/staging.hcl": BACKEND,
        "infra/envs/staging.tfvars": TFVARS.format(table="acme-terraform-lock-staging"),
        ".pre-commit-config.yaml": CONFIG.format(project=clone, hook=hook),
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    git("init", "-q", cwd=tmp_path, home=home)
    installed = run(*runner, "install", "--install-hooks", cwd=tmp_path, home=home)
    told = installed.stdout + installed.stderr
    if installed.returncode:
        if any(word in told for word in ("No matching distribution", "ConnectionError", "Could not find a version")):
            pytest.skip(f"the hook cannot be installed here: {told.strip().splitlines()[-1]}")
        pytest.fail(told)
    return tmp_path


@pytest.mark.install
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_commit_that_breaks_the_staging_tfvars_is_refused_and_the_mended_one_passes(
    repository: Path, home: Path
) -> None:
    def commit(message: str) -> subprocess.CompletedProcess[str]:
        git("add", "-A", cwd=repository, home=home)
        return git("commit", "-m", message, cwd=repository, home=home)

    sound = commit("sound")
    assert sound.returncode == 0, sound.stdout + sound.stderr
    tfvars = repository / "infra/envs/staging.tfvars"
    tfvars.write_text(TFVARS.format(table="acme-terraform-locks"))
    broken = commit("broken")
    assert broken.returncode == 1
    assert "error[lock-table-mismatch]" in broken.stderr + broken.stdout
    assert "infra/envs/staging.tfvars:1:" in broken.stderr + broken.stdout
    tfvars.write_text(TFVARS.format(table="acme-terraform-lock-staging") + "# mended\n")
    mended = commit("mended")
    assert mended.returncode == 0, mended.stdout + mended.stderr


@pytest.mark.install
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_hook_runs_when_only_a_backend_file_changed(repository: Path, home: Path) -> None:
    git("add", "-A", cwd=repository, home=home)
    first = git("commit", "-m", "sound", cwd=repository, home=home)
    assert first.returncode == 0, first.stdout + first.stderr
    (repository / "infra/backends/staging.hcl").write_text(
        BACKEND.replace("acme-terraform-lock-staging", "acme-terraform-lock")
    )
    git("add", "-A", cwd=repository, home=home)
    broken = git("commit", "-m", "broken", cwd=repository, home=home)
    assert broken.returncode == 1
    assert "lock-table-mismatch" in broken.stderr + broken.stdout


@pytest.mark.install
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("hook", ["tflint-locks-fix"])
def test_the_hook_that_repairs_fails_once_and_leaves_the_repair_to_be_added(repository: Path, home: Path) -> None:
    tfvars = repository / "infra/envs/staging.tfvars"
    tfvars.write_text(TFVARS.format(table="acme-terraform-locks"))
    git("add", "-A", cwd=repository, home=home)
    first = git("commit", "-m", "broken", cwd=repository, home=home)
    assert first.returncode == 1, first.stdout + first.stderr
    assert tfvars.read_text() == TFVARS.format(table="acme-terraform-lock-staging")
    git("add", "-A", cwd=repository, home=home)
    second = git("commit", "-m", "mended", cwd=repository, home=home)
    assert second.returncode == 0, second.stdout + second.stderr
