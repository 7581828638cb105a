"""What names and functions mean in Terragrunt's files: a context for each file and unit it is read for (DOMAIN §3.3).

Shared files are parsed once; what they say is worked out once for each unit that includes them, and once for all that
only read them. What cannot be known is a hole.
"""

import posixpath
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from tflint_locks.facts import TerragruntFile
from tflint_locks.hcl import Attribute, Block
from tflint_locks.read.terragrunt import read_terragrunt
from tflint_locks.record import field, frozen, record
from tflint_locks.resolve.evaluate import Scope, evaluate_span
from tflint_locks.source import Source, Span
from tflint_locks.tree import text_in
from tflint_locks.value import Hole, Result, Value, hole, literal, text_of

if TYPE_CHECKING:
    from tflint_locks.resolve.reading import Reading
    from tflint_locks.tree import Tree

# Steps of evaluation for all units together, for one expression, and how far one name may lead to another.
_ALL_STEPS = 500_000
_STEPS = 10_000
_DEEPEST = 24
_MOST_INCLUDES = 64
_REPOSITORY = "the repository's folder"
_ORIGINAL = "get_original_terragrunt_dir"
_READ = (".hcl", ".hcl.json", ".json")
# Where the members of an object are written: of each its name and its value.
Places: TypeAlias = dict[str, tuple[Span, Span]]


@record
class World:
    """The files of a repository and what has been worked out of them.

    ``folders`` are all directories. ``left`` counts the steps of evaluation that are left, ``depth`` how many names
    are being looked up within one another. ``tells_apart`` where a file that is read asks which unit it is read for.
    """

    tree: "Tree"
    reading: "Reading"
    folders: frozenset[str]
    tells_apart: bool
    left: list[int] = field(default_factory=lambda: [_ALL_STEPS])
    depth: int = 0
    results: dict[tuple[str, str], Result] = field(default_factory=dict)
    locals: dict[str, dict[str, Attribute]] = field(default_factory=dict)
    places: "dict[tuple[str, int], Places | None]" = field(default_factory=dict)


@record
class Context:
    """One file as it is read for one unit.

    ``path`` is the file; ``config`` the path of the configuration that its functions start from: the unit's for a file
    that is included, its own for one that is read. ``included`` tells the two apart. ``origin`` is the unit's path.
    ``values`` are those a stack gives.
    """

    path: str
    config: str
    file: TerragruntFile
    text: str
    origin: str
    included: bool = False
    values: Result = (Hole("values", why="a stack gives it"),)
    locals: dict[str, Attribute] = field(default_factory=dict)
    includes: "list[Include] | None" = None
    parents: "dict[str, Context | None]" = field(default_factory=dict)
    answers: dict[str, Result] = field(default_factory=dict)
    active: set[str] = field(default_factory=set)


@frozen
class Include:
    """One ``include`` block: its label, the file it names (None where that is not known) and how it is merged."""

    label: str
    path: str | None
    merged: bool
    why: str = ""


def make_world(reading: "Reading", tree: "Tree") -> World:
    """Prepare the evaluation of a repository's Terragrunt files."""
    folders: set[str] = {""}
    for path in reading.paths:
        folder = posixpath.dirname(path)
        while folder and folder not in folders:
            folders.add(folder)
            folder = posixpath.dirname(folder)
    world = World(tree, reading, frozenset(folders), tells_apart=False)
    hcl = (path for path in reading.paths if path.endswith(".hcl"))
    world.tells_apart = any(_ORIGINAL in _text(world, path) for path in hcl)
    return world


def _text(world: World, path: str) -> str:
    return text_in(world.tree, path)


def file_at(world: World, path: str) -> TerragruntFile | None:
    """Return a file that another names, read as Terragrunt's; None where there is none."""
    found = world.reading.terragrunt.get(path)
    if found is None and path in world.reading.paths and path.endswith(_READ):
        source = world.tree.text(path)
        if not isinstance(source, Source):
            return None
        found = read_terragrunt(path, source.text)
        world.reading.terragrunt[path] = found
        world.reading.assignments.pop(path, None)
    return found


def context_of(  # noqa: PLR0913 (what a context is made of)
    world: World, path: str, config: str, origin: str, *, included: bool = False, values: Result = ()
) -> Context | None:
    """Return a file as it is read for one unit; None where it cannot be read."""
    file = file_at(world, path)
    if file is None:
        return None
    context = Context(path, config, file, _text(world, path), origin, included, locals=_locals_of(world, file))
    if values != ():
        context.values = values
    return context


