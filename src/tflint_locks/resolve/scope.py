"""What names mean inside one module of one root module: variables, locals, outputs, resources, data sources.

An *instance* is one module as one call (or the root itself) uses it. It answers with holes wherever the
value depends on something that is not in the repository; a cycle is a hole too.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from tflint_locks.record import field, record
from tflint_locks.resolve.evaluate import Scope, evaluate_span
from tflint_locks.resolve.modules import Argument, Declared, Module, argument, called_directory
from tflint_locks.source import Source
from tflint_locks.tree import text_in
from tflint_locks.value import Hole, Result, Value, hole, joined, literal, text_of

if TYPE_CHECKING:
    from tflint_locks.tree import Tree

# Attributes of a table or bucket by which others name it (DESIGN §3).
_NAMED_BY = {
    "aws_dynamodb_table": ("name", "dynamodb", "table/"),
    "aws_s3_bucket": ("bucket", "s3", ""),
}
_NAMES = frozenset({"name", "id", "bucket"})
_MAX_ELEMENTS = 64
_MAX_DEPTH = 24
PARTITION = "partition"
ACCOUNT = "account"
REGION = "region"


@record
class Program:
    """The modules of a repository and the tree their texts come from."""

    modules: Mapping[str, Module]
    tree: "Tree"

    def text(self, path: str) -> str:
        """Return a file's text, empty when it cannot be read."""
        return text_in(self.tree, path)

    def read(self, path: str) -> tuple[str, str] | None:
        """Return (path, text) for functions such as ``file``, None when it cannot be read."""
        source = self.tree.text(path)
        return (path, source.text) if isinstance(source, Source) else None


@record
class Given:
    """What is set from outside for a root module.

    ``variables`` are known settings (tfvars, ``-var``); ``unsettled`` names variables that something
    unknown may set; ``open`` is true when an unknown var file may set any. ``static`` is true where OpenTofu evaluates
    a backend: there ``path.module`` is as it is written out, not the place in the repository.
    """

    variables: Mapping[str, Result] = field(default_factory=dict)
    unsettled: frozenset[str] = frozenset()
    open: bool = False
    workspace: Value = (Hole("terraform.workspace"),)
    region: Value | None = None
    static: bool = False


@record
class Instance:
    """One module as one call uses it; ``name`` is its address (``module.a.module.b``), empty for the root."""

    program: Program
    module: Module
    given: Given
    name: str = ""
    parent: "Instance | None" = None
    call: Declared | None = None
    each: Mapping[str, Result] = field(default_factory=dict)
    depth: int = 0
    answers: dict[tuple[str, ...], Result] = field(default_factory=dict)
    active: set[tuple[str, ...]] = field(default_factory=set)
    called: dict[str, "list[Instance]"] = field(default_factory=dict)


def value_of(instance: Instance, found: Argument, each: Mapping[str, Result] | None = None) -> Result:
    """Evaluate an attribute where it stands; ``each`` binds ``each.key``, ``each.value``, ``count.index``."""
    return evaluate_at(instance, found.path, found.attribute.value_start, found.attribute.value_end, each)


def evaluate_at(
    instance: Instance, path: str, start: int, end: int, each: Mapping[str, Result] | None = None
) -> Result:
    """Evaluate the expression under a span of a file of the instance's module."""
    return evaluate_span(start, end, scope_of(instance, path, each))


def scope_of(instance: Instance, path: str, each: Mapping[str, Result] | None = None) -> Scope:
    """Return what names mean in one file of the instance's module."""
    lookup = partial(_lookup, instance, each or {})
    return Scope(path, instance.program.text(path), lookup, instance.program.read, {})


def attribute_of(instance: Instance, declared: Declared, name: str, each: Mapping[str, Result] | None = None) -> Result:
    """Evaluate one attribute of a block; None when it is absent."""
    found = argument(declared, name)
    return value_of(instance, found, each) if found else None


def scalar(result: Result) -> Value | None:
    """Return a result that is a scalar, None for null, lists and maps."""
    return result if isinstance(result, tuple) else None


def elements(instance: Instance, declared: Declared) -> list[dict[str, Result]]:
    """Return the bindings of each element that ``for_each`` or ``count`` makes, one empty without them.

    A block that is certainly not made (``count = 0``) has none; unknown collections give one element
    whose key and value are holes.
    """
    repeated = argument(declared, "for_each")
    if repeated:
        return _each_elements(instance, declared, value_of(instance, repeated))
    counted = argument(declared, "count")
    if counted:
        return _count_elements(instance, declared, text_of(value_of(instance, counted)))
    return [{}]


