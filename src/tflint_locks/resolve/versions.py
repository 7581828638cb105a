"""Version constraints of Terraform and OpenTofu: which versions they leave, and what a backend argument needs.

Says nothing of constraints it cannot read (``latest``, ``min-required``): they leave everything open.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from tflint_locks.data.backend_attributes import ATTRIBUTES, Support
from tflint_locks.facts import Command, ToolVersion
from tflint_locks.hcl import Attribute
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.modules import read_by
from tflint_locks.source import Source, Span

Version: TypeAlias = tuple[int, int, int]

_CLAUSE = regex(r"\s*(~>|>=|<=|!=|=|>|<|)\s*v?(\d+)(?:\.(\d+|x|\*))?(?:\.(\d+|x|\*))?(?:-[0-9A-Za-z.]+)?\s*")
# The oldest versions looked at: an argument they have is taken for one that was always there.
_OLDEST = {"terraform": "1.5", "tofu": "1.6"}
# Every minor there is or may be soon, with patches enough to tell `~> 1.9.5` from `1.9.4`.
_MINORS = (*((0, minor) for minor in range(9, 16)), *((1, minor) for minor in range(30)))
_VERSIONS: tuple[Version, ...] = tuple((major, minor, patch) for major, minor in _MINORS for patch in range(40))


class Pin(NamedTuple):
    """A version constraint that holds for a configuration; ``tools`` are those it is stated for."""

    constraint: str
    tools: tuple[str, ...]
    span: Span


def pins(repository: Repository, configuration: Configuration) -> list[Pin]:
    """Return the constraints a configuration is run under: of its own blocks, its version file, its workflow."""
    decided = repository.settings.tool
    if decided and decided.version:
        return [Pin(decided.version, (decided.name,), Span(repository.settings.path or "", 0, 0))]
    tools = (configuration.tool,) if configuration.tool in ("terraform", "tofu") else ("terraform", "tofu")
    required = [
        Pin(text, tools, span) for text, span in required_versions(repository, configuration.root, configuration.tool)
    ]
    inits = (configuration.command, *configuration.twins)
    installed = [
        *_version_file(repository, configuration.root),
        *(pin for init in inits if init for pin in _workflow(repository, init)),
    ]
    found = [
        pin for pin in dict.fromkeys(installed) if pin.tools[0] in tools and all(_meet(pin, one) for one in required)
    ]
    if len({pin.tools for pin in found}) > 1:  # which of the two is run is not known
        return required
    return [*required, *(pin for pin in found if all(_meet(pin, other) for other in found))]


def _meet(left: Pin, right: Pin) -> bool:
    """Tell whether two pins leave a common version; a version file that `required_version` excludes is out of use."""
    return not set(left_by(left.constraint)).isdisjoint(left_by(right.constraint)) or not left_by(right.constraint)


def required_versions(repository: Repository, root: str, tool: str | None = None) -> list[tuple[str, Span]]:
    """Return every literal ``required_version`` of a root module, as one tool reads it, with its place."""
    module = repository.modules.get(root)
    found = []
    for declared in read_by(module, tool).settings if module else ():
        source = repository.tree.text(declared.path)
        for item in declared.block.items:
            if isinstance(item, Attribute) and item.name == "required_version" and isinstance(source, Source):
                text = source.text[item.value_start : item.value_end]
                if text[:1] == text[-1:] == '"' and "${" not in text:
                    found.append((text[1:-1], Span(declared.path, item.value_start + 1, item.value_end - 1)))
    return found


def _version_file(repository: Repository, root: str) -> list[Pin]:
    """Return what the nearest version files above a root module pin."""
    folder = root
    while True:
        here = [one for one in _by_directory(repository).get(folder, ()) if _is_in_force(one, root)]
        if here or not folder:
            return [_pin(version) for version in here if version.tool != "terragrunt"]
        folder = folder.rpartition("/")[0]


@lru_cache(maxsize=1)
def _by_directory(repository: Repository) -> Mapping[str, Sequence[ToolVersion]]:
    return _grouped(repository.versions, lambda version: version.directory)


@lru_cache(maxsize=1)
def _by_file(repository: Repository) -> Mapping[str, Sequence[ToolVersion]]:
    return _grouped(repository.versions, lambda version: version.span.path)


def _grouped(versions: Iterable[ToolVersion], key: Callable[[ToolVersion], str]) -> Mapping[str, Sequence[ToolVersion]]:
    found: dict[str, list[ToolVersion]] = defaultdict(list)
    for version in versions:
        found[key(version)].append(version)
    return dict(found)


def _is_in_force(version: ToolVersion, root: str) -> bool:
    """Tell whether a version holds wherever a tool is run: a version file's; an image's beside the root module."""
    name = version.span.path.rpartition("/")[2]
    if name.startswith(".") or name.endswith("mise.toml"):
        return True
    return "dockerfile" in name.lower() and bool(root) and version.directory == root


def _workflow(repository: Repository, command: Command) -> list[Pin]:
    """Return what the workflow that runs a command installs, where it is one version only."""
    here = [one for one in _by_file(repository).get(command.span.path, ()) if one.tool == command.tool]
    return [_pin(here[0])] if len({version.constraint for version in here}) == 1 else []


def _pin(version: ToolVersion) -> Pin:
    return Pin(version.constraint, (version.tool,), version.span)


@lru_cache(maxsize=256)
def left_by(constraint: str) -> tuple[Version, ...]:
    """Return the versions a constraint leaves; none where it cannot be read."""
    clauses = [_CLAUSE.fullmatch(clause) for clause in constraint.split(",")]
    tests = [_test(*clause.groups()) for clause in clauses if clause]
    if len(tests) != len(clauses):
        return ()
    left: Iterable[Version] = _VERSIONS
    for test in tests:
        left = filter(test, left)
    return tuple(left)


def _test(  # noqa: PLR0911 (one line for each operator)
    operator: str, major: str, minor: str | None, patch: str | None
) -> Callable[[Version], bool]:
    given = [int(part[:9]) for part in (major, minor, patch) if part is not None and part.isdecimal()]
    low = (*given, 0, 0)[:3]
    match operator:
        case ">=":
            return lambda version: version >= low
        case ">":
            return lambda version: version > low
        case "<":
            return lambda version: version < low
        case "<=":
            return lambda version: version <= low
        case "!=":
            return lambda version: version != low
        case "~>":
            stem = given[:-1] if len(given) > 1 else given
            return lambda version: version >= low and [*version[: len(stem)]] == stem
    return lambda version: [*version[: len(given)]] == given


def readable(constraint: str) -> bool:
    """Tell whether a constraint can be read."""
    return all(_CLAUSE.fullmatch(clause) for clause in constraint.split(","))


def satisfied(constraint: str, version: str) -> bool:
    """Tell whether a version (``1.2.3``) is one that a constraint leaves."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    clauses = [_CLAUSE.fullmatch(clause) for clause in constraint.split(",")]
    return all(clause is not None and _test(*clause.groups())((major, minor, patch)) for clause in clauses)


def accepted(name: str, pin: Pin) -> bool | None:
    """Tell whether a version the pin leaves accepts a backend argument; None where the pin cannot be read."""
    return _accepted(name, pin.constraint, pin.tools)


@lru_cache(maxsize=1024)
def _accepted(name: str, constraint: str, tools: tuple[str, ...]) -> bool | None:
    versions = left_by(constraint)
    if not versions:
        return None
    return any(_accepts(tool, name, version) for tool in tools for version in versions)


def _accepts(tool: str, name: str, version: Version) -> bool:
    support = support_of(tool, name)
    if support is None:
        return False
    minor = version[:2]
    early = support.first != _OLDEST[tool] and minor < minor_of(support.first)
    late = support.last is not None and minor > minor_of(support.last)
    return not (early or late)


def support_of(tool: str, name: str) -> Support | None:
    """Return which minors of a tool have an argument, None where it never had it."""
    argument = ATTRIBUTES[name]
    return argument.opentofu if tool == "tofu" else argument.terraform


def minor_of(text: str) -> tuple[int, int]:
    """Return ``1.10`` as numbers."""
    major, _, minor = text.partition(".")
    return int(major), int(minor)