def _locals_of(world: World, file: TerragruntFile) -> dict[str, Attribute]:
    if file.path not in world.locals:
        found = (item for block in blocks(file, "locals") for item in block.items)
        world.locals[file.path] = {item.name: item for item in found if isinstance(item, Attribute)}
    return world.locals[file.path]


def blocks(file: TerragruntFile, kind: str) -> Iterator[Block]:
    """Yield the top-level blocks of one type."""
    return (item for item in file.items if isinstance(item, Block) and item.type == kind)


def attribute(items: "tuple[Attribute | Block, ...]", name: str) -> Attribute | None:
    """Return the attribute of a name among a file's or block's items."""
    return next((item for item in items if isinstance(item, Attribute) and item.name == name), None)


def label_of(block: Block) -> str:
    """Return a block's first label, empty where it has none."""
    return block.labels[0].text if block.labels else ""


# ---------------------------------------------------------------- places


def place(path: str) -> Value:
    """Return the absolute path of a file or folder: the repository's own folder is not known."""
    here = Hole(_REPOSITORY, why="where the repository lies")
    return (here, *literal(f"/{path}")) if path else (here,)


def place_of(value: Result, folder: str) -> str | None:
    """Return the path inside the repository that a value means, seen from a folder; None where that is not known."""
    if not isinstance(value, tuple) or not value:
        return None
    inside = below_repository(value)
    text = text_of(value if inside is None else inside)
    if text is None or (inside is None and text.startswith(("/", "~"))):
        return None
    found = posixpath.normpath(posixpath.join("" if inside is not None else folder, text.lstrip("/") or "."))
    return None if found.startswith("..") else "" if found == "." else found


def below_repository(value: Value) -> Value | None:
    """Return what follows the repository's folder in a path; None where a path does not begin with it."""
    first = value[0] if value else None
    if not isinstance(first, Hole) or first.identity != _REPOSITORY:
        return None
    return value[1:] or literal("")


def exists(world: World, path: str) -> bool:
    """Tell whether there is a file or folder at a path."""
    return path in world.reading.paths or path in world.folders


# ---------------------------------------------------------------- evaluation


def value_of(world: World, context: Context, found: Attribute) -> Result:
    """Evaluate an attribute of a context's file."""
    return evaluate_at(world, context, found.value_start, found.value_end)


def evaluate_at(world: World, context: Context, start: int, end: int) -> Result:
    """Evaluate the expression at a place of a context's file, within what is left of the budget."""
    allowed = min(_STEPS, world.left[0])
    if allowed <= 0 or world.depth >= _DEEPEST:
        return hole(f"{context.path}:{start}", Span(context.path, start, end), "too large to evaluate")
    scope = scope_of(world, context)._replace(steps=[allowed])
    world.depth += 1
    try:
        return evaluate_span(start, end, scope)
    except RecursionError:
        return hole(f"{context.path}:{start}", Span(context.path, start, end), "nested too deeply")
    finally:
        world.depth -= 1
        world.left[0] -= allowed - max(scope.steps[0] if scope.steps else 0, 0)


def scope_of(world: World, context: Context) -> Scope:
    """Return what names and functions mean in a context."""
    from tflint_locks.resolve.terragrunt_functions import function_of

    return Scope(
        context.path,
        context.text,
        partial(_lookup, world, context),
        lambda path: _read(world, path),
        {},
        functions=partial(function_of, world, context),
    )


def _read(world: World, path: str) -> tuple[str, str] | None:
    source = world.tree.text(path)
    return (path, source.text) if isinstance(source, Source) else None


def _lookup(  # noqa: PLR0911 (a case per kind of name)
    world: World, context: Context, names: tuple[str, ...]
) -> tuple[Result, int]:
    """Answer what a traversal's first names mean, and how many of them that took."""
    match names:
        case ("local", name, *_):
            return _local(world, context, name), 2
        case ("include", *rest) if rest:
            return _exposed(world, context, names)
        case ("values", *_):
            return context.values, 1
        case ("path", "root" | "module", *_):
            return place(posixpath.dirname(context.path)), 2
        case ("feature", _, "value", *_):
            return hole(".".join(names[:3]), why="a feature flag may set it"), 3
        case ("dependency", *_):
            return hole(".".join(names), why="another unit's output"), len(names)
    return hole(".".join(names)), len(names)


def _local(world: World, context: Context, name: str) -> Result:
    if name in context.answers:
        return context.answers[name]
    found = context.locals.get(name)
    if found is None or name in context.active:
        return hole(f"local.{name}")
    context.active.add(name)
    try:
        result = value_of(world, context, found)
    finally:
        context.active.discard(name)
    context.answers[name] = result
    return result


