"""The command line: arguments in, exit status out; the only part that prints."""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from tflint_locks import __version__
from tflint_locks.place import UsageError
from tflint_locks.rule import RuleError
from tflint_locks.settings import SETTINGS_FILE, SettingsError

if TYPE_CHECKING:
    import argparse

FAILED = 2
INTERRUPTED = 130
FORMATS = (
    "text", "concise", "json", "sarif", "github", "gitlab", "azure", "junit", "checkstyle", "rdjson", "markdown",
)  # fmt: skip
LEVELS = ("error", "warning", "note")
SHELLS = ("bash", "zsh", "fish")


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


def _complain(lines: Sequence[str]) -> None:
    from tflint_locks.commands.terminal import complain

    complain(lines)


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = parser(next(iter(sys.argv[1:] if argv is None else argv), "")).parse_args(argv)
    except SystemExit as exit_:  # argparse: 0 after --help and --version, 2 after a usage error
        return exit_.code if isinstance(exit_.code, int) else FAILED
    command: Callable[[argparse.Namespace], int] = arguments.command
    return command(arguments)


def parser(asked: str = "") -> "argparse.ArgumentParser":
    """Return the parser of all commands, or of the one asked for: making each costs every run half a millisecond.

    Each command's function is imported when it is called.
    """
    import argparse

    def formatter(prog: str) -> argparse.HelpFormatter:
        """Lay out help in a given width: asking for the terminal's costs an import in every run."""
        return argparse.HelpFormatter(prog, width=100)

    top = argparse.ArgumentParser(
        prog="tflint-locks",
        formatter_class=formatter,
        description="Finds where a repository disagrees with itself about Terraform state backends and their locks.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"tflint-locks {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND", prog=top.prog)
    add = partial(commands.add_parser, allow_abbrev=False, formatter_class=formatter)
    for name in [asked] if asked in _COMMANDS else _COMMANDS:
        summary, fill = _COMMANDS[name]
        made = add(name, help=summary)
        made.set_defaults(command=_command(name), parser=parser)
        fill(made)
    return top


def _command(name: str) -> "Callable[[argparse.Namespace], int]":
    """Return a command's function, which lies in the module of its name."""

    def run(arguments: "argparse.Namespace") -> int:
        from importlib import import_module

        status: int = import_module(f"tflint_locks.commands.{name}").run(arguments)
        return status

    return run


def _add_check(check: "argparse.ArgumentParser") -> None:
    _add_place(check)
    add = check.add_argument
    add("--format", choices=FORMATS, help="how to write to standard output (text)")
    add(
        "--output",
        metavar="FORMAT=FILE",
        action="append",
        default=[],
        help="write in a format to a file, - for standard output; may be given several times",
    )
    add("--fail-on", choices=LEVELS, help="exit with 1 from here up (warning)")
    add("--exit-zero", action="store_true", help="exit with 0 in spite of findings")
    add("--changed", metavar="REF", nargs="?", const="HEAD", help="report what touches files changed since (HEAD)")
    add("--statistics", action="store_true", help="count findings by rule in place of showing them")
    add("--quiet", action="store_true", help="show findings and nothing else")
    add("--no-baseline", action="store_true", help="report what the baseline has too")
    add("--show-settings", action="store_true", help="show every setting and where it comes from, and check nothing")
    repair = check.add_argument_group("repair")
    add = repair.add_argument
    add("--fix", action="store_true", help="write the repairs that are certain")
    add("--unsafe-fixes", action="store_true", help="with --fix or --diff: those to be looked at, too")
    add("--diff", action="store_true", help="show what --fix would change, and write nothing")
    add("--exit-non-zero-on-fix", action="store_true", help="exit with 1 where something was repaired")
    add("--add-ignore", metavar="REASON", help="write a comment that silences each finding")


def _add_environments(shown: "argparse.ArgumentParser") -> None:
    _add_place(shown)
    shown.add_argument("--format", choices=("text", "json"), default="text")
    shown.add_argument("--why", action="store_true", help="say where each value comes from or why it is not known")


def _add_baseline(baseline: "argparse.ArgumentParser") -> None:
    _add_place(baseline)
    baseline.add_argument("--prune", action="store_true", help="only take out what nothing needs any more")


def _add_explain(explain: "argparse.ArgumentParser") -> None:
    explain.add_argument("rule", metavar="RULE")


def _add_rules(rules: "argparse.ArgumentParser") -> None:
    below = rules.add_subparsers(metavar="test", prog="tflint-locks rules")
    test = below.add_parser("test", help="run the examples of rule files", formatter_class=rules.formatter_class)
    test.add_argument("paths", metavar="PATH", nargs="+", help="rule files, or folders of them")
    test.set_defaults(command=_command("rules_test"))


def _add_completion(completion: "argparse.ArgumentParser") -> None:
    completion.add_argument("shell", choices=SHELLS)


def _add_place(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help="report only what concerns these (all of the repository)"
    )
    parser.add_argument("--config", metavar="FILE", help=f"the settings (nearest {SETTINGS_FILE}, up to the root)")
    parser.add_argument("--isolated", action="store_true", help="use no settings and no baseline")
    parser.add_argument("--root", metavar="DIR", help="the folder to read (nearest with .git, else with settings)")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto")


_COMMANDS: dict[str, "tuple[str, Callable[[argparse.ArgumentParser], None]]"] = {
    "check": ("report every place that certainly disagrees", _add_check),
    "environments": ("show what terraform uses in each environment", _add_environments),
    "baseline": ("accept what is found now, and report only what is new", _add_baseline),
    "explain": ("explain one rule", _add_explain),
    "rules": ("list the rules, or test rules of one's own", _add_rules),
    "init": ("write first settings from what the repository shows", _add_place),
    "completion": ("print a shell's completion", _add_completion),
}
