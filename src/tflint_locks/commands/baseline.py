"""``baseline``: accept what is found now; ``check`` reports only what is new, and which entries nothing needs."""

import os
from typing import TYPE_CHECKING

from tflint_locks.baseline import BaselineError, absorb, baseline_text, counted, read_baseline
from tflint_locks.commands.terminal import FAILED, complain
from tflint_locks.commands.work import Work, work_of
from tflint_locks.finding import Report
from tflint_locks.place import UsageError
from tflint_locks.settings import BASELINE_FILE
from tflint_locks.tree import read_bytes

if TYPE_CHECKING:
    import argparse
    from collections import Counter

    from tflint_locks.baseline import Entry


def run(arguments: "argparse.Namespace") -> int:
    """Write the baseline, or with ``--prune`` take out what nothing needs."""
    from tflint_locks.commands.check import linter

    work = work_of(arguments)
    report = linter(work)(work.tree)
    if report.errors:
        complain(report.errors)
        return FAILED
    entries, said = _accepted(work, report)
    if arguments.prune:
        old = _read(work)
        if old is None:
            raise UsageError(f"{BASELINE_FILE}: not there")
        stale = absorb(report, old).stale
        entries = old - stale
        said = f"{_entries(stale.total())} taken out"
    path = os.path.join(work.tree.root, BASELINE_FILE)
    if os.path.islink(path):
        raise UsageError(f"{BASELINE_FILE}: a link, not written")
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(baseline_text(entries))
    except OSError as error:
        raise UsageError(f"{BASELINE_FILE}: cannot be written: {error.strerror}") from None
    complain([f"{said} in {BASELINE_FILE}"])
    return 0


def _accepted(work: Work, report: Report) -> "tuple[Counter[Entry], str]":
    """Return the entries for what is found, where paths are given for what is found there, and what is said of it."""

    def inside(path: str) -> bool:
        return "" in work.given or any(path == one or path.startswith(f"{one}/") for one in work.given)

    here = counted(one for one in report.findings if inside(one.span.path))
    old = None if "" in work.given else _read(work)
    there = {entry: count for entry, count in (old or {}).items() if not inside(entry[1])}
    number = here.total()
    here.update(there)
    return here, f"{number} finding{'' if number == 1 else 's'} accepted"


def without_baseline(work: Work, report: Report) -> Report:
    """Return a report without what the baseline has, with a word about entries that nothing needs any more."""
    entries = _read(work)
    if entries is None:
        return report
    found = absorb(report, entries)
    if not found.stale:
        return found.report
    told = f"{_entries(found.stale.total())} of {BASELINE_FILE} found no more"
    complaint = f"{told}; `tflint-locks baseline --prune` takes out what is not needed"
    return found.report._replace(complaints=(*found.report.complaints, complaint))


def _entries(number: int) -> str:
    return f"{number} {'entry' if number == 1 else 'entries'}"


def _read(work: Work) -> "Counter[Entry] | None":
    path = os.path.join(work.tree.root, BASELINE_FILE)
    if not os.path.lexists(path):
        return None
    content = read_bytes(path)
    if isinstance(content, str):
        raise UsageError(f"{BASELINE_FILE}: {content}")
    try:
        return read_baseline(BASELINE_FILE, content)
    except BaselineError as error:
        raise UsageError(str(error)) from None
