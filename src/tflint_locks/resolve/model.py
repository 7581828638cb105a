"""What the rules see: configurations, definitions, mentions, pairs and states of one repository.

Everything here is worked out by ``resolve`` from the facts of all files; rules know no syntax.
"""

from tflint_locks.facts import Command, Facts, Fault, Remark, ToolVersion
from tflint_locks.record import NamedTuple, frozen
from tflint_locks.resolve.modules import Module
from tflint_locks.settings import Settings
from tflint_locks.source import Span, Unreadable
from tflint_locks.tree import Tree
from tflint_locks.value import Result, Value


class Setting(NamedTuple):
    """One backend attribute with where it came from.

    ``origin`` is ``block``, ``override``, ``file``, ``written`` (by a script), ``flag`` or ``environment``.
    ``name_span`` covers the attribute's name, ``span`` its value (without quotes). ``fault`` says why the value is
    no value at all: ``expression`` for ``var.x`` or a call where Terraform takes literals only.
    """

    name: str
    value: Result
    span: Span
    name_span: Span
    origin: str
    fault: str = ""


@frozen
class Configuration:
    """What terraform in one root module, for one environment, really uses.

    ``settings`` are the merged backend attributes; ``layers`` all of them in the order they were merged.
    ``basis`` is ``invocation``, ``template`` (paths with holes), ``completed`` (a backend file that belongs to
    the block) or ``block``. ``closed`` is true when the name of every contributing attribute is known;
    ``open_reasons`` says why not. ``anchor`` is where something absent is reported. ``block`` covers the
    backend block's header (None without one). ``workspace`` has holes where CI or people choose it. ``twins`` are
    further inits that say the same as ``command``.
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
    twins: tuple[Command, ...] = ()

    def value(self, name: str) -> Value | None:
        """Return a scalar attribute, or None when it is absent, null or empty."""
        setting = self.settings.get(name)
        value = setting.value if setting else None
        if not isinstance(value, tuple) or not any(getattr(piece, "text", "x").strip() for piece in value):
            return None
        return value

    def place(self, name: str) -> Span:
        """Return where a setting is written; where it is absent, the place for what is absent."""
        setting = self.settings.get(name)
        return setting.span if setting else self.anchor


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

    ``kind`` is ``table`` or ``bucket``. ``source`` is ``resource``, ``module``, ``command`` or ``template``. ``keys``
    are the partition and sort key of a table as (attribute name, key type ``HASH`` or ``RANGE``, attribute type or
    ``""``), each with a span. ``proven`` says in a phrase why it holds state or locks, empty where it is not known
    to. ``root`` is the root module that creates it, if one does. ``conditional`` where it may not be made at all.
    ``traits`` are what its own arguments say of its protection.
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
    traits: tuple["Trait", ...] = ()


class Trait(NamedTuple):
    """One protection of a table or bucket: whether it holds (None where that cannot be told), and where that is said.

    ``name`` is ``versioning``, ``encryption``, ``public-access-block``, ``private``, ``deletion-protection``,
    ``recovery`` or ``prevent-destroy``. ``of`` is the bucket it is stated for where it stands apart from it.
    """

    name: str
    holds: bool | None
    span: Span
    of: Value = ()


class Key(NamedTuple):
    """One key attribute of a table definition; ``value_type`` is ``S``, ``N``, ``B``, or empty where not stated.

    ``declared`` is where the attribute's name stands beside its type.
    """

    name: Value
    key_type: str
    value_type: Value
    span: Span
    type_span: Span | None
    declared: Span | None = None


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


class Reader(NamedTuple):
    """A ``terraform_remote_state`` data source as one deployment of a root module evaluates it; it writes nothing.

    ``settings`` are the scalars of its ``config`` by name, with the spans they come from; ``type`` is its backend.
    ``workspace`` is ``default`` where none is stated. ``span`` covers the block's header, ``conditional`` where a
    ``count`` or ``for_each`` that is not known decides whether it reads.
    """

    name: str
    type: str
    settings: dict[str, Value]
    workspace: Value
    span: Span
    root: str
    project: str | None
    environment: str | None
    conditional: bool = False

    def value(self, name: str) -> Value | None:
        """Return a setting, or None when it is absent or empty."""
        value = self.settings.get(name)
        return value if value and any(getattr(piece, "text", "x").strip() for piece in value) else None


class Condition(NamedTuple):
    """One condition of a statement (``StringLike``, ``s3:prefix``); ``values`` is None where they are not known."""

    test: str
    variable: str
    values: tuple[Value, ...] | None


class Statement(NamedTuple):
    """One Allow or Deny statement of a policy as far as it can be known.

    ``actions`` and ``resources`` are values (globs); None where they cannot be listed. ``role`` identifies what the
    statement can reach: policies attached to one role are judged together. ``whole`` is False where further
    statements of the same role may exist that are not known. ``principal`` where it says whom it is for: it belongs to
    a bucket or table, not to a role.
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
    source: str = ""
    conditions: tuple[Condition, ...] = ()
    principal: bool = False
    sid: str = ""


class Dependency(NamedTuple):
    """A Terragrunt ``dependency``: whose outputs a unit reads.

    ``directory`` is the other unit's, None where it is not known.
    """

    name: str
    directory: str | None
    span: Span


class Unit(NamedTuple):
    """One Terragrunt unit: a ``terragrunt.hcl`` with the module it deploys and the files it is put together from.

    ``source`` says where its backend is stated: ``remote_state``, ``generate``, ``module``, or empty where nowhere.
    ``stated`` is the place, ``module`` the directory of its module, None where that is not in the repository.
    ``header`` is the first thing its file says. ``renamed`` is its ``lock_table`` as written, ``table`` its
    ``dynamodb_table``. ``skipped`` where nobody runs it, ``included`` where it includes other files, ``settled`` where
    all that could state a backend is known.
    ``unlocking`` are the commands that ``extra_arguments`` tell not to lock, each with the place of the flag.
    """

    path: str
    directory: str
    configuration: Configuration | None
    source: str
    stated: Span | None
    module: str | None
    renamed: Setting | None
    table: Setting | None
    dependencies: tuple[Dependency, ...]
    files: tuple[str, ...]
    header: Span
    skipped: bool
    included: bool
    settled: bool
    unlocking: tuple[tuple[str, Span], ...] = ()


@frozen
class Repository:
    """Everything the rules may look at.

    ``companions`` are the protections of buckets that stand apart from them. ``used_paths`` are the files that a root
    module, a module it calls, or an invocation uses; ``modules`` are all directories of Terraform files.
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
    settings: Settings = Settings()
    units: tuple[Unit, ...] = ()
    companions: tuple[Trait, ...] = ()
    readers: tuple[Reader, ...] = ()
