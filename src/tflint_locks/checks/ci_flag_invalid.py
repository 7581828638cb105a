"""Flags of terraform commands that terraform refuses before it does anything (DOMAIN §6.1)."""

import re
from collections.abc import Iterator

from tflint_locks.finding import Edit, Match
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.edits import written
from tflint_locks.resolve.invocations import Flag
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.runs import FALSE, TRUE, Run, runs
from tflint_locks.resolve.versions import left_by, required_versions
from tflint_locks.source import Span
from tflint_locks.tree import Tree
from tflint_locks.value import Literal, Value, known, shown, split, text_of

# https://pkg.go.dev/time#ParseDuration: a sign, then numbers each with a unit; zero needs none.
_DURATION = regex(r"[+-]?(?:0|(?:(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(?:ns|us|µs|μs|ms|s|m|h)){1,9})")
_BOOLEANS = ("lock", "input", "backend", "refresh", "upgrade", "get")
# Subcommands whose flags are known here; ``init`` alone has those of the backend.
_LOCKING = frozenset({"plan", "apply", "destroy", "refresh", "import", "init", "taint", "untaint"})
_ONLY_INIT = ("backend-config", "reconfigure", "migrate-state", "force-copy")
_KNOWN = _LOCKING | {"validate", "show", "output", "fmt", "get", "providers", "graph"}
_NO_LOCK = frozenset({"show", "output", "validate", "fmt", "get", "graph"})
_NO_OPERAND = frozenset({"init", "plan", "refresh"})
# Their operand is a plan file.
_PLAN_FILE = frozenset({"apply", "destroy"})
# What shells that are not read here take for themselves.
_SHELL = ("<", ">", "|", "&", "#", "2>")
_ARGUMENT = regex(r"[a-z_]+")
# An expression of GitHub's without the dollar sign that makes it one.
_WITHOUT_DOLLAR = regex(r"\{\{ ?(?:env|github|inputs|matrix|needs|secrets|steps|vars)\.[\w.]{1,80} ?\}\}")
# What comes of it where that is not refused.
_EFFECTS = {"expression": "terraform looks for a file, or writes a state, of that very name"}


class _Fault(NamedTuple):
    message: str
    span: Span
    value: str
    edit: Edit | None = None
    unsafe: bool = False


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each word that ends a command before it begins."""
    told: set[Span] = set()
    for run in runs(repository):
        if run.invocation.command.unknown_words and not run.invocation.flags:
            continue
        for fault in _faults(repository, run):
            if fault.span not in told:
                told.add(fault.span)
                words = {"value": f"`{fault.value}`", "command": f"{run.invocation.tool} {run.invocation.subcommand}"}
                if fault.message in _EFFECTS:
                    words["effect"] = _EFFECTS[fault.message]
                edits = (fault.edit,) if fault.edit else ()
                yield Match(
                    fault.span, words, message=fault.message, edits=edits, unsafe=fault.unsafe or _destroys(run)
                )


def _destroys(run: Run) -> bool:
    """Tell whether a command takes things away once it is not refused any more."""
    return run.invocation.subcommand == "destroy" or any(flag.name == "destroy" for flag in run.invocation.flags)


def _faults(repository: Repository, run: Run) -> Iterator[_Fault]:
    invocation, tree = run.invocation, repository.tree
    if invocation.subcommand not in _KNOWN:
        return
    for flag in invocation.flags:
        text = text_of(flag.value)
        if flag.name in _BOOLEANS and flag.value and text is not None and text not in FALSE | TRUE:
            yield _Fault("boolean", flag.span, f"-{flag.name}={text}", _boolean(tree, flag, text))
        elif flag.name == "lock-timeout" and text is not None and not _DURATION.fullmatch(text):
            yield _Fault("duration", flag.span, text, *_duration(tree, flag, text))
        elif flag.name in _ONLY_INIT and invocation.subcommand != "init":
            yield _Fault("only-init", flag.span, f"-{flag.name}")
        elif flag.name in {"lock", "lock-timeout"} and invocation.subcommand in _NO_LOCK:
            yield _Fault("not-here", flag.span, f"-{flag.name}", _without(tree, flag.span))
        elif flag.name == "backend-config" and invocation.subcommand == "init":
            yield from _items(tree, flag)
        if (found := _forgotten(run, flag)) is not None:
            yield _Fault("expression", flag.span, found, _dollar(tree, flag.span, found))
    yield from _together(run)
    yield from _operands(repository, run)


# ---------------------------------------------------------------- repairs

_SPOKEN = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_UNITS = {"sec": "s", "secs": "s", "seconds": "s", "min": "m", "mins": "m", "minutes": "m", "hours": "h"}
_COUNT = regex(r"(\d{1,9})([a-z]*)")
_STANDING = regex(r"""(--?backend-config[= ])(?:'([a-z_]+=)"([^"'\\]{1,300})"'|"([a-z_]+=)\\"([^"'\\]{1,300})\\"")""")


def _value(tree: Tree, flag: Flag, old: str, new: str) -> Edit | None:
    """Return the edit of a flag's value, where it stands behind ``=`` at the end of the flag."""
    span = flag.span
    if not new or not written(tree, span).endswith(f"={old}"):
        return None
    return Edit(Span(span.path, span.end - len(old), span.end), new)


def _boolean(tree: Tree, flag: Flag, text: str) -> Edit | None:
    return _value(tree, flag, text, _SPOKEN.get(text.lower(), ""))


