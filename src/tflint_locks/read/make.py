"""Makefiles to facts: what each target runs, its prerequisites first, with make's own variables filled in.

Of make's functions it knows those on paths and words; every other one, and what is not set here, is a hole. A variable
that people give on the command line is a hole though it has a default.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from tflint_locks.facts import Call, Name, Remark, ScriptFile
from tflint_locks.read.fork import Raw, raw, scalar
from tflint_locks.read.makefile import Makefile, Rule, interpret, prerequisites, rules_of
from tflint_locks.read.program import NAMED
from tflint_locks.read.recipe import recipe_steps
from tflint_locks.read.script import Found, Step, read_steps
from tflint_locks.read.settle import tells
from tflint_locks.record import field, record
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Value, shown

# A target whose recipe has none of these words runs nothing that matters.
_RELEVANT = regex(
    r"terraform|tofu|terragrunt|dynamodb|s3api|s3 (?:mb|rb|rm)|tfstate|tfvars|tfbackend|\.(?:tf|hcl|conf)\b|\bmake\b"
    r"|\.sh\b|\bter?r?[a-z]{5,8} (?:init|plan|apply)",
    re.IGNORECASE,
)
_DEEP = 12
_SUBMAKES = 60
_TARGETS = 400
_STEPS = 3000
_VISITS = 5000


@record
class _Reading:
    """What is read of one Makefile: steps by scope, and the targets met on the way from others."""

    path: str
    text: str
    groups: dict[str, list[Step]] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    followed: set[tuple[Span, str]] = field(default_factory=set)
    submakes: int = 0
    steps: int = 0
    visits: int = 0


@record
class _Scope:
    """One run of make: its name, the targets already made in it, and whether variables are given on the way."""

    name: str
    made: set[str] = field(default_factory=set)
    depth: int = 0
    conditional: bool = False
    special: bool = False


def read_make(path: str, text: str, target: str | None = None, given: Sequence[tuple[str, Value]] = ()) -> ScriptFile:
    """Read a Makefile; never raises. With a target (empty: the first), what ``make TARGET NAME=value`` runs alone."""
    reading = _Reading(path, text)
    makefile = interpret(path, text, [(name, raw(value)) for name, value in given])
    if target is not None:
        _make(reading, makefile, target or makefile.goal, _Scope(target or makefile.goal))
    else:
        _make_all(reading, makefile)
    found = [read_steps(path, steps) for steps in reading.groups.values() if steps]
    return _file(reading, makefile, found)


def _make_all(reading: _Reading, makefile: Makefile) -> None:
    """Follow each target that no other makes, and each that others make only with variables of their own."""
    names = list(dict.fromkeys(name for rule in makefile.rules for name in rule.targets if _is_target(name)))
    waiting = set(names) - {name for rule in makefile.rules for name in prerequisites(makefile, rule)}
    for name in [name for name in names if name in waiting] + [name for name in names if name not in waiting]:
        if name not in reading.reached and len(reading.groups) < _TARGETS:
            _make(reading, makefile, name, _Scope(name))


def _is_target(name: str) -> bool:
    return not name.startswith(".") or "/" in name


def _make(reading: _Reading, makefile: Makefile, name: str, scope: _Scope) -> None:
    """Follow one target: what it needs first, then its recipe, each target once in a scope."""
    if name in scope.made or scope.depth > _DEEP or reading.steps > _STEPS or reading.visits > _VISITS:
        return
    reading.visits += 1
    scope.made.add(name)
    rules, stem = rules_of(makefile, name)
    special = scope.special or name in makefile.specific
    variables = makefile.of_target(name, stem, rules)
    for rule in rules:
        for needed in prerequisites(variables, rule, stem):
            inner = _Scope(scope.name, scope.made, scope.depth + 1, scope.conditional, special)
            _make(reading, variables, needed, inner)
            if not special:
                reading.reached.add(needed)
    for rule in rules:
        _follow(reading, variables, rule, scope)


def _follow(reading: _Reading, makefile: Makefile, rule: Rule, scope: _Scope) -> None:
    for step in recipe_steps(makefile, rule, scope.name):
        filled = " ".join(_shown(content) for _, content in step.marks.values())
        if not _RELEVANT.search(step.text) and not _RELEVANT.search(filled):
            continue
        reading.steps += 1
        own = step._replace(conditional=step.conditional or scope.conditional)
        steps = reading.groups.setdefault(scope.name, [])
        steps.append(own)
        if "make" in step.text.lower() or "make" in filled:
            _submakes(reading, makefile, own, scope)


def _shown(content: Raw) -> str:
    return "".join(getattr(bit.piece, "text", "") or getattr(bit.piece, "likely", "") or "" for bit in content)


def _submakes(reading: _Reading, makefile: Makefile, step: Step, scope: _Scope) -> None:
    """Follow ``$(MAKE) target NAME=value`` of this very file, in the scope it stands in."""
    for call in read_steps(reading.path, [step]).calls:
        if not _is_own(makefile, call) or scope.depth >= _DEEP:
            continue
        name = call.name or makefile.goal
        reading.followed.add((call.span, call.name))
        if not call.given:
            reading.reached.add(name)
        if reading.submakes >= _SUBMAKES:
            continue
        reading.submakes += 1
        given = [*makefile.given.items(), *((given, raw(value)) for given, value in call.given)]
        inner = interpret(reading.path, reading.text, given)
        # Each way through a loop is a run of its own.
        place = scope.name + call.scope.removeprefix(step.scope)
        conditional = scope.conditional or call.conditional
        _make(reading, inner, name, _Scope(place, set(), scope.depth + 1, conditional, bool(call.given)))


def _is_own(makefile: Makefile, call: Call) -> bool:
    """Tell whether a call is for this Makefile: in its own folder, without another file."""
    return call.kind == "make" and not call.target and call.directory == makefile.place


def _file(reading: _Reading, makefile: Makefile, found: Sequence[Found]) -> ScriptFile:
    path = reading.path
    calls = [call for call in together(found) if (call.span, call.name) not in reading.followed]
    return ScriptFile(
        path,
        tuple(command for one in found for command in one.commands),
        tuple(dict.fromkeys(written for one in found for written in one.written)),
        (*_names(makefile), *dict.fromkeys(name for one in found for name in one.names)),
        remarks_of(path, reading.text),
        (),
        tuple(dict.fromkeys(version for one in found for version in one.versions)),
        frozenset(makefile.exported).union(*(one.exported for one in found)),
        tuple(dict.fromkeys((*makefile.defaults, *(pair for one in found for pair in one.defaults)))),
        "build",
        tuple(dict.fromkeys(calls)),
    )


def together(found: Iterable[Found]) -> Iterator[Call]:
    """Yield the calls of several pieces, each placed among the commands of all of them."""
    before = 0
    for one in found:
        for call in one.calls:
            yield call._replace(at=call.at + before) if call.at >= 0 else call
        before += len(one.commands)


def _names(makefile: Makefile) -> Iterator[Name]:
    """Yield the variables that may name a table, bucket, key, region or account."""
    for name, span in makefile.assigned:
        if NAMED.search(name):
            value = scalar(makefile.value(name), {}, {})
            if tells(value) and not any(char in shown(value) for char in " \"'\\"):
                yield Name(name, value, span, makefile.path)


def remarks_of(path: str, text: str) -> tuple[Remark, ...]:
    """Return the comments that speak to this tool: ``#`` at a line's start or after a blank."""
    if "tflint-locks" not in text:
        return ()
    return tuple(_remarks(path, text))


def _remarks(path: str, text: str) -> Iterable[Remark]:
    for found in re.finditer(r"(?:^|(?<=[ \t]))#[^\n]*", text, re.MULTILINE):
        end = found.start() + len(found.group().rstrip())
        yield Remark(text[found.start() : end].lstrip("#").strip(), Span(path, found.start(), end))
