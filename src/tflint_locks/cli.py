"""The command line: arguments in, exit status out; the only part that prints."""

import gc
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from tflint_locks import __version__
from tflint_locks.catalog import load_catalog
from tflint_locks.finding import Report, Severity
from tflint_locks.record import NamedTuple
from tflint_locks.rule import RuleError
from tflint_locks.settings import SETTINGS_FILE, Settings, SettingsError
from tflint_locks.tree import DictTree, DiskTree, Tree, read_bytes

if TYPE_CHECKING:
    import argparse

FOUND = 1
FAILED = 2
INTERRUPTED = 130
FAIL_ON = {"error": (Severity.ERROR,), "warning": (Severity.ERROR, Severity.WARNING), "note": tuple(Severity)}


class UsageError(Exception):
    """Arguments that cannot be followed."""


class Where(NamedTuple):
    """What a command works on."""

    tree: DiskTree
    settings: Settings
    given: tuple[str, ...]


class Place(NamedTuple):
    """The root folder, and the paths given, relative to it."""

    root: str
    given: tuple[str, ...]


def run() -> NoReturn:
    """Run the process's own command and end the process at once: freeing what a run has made costs an eighth of it."""
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0 nothing found, 1 findings, 2 the tool could not do its work."""
    gc.disable()  # a short run keeps nearly all it makes: looking for garbage costs a tenth of it
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")
    try:
        status = _run(argv)
        sys.stdout.flush()
    except OSError as error:  # what is printed does not arrive: nobody reads on, or a disk is full
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            _complain([f"the output cannot be written: {error.strerror}"])
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except (RuleError, SettingsError, UsageError) as error:
        _complain(str(error).splitlines())
        return FAILED
    finally:
        gc.enable()
    return status


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = _parser(next(iter(sys.argv[1:] if argv is None else argv), "")).parse_args(argv)
    except SystemExit as exit_:  # argparse: 0 after --help and --version, 2 after a usage error
        return exit_.code if isinstance(exit_.code, int) else FAILED
    command: Callable[[argparse.Namespace], int] = arguments.command
    return command(arguments)


def _parser(asked: str = "") -> "argparse.ArgumentParser":
    """Return the parser of all commands, or of the one asked for: making each costs every run half a millisecond."""
    import argparse

    def formatter(prog: str) -> argparse.HelpFormatter:
        """Lay out help in a given width: asking for the terminal's costs an import in every run."""
        return argparse.HelpFormatter(prog, width=100)

    parser = argparse.ArgumentParser(
        prog="tflint-locks",
        formatter_class=formatter,
        description="Finds where a repository disagrees with itself about Terraform state backends and their locks.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tflint-locks {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", prog=parser.prog)
    add = partial(commands.add_parser, allow_abbrev=False, formatter_class=formatter)
    for name in [asked] if asked in _COMMANDS else _COMMANDS:
        summary, fill = _COMMANDS[name]
        fill(add(name, help=summary))
    return parser


def _add_check(check: "argparse.ArgumentParser") -> None:
    check.add_argument("--format", choices=("text", "concise", "json"), default="text")
    check.add_argument(
        "--fail-on", choices=tuple(FAIL_ON), default="warning", help="exit with 1 from here up (%(default)s)"
    )
    _add_place(check)
    check.set_defaults(command=_check)


def _add_environments(shown: "argparse.ArgumentParser") -> None:
    shown.add_argument("--format", choices=("text", "json"), default="text")
    shown.add_argument("--why", action="store_true", help="say where each value comes from or why it is not known")
    _add_place(shown)
    shown.set_defaults(command=_environments)


def _add_explain(explain: "argparse.ArgumentParser") -> None:
    explain.add_argument("rule", metavar="RULE")
    explain.set_defaults(command=_explain)


_COMMANDS: dict[str, "tuple[str, Callable[[argparse.ArgumentParser], None]]"] = {
    "check": ("report every place that certainly disagrees", _add_check),
    "environments": ("show what terraform uses in each environment", _add_environments),
    "explain": ("explain one rule", _add_explain),
    "rules": ("list the rules", lambda rules: rules.set_defaults(command=_rules)),
}


def _add_place(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help="report only what concerns these (all of the repository)"
    )
    parser.add_argument("--config", metavar="FILE", help=f"the settings ({SETTINGS_FILE} at the root)")
    parser.add_argument("--root", metavar="DIR", help="the folder to read (nearest with .git or settings)")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto")


def _check(arguments: "argparse.Namespace") -> int:
    try:
        report, tree = _linted(arguments)
    except (RuleError, SettingsError, UsageError) as error:
        if arguments.format != "json":
            raise
        return _print_failure(str(error).splitlines())
    _print_lines(_rendered(arguments, report, tree))
    if arguments.format == "concise":
        from tflint_locks.render.text import summary_line

        _complain([summary_line(report)])
    _complain([*report.errors, *(f"warning: {complaint}" for complaint in report.complaints)])
    if report.errors:
        return FAILED
    return FOUND if any(one.severity in FAIL_ON[arguments.fail_on] for one in report.findings) else 0


