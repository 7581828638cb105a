"""Taskfiles to facts: each task that can be started, with the tasks it calls in their place.

Of Go's templates it knows names, ``default`` and the folders; every other expression is a hole.
"""

import itertools
import posixpath
import re
from collections.abc import Iterator, Mapping

from tflint_locks.facts import ScriptFile
from tflint_locks.read.fork import Bit, Raw, raw, text_of_raw
from tflint_locks.read.pipeline import (
    RELEVANT,
    Draft,
    Files,
    Gathered,
    Source,
    add_name,
    add_scalar,
    content,
    facts,
    follow,
    include,
    into,
    no_files,
    opened,
    repository,
    span_at,
    spent,
    step_of,
    unknown,
)
from tflint_locks.read.script import Step
from tflint_locks.read.yaml import Node, child, entries
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal

_MARK = regex(r"\{\{.*?\}\}", re.DOTALL)
_NAMED = regex(r"\.([A-Za-z_]\w*)")
_DEFAULT = regex(
    r"""(?:\.([A-Za-z_]\w*)\s*\|\s*default\s+(["'`])(.*?)\2|default\s+(["'`])(.*?)\4\s+\.([A-Za-z_]\w*))"""
)
_NAMES = ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml", "Taskfile.dist.yml")
_DEPTH = 10
_STEPS = 200
_TASKS = 300
_INCLUDES = 50
_VARIABLES = 200


class _Space(NamedTuple):
    """One Taskfile: its tasks' prefix, the folder they run in, its variables and environment."""

    source: Source
    prefix: str
    folder: Raw
    variables: Mapping[str, Raw]
    environment: Mapping[str, Raw]
    internal: bool


class _Task(NamedTuple):
    space: _Space
    node: Node


class _Book(NamedTuple):
    """All tasks by their full names, and where facts are gathered."""

    tasks: dict[str, _Task]
    gathered: Gathered


def read_taskfile(path: str, text: str, files: Files = no_files) -> ScriptFile:
    """Read a Taskfile, with the ones it includes as far as ``files`` gives them; never raises."""
    return read_task(path, text, None, {}, files)


def read_task(path: str, text: str, name: str | None, given: Mapping[str, Raw], files: Files = no_files) -> ScriptFile:
    """Read one task as it runs with some variables given; with no name every task that can be started."""
    source = opened(path, text)
    if isinstance(source, ScriptFile):
        return source._replace(kind="build")
    book = _Book({}, Gathered())
    folder = repository(posixpath.dirname(path))
    _fill(book, _space(book, _Space(source, "", folder, {}, {}, internal=False)), files, ())
    wanted = [name] if name is not None else [one for one, task in book.tasks.items() if not _internal(task)]
    for one in wanted[:_TASKS]:
        steps = itertools.islice(_steps(book, one, dict(given), one, 0), _STEPS)
        follow(path, book.gathered, list(steps))
    return facts(source, book.gathered, "build")


def _internal(task: _Task) -> bool:
    return task.space.internal or getattr(child(task.node, "internal"), "text", "") == "true"


# ---------------------------------------------------------------- Taskfiles


def _space(book: _Book, given: _Space) -> _Space:
    """Return a Taskfile's surroundings: variables and environment given to it, then its own."""
    root = given.source.root
    there = given._replace(variables=_variables(book, given, child(root, "vars"), given.variables, stays=True))
    own = _variables(book, there, child(root, "env"), given.environment, stays=False)
    book.gathered.exported.update(own)
    return there._replace(environment=own)


def _fill(book: _Book, space: _Space, files: Files, chain: tuple[str, ...]) -> None:
    """Put the tasks of a Taskfile and of those it includes into the book."""
    for name, node in entries(child(space.source.root, "tasks")):
        if len(book.tasks) < _TASKS:
            book.tasks.setdefault(space.prefix + name.text, _Task(space, node))
    for name, node in itertools.islice(entries(child(space.source.root, "includes")), _INCLUDES):
        target = node if node.kind == "scalar" else child(node, "taskfile")
        if target is None or target.kind != "scalar" or "{{" in target.text or len(chain) >= _DEPTH:
            continue
        base = posixpath.dirname(space.source.path)
        path = posixpath.normpath(posixpath.join(base, target.text))
        include(book.gathered, "taskfile", path, span_at(space.source, target))
        found = next((one for option in (path, *(f"{path}/{file}" for file in _NAMES)) for one in files(option)), None)
        source = opened(*found) if found and found[0] not in chain else None
        if isinstance(source, Source):
            inner = _included(book, space, source, name.text, node)
            _fill(book, inner, files, (*chain, space.source.path, source.path))


def _included(book: _Book, space: _Space, source: Source, name: str, node: Node) -> _Space:
    place = child(node, "dir")
    folder = (
        into(repository(posixpath.dirname(space.source.path)), _content(book, space, place)) if place else space.folder
    )
    prefix = space.prefix if getattr(child(node, "flatten"), "text", "") == "true" else f"{space.prefix}{name}:"
    given = {**space.variables, **_variables(book, space, child(node, "vars"), {}, stays=False)}
    internal = getattr(child(node, "internal"), "text", "") == "true"
    return _space(book, _Space(source, prefix, folder, given, space.environment, internal))


def _variables(
    book: _Book, space: _Space, node: Node | None, given: Mapping[str, Raw], *, stays: bool
) -> dict[str, Raw]:
    """Return given variables and those a map states; ``stays`` where what stands there may be set from outside."""
    found = dict(given)
    for name, value in itertools.islice(entries(node), _VARIABLES):
        if value.kind != "scalar":
            found[name.text] = unknown(f"{{{{.{name.text}}}}}", "a command's output", span_at(space.source, value))
            continue
        held = _content(book, space._replace(variables=found), value)
        found[name.text] = held
        span = span_at(space.source, value)
        add_name(book.gathered, name.text, held, span, space.source.path)
        if stays and "{{" not in value.text:
            book.gathered.defaults.update(
                {(name.text, bit.piece.span): None for bit in held if isinstance(bit.piece, Literal) and bit.piece.span}
            )
    return found


