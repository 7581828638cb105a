"""States that a remote state reads, or a command unlocks or fetches, and nobody in the repository writes."""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.absent import folders, may_exist
from tflint_locks.resolve.edits import written
from tflint_locks.resolve.items import Named, named_states
from tflint_locks.resolve.model import Dependency, Reader, Repository, Unit
from tflint_locks.resolve.phrases import listed, quoted
from tflint_locks.resolve.written_states import WrittenState, names_environment_besides, near_states, read_key
from tflint_locks.source import Span
from tflint_locks.value import Value, known, span_of, text_of

_MOST_NEAR = 8
_UNIT_FILES = ("terragrunt.hcl", "terragrunt.hcl.json")


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each place that names the key of a state which nobody writes, while a near one is written."""
    readers: dict[tuple[Span, str], tuple[_Read, list[Reader]]] = {}
    for reader in repository.readers:
        read = _read(repository, reader)
        if read:
            readers.setdefault((read.span, read.text), (read, []))[1].append(reader)
    for read, found in readers.values():
        yield _of_reader(read, found)._replace(replacement=_one(repository, read.span, read.text, read.near))
    for named in named_states(repository):
        yield _of_command(named)  # a command that deletes nothing is not to be made one that deletes
    yield from _of_dependencies(repository)


class _Read(NamedTuple):
    """The key a remote state reads, where it stands, its bucket, and the states that are near."""

    text: str
    span: Span
    bucket: Value
    near: list[WrittenState]


def _read(repository: Repository, reader: Reader) -> _Read | None:
    bucket, key = reader.value("bucket"), reader.value("key")
    if reader.type != "s3" or bucket is None or key is None or not known(bucket):
        return None
    wanted = read_key(key, reader.workspace, reader.settings.get("workspace_key_prefix"))
    text = text_of(wanted) if wanted else None
    near = near_states(repository, text_of(bucket) or "", text) if text else []
    if not text or not near:
        return None
    return _Read(text, span_of(key) or reader.span, bucket, near)


def _one(repository: Repository, span: Span, text: str, near: list[WrittenState]) -> str | None:
    """Return the one key that may stand at a place instead; None where there are more, or none stands there whole."""
    keys = {one.key for one in near if not names_environment_besides(text, one.key or "")}
    return keys.pop() if len(keys) == 1 and written(repository.tree, span) == text else None


def _of_reader(read: _Read, readers: list[Reader]) -> Match:
    first = readers[0]
    headers = dict.fromkeys(reader.span for reader in readers)
    related = [Related(header, "read here") for header in headers if not _holds(header, read.span)]
    doubtful = all(names_environment_besides(read.text, one.key or "") for one in read.near)
    return Match(
        read.span,
        {
            "name": first.name,
            "key": f"`{read.text}`",
            "bucket": quoted(read.bucket),
            "written": _listed(read.near),
        },
        (*_places(read.near), *related),
        environments=tuple(sorted({reader.environment for reader in readers if reader.environment})),
        severity=Severity.NOTE if doubtful or len(read.near) > _MOST_NEAR else None,
    )


def _holds(header: Span, span: Span) -> bool:
    """Tell whether a place stands just below a header: showing both says nothing more."""
    return header.path == span.path and header.start <= span.start


def _listed(found: list[WrittenState]) -> str:
    return listed([f"`{one.key}`" for one in found])


def _places(found: list[WrittenState]) -> tuple[Related, ...]:
    return tuple(Related(one.span, "the key terraform writes") for one in found)


def _of_command(named: Named) -> Match:
    effect = {"lock-item": "the command deletes nothing: the lock stays", "object": "the command finds nothing there"}
    return Match(
        named.span,
        {
            "item": f"`{named.text}`",
            "written": listed([f"`{text}`" for text, _ in named.near]),
            "effect": effect[named.kind],
        },
        tuple(Related(span, "the key terraform writes") for _, span in named.near),
        message=named.kind,
        label="named here",
    )


def _of_dependencies(repository: Repository) -> Iterator[Match]:
    """Yield the Terragrunt dependencies on a folder that holds no unit, one for each such folder."""
    if any(path.endswith("terragrunt.stack.hcl") for path in repository.tree.paths()):
        return  # units are made of it when it runs
    found: dict[str, list[tuple[Unit, Dependency]]] = defaultdict(list)
    for unit in repository.units:
        for dependency in () if unit.skipped else unit.dependencies:
            if dependency.directory is not None and _is_no_unit(repository, dependency.directory):
                found[dependency.directory].append((unit, dependency))
    yield from map(_of_missing, found.values())


def _of_missing(users: list[tuple[Unit, Dependency]]) -> Match:
    """Report the first place that depends on a missing unit, with every other and the units that take it in."""
    first = users[0][1]
    spans = dict.fromkeys(dependency.span for _, dependency in users)
    files = {span.path for span in spans}
    related = [Related(span, "depends on it too") for span in spans if span != first.span]
    related += [Related(unit.header, "the unit that depends on it") for unit, _ in users if unit.path not in files]
    configurations = [unit.configuration for unit, _ in users if unit.configuration]
    return Match(
        first.span,
        {
            "name": first.name,
            "directory": f"`{first.directory or '.'}`",
            "effect": "terragrunt stops: the dependency has no configuration",
        },
        tuple(related),
        message="dependency",
        label="no unit",
        environments=tuple(sorted({one.environment for one in configurations if one.environment})),
        notes=(f"{len(spans)} places depend on it",) if len(spans) > 1 else (),
    )


def _is_no_unit(repository: Repository, directory: str) -> bool:
    """Tell whether a folder certainly holds no configuration of Terragrunt, under whatever name."""
    if directory.startswith(("..", "/")):
        return False
    if directory not in folders(repository):
        return not may_exist(repository, directory)
    if directory in _configured(repository):
        return False
    return not any(may_exist(repository, f"{directory}/{name}".lstrip("/")) for name in _UNIT_FILES)


@lru_cache(maxsize=1)
def _configured(repository: Repository) -> frozenset[str]:
    """Return the folders that hold a file in HCL, which may be Terragrunt's."""
    return frozenset(
        path.rpartition("/")[0] for path in repository.tree.paths() if path.endswith((".hcl", ".hcl.json"))
    )
