"""Terragrunt's units: which files are one, which module each deploys, what it is put together from (DOMAIN §3.3)."""

import posixpath
from collections.abc import Container, Iterator

from tflint_locks.hcl import Attribute, Block
from tflint_locks.read.terragrunt import NAMES
from tflint_locks.record import NamedTuple, field, record
from tflint_locks.resolve.model import Dependency
from tflint_locks.resolve.reading import Reading
from tflint_locks.resolve.scope import Program
from tflint_locks.resolve.terragrunt_backend import Stated, stated_backend
from tflint_locks.resolve.terragrunt_world import (
    Context,
    World,
    attribute,
    blocks,
    context_of,
    includes,
    label_of,
    make_world,
    merged_contexts,
    parent_of,
    place_of,
    value_of,
)
from tflint_locks.source import Span
from tflint_locks.value import Literal, Piece, Result, Value, span_of, text_of

_STACK = "terragrunt.stack.hcl"
_GENERATED = ".terragrunt-stack"
_MOST_STACK_UNITS = 2_000
_NOWHERE = Span("", 0, 0)


class Arguments(NamedTuple):
    """One ``extra_arguments`` block: the commands it is for, its words, and the var files it names."""

    commands: tuple[str, ...]
    words: tuple[Value, ...]
    var_files: tuple[Value, ...]
    known: bool


