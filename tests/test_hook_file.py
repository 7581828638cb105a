"""The hook's manifest is a public interface: which files trigger it."""

import posixpath
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tflint_locks.resolve import reading
from tflint_locks.resolve.document_files import is_document

MANIFEST = Path(__file__).parents[1] / ".pre-commit-hooks.yaml"
HOOK, FIX = yaml.safe_load(MANIFEST.read_text())


@pytest.mark.parametrize(
    "path",
    [
        "main.tf",
        "infra/a/main.tf",
        "main.tf.json",
        "main.tofu",
        "a/main.tofu.json",
        "envs/staging.tfvars",
        "envs/staging.tfvars.json",
        "terraform.tfvars",
        "backends/staging.hcl",
        "live/prod/terragrunt.hcl",
        "envs/staging.tfbackend",
        "envs/staging.s3.tfbackend",
        "backend.conf",
        "config/backend.config",
        "staging.backend",
        "backend-staging",
        "backends/staging-backend",
        "infra/backend.json",
        "policies/lock.json",
        "policies/lock.json.tftpl",
        "policies/lock.tpl",
        ".gitignore",
        ".gitmodules",
        "iam/role.json",
        "ci-policy.json",
        "trust-relationship.json",
        "scripts/bootstrap-staging-terraform.sh",
        "deploy.bash",
        "scripts/deploy",
        "bin/tf",
        ".github/workflows/deploy.yml",
        ".github/workflows/deploy.yaml",
        ".github/actions/terraform/action.yml",
        "action.yml",
        ".terraform-version",
        "infra/.terraform-version",
        ".opentofu-version",
        ".tool-versions",
        "mise.toml",
        ".mise.toml",
        ".tflint-locks.yaml",
        ".env",
        ".env.staging",
    ],
)
def test_a_change_of_these_alone_triggers_the_hook(path: str) -> None:
    assert re.search(HOOK["files"], path)


FOLDERS = ("", "infra/a/", "scripts/", "bin/", "ci/", ".github/workflows/", ".circleci/", ".gitlab/", "pipelines/")
STEMS = (
    "",
    "main",
    "prod",
    "deploy-staging",
    "azure-pipelines",
    ".gitlab-ci",
    "action",
    "x.template",
    "backend",
    "a.tf",
)
DOCUMENTS = (
    *(
        "README.md",
        "docs/run.mdx",
        "a.markdown",
        "docs/state.rst",
        "a.adoc",
        "a.asciidoc",
        "README.txt",
        "runbook-x.txt",
    ),
    *(".env.example", "env.sample", "envs/dev.tfvars.example", "a/.env.staging.dist"),
)


def is_read(path: str) -> bool:
    """Tell whether the tool opens a file by its path, whatever is in it."""
    name = posixpath.basename(path)
    by_path = any(reader.fits(path, name) for reader in reading._readers(name))  # noqa: SLF001 - the readers' own table
    live = reading.is_live(path) and by_path
    return live or is_document(path) or reading._STACK_OUTPUT.search(path) is not None  # noqa: SLF001 - as above


def test_every_file_that_has_a_reader_triggers_the_hook() -> None:
    names = {*reading._BY_NAME, *(f"{name}.x" for name in ("Makefile", "Jenkinsfile", "Dockerfile"))}  # noqa: SLF001
    names |= {f"{stem}{suffix}" for stem in STEMS for suffix in reading._BY_SUFFIX} - {""}  # noqa: SLF001
    paths = {folder + name for folder in FOLDERS for name in names} | set(DOCUMENTS)
    read = {path for path in paths if is_read(path)}
    assert set(DOCUMENTS) <= read
    assert len(read) > len(names)
    assert sorted(path for path in read if not re.search(HOOK["files"], path)) == []


@pytest.mark.parametrize(
    "path",
    [
        "src/app.py",
        "src/latest.ts",
        "main.go",
        "app/main.tfx",
        "image.png",
        "src/backend/app.py",
        ".terraform.lock.hcl.orig",
        "LICENSE",
        "go.sum",
        "poetry.lock",
        "src/bin/main.rs",
    ],
)
def test_a_change_of_these_alone_does_not(path: str) -> None:
    assert not is_read(path)
    assert not re.search(HOOK["files"], path)


def test_the_whole_repository_is_checked_once() -> None:
    wanted: dict[str, Any] = {
        "id": "tflint-locks",
        "entry": "tflint-locks check",
        "language": "python",
        "pass_filenames": False,
        "require_serial": True,
    }
    assert {name: HOOK[name] for name in wanted} == wanted
    assert not {"types", "types_or", "exclude_types", "args", "stages"} & set(HOOK)
