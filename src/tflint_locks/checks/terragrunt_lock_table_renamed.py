"""The old name of a lock table in Terragrunt's ``remote_state``, alone or beside the new one."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.additions import alignment
from tflint_locks.resolve.model import Repository, Setting, Unit
from tflint_locks.resolve.phrases import quoted
from tflint_locks.value import compare


def check(repository: Repository) -> Iterator[Match]:
    """Yield each ``lock_table`` once, however many units are given it."""
    seen = set()
    for unit in repository.units:
        old, made = unit.renamed, unit.configuration
        if old and made and made.type == "s3" and old.name_span not in seen:
            seen.add(old.name_span)
            match = _match(unit, old, unit.table)
            edits = alignment(repository.tree, match.at, match.replacement) if match.replacement else ()
            yield match._replace(edits=edits)


def _match(unit: Unit, old: Setting, new: Setting | None) -> Match:
    environment = unit.configuration.environment if unit.configuration else None
    differ = new is not None and _differ(old, new)
    return Match(
        old.name_span,
        {"value": quoted(old.value), "other": quoted(new.value) if new else ""},
        (Related(new.span, "the table Terragrunt itself makes"),) if new else (),
        message="differ" if differ else "both" if new else "default",
        environments=(environment,) if environment else (),
        severity=None if differ else Severity.NOTE,
        replacement="dynamodb_table" if new is None and old.origin == "file" else None,
    )


def _differ(old: Setting, new: Setting) -> bool:
    if not isinstance(old.value, tuple) or not isinstance(new.value, tuple):
        return False
    return compare(old.value, new.value) is False
