"""``check``: report every place that certainly disagrees, repair what is certain, in the formats asked for."""

import os
import sys
from typing import TYPE_CHECKING

from tflint_locks.commands.sinks import STANDARD, Sink, sinks_of, write_reports
from tflint_locks.commands.terminal import FAILED, FOUND, complain, print_lines
from tflint_locks.commands.work import Work, work_of
from tflint_locks.finding import Finding, Report, Severity
from tflint_locks.place import UsageError
from tflint_locks.rule import RuleError
from tflint_locks.settings import BASELINE_FILE, SettingsError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from tflint_locks.tree import Tree

FAIL_ON = {"error": (Severity.ERROR,), "warning": (Severity.ERROR, Severity.WARNING), "note": tuple(Severity)}


def run(arguments: "argparse.Namespace") -> int:
    """Run the command; returns the exit status."""
    sinks = sinks_of(arguments.format, arguments.output)
    try:
        work = work_of(arguments)
        if arguments.show_settings:
            return _show_settings(arguments, work)
        _refuse_together(arguments)
        return _check(arguments, work, sinks)
    except (RuleError, SettingsError, UsageError) as error:
        return _failed(str(error).splitlines(), sinks)


def _failed(errors: list[str], sinks: list[Sink]) -> int:
    """Say in every format for machines that the tool could not do its work, and on standard error."""
    from tflint_locks.tree import DictTree

    machines = [sink for sink in sinks if sink.format not in ("text", "concise")]
    write_reports(machines, Report((), tuple(errors), 0, 0, 0, 0, ()), DictTree({}), {})
    complain(errors)
    return FAILED


def _refuse_together(arguments: "argparse.Namespace") -> None:
    ways = [name for name in ("fix", "diff", "add_ignore", "statistics") if getattr(arguments, name)]
    if len(ways) > 1:
        shown = " and ".join(f"--{name.replace('_', '-')}" for name in ways)
        raise UsageError(f"{shown} cannot be given together")
    if arguments.unsafe_fixes and not (arguments.fix or arguments.diff):
        raise UsageError("--unsafe-fixes says which repairs to make: give --fix or --diff with it")


def _show_settings(arguments: "argparse.Namespace", work: Work) -> int:
    from tflint_locks.render.settings import settings_lines

    print_lines(settings_lines(work.settings, work.rules, arguments.fail_on))
    return 0


def _check(arguments: "argparse.Namespace", work: Work, sinks: list[Sink]) -> int:
    from tflint_locks.commands.progress import progress

    with progress(quiet=arguments.quiet):
        report, tree, changes = _judged(arguments, work)
    if arguments.diff:
        return _show_diff(work, changes, report)
    if arguments.statistics:
        from tflint_locks.render.statistics import statistics_lines

        shown = next((sink.format for sink in sinks if sink.target == STANDARD), "text")
        print_lines(statistics_lines(report, shown))
        sinks = [sink for sink in sinks if sink.target != STANDARD]
    write_reports(sinks, report, tree, work.rules, color=arguments.color, quiet=arguments.quiet)
    complain([*report.errors, *(() if arguments.quiet else report.complaints)])
    return _status(arguments, work, report, changed=bool(changes))


def _status(arguments: "argparse.Namespace", work: Work, report: Report, *, changed: bool) -> int:
    if report.errors:
        return FAILED
    failing = FAIL_ON[arguments.fail_on or work.settings.fail_on or "warning"]
    if changed and arguments.exit_non_zero_on_fix:
        return FOUND
    return FOUND if not arguments.exit_zero and any(one.severity in failing for one in report.findings) else 0


def _judged(arguments: "argparse.Namespace", work: Work) -> "tuple[Report, Tree, Mapping[str, str]]":
    """Run the check and the repairs; a folder without files costs no more than finding that out."""
    if not work.tree.paths():
        return Report((), (), 0, 0, 0, 0, ()), work.tree, {}
    lint = linter(work)
    concerns = _concerns(arguments, work)
    if arguments.fix or arguments.diff:
        return _mended(arguments, work, lint, concerns)
    if arguments.add_ignore is not None:
        from tflint_locks.commands.ignoring import ignoring

        return ignoring(work, lambda tree: _shown(arguments, work, lint(tree), concerns), arguments.add_ignore)
    return _shown(arguments, work, lint(work.tree), concerns), work.tree, {}


