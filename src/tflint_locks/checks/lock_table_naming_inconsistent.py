"""Lock tables of one project that are named after different conventions."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import listed
from tflint_locks.resolve.shapes import Inconsistent, inconsistent


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each project whose names differ in shape."""
    return (_match(found) for found in inconsistent(repository))


def _match(found: Inconsistent) -> Match:
    first = found.odd[0]
    others = (*found.odd[1:], *found.usual)
    return Match(
        first.used.span,
        {
            "name": f"`{first.name}`",
            "environment": first.environment,
            "others": listed([f"`{one.name}` ({one.environment})" for one in found.usual]),
        },
        tuple(Related(one.used.span, f"{one.environment}'s lock table") for one in others),
        message="suffix" if found.only_suffix else "default",
        label=f"{first.environment}'s lock table",
        environments=tuple(sorted({one.environment for one in (first, *others)})),
        severity=Severity.NOTE if found.only_suffix else None,
    )
