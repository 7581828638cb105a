"""CI jobs that change a state which nothing locks, and whose runs no concurrency group keeps apart."""

from collections import defaultdict
from collections.abc import Iterator

from tflint_locks.finding import Match, Related
from tflint_locks.resolve.ci_jobs import Changing, changing
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.phrases import environments_of
from tflint_locks.resolve.unbacked import is_unbacked
from tflint_locks.resolve.unlocked import unlocked


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each file, at its first command that nothing guards, with the others."""
    without = {id(found.configuration) for found in unlocked(repository)}
    files: dict[str, list[Changing]] = defaultdict(list)
    for change in changing(repository) if without else ():
        unsafe = not change.groups and all(id(one) in without for one in change.configurations)
        if unsafe and change.configurations and not is_unbacked(repository, change.run.span):
            files[change.run.span.path].append(change)
    for changes in files.values():
        yield _match(changes)


def _match(changes: list[Changing]) -> Match:
    spans = {change.run.span: change for change in reversed(changes)}
    first = spans[min(spans)]
    configurations = [one for change in changes for one in change.configurations]
    inits = {
        init.span
        for one in configurations
        for init in (one.command, *one.twins)
        if init and init.span.path == first.run.span.path
    }
    return Match(
        first.run.span,
        {"command": f"{first.run.invocation.tool} {first.run.invocation.subcommand}", "job": first.job.scope},
        (
            *(Related(span, "nor is this guarded") for span in sorted(spans) if span != first.run.span),
            *(Related(span, "this init gives no lock") for span in sorted(inits)),
        ),
        environments=_environments(configurations),
        notes=(f"can run on {', '.join(first.events)}",),
    )


def _environments(configurations: list[Configuration]) -> tuple[str, ...]:
    return tuple(sorted({name for one in configurations for name in environments_of(one)}))
