"""Files that could not be read though they may speak of state."""

import posixpath
from collections.abc import Iterator

from tflint_locks.finding import Match, Severity
from tflint_locks.resolve.model import Repository
from tflint_locks.source import Span

_READ_BY_TERRAFORM = (".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json", ".tfbackend", ".hcl")


def check(repository: Repository) -> Iterator[Match]:
    """Yield every such file; those of a root module as warnings."""
    roots = {configuration.root for configuration in repository.configurations}
    for found in repository.unreadable:
        unlisted = found.path in repository.tree.unlisted
        used = unlisted or found.path in repository.used_paths or _is_beside(found.path, roots)
        severity = Severity.WARNING if used else Severity.NOTE
        yield Match(Span(found.path, 0, 0), {"path": found.path, "reason": found.reason}, severity=severity)


def _is_beside(path: str, roots: set[str]) -> bool:
    """Tell whether Terraform reads a file of this name and the file lies below a root module."""
    folder = posixpath.dirname(path)
    below = any(folder == root or folder.startswith(root + "/") for root in roots if root)
    return path.endswith(_READ_BY_TERRAFORM) and (below or folder in roots)