def _each_elements(instance: Instance, declared: Declared, collection: Result) -> list[dict[str, Result]]:
    if isinstance(collection, dict) and len(collection) <= _MAX_ELEMENTS:
        return [{"each.key": literal(key), "each.value": value} for key, value in collection.items()]
    if isinstance(collection, list) and len(collection) <= _MAX_ELEMENTS:
        return [{"each.key": value, "each.value": value} for value in collection]
    address = _address(instance, declared)
    return [{"each.key": hole(f"{address}.each.key"), "each.value": hole(f"{address}.each.value")}]


def _address(instance: Instance, declared: Declared) -> str:
    return f"{instance.name}/{declared.path}:{declared.block.start}"


def _count_elements(instance: Instance, declared: Declared, count: str | None) -> list[dict[str, Result]]:
    if count is None or not count.isdecimal():
        return [{"count.index": hole(f"{_address(instance, declared)}.count.index")}]
    return [{"count.index": literal(str(index))} for index in range(min(int(count[:9]), _MAX_ELEMENTS))]


def children(instance: Instance, name: str) -> "list[Instance]":
    """Return the instances a module call makes; none when its source is not in the repository."""
    if name in instance.called:
        return instance.called[name]
    declared = instance.module.calls[name]
    found: list[Instance] = []
    instance.called[name] = found
    target = called_module(instance, declared)
    if target is None or instance.depth >= _MAX_DEPTH:
        return found
    for each in elements(instance, declared):
        key = text_of(each.get("each.key", each.get("count.index")))
        address = f"{instance.name}.module.{name}".lstrip(".") + (f"[{key}]" if key else "")
        found.append(
            Instance(instance.program, target, instance.given, address, instance, declared, each, instance.depth + 1)
        )
    return found


def called_module(instance: Instance, declared: Declared) -> Module | None:
    """Return the module a call uses, None where its source is not in the repository."""
    source = argument(declared, "source")
    if source is None:
        return None
    text = instance.program.text(source.path)[source.attribute.value_start : source.attribute.value_end]
    target = called_directory(instance.module.directory, text.strip('"'))
    return instance.program.modules.get(target) if target is not None else None


def look_up(instance: Instance, names: tuple[str, ...]) -> Result:
    """Return what a name such as ``("var", "x")`` means in a module."""
    return _lookup(instance, {}, names)[0]


def _lookup(  # noqa: PLR0911 (a case per kind of name)
    instance: Instance, each: Mapping[str, Result], names: tuple[str, ...]
) -> tuple[Result, int]:
    """Answer what a traversal's first names mean, and how many of them that took."""
    match names:
        case ("each" | "count", member, *_):
            return _element(instance, each, f"{names[0]}.{member}")
        case ("var" | "local", _, *_):
            return _remembered(instance, names[:2], 2)
        case ("module", _, *_):
            return _module_output(instance, names)
        case ("terraform", "workspace", *_):
            return instance.given.workspace, 2
        case ("path", member, *_):
            return _path(instance, member), 2
        case ("data", kind, _, *_):
            return _data(instance, names, kind)
        case (kind, _, _, *_) if kind in _NAMED_BY:
            return _resource(instance, names)
    return hole(_identity(instance, names)), len(names)


def _identity(instance: Instance, names: tuple[str, ...]) -> str:
    return ".".join((instance.name, *names)).lstrip(".")


def _element(instance: Instance, each: Mapping[str, Result], name: str) -> tuple[Result, int]:
    if name in each:
        return each[name], 2
    return hole(_identity(instance, (name,))), 2


def _remembered(instance: Instance, names: tuple[str, ...], used: int) -> tuple[Result, int]:
    if names in instance.answers:
        return instance.answers[names], used
    if names in instance.active:
        return hole(_identity(instance, names)), used
    instance.active.add(names)
    try:
        result = _variable(instance, names[1]) if names[0] == "var" else _local(instance, names[1])
    finally:
        instance.active.discard(names)
    instance.answers[names] = result
    return result, used


def _local(instance: Instance, name: str) -> Result:
    found = instance.module.locals.get(name)
    return value_of(instance, found) if found else hole(_identity(instance, ("local", name)))


def _variable(instance: Instance, name: str) -> Result:
    declared = instance.module.variables.get(name)
    if instance.parent is not None and instance.call is not None:
        passed = argument(instance.call, name)
        if passed:
            return value_of(instance.parent, passed, instance.each)
        return _default(instance, declared, name)
    given = instance.given
    if name in given.variables:
        return given.variables[name]
    default = _default(instance, declared, name)
    if (given.open or name in given.unsettled) and isinstance(default, tuple):
        return (Hole(f"var.{name}", why="may be set from outside", likely=text_of(default)),)
    return hole(f"var.{name}") if given.open or name in given.unsettled else default


