"""Follows the calls of other files in the repository: what a called file runs becomes part of its caller.

A called file's text is read again with what it is given. Calls through several files, into each other or in great
number are followed within budgets; what lies beyond stays as the called file says it alone, and is said once.
"""

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from tflint_locks.facts import Call, Command, Fault, ScriptFile
from tflint_locks.record import NamedTuple, field, record
from tflint_locks.regex import regex
from tflint_locks.resolve.invocations import join, normal
from tflint_locks.resolve.reading import Reading, read_caller
from tflint_locks.source import Source
from tflint_locks.tree import Tree
from tflint_locks.value import Hole, Literal, Value, known, text_of

_DEEP = 5
_READINGS = 2000
_COMMANDS = 20_000
_WAYS = 8
_ROUNDS = 3
# Files that are read only because they call another; tests and the like call much that tells nothing.
_SCRIPTS = (".sh", ".bash", ".zsh")
_WORKFLOWS = regex(r"(?:^|/)\.github/(?:workflows/[^/]+|actions/.+)\.ya?ml$")


class Called(NamedTuple):
    """A called file as one call runs it; its commands stand in the order in which they run."""

    commands: tuple[Command, ...]
    file: ScriptFile


@record
class _Following:
    """What is at hand while calls are followed.

    ``telling`` are the files worth it; ``left`` and ``room`` are how many readings and commands there may still be,
    ``beyond`` the calls for which none was left.
    """

    reading: Reading
    tree: Tree
    telling: frozenset[str]
    left: int = _READINGS
    room: int = _COMMANDS
    known: dict[tuple[object, ...], ScriptFile | None] = field(default_factory=dict)
    followed: dict[str, list[ScriptFile]] = field(default_factory=lambda: defaultdict(list))
    given_up: set[str] = field(default_factory=set)
    beyond: list[Call] = field(default_factory=list)


def follow_calls(reading: Reading, tree: Tree) -> None:
    """Put what called files run into the files that call them; where all callers are known, there alone."""
    further = _read_callers(reading, tree)
    at_hand = _Following(reading, tree, _telling(reading), _READINGS)
    for called_only in (False, True):
        for path, file in list(reading.scripts.items()):
            if file.calls and file.called_only is called_only and path not in at_hand.followed:
                reading.scripts[path] = _with_called(at_hand, file, (path,))
    for path, files in at_hand.followed.items():
        reading.scripts[path] = _merged(reading.scripts[path], files, known=path not in at_hand.given_up)
    _say_beyond(reading, at_hand.beyond)
    for path in further:
        if not reading.scripts[path].commands:
            del reading.scripts[path]


def _say_beyond(reading: Reading, beyond: Iterable[Call]) -> None:
    """Say where the first call stands that is one too many."""
    call = next((call for call in beyond if call.span.path in reading.scripts), None)
    if call is not None:
        file = reading.scripts[call.span.path]
        fault = Fault("more calls than are followed", call.span)
        reading.scripts[call.span.path] = file._replace(faults=(*file.faults, fault))


def _read_callers(reading: Reading, tree: Tree) -> list[str]:
    """Read further files that name one which is called; by themselves they say nothing of a backend."""
    telling = _telling(reading)
    named = {path for path in telling if reading.scripts[path].kind != "ci" or reading.scripts[path].called_only}
    further: list[str] = []
    for _ in range(_ROUNDS):
        names = {name for path in named if (name := _spoken(path))}
        found = [path for path in sorted(reading.paths) if _names_one(reading, tree, path, names)]
        for path in found:
            read_caller(reading, tree, path)
        named = {path for path in found if path in reading.scripts and reading.scripts[path].calls}
        further.extend(path for path in found if path in reading.scripts)
        if not named:
            break
    return further


def _spoken(path: str) -> str:
    """Return how a file is named where it is called."""
    folder, name = posixpath.split(path)
    if name in _FILES["action"]:
        return folder
    return next((f"{kind} " for kind in ("make", "just", "task") if name in _FILES[kind]), name)


def _telling(reading: Reading) -> frozenset[str]:
    """Return the files that run something which what they are given can decide, themselves or through others."""
    found = {path for path, file in reading.scripts.items() if any(map(_tells, file.commands))}
    calling = [(path, file.calls) for path, file in reading.scripts.items() if file.calls and path not in found]
    for _ in range(_DEEP):
        more = {path for path, calls in calling if any(_target(reading, call) in found for call in calls)} - found
        if not more:
            break
        found |= more
    return frozenset(found)


