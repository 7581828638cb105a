"""Directories of Terraform files as modules: what each declares, with overrides and tool variants applied."""

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from tflint_locks.facts import TerraformFile
from tflint_locks.hcl import Attribute, Block
from tflint_locks.record import NamedTuple, field, record

LOCAL_SOURCES = ("./", "../")


class Declared(NamedTuple):
    """One block with the file it stands in; ``overlays`` are the override blocks of the same name, last wins."""

    path: str
    block: Block
    literal: bool = False
    overlays: "tuple[Declared, ...]" = ()


class Argument(NamedTuple):
    """One attribute with the file it stands in."""

    path: str
    attribute: Attribute
    literal: bool = False


@record
class Module:
    """What the files of one directory declare, as one tool reads them.

    ``backends`` are the live backend blocks in file order (more than one is a mistake); an override file's
    backend replaces them and is in ``override``. ``remote`` is a ``cloud`` block. ``plain`` is what Terraform reads
    where ``.tofu`` files make that something else.
    """

    directory: str
    paths: tuple[str, ...]
    variables: dict[str, Declared] = field(default_factory=dict)
    locals: dict[str, Argument] = field(default_factory=dict)
    resources: dict[tuple[str, str], Declared] = field(default_factory=dict)
    data: dict[tuple[str, str], Declared] = field(default_factory=dict)
    calls: dict[str, Declared] = field(default_factory=dict)
    outputs: dict[str, Declared] = field(default_factory=dict)
    providers: list[Declared] = field(default_factory=list)
    settings: list[Declared] = field(default_factory=list)
    backends: list[Declared] = field(default_factory=list)
    override: Declared | None = None
    remote: Declared | None = None
    plain: "Module | None" = None

    @property
    def has_tofu(self) -> bool:
        """Whether some of its files are for OpenTofu only."""
        return any(_is_tofu(path) for path in self.paths)

    @property
    def backend(self) -> Declared | None:
        """The backend block that counts."""
        return self.override or (self.backends[0] if self.backends else None)


def read_modules(files: Iterable[TerraformFile]) -> dict[str, Module]:
    """Group the files of a repository into modules, by directory.

    A directory with ``.tofu`` files is read as OpenTofu reads it (there a ``x.tofu`` hides ``x.tf``), and as Terraform
    does in its ``plain``; every other one as Terraform does.
    """
    folders: dict[str, list[TerraformFile]] = defaultdict(list)
    for file in files:
        folders[posixpath.dirname(file.path)].append(file)
    return {directory: _views(directory, found) for directory, found in sorted(folders.items())}


def _views(directory: str, files: list[TerraformFile]) -> Module:
    """Return a directory as OpenTofu reads it, with what Terraform reads beside it where that is something else."""
    module = _module(directory, _visible(files))
    plain = [file for file in files if not _is_tofu(file.path)]
    if plain and len(plain) < len(files):
        module.plain = _module(directory, sorted(plain, key=lambda file: file.path))
    return module


def read_by(module: Module, tool: str | None) -> Module:
    """Return a module as one tool reads it; as OpenTofu does where it has files of its own and no tool is known."""
    return module.plain if tool == "terraform" and module.plain else module


def _is_tofu(path: str) -> bool:
    return path.removesuffix(".json").endswith(".tofu")


def _visible(files: list[TerraformFile]) -> list[TerraformFile]:
    names = {posixpath.basename(file.path) for file in files}
    return sorted(
        (file for file in files if _is_tofu(file.path) or _tofu_name(posixpath.basename(file.path)) not in names),
        key=lambda file: file.path,
    )


def _tofu_name(name: str) -> str:
    return (
        name.removesuffix(".tf.json") + ".tofu.json"
        if name.endswith(".tf.json")
        else name.removesuffix(".tf") + ".tofu"
    )


def is_override(path: str) -> bool:
    """Tell whether a file's name makes it an override file."""
    stem = posixpath.basename(path).removesuffix(".json").rpartition(".")[0]
    return stem == "override" or stem.endswith("_override")


