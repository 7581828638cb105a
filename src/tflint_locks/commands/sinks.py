"""Where reports go: formats and the files they are written to, several in one run."""

import os
from collections.abc import Iterable, Mapping

from tflint_locks.commands.terminal import coloured, complain, print_lines
from tflint_locks.finding import Report
from tflint_locks.place import UsageError
from tflint_locks.places import Places
from tflint_locks.record import NamedTuple
from tflint_locks.render.formats import FORMATS, render
from tflint_locks.render.view import View
from tflint_locks.rule import Rule
from tflint_locks.tree import Tree

STANDARD = "-"
# Formats that say themselves what could be judged.
_WHOLE = frozenset({"text", "json", "github", "azure", "markdown"})


class Sink(NamedTuple):
    """A format and the file it goes to, ``-`` for standard output."""

    format: str
    target: str


def sinks_of(form: str | None, outputs: Iterable[str]) -> list[Sink]:
    """Return where reports go; raises UsageError where that cannot be followed."""
    found = [Sink(form, STANDARD)] if form else []
    for output in outputs:
        name, equals, target = output.partition("=")
        if not equals or not target or name not in FORMATS:
            raise UsageError(f"--output {output}: write FORMAT=FILE with one of {', '.join(FORMATS)}")
        found.append(Sink(name, target))
    if sum(sink.target == STANDARD for sink in found) > 1:
        raise UsageError("only one format can be written to standard output")
    return found or [Sink("text", STANDARD)]


def write_reports(  # noqa: PLR0913 (what a report is shown with)
    sinks: Iterable[Sink],
    report: Report,
    tree: Tree,
    rules: Mapping[str, Rule],
    *,
    color: str = "never",
    quiet: bool = False,
) -> None:
    """Write a report in every format asked for; raises UsageError for a file that cannot be written."""
    places = Places(tree)
    for sink in sorted(sinks, key=lambda sink: sink.target == STANDARD):  # who reads it may go away
        here = sink.target == STANDARD
        view = View(places, rules, colour=here and sink.format == "text" and coloured(color), quiet=quiet)
        lines = render(sink.format, report, view)
        if here:
            print_lines(lines)
        else:
            _write(sink.target, lines)
        if here and sink.format not in _WHOLE and not quiet:
            from tflint_locks.render.text import summary_line

            complain([summary_line(report)])


def _write(target: str, lines: Iterable[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    try:
        if folder := os.path.dirname(target):
            os.makedirs(folder, exist_ok=True)
        with open(target, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror}") from None