# ---------------------------------------------------------------- templates


def _content(book: _Book, space: _Space, node: Node | None) -> Raw:
    """Return a scalar with its template filled in."""
    if node is None or node.kind != "scalar":
        return ()
    return content(space.source, node, _marks, lambda text, span: _filled(book, space, text, span))


def _marks(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in _MARK.finditer(text)]


def _filled(book: _Book, space: _Space, written: str, span: Span) -> Raw:
    text = written[2:-2].strip("- \t\n")
    if found := _NAMED.fullmatch(text):
        return _named(space, found[1], span)
    if found := _DEFAULT.fullmatch(text):
        name, default = (found[1], found[3]) if found[1] else (found[6], found[5])
        known = space.variables.get(name)
        if known is not None and text_of_raw(known) != "":
            return known
        book.gathered.defaults[name, span] = None
        return raw((Literal(default, span),))
    return unknown(f"{{{{{text[:200]}}}}}", "an expression", span)


def _named(space: _Space, name: str, span: Span) -> Raw:
    known = space.variables.get(name)
    if known is not None:
        return known
    if name in {"ROOT_DIR", "TASKFILE_DIR"}:
        return repository(posixpath.dirname(space.source.path) if name == "TASKFILE_DIR" or not space.prefix else "")
    if name in space.environment:
        return space.environment[name]
    if name == "CLI_ARGS":
        # What people add after ``--``, as they may to any command: the task itself gives nothing.
        return (Bit(Literal("", span), quoted=False),)
    return unknown(f"{{{{.{name}}}}}", "set outside the file", span)


# ---------------------------------------------------------------- tasks


def _steps(book: _Book, name: str, given: dict[str, Raw], scope: str, depth: int) -> Iterator[Step]:
    """Yield what a task runs, with the tasks that it needs before and calls in between."""
    task = book.tasks.get(name)
    if task is None or depth > _DEPTH or spent(book.gathered):
        return
    node = task.node
    space = task.space._replace(variables={**task.space.variables, **_required(node), **given})
    space = space._replace(variables=_variables(book, space, child(node, "vars"), space.variables, stays=False))
    environment = _variables(book, space, child(node, "env"), space.environment, stays=False)
    book.gathered.exported.update(environment)
    place = child(node, "dir")
    folder = into(space.folder, _content(book, space, place)) if place else space.folder
    space = space._replace(environment=environment, folder=folder)
    for item in _items(child(node, "deps")):
        yield from _item(book, space, item, scope, depth, dep=True)
    cmds = node if node.kind != "map" else child(node, "cmds")
    for item in _items(cmds) if cmds else _items(child(node, "cmd")):
        yield from _item(book, space, item, scope, depth)


def _items(node: Node | None) -> list[Node]:
    if node is None:
        return []
    return [node] if node.kind == "scalar" else node.items[:_STEPS]


def _required(node: Node) -> dict[str, Raw]:
    """Return the variables that a task asks for, with the few texts they may have."""
    found: dict[str, Raw] = {}
    required = child(child(node, "requires"), "vars")
    for item in required.items[:_VARIABLES] if required else ():
        name, options = child(item, "name"), child(item, "enum")
        if name and options and options.items:
            domain = tuple(dict.fromkeys(option.text for option in options.items if option.kind == "scalar"))
            found[name.text] = raw((Hole(f"{{{{.{name.text}}}}}", None, "a variable of the task", None, domain),))
    return found


def _item(book: _Book, space: _Space, item: Node, scope: str, depth: int, *, dep: bool = False) -> Iterator[Step]:  # noqa: PLR0913
    """Yield what one command is, once for each turn of its loop."""
    item = child(item, "defer") or item
    platforms = child(item, "platforms")
    if platforms and all(one.text.startswith("windows") for one in platforms.items):
        return
    if spent(book.gathered):
        return
    for here in _turns(book, space, child(item, "for"), getattr(child(item, "as"), "text", "ITEM")):
        called = item if dep and item.kind == "scalar" else child(item, "task")
        command = item if item.kind == "scalar" else child(item, "cmd")
        if called and called.kind == "scalar":
            target = text_of_raw(_content(book, here, called)) or ""
            full = target[1:] if target.startswith(":") else here.prefix + target
            given = _variables(book, here, child(item, "vars"), {}, stays=False)
            yield from _steps(book, full if full in book.tasks else target, given, scope, depth + 1)
        elif command and command.kind == "scalar":
            step = _command(book, here, command, scope)
            if step:
                yield step


def _turns(book: _Book, space: _Space, loop: Node | None, name: str) -> Iterator[_Space]:
    """Yield the surroundings of each turn of a loop over a list that is written there."""
    if loop is None:
        yield space
    elif loop.kind == "list" and all(item.kind == "scalar" for item in loop.items):
        for item in loop.items[:_INCLUDES]:
            yield space._replace(variables={**space.variables, name: _content(book, space, item)})
    else:
        yield space._replace(variables={**space.variables, name: unknown(f"{{{{.{name}}}}}", "an element of a list")})


def _command(book: _Book, space: _Space, node: Node, scope: str) -> Step | None:
    if not RELEVANT.search(node.text) and "{{" not in node.text:
        return None
    draft = Draft()
    add_scalar(draft, space.source, node, _marks, lambda text, span: _filled(book, space, text, span))
    return step_of(draft, space.folder, tuple(space.environment.items()), scope)
