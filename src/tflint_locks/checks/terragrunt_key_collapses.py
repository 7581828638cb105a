"""Terragrunt units that write one state because their key does not tell them apart."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import listed
from tflint_locks.resolve.terragrunt_shared import Collapse, collapses


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each key that several units share."""
    return (_match(found) for found in collapses(repository))


def _match(found: Collapse) -> Match:
    names = [f"`{unit.directory}`" for unit in found.units]
    state = f"`{found.state.bucket}/{found.state.key}`"
    environments = {unit.configuration.environment for unit in found.units if unit.configuration}
    return Match(
        found.span,
        {"state": state, "count": str(len(names)), "units": listed(names)},
        tuple(
            Related(one.header, "writes the same state") for one in found.units if one.header.path != found.span.path
        ),
        message=_message(found),
        label="the same for all of them",
        environments=tuple(sorted(name for name in environments if name)),
    )


def _message(found: Collapse) -> str:
    if found.units[0].source == "module":
        return "module"
    return "not-included" if found.state.key.startswith("./") else "default"