def _duration(tree: Tree, flag: Flag, text: str) -> tuple[Edit | None, bool]:
    """Return the timeout with Go's unit, and whether it is to be looked at: seconds are meant by most, not by all."""
    found = _COUNT.fullmatch(text)
    unit = _UNITS.get(found[2], "" if found[2] else "s") if found else ""
    return _value(tree, flag, text, f"{found[1]}{unit}" if found and unit else ""), bool(found and not found[2])


def _without(tree: Tree, span: Span) -> Edit | None:
    """Return the edit that takes a word out with the blank before it."""
    before = Span(span.path, max(span.start - 1, 0), span.start)
    return Edit(Span(span.path, before.start, span.end), "") if written(tree, before) == " " else None


def _dollar(tree: Tree, span: Span, found: str) -> Edit | None:
    places = [one.start() for one in re.finditer(r"(?<!\$)" + re.escape(found), written(tree, span))]
    at = span.start + (places or [0])[0]
    return Edit(Span(span.path, at, at), "$") if len(places) == 1 else None


def _unquoted(tree: Tree, span: Span) -> Edit | None:
    """Return the flag without the inner quotes, where nothing else stands in the outer ones."""
    found = _STANDING.fullmatch(written(tree, span))
    if found is None:
        return None
    name, value, quote = (found[2], found[3], "'") if found[2] else (found[4], found[5], '"')
    return Edit(span, f"{found[1]}{quote}{name}{value}{quote}")


def _joined(tree: Tree, run: Run, span: Span) -> Edit | None:
    """Return the flag and the word behind it as one word."""
    before = next((word.span for word in run.invocation.command.words if word.span.end == span.start - 1), None)
    between = Span(span.path, span.start - 1, span.start)
    if before is None or before.path != span.path or written(tree, between) != " ":
        return None
    return Edit(Span(span.path, before.start, span.end), f"{written(tree, before)}={written(tree, span)}")


# ---------------------------------------------------------------- what is refused


def _forgotten(run: Run, flag: Flag) -> str | None:
    """Return what stands in a flag of a workflow as an expression does, but for its dollar sign."""
    if not run.span.path.startswith(".github/"):
        return None
    text = "".join(piece.text if isinstance(piece, Literal) else "\0" for piece in flag.value)
    found = _WITHOUT_DOLLAR.search(text)
    return found.group() if found else None


def _items(tree: Tree, flag: Flag) -> Iterator[_Fault]:
    """Yield a value in quotes that the shell left standing; names of arguments are another rule's."""
    name, *value = split(flag.value, "=", 1)
    text = text_of(name)
    if value and text and _ARGUMENT.fullmatch(text) and _is_quoted(value[0]):
        yield _Fault("quotes", flag.span, shown(flag.value), _unquoted(tree, flag.span))


def _is_quoted(value: Value) -> bool:
    """Tell whether a value begins and ends with a quote that the shell left standing; of a list that is right."""
    first, last = (value[0], value[-1]) if value else (None, None)
    if not isinstance(first, Literal) or not isinstance(last, Literal):
        return False
    return len(shown(value)) > 1 and first.text[:1] == last.text[-1:] and first.text[:1] in {'"', "'"}


def _together(run: Run) -> Iterator[_Fault]:
    """Yield flags that exclude each other."""
    names = {flag.name: flag for flag in run.invocation.flags if text_of(flag.value) not in FALSE}
    if run.invocation.subcommand == "init" and "reconfigure" in names and "migrate-state" in names:
        yield _Fault("together", names["migrate-state"].span, "-migrate-state")


def _operands(repository: Repository, run: Run) -> Iterator[_Fault]:
    """Yield words that are no flags where a command takes none: Terraform since 0.15, OpenTofu always."""
    invocation = run.invocation
    if invocation.subcommand not in _NO_OPERAND | _PLAN_FILE or invocation.unknown or not invocation.arguments:
        return
    word = next((word for word in invocation.command.words[1:] if word.value == invocation.arguments[0]), None)
    if word is None or not known(word.value) or text_of(word.value) in {"", invocation.subcommand}:
        return
    text = shown(word.value)
    before = _before(run, word.span)
    if text in FALSE | TRUE and before in {f"-{name}" for name in _BOOLEANS} | {f"--{name}" for name in _BOOLEANS}:
        yield _Fault("apart", word.span, f"{before} {text}", _joined(repository.tree, run, word.span))
    elif invocation.subcommand in _NO_OPERAND and not text.startswith(_SHELL) and _takes_no_folder(repository, run):
        yield _Fault("operand", word.span, text, _without(repository.tree, word.span) if text == "." else None)


def _before(run: Run, span: Span) -> str:
    words = run.invocation.command.words
    at = next((index for index, word in enumerate(words) if word.span == span), 0)
    return shown(words[at - 1].value) if at else ""


def _takes_no_folder(repository: Repository, run: Run) -> bool:
    """Tell whether a pin or constraint says that the tool is too new to be given a folder."""
    if run.invocation.tool == "tofu":
        return True
    pins = [version.constraint for version in repository.versions if version.tool == "terraform"]
    pins += [text for text, _ in required_versions(repository, run.place or "")]
    left = [left_by(pin) for pin in pins]
    return bool(left) and all(versions and min(versions) >= (0, 15, 0) for versions in left)