def _default(instance: Instance, declared: Declared | None, name: str) -> Result:
    found = argument(declared, "default") if declared else None
    if found is None:
        return (Hole(_identity(instance, ("var", name)), why="no value in the repository"),)
    return value_of(instance, found)


def _module_output(instance: Instance, names: tuple[str, ...]) -> tuple[Result, int]:
    """Answer ``module.m.output`` and ``module.m[0].output``."""
    made = children(instance, names[1]) if names[1] in instance.module.calls else []
    at = 2 if len(made) == 1 and not made[0].each else 3
    chosen = [child for child in made if len(made) == 1 or (len(names) > at and _index(child) == names[2])]
    declared = chosen[0].module.outputs.get(names[at]) if chosen and len(names) > at else None
    key = names[: at + 1]
    if declared is None or key in instance.active:
        return hole(_identity(instance, names)), len(names)
    instance.active.add(key)
    try:
        return attribute_of(chosen[0], declared, "value"), at + 1
    finally:
        instance.active.discard(key)


def _index(instance: Instance) -> str | None:
    """Return the key or number by which one of several instances of a call is chosen."""
    return text_of(instance.each.get("each.key", instance.each.get("count.index")))


def _path(instance: Instance, member: str) -> Value:
    if instance.given.static and member in ("module", "root"):
        return literal(".")
    if member in ("module", "root"):
        return literal(instance.module.directory if member == "module" else _root(instance).module.directory)
    return hole(f"path.{member}")


def _root(instance: Instance) -> Instance:
    while instance.parent is not None:
        instance = instance.parent
    return instance


def _data(instance: Instance, names: tuple[str, ...], kind: str) -> tuple[Result, int]:
    asked = names[3] if len(names) > 3 else ""  # noqa: PLR2004 (data.type.name.attribute)
    match kind, asked:
        case "aws_caller_identity", "account_id" | "id":
            return hole(ACCOUNT, why="the account of the credentials used"), 4
        case "aws_partition", "partition" | "id":
            return hole(PARTITION), 4
        case "aws_region", "name" | "id" | "region":
            return _root(instance).given.region or hole(REGION), 4
    if kind in _NAMED_BY and len(names) > 3:  # noqa: PLR2004
        result, used = _named(instance, names[1:], instance.module.data)
        return result, used + 1
    return hole(_identity(instance, names)), len(names)


def _resource(instance: Instance, names: tuple[str, ...]) -> tuple[Result, int]:
    return _named(instance, names, instance.module.resources)


def _named(instance: Instance, names: tuple[str, ...], table: Mapping[tuple[str, str], Declared]) -> tuple[Result, int]:
    """Answer ``aws_dynamodb_table.x.name|id|arn`` and ``aws_s3_bucket.x.bucket|id|arn`` (an index may follow x)."""
    declared = table.get((names[0], names[1]))
    indexed = len(names) > 3 and names[2] not in (*_NAMES, "arn")  # noqa: PLR2004 (type.name[index].attribute)
    at = 3 if indexed else 2
    if declared is None or len(names) <= at or names[: at + 1] in instance.active:
        return hole(_identity(instance, names)), len(names)
    by, service, prefix = _NAMED_BY[names[0]]
    instance.active.add(names[: at + 1])
    try:
        name = _element_name(instance, declared, by, names[2] if indexed else None)
    finally:
        instance.active.discard(names[: at + 1])
    if name is None or names[at] not in (*_NAMES, "arn"):
        return hole(_identity(instance, names)), len(names)
    return (_arn(instance, service, prefix, name) if names[at] == "arn" else name), at + 1


def _element_name(instance: Instance, declared: Declared, by: str, index: str | None) -> Value | None:
    made = elements(instance, declared)
    for each in made:
        key = text_of(each.get("each.key", each.get("count.index")))
        if len(made) == 1 or (index is not None and key == index):
            return scalar(attribute_of(instance, declared, by, each))
    return None


def _arn(instance: Instance, service: str, prefix: str, name: Value) -> Value:
    if service == "s3":
        return joined([literal("arn:"), hole(PARTITION), literal(":s3:::"), name])
    region = _root(instance).given.region or hole(REGION)
    head = [literal("arn:"), hole(PARTITION), literal(f":{service}:"), region, literal(":"), hole(ACCOUNT)]
    return joined([*head, literal(f":{prefix}"), name])
