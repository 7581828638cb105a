"""Commands that take Terraform's lock away though nobody looked whose it is."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Severity
from tflint_locks.regex import regex
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.runs import Run, runs, terragrunt_runs
from tflint_locks.resolve.unasked import computed, given_by_person
from tflint_locks.tree import text_at
from tflint_locks.value import Value, known, text_of

# The ids that backends give one run's lock: a UUID, or a number in GCS. HCP Terraform's is the workspace, always.
_ONE_RUNS = regex(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9]{10,20}")


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each `force-unlock` whose id no person gives."""
    every = (*runs(repository), *terragrunt_runs(repository))
    for run in {run.span: run for run in every if run.invocation.subcommand == "force-unlock"}.values():
        given = [*run.invocation.arguments, *(word.value for word in run.invocation.unknown)]
        match = _match(run, given[0] if given else None)
        if match and (given or not _has_more(repository, run)):
            yield match


def _has_more(repository: Repository, run: Run) -> bool:
    """Tell whether something stands behind the command that is nothing only by default: ``{{.CLI_ARGS}}``."""
    text = text_at(repository.tree, run.span)
    return any(sign in text.partition("force-unlock")[2] for sign in ("$", "{{"))


def _match(run: Run, lock: Value | None) -> Match | None:
    severity = None if run.automated else Severity.WARNING
    if lock is None:
        words = {"effect": "the lock that it was meant for stays"}
        return Match(run.span, words, message="without", label="given no id", severity=Severity.WARNING)
    if known(lock):
        one_runs = _ONE_RUNS.fullmatch(text_of(lock) or "")
        return Match(run.span, {"lock": quoted(lock)}, message="fixed", severity=severity) if one_runs else None
    if given_by_person(lock) and not computed(lock):
        asked = Match(run.span, {"lock": quoted(lock)}, message="asked", severity=Severity.NOTE)
        return asked if run.automated else None
    return Match(run.span, {"lock": quoted(lock)}, severity=severity) if computed(lock) else None
