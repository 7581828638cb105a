"""Which tool runs a configuration: certainly Terraform, or perhaps OpenTofu.

OpenTofu takes variables where Terraform takes literals only (DOMAIN §3.2), so any sign of it leaves the matter open.
"""

from collections.abc import Callable
from functools import cache

from tflint_locks.facts import ScriptFile
from tflint_locks.regex import regex
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.source import Source

_TOFU = regex(r"(?i)\btofu\b|opentofu")
# Terragrunt runs OpenTofu where it finds it.
_TOFU_TOOLS = frozenset({"tofu", "terragrunt"})
_TEXTS = frozenset(
    "README.md Makefile makefile GNUmakefile Taskfile.yml justfile mise.toml .mise.toml .tool-versions".split()
)
_LOCK_FILE = ".terraform.lock.hcl"


def certainly_terraform(repository: Repository, configuration: Configuration, tofu: Callable[[], bool]) -> bool:
    """Tell whether Terraform runs a configuration: a command or version says so, and nothing speaks of OpenTofu."""
    if repository.settings.tool:
        return repository.settings.tool.name == "terraform"
    named = configuration.tool == "terraform" or any(version.tool == "terraform" for version in repository.versions)
    return (named or _locked_by_terraform(repository, configuration.root)) and not tofu()


def _locked_by_terraform(repository: Repository, root: str) -> bool:
    """Tell whether a root's providers were locked by Terraform: OpenTofu's come from another registry."""
    source = repository.tree.text(f"{root}/{_LOCK_FILE}".lstrip("/"))
    return isinstance(source, Source) and "registry.terraform.io/" in source.text


def signs_of_tofu(repository: Repository) -> Callable[[], bool]:
    """Return the answer of ``may_be_tofu``, worked out when it is asked for first."""
    return cache(lambda: may_be_tofu(repository))


def may_be_tofu(repository: Repository) -> bool:
    """Tell whether there is any sign of OpenTofu."""
    if repository.settings.tool:
        return repository.settings.tool.name == "tofu"
    if any(version.tool in _TOFU_TOOLS for version in repository.versions):
        return True
    if any(".tofu" in path for module in repository.modules.values() for path in module.paths):
        return True
    if any(path.endswith("terragrunt.hcl") for path in repository.tree.paths()):
        return True
    scripts = [file for file in repository.facts.values() if isinstance(file, ScriptFile)]
    if any(command.tool in _TOFU_TOOLS for file in scripts for command in file.commands):
        return True
    return any(_speaks_of_tofu(repository, path) for path in _telling(repository, {file.path for file in scripts}))


def _telling(repository: Repository, scripts: set[str]) -> list[str]:
    return [
        path
        for path in repository.tree.paths()
        if path in scripts or path in _TEXTS or path.startswith(".github/workflows/") or path.endswith(_LOCK_FILE)
    ]


def _speaks_of_tofu(repository: Repository, path: str) -> bool:
    source = repository.tree.text(path)
    return isinstance(source, Source) and bool(_TOFU.search(source.text))