def _exposed(world: World, context: Context, names: tuple[str, ...]) -> tuple[Result, int]:
    """Answer ``include.root.locals.x``, and ``include.locals.x`` of an include without label."""
    labels = {one.label for one in includes(world, context)}
    at = 1 if labels == {""} else 2
    parent = parent_of(world, context, "" if at == 1 else names[1])
    if parent is None or len(names) <= at + 1:
        return hole(".".join(names)), len(names)
    if names[at] == "locals":
        return _local(world, parent, names[at + 1]), at + 2
    if names[at] == "inputs":
        inputs = inputs_of(world, parent)
        return inputs, at + 1
    return hole(".".join(names)), len(names)


# ---------------------------------------------------------------- includes


def includes(world: World, context: Context) -> list[Include]:
    """Return the files that a context's file includes, in order; an included file may include none."""
    if context.includes is None:
        context.includes = []  # an include whose path needs an include
        written = [] if context.included else [*blocks(context.file, "include")][:_MOST_INCLUDES]
        context.includes = [_include(world, context, block) for block in written]
    return context.includes


def _include(world: World, context: Context, block: Block) -> Include:
    found, strategy = attribute(block.items, "path"), attribute(block.items, "merge_strategy")
    value = value_of(world, context, found) if found else None
    merged = text_of(value_of(world, context, strategy)) != "no_merge" if strategy else True
    path = place_of(value, posixpath.dirname(context.config))
    if path is None or path not in world.reading.paths:
        return Include(label_of(block), None, merged, f"the file it includes is not known ({context.path})")
    return Include(label_of(block), path, merged)


def parent_of(world: World, context: Context, label: str) -> Context | None:
    """Return an included file as it is read for the unit."""
    if label not in context.parents:
        path = next((one.path for one in includes(world, context) if one.label == label), None)
        context.parents[label] = _included(world, context, path) if path else None
    return context.parents[label]


def _included(world: World, context: Context, path: str) -> Context | None:
    return context_of(world, path, context.config, context.origin, included=True, values=context.values)


def merged_contexts(world: World, context: Context) -> list[Context]:
    """Return a file and what it includes and is merged with: what comes first wins."""
    found = (parent_of(world, context, one.label) for one in includes(world, context) if one.merged)
    return [context, *(parent for parent in found if parent)]


# ---------------------------------------------------------------- what a file gives


def inputs_of(world: World, context: Context) -> Result:
    """Return a file's ``inputs``, those of what it includes below them; a hole where a part is not known."""
    key = "\0inputs"
    if key not in context.answers:
        if key in context.active:
            return hole("inputs")
        context.active.add(key)
        context.answers[key] = _inputs(world, context)
        context.active.discard(key)
    return context.answers[key]


def _inputs(world: World, context: Context) -> Result:
    whole: dict[str, Result] = {}
    for one in reversed(merged_contexts(world, context)):
        found = attribute(one.file.items, "inputs")
        given = value_of(world, one, found) if found else {}
        if not isinstance(given, dict):
            return hole(f"inputs of {one.path}")
        whole.update(given)
    if any(one.path is None and one.merged for one in includes(world, context)):
        return hole(f"inputs of {context.path}")
    return whole


def read_config(world: World, context: Context, path: str) -> Result:
    """Return what ``read_terragrunt_config`` gives: the file is evaluated with its own path, whoever reads it."""
    origin = context.origin if world.tells_apart else ""
    if (path, origin) not in world.results:
        world.results[path, origin] = hole(f"read_terragrunt_config({path})")  # a file that reads itself
        read = context_of(world, path, path, origin or path)
        world.results[path, origin] = _as_result(world, read) if read else hole(path)
    return world.results[path, origin]


def _as_result(world: World, context: Context) -> Result:
    names: dict[str, Result] = {name: _local(world, context, name) for name in context.locals}
    found: dict[str, Result] = {"locals": names, "inputs": inputs_of(world, context)}
    state = remote_state_result(world, context)
    if state is not None:
        found["remote_state"] = state
    for kind in ("terraform", "dependency", "generate", "dependencies", "feature"):
        if any(True for _ in blocks(context.file, kind)):
            found[kind] = hole(f"{kind} of {context.path}")
    return found


def remote_state_result(world: World, context: Context) -> Result:
    """Return a file's ``remote_state`` as an object; None where neither it nor what it includes has one."""
    for one in merged_contexts(world, context):
        found = attribute(one.file.items, "remote_state")
        if found:
            return value_of(world, one, found)
        block = next(blocks(one.file, "remote_state"), None)
        if block:
            return {item.name: value_of(world, one, item) for item in block.items if isinstance(item, Attribute)}
    return None
