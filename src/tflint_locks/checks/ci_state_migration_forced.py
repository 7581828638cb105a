"""Inits in automation that copy state to another place without asking."""

import re
from collections import defaultdict
from collections.abc import Iterator

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.invocations import Flag
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.runs import FALSE, Run, in_sequence, is_init, runs
from tflint_locks.resolve.unasked import is_started_by_hand
from tflint_locks.source import Source, Span
from tflint_locks.value import shown, text_of


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each file that forces a migration, with every place where it does."""
    groups: dict[tuple[str, str], dict[Span, Run]] = defaultdict(dict)
    for run in runs(repository):
        for name in ("force-copy", "migrate-state"):
            flag = _given(run, name)
            if flag and run.automated and is_init(run) and not _is_cleared(repository, run):
                groups[run.span.path, name].setdefault(flag.span, run)
                break
    for (path, name), found in groups.items():
        first, *others = found
        yield Match(
            first,
            {},
            tuple(Related(span, "here too") for span in others),
            message="default" if name == "force-copy" else "asks",
            severity=_severity(repository, path, name, found),
        )


def _given(run: Run, name: str) -> Flag | None:
    flags = [flag for flag in run.invocation.all(name) if text_of(flag.value) not in FALSE]
    return flags[-1] if flags else None


def _severity(repository: Repository, path: str, name: str, found: dict[Span, Run]) -> Severity | None:
    """Return the severity: a workflow that people start is their migration; a clean machine has little to copy."""
    if is_started_by_hand(repository, path, found):
        return Severity.NOTE
    return None if name == "force-copy" and _finds_a_backend(repository, path, found) else Severity.WARNING


def _finds_a_backend(repository: Repository, path: str, found: dict[Span, Run]) -> bool:
    """Tell whether an earlier init or a cache may have left a backend for the init to copy from."""
    source = repository.tree.text(path)
    cached = isinstance(source, Source) and re.search(
        r"^[ \t]*(?:-[ \t]*)?[\w./*-]*\.terraform/?[ \t]*$", source.text, re.MULTILINE
    )
    return bool(cached) or any(
        is_init(run)
        and run.span.end <= span.start
        and shown(run.invocation.directory) == shown(one.invocation.directory)
        for span, one in found.items()
        for sequence in in_sequence(repository)
        if one in sequence
        for run in sequence
    )


def _is_cleared(repository: Repository, run: Run) -> bool:
    """Tell whether what an earlier init saved is removed before."""
    source = repository.tree.text(run.span.path)
    return (
        isinstance(source, Source)
        and re.search(r"\brm[ \t]+-[rf]{1,3}[^\n]{0,200}\.terraform", source.text[: run.span.start]) is not None
    )
