"""What the rules see: configurations, definitions, mentions, pairs and states of one repository.

Everything here is worked out by ``resolve`` from the facts of all files; rules know no syntax.
"""

from dataclasses import dataclass
from typing import NamedTuple

from tflint_locks.facts import Command, Facts, Fault, Remark, ToolVersion
from tflint_locks.resolve.modules import Module
from tflint_locks.settings import Settings
from tflint_locks.source import Span, Unreadable
from tflint_locks.tree import Tree
from tflint_locks.value import Result, Value


class Setting(NamedTuple):
    """One backend attribute with where it came from.

    ``origin`` is ``block``, ``override``, ``file``, ``flag`` or ``environment``. ``name_span`` covers the
    attribute's name, ``span`` its value (without quotes). ``fault`` says why the value is no value at all:
    ``expression`` for ``var.x`` or a call where Terraform takes literals only.
    """

    name: str
    value: Result
    span: Span
    name_span: Span
    origin: str
    fault: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Configuration:
    """What terraform in one root module, for one environment, really uses.

    ``settings`` are the merged backend attributes; ``layers`` all of them in the order they were merged.
    ``basis`` is ``invocation``, ``template`` (paths with holes), ``completed`` (a backend file that belongs to
    the block) or ``block``. ``closed`` is true when the name of every contributing attribute is known;
    ``open_reasons`` says why not. ``anchor`` is where something absent is reported. ``block`` covers the
    backend block's header (None without one). ``workspace`` has holes where CI or people choose it.
    """

    project: str
    root: str
    environment: str | None
    type: str
    tool: str | None
    settings: dict[str, Setting]
    layers: tuple[Setting, ...]
    basis: str
    closed: bool
    open_reasons: tuple[str, ...]
    anchor: Span
    block: Span | None
    files: tuple[str, ...]
    var_files: tuple[str, ...]
    command: Command | None
    workspace: Value
    notes: tuple[str, ...]

    def value(self, name: str) -> Value | None:
        """Return a scalar attribute, or None when it is absent, null or empty."""
        setting = self.settings.get(name)
        value = setting.value if setting else None
        if not isinstance(value, tuple) or not any(getattr(piece, "text", "x").strip() for piece in value):
            return None
        return value


class Mention(NamedTuple):
    """A value that names a lock table, state bucket, state key, region or account somewhere.

    ``role`` is ``lock-table``, ``state-bucket``, ``state-key``, ``region`` or ``account``. ``value`` is the bare name
    (of an ARN the resource part), with its span. ``evidence`` says why it is taken for one; ``means`` is what
    stands under the place in a finding (``granted here``, ``created here``). ``source`` is ``policy``, ``variable``,
    ``input`` (of a module that is not here), ``command`` or ``reference``. ``region`` and ``account`` are those
    stated beside it (in its ARN, its command), or None.
    """

    role: str
    value: Value
    span: Span
    evidence: str
    means: str
    source: str
    project: str | None
    environment: str | None
    root: str | None = None
    region: Value | None = None
    account: Value | None = None


class Definition(NamedTuple):
    """A lock table or state bucket that the repository creates.

    ``kind`` is ``table`` or ``bucket``. ``source`` is ``resource``, ``module`` or ``command``. ``keys`` are the
    partition and sort key of a table as (attribute name, key type ``HASH`` or ``RANGE``, attribute type or
    ``""``), each with a span. ``proven`` says in a phrase why it holds state or locks, empty where it is not known
    to. ``root`` is the root module that creates it, if one does. ``conditional`` where it may not be made at all.
    """

    kind: str
    name: Value
    span: Span
    source: str
    header: Span
    proven: str
    project: str | None
    environment: str | None
    root: str | None
    region: Value | None
    account: Value | None
    keys: tuple["Key", ...]
    conditional: bool = False


class Key(NamedTuple):
    """One key attribute of a table definition; ``value_type`` is ``S``, ``N``, ``B``, or empty where not stated."""

    name: Value
    key_type: str
    value_type: Value
    span: Span
    type_span: Span | None


class Pair(NamedTuple):
    """A mention with the configurations of its project and environment; ``evidence`` says why they belong together."""

    mention: Mention
    configurations: tuple[Configuration, ...]
    evidence: str


class State(NamedTuple):
    """The configurations that write one bucket and state key; ``certain`` when their workspaces are known and meet."""

    bucket: str
    key: str
    configurations: tuple[Configuration, ...]
    certain: bool


class Statement(NamedTuple):
    """One Allow or Deny statement of a policy as far as it can be known.

    ``actions`` and ``resources`` are values (globs); None where they cannot be listed. ``role`` identifies what the
    statement can reach: policies attached to one role are judged together. ``whole`` is False where further
    statements of the same role may exist that are not known.
    """

    allow: bool
    actions: tuple[Value, ...] | None
    resources: tuple[Value, ...] | None
    negated: bool
    conditional: bool
    span: Span
    role: str
    whole: bool
    root: str | None
    project: str | None
    environment: str | None
    resource_place: Span | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Repository:
    """Everything the rules may look at.

    ``used_paths`` are the files that a root module, a module it calls, or an invocation uses; ``modules`` are all
    directories of Terraform files.
    """

    tree: Tree
    facts: dict[str, Facts]
    unreadable: tuple[Unreadable, ...]
    faults: tuple[Fault, ...]
    remarks: tuple[Remark, ...]
    configurations: tuple[Configuration, ...]
    definitions: tuple[Definition, ...]
    mentions: tuple[Mention, ...]
    pairs: tuple[Pair, ...]
    states: tuple[State, ...]
    statements: tuple[Statement, ...]
    environments: tuple[str, ...]
    used_paths: frozenset[str]
    versions: tuple[ToolVersion, ...]
    modules: dict[str, Module]
    settings: Settings = Settings()  # noqa: RUF009 (a tuple, not to be changed)
