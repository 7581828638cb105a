"""From facts to what the rules see: configurations, definitions, mentions, pairs and states."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tflint_locks.resolve.model import Repository
    from tflint_locks.settings import Settings
    from tflint_locks.tree import Tree


def load(tree: "Tree", settings: "Settings") -> "Repository":
    """Read a tree and work out its configurations, definitions, mentions, pairs and states."""
    from tflint_locks.resolve.repository import load as build

    return build(tree, settings)