def _module(directory: str, files: list[TerraformFile]) -> Module:
    module = Module(directory, tuple(file.path for file in files))
    for file in files:
        if not is_override(file.path):
            for block in file.blocks:
                _declare(module, Declared(file.path, block, file.literal))
    for file in files:
        if is_override(file.path):
            for block in file.blocks:
                _overlay(module, Declared(file.path, block, file.literal))
    return module


def _declare(module: Module, declared: Declared) -> None:
    block = declared.block
    labels = tuple(label.text for label in block.labels)
    match block.type, labels:
        case "locals", ():
            module.locals.update(_arguments(declared))
        case "terraform", ():
            module.settings.append(declared)
            module.backends.extend(_inner(declared, "backend"))
            module.remote = next(iter(_inner(declared, "cloud")), module.remote)
        case "provider", _:
            module.providers.append(declared)
        case _, _:
            _register(module, block.type, labels, declared)


def _register(module: Module, kind: str, labels: tuple[str, ...], declared: Declared) -> None:
    if kind in ("resource", "data") and len(labels) == 2:  # noqa: PLR2004 (type and name)
        (module.resources if kind == "resource" else module.data)[labels[0], labels[1]] = declared
    elif len(labels) == 1 and kind in ("variable", "module", "output"):
        {"variable": module.variables, "module": module.calls, "output": module.outputs}[kind][labels[0]] = declared


def _overlay(module: Module, declared: Declared) -> None:
    """Apply an override block: backends replace whole, other blocks are laid over those of the same name."""
    block = declared.block
    if block.type == "terraform":
        for backend in _inner(declared, "backend"):
            module.override, module.remote = backend, None
        for cloud in _inner(declared, "cloud"):
            module.remote, module.override, module.backends = cloud, None, []
        module.settings.append(declared)
        return
    base = _existing(module, block)
    _declare(module, base._replace(overlays=(*base.overlays, declared)) if base else declared)


def _existing(module: Module, block: Block) -> Declared | None:
    labels = tuple(label.text for label in block.labels)
    if block.type in ("resource", "data") and len(labels) == 2:  # noqa: PLR2004 (type and name)
        return (module.resources if block.type == "resource" else module.data).get((labels[0], labels[1]))
    table: Mapping[str, dict[str, Declared]] = {
        "variable": module.variables,
        "module": module.calls,
        "output": module.outputs,
    }
    return table.get(block.type, {}).get(labels[0]) if labels else None


def _arguments(declared: Declared) -> Iterator[tuple[str, Argument]]:
    for item in declared.block.items:
        if isinstance(item, Attribute):
            yield item.name, Argument(declared.path, item, declared.literal)


def _inner(declared: Declared, kind: str) -> list[Declared]:
    return [Declared(declared.path, block, declared.literal) for block in blocks(declared.block, kind)]


def blocks(block: Block, kind: str) -> Iterator[Block]:
    """Yield the blocks of one type directly inside a block."""
    return (item for item in block.items if isinstance(item, Block) and item.type == kind)


def argument(declared: Declared, name: str) -> Argument | None:
    """Return an attribute of a block, the last override's first."""
    for layer in (*reversed(declared.overlays), declared):
        for item in layer.block.items:
            if isinstance(item, Attribute) and item.name == name:
                return Argument(layer.path, item, layer.literal)
    return None


def called_directory(directory: str, source: str) -> str | None:
    """Return the directory a module call's source names, when it is one of the repository's own."""
    if not source.startswith(LOCAL_SOURCES) and source not in (".", ".."):
        return None
    target = posixpath.normpath(posixpath.join(directory, source))
    return None if target.startswith("..") else target.removeprefix(".").lstrip("/") if target == "." else target


def calls(module: Module, text_of: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield (name, directory) of every call whose source is a literal path inside the repository."""
    for name, declared in module.calls.items():
        found = argument(declared, "source")
        if found is None:
            continue
        source = text_of(found.path)[found.attribute.value_start : found.attribute.value_end].strip('"')
        target = called_directory(module.directory, source)
        if target is not None:
            yield name, target