def linter(work: Work) -> "Callable[[Tree], Report]":
    """Return what judges a tree by the settings and rules of the work."""
    from tflint_locks import resolve
    from tflint_locks.engine import lint

    return lambda tree: lint(tree, work.rules, work.settings, resolve.load)


def _concerns(arguments: "argparse.Namespace", work: Work) -> "Callable[[Finding], bool]":
    """Return what tells whether a finding is to be reported: it touches the paths given and the files changed."""
    given = tuple(path for path in work.given if path)
    changed, gone = None, set[str]()
    if arguments.changed is not None:
        from tflint_locks.changed import changed_paths

        changed = changed_paths(work.tree.root, arguments.changed)
        gone = {path.rpartition("/")[2] for path in changed - set(work.tree.paths())}

    def concerns(finding: Finding) -> bool:
        paths = {
            finding.span.path,
            *(place.span.path for place in finding.related),
            *(edit.span.path for edit in finding.edits),
        }
        if changed is not None and paths.isdisjoint(changed) and not any(name in finding.message for name in gone):
            return False
        return not given or any(path == one or path.startswith(f"{one}/") for path in paths for one in given)

    return concerns


def _shown(
    arguments: "argparse.Namespace", work: Work, report: Report, concerns: "Callable[[Finding], bool]"
) -> Report:
    """Take out what does not concern the run, and what the baseline has."""
    used = not (arguments.isolated or arguments.no_baseline)
    if used and os.path.lexists(os.path.join(work.tree.root, BASELINE_FILE)):
        from tflint_locks.commands.baseline import without_baseline

        report = without_baseline(work, report)
    left_out = tuple(f"{path}: left out by the settings" for path in work.given if path and _is_excluded(work, path))
    kept = tuple(one for one in report.findings if concerns(one))
    return report._replace(findings=kept, complaints=(*report.complaints, *left_out))


def _is_excluded(work: Work, path: str) -> bool:
    """Tell whether the settings exclude a path that was given: that nothing is found there says nothing."""
    from tflint_locks.settings import covers

    return any(covers(glob, path) for glob in work.settings.exclude)


def _mended(
    arguments: "argparse.Namespace",
    work: Work,
    lint: "Callable[[Tree], Report]",
    concerns: "Callable[[Finding], bool]",
) -> "tuple[Report, Tree, Mapping[str, str]]":
    from tflint_locks.mend import mend
    from tflint_locks.tree import Overlay

    done = mend(work.tree, lint, concerns, unsafe=arguments.unsafe_fixes)
    left, texts = done.left, done.texts
    if arguments.fix and texts:
        from tflint_locks.write import write_texts

        if refused := tuple(write_texts(work.tree, texts)):
            left = left._replace(errors=(*left.errors, *refused))
    if texts and not arguments.quiet:
        verb = "repaired" if arguments.fix else "would be repaired"
        where = f"{len(texts)} file{'' if len(texts) == 1 else 's'}"
        left = left._replace(complaints=(*left.complaints, f"{done.fixed} {verb} in {where}"))
    return _shown(arguments, work, left, concerns), Overlay(work.tree, texts), texts


def _show_diff(work: Work, changes: "Mapping[str, str]", report: Report) -> int:
    from tflint_locks.render.diff import diff_lines

    lines = list(diff_lines(work.tree, changes))
    if sys.stdout.isatty():
        from tflint_locks.render.escape import visible

        print_lines(visible(line.rstrip("\r\n")) for line in lines)
    else:
        sys.stdout.writelines(lines)
    complain([*report.errors, *report.complaints])
    if report.errors:
        return FAILED
    return FOUND if lines else 0
