"""The hook's manifest is a public interface: which files trigger it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

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


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "src/app.py",
        "package.json",
        "tsconfig.json",
        "app/main.tfx",
        "image.png",
        "docs/terraform.rst",
        "k8s/deployment.yaml",
        "src/backend/app.py",
        ".terraform.lock.hcl.orig",
        "Makefile",
    ],
)
def test_a_change_of_these_alone_does_not(path: str) -> None:
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
