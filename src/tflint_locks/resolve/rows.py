"""The relations that declarative rules select from: plain rows of the repository, field to cells.

A field has one cell, or one per alternative (``configuration.…`` of a pair: one for each configuration it is paired
with). A cell without value is certainly absent; one of a single hole is not known. Fields:

- ``configuration``: every backend attribute by its own name; ``project root environment type tool basis closed
  workspace``; ``state`` (bucket/key), ``locks`` (``dynamodb``, ``lockfile``, ``both``, ``none``), ``lock_table`` (the
  bare name), ``lock_table_region`` and ``lock_table_account`` (of an ARN), ``anchor`` (where something absent is
  reported), ``block``.
- ``pair``: ``names`` (what the mention names: lock-table, state-bucket, state-key, region, account), ``role`` (the
  same for people), ``value``, ``evidence means source project environment root region account``, and
  ``configuration.<field>``.
- ``definition``: ``kind name source proven project environment root region account partition_key
  partition_key_type sort_key sort_key_type header``.
- ``state``: ``bucket key certain writers`` and ``configurations.<field>``.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from tflint_locks.arn import parse_arn, table_name
from tflint_locks.data.backend_attributes import ATTRIBUTES
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.model import Configuration, Definition, Pair, Repository, State
from tflint_locks.source import Span
from tflint_locks.value import Literal, Result, Value, hole, known, literal, span_of, text_of

ROLE_WORDS = {
    "lock-table": "lock table",
    "state-bucket": "state bucket",
    "state-key": "state key",
    "region": "region",
    "account": "account",
}
KEY_FIELDS = ("partition_key", "partition_key_type", "sort_key", "sort_key_type")
_CONFIGURATION = frozenset(
    {*ATTRIBUTES}
    | set("project root environment type tool basis closed workspace anchor block".split())
    | set("lock_table lock_table_region lock_table_account locks state".split())
)
# Relation -> the fields a rule may name; a relation over several configurations has theirs under a prefix.
FIELDS: Mapping[str, frozenset[str]] = {
    "configuration": _CONFIGURATION,
    "pair": frozenset(
        {"names", "role", "value", "evidence", "means", "source", "project", "environment", "root", "region", "account"}
        | {f"configuration.{name}" for name in _CONFIGURATION}
    ),
    "definition": frozenset(
        {
            "kind",
            "name",
            "source",
            "proven",
            "project",
            "environment",
            "root",
            "region",
            "account",
            "header",
            *KEY_FIELDS,
        }
    ),
    "state": frozenset({"bucket", "key", "certain", "writers"} | {f"configurations.{name}" for name in _CONFIGURATION}),
}


class Cell(NamedTuple):
    """A value (None where certainly absent), its place, and whether it was written by people rather than worked out."""

    value: Result
    span: Span | None = None
    written: bool = True


Row: TypeAlias = Mapping[str, tuple[Cell, ...]]


def rows(repository: Repository, relation: str) -> Iterator[Row]:
    """Yield the rows of one relation."""
    if relation == "configuration":
        return (_single(configuration_cells(item)) for item in repository.configurations if item.type == "s3")
    if relation == "pair":
        return (_pair_row(item) for item in repository.pairs)
    if relation == "definition":
        return (_single(_definition_cells(item)) for item in repository.definitions)
    return (_state_row(item) for item in repository.states)


def _single(cells: Mapping[str, Cell]) -> Row:
    return {name: (cell,) for name, cell in cells.items()}


def configuration_cells(configuration: Configuration) -> Mapping[str, Cell]:
    """Return the cells of one configuration."""
    missing = Cell(None if configuration.closed else hole("not read"), configuration.anchor)
    cells = dict.fromkeys(ATTRIBUTES, missing)
    cells |= {name: Cell(item.value, item.span) for name, item in configuration.settings.items()}
    cells |= {
        "project": _worked_out(configuration.project),
        "root": _worked_out(configuration.root or "."),
        "environment": _worked_out(configuration.environment),
        "type": _worked_out(configuration.type),
        "tool": _worked_out(configuration.tool),
        "basis": _worked_out(configuration.basis),
        "closed": _worked_out("true" if configuration.closed else "false"),
        "workspace": Cell(configuration.workspace, span_of(configuration.workspace)),
        "anchor": Cell(None, configuration.anchor),
        "block": Cell(None, configuration.block),
    }
    return cells | _derived(configuration, cells)


def _derived(configuration: Configuration, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    table = cells["dynamodb_table"]
    name, region, account = table_parts(table.value) if isinstance(table.value, tuple) else (None, None, None)
    bucket, key = configuration.value("bucket"), configuration.value("key")
    return {
        "lock_table": table if name is None else Cell(name, span_of(name) or table.span),
        "lock_table_region": Cell(region, table.span),
        "lock_table_account": Cell(account, table.span),
        "locks": _locks(configuration, cells),
        "state": Cell(
            (*bucket, *literal("/"), *key) if bucket and key else hole("state"), cells["key"].span, written=False
        ),
    }


def _locks(configuration: Configuration, cells: Mapping[str, Cell]) -> Cell:
    """Return which mechanisms lock the state, a hole where one of them is not known."""
    lockfile, table = cells["use_lockfile"].value, cells["dynamodb_table"].value
    unknown = any(isinstance(value, tuple) and not known(value) for value in (lockfile, table))
    if unknown or not configuration.closed:
        return Cell(hole("locks"), configuration.anchor, written=False)
    uses = ["dynamodb"] if configuration.value("dynamodb_table") else []
    uses += ["lockfile"] if text_of(lockfile) in ("true", "1") else []
    return Cell(literal("both" if len(uses) > 1 else "".join(uses) or "none"), configuration.anchor, written=False)


def table_parts(value: Value) -> tuple[Value, Value | None, Value | None]:
    """Return a lock table's bare name, and the region and account where it is given as an ARN."""
    first = value[0] if value else None
    if not isinstance(first, Literal) or not first.text.startswith("arn:"):
        return value, None, None
    arn = parse_arn(value)
    name = table_name(arn) if arn else None
    if arn is None or name is None:
        return (value if known(value) else hole("the table of an ARN")), None, None
    return name, arn.region or None, arn.account or None