def _tells(command: Command) -> bool:
    """Tell whether a command changes or names a state, or is not wholly known."""
    if command.tool == "aws":
        return any(not known(word.value) for word in command.words)
    return not any(text_of(word.value) in _LOOKS for word in command.words[:2])


_LOOKS = frozenset({"validate", "fmt", "version", "-version", "--version", "output", "providers", "show", "graph"})


def _names_one(reading: Reading, tree: Tree, path: str, names: Iterable[str]) -> bool:
    if path in reading.scripts or not _may_call(path):
        return False
    source = tree.text(path)
    return isinstance(source, Source) and any(name in source.text for name in names)


def _may_call(path: str) -> bool:
    return path.endswith(_SCRIPTS) or (".github/" in path and _WORKFLOWS.search(path) is not None)


def _merged(file: ScriptFile, files: Sequence[ScriptFile], *, known: bool) -> ScriptFile:
    """Return a called file with what its calls add; alone it runs nothing where only they start it."""
    written = tuple(dict.fromkeys((*file.written, *(item for one in files for item in one.written))))
    stated = dict.fromkeys(name for one in files for name in one.names)
    if file.called_only and known:
        return file._replace(commands=(), calls=(), written=written, names=tuple(stated))
    said = {(name.span, name.value) for name in file.names}
    further = (name for name in stated if (name.span, name.value) not in said)
    return file._replace(written=written, names=(*file.names, *further))


# ---------------------------------------------------------------- one file


def _with_called(at_hand: _Following, file: ScriptFile, above: tuple[str, ...]) -> ScriptFile:
    """Return a file with the commands of what it calls among its own."""
    inserted: list[tuple[int, Call, tuple[Command, ...]]] = []
    for call in file.calls:
        called = _follow(at_hand, call, above)
        if called is not None:
            inserted.append((_position(call, file.commands), call, called.commands))
    return file._replace(commands=_woven(file, inserted, above[0])) if inserted else file


def _position(call: Call, commands: Sequence[Command]) -> int:
    if call.at >= 0:
        return min(call.at, len(commands))
    return next((at for at, command in enumerate(commands) if command.span.start > call.span.start), len(commands))


def _woven(
    file: ScriptFile, inserted: Sequence[tuple[int, Call, tuple[Command, ...]]], caller: str
) -> tuple[Command, ...]:
    """Put called commands where they run: in the caller's scope, or of several ways each in a scope of its own."""
    found: list[Command] = []
    ways: dict[str, list[str]] = defaultdict(list)
    at = 0
    for position, call, commands in sorted(inserted, key=lambda item: item[0]):
        found.extend(file.commands[at:position])
        at = position
        scopes = list(dict.fromkeys(command.scope for command in commands))
        several = call.kind == "workflow" or len(scopes) > 1
        for command in commands:
            scope = f"{call.scope}/{command.scope}" if several else call.scope
            loose = command.conditional or call.conditional
            found.append(command._replace(scope=scope, caller=caller, conditional=loose))
        if several and call.kind != "workflow":
            ways[call.scope].append(call.scope)
            ways[call.scope].extend(f"{call.scope}/{scope}" for scope in scopes)
    found.extend(file.commands[at:])
    return tuple(_on_each_way(found, ways))


def _on_each_way(commands: list[Command], ways: Mapping[str, list[str]]) -> list[Command]:
    """Repeat the commands of a scope on each way through what it calls, where it calls one file of several ways."""
    parts = {scope: found[1:] for scope, found in ways.items() if found.count(scope) == 1 and len(found) <= _WAYS + 1}
    if not parts:
        return commands
    return [
        command._replace(scope=scope) for command in commands for scope in parts.get(command.scope, (command.scope,))
    ]


# ---------------------------------------------------------------- one call


