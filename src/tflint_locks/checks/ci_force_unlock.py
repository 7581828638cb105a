"""Commands that take Terraform's lock away though nobody looked whose it is."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Severity
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.runs import Run, runs
from tflint_locks.resolve.unasked import computed, given_by_person
from tflint_locks.value import Value, known


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each `force-unlock` whose id no person gives."""
    for run in {run.span: run for run in runs(repository) if run.invocation.subcommand == "force-unlock"}.values():
        given = [*run.invocation.arguments, *(word.value for word in run.invocation.unknown)]
        match = _match(run, given[0] if given else None)
        if match:
            yield match


def _match(run: Run, lock: Value | None) -> Match | None:
    severity = None if run.automated else Severity.WARNING
    if lock is None:
        return Match(run.span, {}, message="without", severity=Severity.WARNING)
    if known(lock):
        return Match(run.span, {"lock": quoted(lock)}, message="fixed", severity=severity)
    if given_by_person(lock) and not computed(lock):
        asked = Match(run.span, {"lock": quoted(lock)}, message="asked", severity=Severity.NOTE)
        return asked if run.automated else None
    return Match(run.span, {"lock": quoted(lock)}, severity=severity) if run.automated or computed(lock) else None