@record
class UnitDraft:
    """A unit before environments are known; ``open_reasons`` say why its backend may be another."""

    context: Context
    directory: str
    module: str | None
    stated: Stated | None
    open_reasons: tuple[str, ...] = ()
    arguments: tuple[Arguments, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    files: tuple[str, ...] = ()
    header: Span = _NOWHERE
    skipped: bool = False


@record
class Monorepo:
    """All units of a repository with the world they are evaluated in; ``modules`` are those that only units deploy."""

    world: World
    units: list[UnitDraft] = field(default_factory=list)
    modules: frozenset[str] = frozenset()


def monorepo(reading: Reading, program: Program) -> Monorepo | None:
    """Find the units of a repository; None where it has no file of Terragrunt's."""
    if not reading.terragrunt:
        return None
    world = make_world(reading, program.tree)
    stacked = [*_of_stacks(world, reading)]
    patterns = {context.path for context in stacked}
    contexts = [*(context for context in _own(world, reading) if context.path not in patterns), *stacked]
    shared = {one.path for context in contexts for one in includes(world, context) if one.path}
    drafts = (_draft(world, program, context, shared) for context in contexts)
    units = [draft for draft in drafts if draft]
    modules = {
        draft.module
        for draft in units
        if draft.module is not None and (draft.stated or draft.module != draft.directory) and not draft.skipped
    }
    return Monorepo(world, units, frozenset(modules))


def _own(world: World, reading: Reading) -> Iterator[Context]:
    """Yield the configurations that stand in a folder of their own; one that a stack fills in is none."""
    for path in sorted(reading.terragrunt):
        if posixpath.basename(path) in NAMES and _GENERATED not in path:
            context = context_of(world, path, path, path)
            if context and "values." not in context.text:
                yield context


# ---------------------------------------------------------------- stacks


def _of_stacks(world: World, reading: Reading) -> Iterator[Context]:
    """Yield the units that stack files make of folders of the repository."""
    left = _MOST_STACK_UNITS
    for path in sorted(reading.terragrunt):
        if posixpath.basename(path) != _STACK:
            continue
        stack = context_of(world, path, path, path)
        for block in blocks(stack.file, "unit") if stack else ():
            made = _stack_unit(world, stack, block) if stack else None
            left -= 1
            if made and left > 0:
                yield made


def _stack_unit(world: World, stack: Context, block: Block) -> Context | None:
    given = {item.name: value_of(world, stack, item) for item in block.items if isinstance(item, Attribute)}
    folder = posixpath.dirname(stack.path)
    source, below = local_source(given.get("source"), folder), text_of(given.get("path"))
    if source is None or below is None or below.startswith("/"):
        return None
    flat = text_of(given.get("no_dot_terragrunt_stack")) == "true"
    place = posixpath.normpath(posixpath.join(folder, "" if flat else _GENERATED, below))
    files = (posixpath.join(source, name) for name in NAMES)
    file = next((name for name in files if name in world.reading.paths), "")
    config = f"{place}/terragrunt.hcl"
    values = given.get("values")
    return (
        None
        if place.startswith("..")
        else context_of(world, file, config, config, values=values if isinstance(values, dict) else {})
    )


# ---------------------------------------------------------------- one unit


def _draft(world: World, program: Program, context: Context, shared: Container[str]) -> UnitDraft | None:
    """Return a unit; None for a file that only others include, and for one that deploys nothing."""
    try:
        return _worked_out(world, program, context, shared)
    except RecursionError:
        return None


def _worked_out(world: World, program: Program, context: Context, shared: Container[str]) -> UnitDraft | None:
    directory = posixpath.dirname(context.config)
    source = _source(world, context)
    own = posixpath.dirname(context.path)
    found = (local_source(source, folder) for folder in (directory, own)) if source is not None else (own,)
    module = next((folder for folder in found if folder in program.modules), None)
    lost = [one.why for one in includes(world, context) if one.path is None]
    if (source is None and module is None and not lost) or (context.path in shared and own not in program.modules):
        return None
    draft = UnitDraft(context, directory, module, stated_backend(world, context), tuple(lost))
    draft.arguments = tuple(_arguments(world, context))
    draft.dependencies = tuple(_dependencies(world, context))
    draft.files = tuple(_files(world, context))
    draft.skipped = _is_skipped(world, context)
    draft.header = _header(context)
    return draft


def _header(context: Context) -> Span:
    """Return the first thing a unit's file says, where what concerns all of it is shown."""
    first = next(iter(context.file.items), None)
    if first is None:
        return Span(context.path, 0, 0)
    return Span(context.path, first.start, first.header_end if isinstance(first, Block) else first.end)


def _source(world: World, context: Context) -> Result:
    for one in merged_contexts(world, context):
        for block in blocks(one.file, "terraform"):
            found = attribute(block.items, "source")
            if found:
                return value_of(world, one, found)
    return None


def local_source(source: Result, folder: str) -> str | None:
    """Return the folder of the repository that a source names (``../../modules//vpc``); None for any other."""
    if not isinstance(source, tuple) or not source:
        return None
    text = text_of(source)
    if text is not None and not text.startswith((".", "/")):
        return None
    return place_of(tuple(_single_slashes(piece) for piece in source), folder)


def _single_slashes(piece: Piece) -> Piece:
    """Take out the mark between what is copied and the module in it."""
    return piece._replace(text=piece.text.replace("//", "/")) if isinstance(piece, Literal) else piece


def _is_skipped(world: World, context: Context) -> bool:
    """Tell whether nobody runs a unit; what is included skips nothing."""
    found = attribute(context.file.items, "skip")
    if found and text_of(value_of(world, context, found)) == "true":
        return True
    for block in blocks(context.file, "exclude"):
        condition = attribute(block.items, "if")
        if condition and text_of(value_of(world, context, condition)) == "true":
            return True
    return False


def _files(world: World, context: Context) -> Iterator[str]:
    """Yield the files that a unit is put together from: its own and those it includes."""
    yield context.path
    for one in includes(world, context):
        parent = parent_of(world, context, one.label)
        if parent:
            yield parent.path


def _arguments(world: World, context: Context) -> Iterator[Arguments]:
    seen: set[str] = set()
    for one in merged_contexts(world, context):
        for terraform in blocks(one.file, "terraform"):
            for block in terraform.items:
                if isinstance(block, Block) and block.type == "extra_arguments" and label_of(block) not in seen:
                    seen.add(label_of(block))
                    yield _argument(world, one, block)


def _argument(world: World, context: Context, block: Block) -> Arguments:
    given = {item.name: value_of(world, context, item) for item in block.items if isinstance(item, Attribute)}
    lists = [given.get(name) for name in ("commands", "arguments", "required_var_files", "optional_var_files")]
    known = all(found is None or isinstance(found, list) for found in lists)
    commands, words, required, optional = (_scalars(found) for found in lists)
    names = tuple(text_of(command) or "?" for command in commands)
    if lists[0] is not None and not isinstance(lists[0], list):
        names = ("?",)
    return Arguments(names, tuple(words), (*optional, *required), known)


def _scalars(found: Result) -> list[Value]:
    return [item for item in found if isinstance(item, tuple)] if isinstance(found, list) else []


def _dependencies(world: World, context: Context) -> Iterator[Dependency]:
    seen: set[str] = set()
    for one in merged_contexts(world, context):
        for block in blocks(one.file, "dependency"):
            found, enabled = attribute(block.items, "config_path"), attribute(block.items, "enabled")
            if found is None or label_of(block) in seen:
                continue
            seen.add(label_of(block))
            if enabled and text_of(value_of(world, one, enabled)) != "true":
                continue
            value = value_of(world, one, found)
            folder = place_of(value, posixpath.dirname(context.config))
            written = span_of(value) if isinstance(value, tuple) else None
            where = written or Span(one.path, found.value_start, found.value_end)
            yield Dependency(label_of(block), folder, where)