def _worked_out(text: str | None) -> Cell:
    return Cell(None if text is None else literal(text), None, written=False)


def _stated(value: Value | None) -> Cell:
    return Cell(value, span_of(value) if value else None)


def _pair_row(pair: Pair) -> Row:
    mention = pair.mention
    environment = mention.environment or _common(item.environment for item in pair.configurations)
    cells = {
        "names": _worked_out(mention.role),
        "role": _worked_out(ROLE_WORDS.get(mention.role, mention.role)),
        "value": Cell(mention.value, mention.span),
        "evidence": _worked_out(pair.evidence),
        "means": _worked_out(mention.means),
        "source": _worked_out(mention.source),
        "project": _worked_out(mention.project),
        "environment": _worked_out(environment),
        "root": _worked_out(mention.root),
        "region": _stated(mention.region),
        "account": _stated(mention.account),
    }
    return {**_single(cells), **_alternatives("configuration", pair.configurations)}


def _common(names: Iterable[str | None]) -> str | None:
    """Return the one name all share, else None."""
    distinct = set(names)
    return distinct.pop() if len(distinct) == 1 else None


def _alternatives(prefix: str, configurations: Iterable[Configuration]) -> Row:
    """Return the cells of several configurations under ``<prefix>.<field>``."""
    every = [configuration_cells(item) for item in configurations]
    return {f"{prefix}.{field}": tuple(cells[field] for cells in every) for field in (every[0] if every else ())}


def _definition_cells(definition: Definition) -> Mapping[str, Cell]:
    cells = {
        "kind": _worked_out(definition.kind),
        "name": Cell(definition.name, definition.span),
        "source": _worked_out(definition.source),
        "proven": _worked_out(definition.proven or None),
        "project": _worked_out(definition.project),
        "environment": _worked_out(definition.environment),
        "root": _worked_out(definition.root),
        "region": _stated(definition.region),
        "account": _stated(definition.account),
        "header": Cell(None, definition.header),
        **dict.fromkeys(KEY_FIELDS, Cell(None, definition.header)),
    }
    for key in definition.keys:
        field = "partition_key" if key.key_type == "HASH" else "sort_key"
        cells[field] = Cell(key.name, key.span)
        cells[f"{field}_type"] = Cell(
            key.value_type if text_of(key.value_type) != "" else None, key.type_span or key.span
        )
    return cells


def _state_row(state: State) -> Row:
    first = state.configurations[0]
    cells = {
        "bucket": Cell(literal(state.bucket), first.place("bucket")),
        "key": Cell(literal(state.key), first.place("key")),
        "certain": _worked_out("true" if state.certain else "false"),
        "writers": _worked_out(str(len(state.configurations))),
    }
    return {**_single(cells), **_alternatives("configurations", state.configurations)}