def _linted(arguments: "argparse.Namespace") -> tuple[Report, Tree]:
    """Run the check; a folder without files costs no more than finding that out."""
    where = _where(arguments)
    if not where.tree.paths():
        return Report((), (), 0, 0, 0, 0, ()), where.tree
    from tflint_locks.engine import lint
    from tflint_locks.resolve import load

    return lint(where.tree, load_catalog(), where.settings, load, where.given), where.tree


def _rendered(arguments: "argparse.Namespace", report: Report, tree: Tree) -> Iterable[str]:
    from tflint_locks.places import Places

    places = Places(tree)
    if arguments.format == "json":
        from tflint_locks.render.json import json_text

        return [json_text(report, places)]
    if arguments.format == "concise":
        from tflint_locks.render.concise import concise_lines

        return concise_lines(report, places)
    from tflint_locks.render.text import Look, text_lines

    return text_lines(report, Look(places, _coloured(arguments.color)))


def _print_failure(errors: list[str]) -> int:
    """Print a JSON report that has nothing but errors."""
    from tflint_locks.places import Places
    from tflint_locks.render.json import json_text

    _print_lines([json_text(Report((), tuple(errors), 0, 0, 0, 0, ()), Places(DictTree({})))])
    _complain(errors)
    return FAILED


def _environments(arguments: "argparse.Namespace") -> int:
    from tflint_locks.engine import resolved
    from tflint_locks.render.environments import environment_lines, environments_json
    from tflint_locks.resolve import load

    where = _where(arguments)
    repository = resolved(where.tree, where.settings, load)
    if isinstance(repository, str):
        _complain([repository])
        return FAILED
    if arguments.format == "json":
        _print_lines([environments_json(repository, where.given)])
    else:
        _print_lines(environment_lines(repository, where.given, why=arguments.why))
    return 0


def _explain(arguments: "argparse.Namespace") -> int:
    from tflint_locks.render.rules import explanation_lines

    catalog = load_catalog()
    if arguments.rule not in catalog:
        from difflib import get_close_matches

        near = get_close_matches(arguments.rule, list(catalog), 1)
        raise UsageError(f"no rule `{arguments.rule}`" + (f"; did you mean `{near[0]}`?" if near else ""))
    _print_lines(explanation_lines(catalog[arguments.rule]))
    return 0


def _rules(_arguments: "argparse.Namespace") -> int:
    from tflint_locks.render.rules import rule_lines

    _print_lines(rule_lines(load_catalog()))
    return 0


def _where(arguments: "argparse.Namespace") -> Where:
    """Find the root, its settings and its files."""
    place = find_place(arguments.paths or [arguments.root or "."], arguments.root)
    settings = _settings(place.root, arguments.config)
    return Where(DiskTree(place.root, place.given), settings, place.given)


def find_place(paths: Sequence[str], root: str | None) -> Place:
    """Find the root of some paths; raises UsageError where a path is missing or lies outside."""
    for path in (*paths, *([root] if root else [])):
        if not os.path.exists(path):
            raise UsageError(f"{path}: no such file or folder")
    real = [os.path.realpath(path) for path in paths]
    folder = os.path.realpath(root) if root else _root_above(real[0])
    given = []
    for path, shown in zip(real, paths, strict=True):
        inside = os.path.relpath(path, folder).replace(os.sep, "/")
        if inside == ".." or inside.startswith("../"):
            raise UsageError(f"{shown}: outside the root {folder}")
        given.append("" if inside == "." else inside)
    return Place(folder, tuple(given))


def _root_above(path: str) -> str:
    """Return the nearest folder with ``.git`` or settings, never the home folder or ``/``, else the path's own."""
    start = path if os.path.isdir(path) else os.path.dirname(path)
    home = os.path.realpath(os.path.expanduser("~"))
    folder = start
    while os.path.dirname(folder) != folder:
        marks = (os.path.join(folder, name) for name in (".git", SETTINGS_FILE))
        if folder != home and any(os.path.lexists(mark) for mark in marks):
            return folder
        folder = os.path.dirname(folder)
    return start


def _settings(root: str, config: str | None) -> Settings:
    """Read the settings given or those at the root; raises SettingsError."""
    path = config or os.path.join(root, SETTINGS_FILE)
    if config is None and not os.path.lexists(path):
        if os.path.lexists(path.removesuffix("yaml") + "yml"):
            raise SettingsError(f"{SETTINGS_FILE.removesuffix('yaml')}yml: the settings are called {SETTINGS_FILE}")
        return Settings()
    shown = config or SETTINGS_FILE
    content = read_bytes(os.path.realpath(config) if config else path)
    if isinstance(content, str):
        raise SettingsError(f"{shown}: {content}")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise SettingsError(f"{shown}: not UTF-8") from None
    from tflint_locks.settings_file import read_settings

    return read_settings(shown, text, frozenset(load_catalog()))


def _coloured(choice: str) -> bool:
    """Decide on colour: the flag, then NO_COLOR, FORCE_COLOR, TERM=dumb, then whether a terminal reads it."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and sys.stdout.isatty()


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")


def _complain(lines: Iterable[str]) -> None:
    from tflint_locks.render.escape import visible

    for line in lines:
        sys.stderr.write(f"tflint-locks: {visible(line)}\n")
