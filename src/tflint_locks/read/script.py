"""What a shell script runs, writes and names, followed without running it.

Branches, loops over literal lists and function calls are followed; what depends on anything else is a hole. A script
is followed once, within a budget; where branches give a word several texts, each way through becomes its own run of
commands with a scope of its own, so that one choice holds in all of them.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from tflint_locks.facts import Call, Command, Fault, Name, Remark, ScriptFile, ToolVersion, Written
from tflint_locks.read import shell
from tflint_locks.read.branch import follow_case, follow_chain, follow_for, follow_if, follow_while
from tflint_locks.read.expand import MARK, evaluate_apart, plain
from tflint_locks.read.fork import Raw
from tflint_locks.read.outputs import ENVIRONMENT, OUTPUT, handed_on
from tflint_locks.read.program import follow_simple, printed_name
from tflint_locks.read.remarks import with_quoted
from tflint_locks.read.settle import names_of, run_by, written_of
from tflint_locks.read.shellstate import (
    ARGUMENTS,
    DIRECTORY,
    STARTED,
    Guard,
    Run,
    Variable,
    hole_word,
    narrow,
    start_arguments,
)
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole


class Found(NamedTuple):
    """What one piece of script states."""

    commands: tuple[Command, ...]
    written: tuple[Written, ...]
    names: tuple[Name, ...]
    remarks: tuple[Remark, ...]
    exported: frozenset[str]
    defaults: tuple[tuple[str, Span], ...]
    calls: tuple[Call, ...] = ()
    versions: tuple[ToolVersion, ...] = ()


class Step(NamedTuple):
    """One piece of script as it stands in a file: a whole script, or one step of a job.

    ``place`` maps a range of ``text`` to where it stands. ``marks`` are ranges (start: end and content) that are
    filled in before the shell sees them, as CI systems fill in their own expressions. ``guard`` is the branch that the
    step stands in, where its condition is one; ``arguments`` is true where positional parameters may be given;
    ``assigned`` are names that may be set outside the step. ``parsed`` is the step's tree where it is written in
    another language than a shell's. ``words`` are the positional parameters where they are known; ``frame`` tells the
    holes of this step from those of others in its place.
    """

    text: str
    place: Callable[[int, int], Span]
    marks: Mapping[int, tuple[int, Raw]]
    directory: Raw
    environment: Sequence[tuple[str, Raw]]
    scope: str
    conditional: bool = False
    guard: Guard | None = None
    arguments: bool = False
    assigned: frozenset[str] = frozenset()
    parsed: shell.Script | None = None
    words: tuple[Raw, ...] | None = None
    frame: str = ""


class Given(NamedTuple):
    """What a caller gives a script: words, variables, and the directory it is started in."""

    words: tuple[Raw, ...]
    environment: tuple[tuple[str, Raw], ...]
    directory: Raw


def read_script(path: str, text: str, given: Given | None = None) -> ScriptFile:
    """Read a script; never raises. Where its grammar ends, what stands before is kept."""
    start = given.directory if given else hole_word(STARTED, "where the script is started")
    step = Step(text, lambda start, end: Span(path, start, end), {}, start, (), path, arguments=True)
    if given:
        step = step._replace(environment=given.environment, words=given.words, frame=f">{path}")
    found = read_steps(path, [step])
    return ScriptFile(
        path, found.commands, found.written, found.names, with_quoted(found.remarks, path, text), faults_of(path, text),
        found.versions, found.exported, found.defaults, calls=found.calls,
    )  # fmt: skip


def faults_of(path: str, text: str) -> tuple[Fault, ...]:
    """Return the fault of a script that is not read to its end."""
    if len(text) <= shell.LONGEST:
        return ()
    return (Fault("longer than a script is read", Span(path, shell.LONGEST, shell.LONGEST)),)


def read_steps(path: str, steps: Sequence[Step]) -> Found:
    """Read pieces of script that run one after another in one place, such as the steps of a job."""
    runs: list[Run] = []
    remarks: list[Remark] = []
    for index, step in enumerate(steps):
        run, comments, _ = follow_step(path, step, index)
        runs.append(run)
        remarks.extend(comments)
    return found_in(runs, remarks, steps[0].scope if steps else path)


def found_in(runs: Sequence[Run], remarks: Sequence[Remark], scope: str) -> Found:
    """Return what pieces of script state that were followed one after another."""
    exported = frozenset(name for run in runs for name in run.exported)
    defaults = tuple({pair: None for run in runs for pair in run.defaults})
    commands, calls = run_by(runs, scope)
    written, names = written_of(runs, scope), names_of(runs, scope)
    versions = tuple(dict.fromkeys(version for run in runs for version in run.versions))
    return Found(commands, written, names, tuple(remarks), exported, defaults, calls, versions)


# What a step hands to later ones: its outputs and variables, None where they may be anything.
Handed: TypeAlias = "tuple[Mapping[str, Raw] | None, Mapping[str, Raw] | None]"


def follow_step(path: str, step: Step, index: int) -> tuple[Run, list[Remark], Handed]:
    """Follow one piece of script, the ``index``-th of its place: what was met, its comments, what it hands on."""
    text = masked(step.text, step.marks).replace("\ufeff", " ", 1)
    script, names = (step.parsed, None) if step.parsed else _parsed(text)
    run = Run(path, step.place, step.text, dict(step.marks), _nodes, text)
    run.assigned, run.compared, run.exported = names or _names_used(script.body)
    run.assigned |= step.assigned
    run.loose = int(step.conditional)
    run.guards.extend([step.guard] if step.guard else [])
    if step.guard and step.guard.positive:
        narrow(run, step.guard.identity, step.guard.texts)
    run.frame = step.frame + (f"#{index}" if index else "")
    for name, value in step.environment:
        run.layers[0][name] = Variable(value, exported=True)
    run.layers[0][DIRECTORY] = Variable(step.directory)
    run.layers[0][ARGUMENTS] = Variable(_parameters_of(step))
    _nodes(run, script.body)
    remarks = [
        Remark(step.text[start:end].lstrip("#").strip(), step.place(start, end)) for start, end in script.comments
    ]
    handed = (handed_on(run, script, OUTPUT), handed_on(run, script, ENVIRONMENT)) if "GITHUB_" in text else ({}, {})
    return run, remarks, handed


_Names: TypeAlias = tuple[frozenset[str], frozenset[str], frozenset[str]]


@lru_cache(maxsize=64)
def _parsed(text: str) -> tuple[shell.Script, _Names]:
    """Return the tree of a script and the names it uses; called ones are followed several times."""
    script = shell.parse_shell(text)
    return script, _names_used(script.body)


def _parameters_of(step: Step) -> Raw:
    """Return the positional parameters a step starts with."""
    if step.words is None:
        return start_arguments((), (0, "") if step.arguments else None)
    for index, word in enumerate(step.words):
        if any(isinstance(bit.piece, Hole) and bit.piece.identity.startswith("$@") for bit in word):
            return start_arguments(step.words[:index], (index, ""))
    return start_arguments(step.words, None)


def masked(text: str, marks: Mapping[int, tuple[int, Raw]]) -> str:
    """Put characters of no meaning to the shell over the marked ranges; offsets stay as they are."""
    pieces: list[str] = []
    at = 0
    for start, (end, _) in sorted(marks.items()):
        pieces.append(text[at:start] + MARK + "\ue001" * (end - start - 1))
        at = end
    return "".join(pieces) + text[at:]


class Origin(NamedTuple):
    """Where the characters of a decoded text stand: from ``texts[i]`` on they follow ``places[i]`` one by one."""

    texts: list[int]
    places: list[int]


def placed(path: str, origin: Origin) -> Callable[[int, int], Span]:
    """Return the function that maps a range of a decoded text to its span."""
    texts, places = origin

    def place(start: int, end: int) -> Span:  # asked of every word
        index = bisect_right(texts, start) - 1
        first = places[index] + start - texts[index]
        if end <= start:
            return Span(path, first, first)
        index = bisect_right(texts, end - 1) - 1
        last = places[index] + end - texts[index]
        return Span(path, first, max(first, last))

    return place


def _nodes(run: Run, nodes: tuple[shell.Node, ...]) -> None:
    for node in nodes:
        run.budget -= 1
        if run.left or run.budget < 0:
            return
        _node(run, node)


def _node(run: Run, node: shell.Node) -> None:
    if isinstance(node, shell.Simple):
        follow_simple(run, node)
    elif isinstance(node, shell.Chain):
        follow_chain(run, node)
    elif isinstance(node, shell.If):
        follow_if(run, node)
    elif isinstance(node, shell.Case):
        follow_case(run, node)
    elif isinstance(node, shell.Loop):
        (follow_for if node.kind == "for" and node.name else follow_while)(run, node)
    elif isinstance(node, shell.Group):
        (evaluate_apart if node.subshell else run.evaluate)(run, node.body)
    elif isinstance(node, shell.Pipeline):
        _pipeline(run, node)
    elif isinstance(node, shell.Function):
        run.functions[node.name] = node


def _pipeline(run: Run, node: shell.Pipeline) -> None:
    for index, item in enumerate(node.parts):
        if len(node.parts) == 1:
            run.evaluate(run, (item,))
            continue
        run.piped = _handed(run, node.parts[index - 1], item) if index == 1 else None
        evaluate_apart(run, (item,))
        run.piped = None


def _handed(run: Run, source: shell.Node, target: shell.Node) -> Raw | None:
    """Return the text that the first command of a pipeline hands to a ``tee``, None where it is not known."""
    if not isinstance(source, shell.Simple) or not isinstance(target, shell.Simple):
        return None
    if not any(plain(word) == "tee" for word in target.words[:4]):
        return None
    from tflint_locks.read.heretext import printed_text  # what few scripts need

    return printed_text(run, source)


_READS = frozenset({"read", "mapfile", "readarray", "getopts"})
_NAME = regex(r"[A-Za-z_]\w*")


def _names_used(body: tuple[shell.Node, ...]) -> _Names:
    """Return the names that anything but their own default assigns, those compared with a text, those exported."""
    assigned: set[str] = set()
    compared: set[str] = set()
    exported: set[str] = set()
    links: list[tuple[str, str]] = []
    stack: list[shell.Node] = list(body)
    while stack:
        node = stack.pop()
        stack.extend(shell.children(node))
        if isinstance(node, shell.Simple):
            _assigned_by(node, assigned, compared, links)
            _exported_by(node, exported)
        elif isinstance(node, shell.Loop) and node.name:
            assigned.add(node.name)
        elif isinstance(node, shell.Test):
            _compared_by(node.words, compared)
        elif isinstance(node, shell.Case):
            compared.update(_parameters((node.subject,)))
    compared.update(source for name, source in links if name in compared)
    # A file that is sourced sees, and ``set -a`` exports, every variable.
    return frozenset(assigned), frozenset(compared), frozenset(assigned if "" in exported else exported & assigned)


def _assigned_by(node: shell.Simple, assigned: set[str], compared: set[str], links: list[tuple[str, str]]) -> None:
    for item in node.assignments:
        parts = item.value.parts
        own = len(parts) == 1 and isinstance(parts[0], shell.Parameter) and parts[0].name == item.name
        if not own or item.items is not None:
            assigned.add(item.name)
        if len(parts) == 1 and isinstance(parts[0], shell.Parameter):
            links.append((item.name, parts[0].name))
    head = "".join(part.text for part in node.words[0].parts if isinstance(part, shell.Text)) if node.words else ""
    if head in _READS:
        assigned.update(
            text
            for word in node.words[1:]
            for text in (part.text for part in word.parts if isinstance(part, shell.Text))
            if _NAME.fullmatch(text)
        )
    elif name := printed_name(node):
        assigned.add(name)
    elif head in {"[", "test"}:
        _compared_by(node.words[1:], compared)


def _exported_by(node: shell.Simple, exported: set[str]) -> None:
    """Add the names that a command exports or sets for the command it is; an empty name stands for all."""
    texts = [plain(word) for word in node.words]
    head = texts[0] if texts else ""
    if head in {"source", "."} or (head == "set" and texts[1:] in (["-a"], ["-o", "allexport"])):
        exported.add("")
    elif head == "export" or (head in {"declare", "typeset"} and any("x" in text for text in texts[1:2])):
        exported.update(item.name for item in node.assignments)
        exported.update(text for text in texts[1:] if _NAME.fullmatch(text))
    elif head and head not in {"local", "readonly", "declare", "typeset"}:
        exported.update(item.name for item in node.assignments)


def _compared_by(words: tuple[shell.Word, ...], compared: set[str]) -> None:
    for left, operator, right in zip(words, words[1:], words[2:], strict=False):
        sign = "".join(part.text for part in operator.parts if isinstance(part, shell.Text))
        if sign in {"=", "==", "!=", "=~"} and any(isinstance(part, shell.Text) and part.text for part in right.parts):
            compared.update(_parameters((left,)))


def _parameters(words: tuple[shell.Word, ...]) -> set[str]:
    return {part.name for word in words for part in word.parts if isinstance(part, shell.Parameter)}


__all__ = ["Found", "Given", "Origin", "Step", "masked", "placed", "read_script", "read_steps"]