def _follow(at_hand: _Following, call: Call, above: tuple[str, ...]) -> Called | None:
    """Return what a call runs, None where its file is unknown, is being followed already, or is too much."""
    path = _target(at_hand.reading, call)
    if path is None or path in above or path not in at_hand.telling:
        return None
    found = _read_again(at_hand, call, path) if len(above) < _DEEP else None
    if found is None or at_hand.room < len(found.commands):
        at_hand.given_up.add(path)
        at_hand.beyond.extend([call] if found is not None or at_hand.left < 0 else [])
        return None
    whole = _with_called(at_hand, found, (*above, path))
    at_hand.room -= len(whole.commands)
    at_hand.followed[path].append(found)
    commands = whole.commands
    return Called(commands, found)


def _read_again(at_hand: _Following, call: Call, path: str) -> ScriptFile | None:
    """Read a file with what a call gives it; once for each thing that is given."""
    key = (path, call.kind, call.name, call.words, call.given, call.directory, call.environment)
    if key not in at_hand.known:
        at_hand.left -= 1
        source = at_hand.tree.text(path)
        reader = _READERS.get(call.kind)
        readable = at_hand.left >= 0 and reader is not None and isinstance(source, Source)
        at_hand.known[key] = (
            reader(call, path, source.text) if readable and reader and isinstance(source, Source) else None
        )
    return at_hand.known[key]


def _target(reading: Reading, call: Call) -> str | None:
    """Return the path of a called file, None where it is not known or not there."""
    place = call.directory if call.kind not in {"workflow", "action"} else ()
    value = join(_without_start(place), call.target)
    path = normal(value) if known(value) else None
    if path is None or path.startswith(("/", "..")):
        return None
    candidates = [posixpath.join(path, name) if path else name for name in _FILES.get(call.kind, ())]
    return next((one for one in (path, *candidates) if one in reading.paths), None)


_FILES: Mapping[str, tuple[str, ...]] = {
    "action": ("action.yml", "action.yaml"),
    "make": ("GNUmakefile", "makefile", "Makefile"),
    "just": ("justfile", "Justfile", ".justfile"),
    "task": ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "Taskfile.dist.yml"),
}


def _without_start(place: Value) -> Value:
    """Drop the folder a script was started in: people start it at the root."""
    first = place[0] if place else None
    if isinstance(first, Hole) and first.identity == "$PWD":
        rest = place[1:]
        head = rest[0] if rest else None
        if isinstance(head, Literal) and head.text.startswith("/"):
            return (Literal(head.text[1:], None), *rest[1:]) if len(head.text) > 1 else rest[1:]
        return rest
    return place


def _script(call: Call, path: str, text: str) -> ScriptFile:
    from tflint_locks.read.fork import raw
    from tflint_locks.read.script import Given, read_script

    words = tuple(raw(word.value) for word in call.words)
    environment = tuple((name, raw(value)) for name, value in call.environment)
    return read_script(path, text, Given(words, environment, raw(_from_root(call.directory))))


def _from_root(place: Value) -> Value:
    """Return a directory as readers have it: counted from the repository's place, where it is known to lie there."""
    first = place[0] if place else None
    if isinstance(first, Hole) and first.identity in {"$PWD", "$HOME", "<repository>"}:
        return place
    if isinstance(first, Literal) and first.text.startswith(("/", "~")):
        return place
    root = Hole("<repository>", None, "the repository's place")
    return (root, Literal("/"), *place) if place else (root,)


def _workflow(call: Call, path: str, text: str) -> ScriptFile:
    from tflint_locks.read.fork import raw
    from tflint_locks.read.workflow import Bound, read_workflow

    inputs = {name: raw(value) for name, value in call.given}
    return read_workflow(path, text, Bound(inputs, {name: raw(value) for name, value in call.environment}))


def _make(call: Call, path: str, text: str) -> ScriptFile:
    from tflint_locks.read.make import read_make

    return read_make(path, text, call.name, call.given)


def _just(call: Call, path: str, text: str) -> ScriptFile:
    from tflint_locks.read.just import read_just

    return read_just(path, text, call.name, call.given, call.words)


def _task(call: Call, path: str, text: str) -> ScriptFile:
    from tflint_locks.read.fork import raw
    from tflint_locks.read.taskfile import read_task

    return read_task(path, text, call.name or "default", {name: raw(value) for name, value in call.given})


# How a called file is read with what a call gives it.
_READERS: Mapping[str, Callable[[Call, str, str], ScriptFile]] = {
    "script": _script,
    "workflow": _workflow,
    "action": _workflow,
    "make": _make,
    "just": _just,
    "task": _task,
}
