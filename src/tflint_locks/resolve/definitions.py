"""Lock tables and state buckets that the repository creates: resources, modules that take the name, aws commands."""

import itertools
import re
from collections.abc import Iterator, Mapping

from tflint_locks.facts import Command
from tflint_locks.hcl import Attribute, Block
from tflint_locks.regex import regex
from tflint_locks.resolve.configurations import Deployment
from tflint_locks.resolve.environments import Environments, only
from tflint_locks.resolve.invocations import bound
from tflint_locks.resolve.jsontext import json_result
from tflint_locks.resolve.model import Definition, Key
from tflint_locks.resolve.modules import Declared, Module, argument, blocks
from tflint_locks.resolve.placeholders import with_holes
from tflint_locks.resolve.protections import may_be_none, traits_of
from tflint_locks.resolve.results import UnknownError
from tflint_locks.resolve.roles import names_lock_table, names_state_bucket, names_terraform_locks
from tflint_locks.resolve.scope import Instance, attribute_of, elements, evaluate_at, scalar, value_of
from tflint_locks.resolve.words import is_placeholder
from tflint_locks.source import Span
from tflint_locks.tree import Tree, text_in
from tflint_locks.value import Literal, Result, Value, known_text, literal, part, shown, span_of, split, text_of

_TABLE_TYPES = frozenset({"aws_dynamodb_table", "aws_dynamodb_global_table"})
_BUCKET_TYPES = frozenset({"aws_s3_bucket"})
# Modules whose inputs are the names: part of the source, then the inputs for table and bucket.
_MODULES = (
    (regex(r"tfstate-backend|(?:terraform|remote|tf)-state|(?:state|terraform)-backend", re.IGNORECASE),
     ("dynamodb_table_name", "lock_table_name", "dynamodb_lock_table_name", "dynamodb_table", "lock_table"),
     ("s3_bucket_name", "bucket_name", "state_bucket_name", "bucket", "state_bucket")),
    (regex(r"terraform-aws-modules/dynamodb-table/aws"), ("name",), ()),
    (regex(r"terraform-aws-modules/s3-bucket/aws"), (), ("bucket",)),
)  # fmt: skip
_MAX_FORKS = 64


def from_terraform(instance: Instance, deployment: Deployment, environments: Environments) -> Iterator[Definition]:
    """Yield the definitions of one module instance; without an environment, the name may say whose it is."""
    for (kind, label), declared in instance.module.resources.items():
        if kind in _TABLE_TYPES or kind in _BUCKET_TYPES:
            for definition in _of_resource(instance, deployment, kind, label, declared):
                yield _placed(_in_calls(definition, instance), environments)
    for declared in instance.module.calls.values():
        for definition in _of_call(instance, deployment, declared):
            yield _placed(_in_calls(definition, instance), environments)


def _in_calls(definition: Definition, instance: Instance) -> Definition:
    """Return a definition, conditional where one of the calls that lead to it is."""
    above: Instance | None = instance
    while above is not None and not definition.conditional:
        definition = definition._replace(conditional=may_be_none(above.each))
        above = above.parent
    return definition


def _placed(definition: Definition, environments: Environments) -> Definition:
    if definition.environment is not None:
        return definition
    return definition._replace(environment=environments.of_text(shown(definition.name)))


def _of_resource(
    instance: Instance, deployment: Deployment, kind: str, label: str, declared: Declared
) -> Iterator[Definition]:
    table = kind in _TABLE_TYPES
    for each in elements(instance, declared):
        name = scalar(attribute_of(instance, declared, "name" if table else "bucket", each))
        if not name or text_of(name) == "":
            continue
        keys = _keys(instance, declared, each) if table else ()
        proven = proven_table(name, label, keys) if table else proven_bucket(name, label)
        region = scalar(attribute_of(instance, declared, "region", each)) or provider_region(instance, declared)
        made = _definition(deployment, declared, "table" if table else "bucket", "resource", name, keys, proven, region)
        yield made._replace(conditional=may_be_none(each), traits=tuple(traits_of(instance, declared, each)))


def _definition(  # noqa: PLR0913, PLR0917 (one row of a table)
    deployment: Deployment, declared: Declared, kind: str, source: str, name: Value,
    keys: tuple[Key, ...], proven: str, region: Value | None,
) -> Definition:  # fmt: skip
    block = declared.block
    header = Span(declared.path, block.start, block.header_end)
    return Definition(
        kind, with_holes(name), span_of(name) or header, source, header, proven, deployment.project,
        deployment.environment,
        deployment.root, region, None, keys,
    )  # fmt: skip


def _keys(instance: Instance, declared: Declared, each: Mapping[str, Result]) -> tuple[Key, ...]:
    types = _attribute_types(instance, declared)
    found: list[Key] = []
    for name, key_type in (("hash_key", "HASH"), ("range_key", "RANGE")):
        where = argument(declared, name)
        if where is None:
            continue
        value = scalar(value_of(instance, where, each))
        if not value or text_of(value) == "":
            continue
        span = span_of(value) or Span(where.path, where.attribute.value_start, where.attribute.value_end)
        value_type, type_span, named = types.get(text_of(value) or "", ((), None, None))
        found.append(Key(value, key_type, value_type, span, type_span, named))
    return tuple(found)


def _attribute_types(instance: Instance, declared: Declared) -> dict[str, tuple[Value, Span | None, Span | None]]:
    types: dict[str, tuple[Value, Span | None, Span | None]] = {}
    for block in blocks(declared.block, "attribute"):
        name, kind = (_inner(instance, declared.path, block, wanted) for wanted in ("name", "type"))
        text = text_of(name)
        if text is not None and kind is not None:
            types[text] = (kind, span_of(kind), span_of(name) if name else None)
    return types


def _inner(instance: Instance, path: str, block: Block, name: str) -> Value | None:
    for item in block.items:
        if isinstance(item, Attribute) and item.name == name:
            return scalar(evaluate_at(instance, path, item.value_start, item.value_end))
    return None


def proven_table(name: Value, label: str, keys: tuple[Key, ...]) -> str:
    """Say in a phrase why a table holds locks; empty where it is not known to."""
    if any((text_of(key.name) or "").lower() == "lockid" for key in keys):
        return "its key is LockID"
    written = "".join(piece.text for piece in name if isinstance(piece, Literal))
    return "its name says so" if names_lock_table(written) or names_lock_table(label) else ""


def proven_bucket(name: Value, label: str) -> str:
    """Say in a phrase why a bucket holds state; empty where it is not known to."""
    written = "".join(piece.text for piece in name if isinstance(piece, Literal))
    return "its name says so" if names_state_bucket(written) or names_state_bucket(label) else ""


def _of_call(instance: Instance, deployment: Deployment, declared: Declared) -> Iterator[Definition]:
    source = text_of(attribute_of(instance, declared, "source"))
    if not source or source.startswith("."):
        return
    label = declared.block.labels[0].text
    for pattern, tables, buckets in _MODULES:
        if pattern.search(source):
            yield from _of_inputs(instance, deployment, declared, tables, "table", label)
            yield from _of_inputs(instance, deployment, declared, buckets, "bucket", label)
            return


def _of_inputs(  # noqa: PLR0913, PLR0917 (one row of a table)
    instance: Instance, deployment: Deployment, declared: Declared, inputs: tuple[str, ...], kind: str, label: str
) -> Iterator[Definition]:
    for each in elements(instance, declared):
        name = next((found for key in inputs if (found := scalar(attribute_of(instance, declared, key, each)))), None)
        if name is None:
            continue
        keys = _keys(instance, declared, each)
        proven = proven_table(name, label, keys) if kind == "table" else proven_bucket(name, label)
        region = provider_region(instance, declared)
        made = _definition(deployment, declared, kind, "module", name, keys, proven, region)
        yield made._replace(conditional=may_be_none(each))


def provider_region(instance: Instance, declared: Declared) -> Value | None:
    """Return the region of the provider a resource uses, through its alias and the calls' ``providers``."""
    chosen = argument(declared, "provider")
    alias = None
    if chosen:
        text = instance.program.text(chosen.path)[chosen.attribute.value_start : chosen.attribute.value_end]
        alias = text.strip('"').partition(".")[2] or None
    return _region_of(instance, alias)


def _region_of(instance: Instance, alias: str | None) -> Value | None:
    """Climb from a module to the root, following ``providers`` maps, and evaluate the region there."""
    while instance.parent is not None and instance.call is not None:
        if argument(instance.call, "providers"):
            return None
        if alias is not None:
            return None
        instance = instance.parent
    for declared in instance.module.providers:
        if [label.text for label in declared.block.labels] != ["aws"]:
            continue
        if text_of(attribute_of(instance, declared, "alias")) == alias:
            return scalar(attribute_of(instance, declared, "region"))
    return None


# ---------------------------------------------------------------- aws commands


_CREATES = {
    ("dynamodb", "create-table"): ("table", "--table-name"),
    ("s3api", "create-bucket"): ("bucket", "--bucket"),
}


def forks(command: Command) -> Iterator[Command]:
    """Bind the choices of an aws command in every combination, at most 64."""
    sizes = [len(choice.texts) for choice in command.choices]
    total = 1
    for size in sizes:
        total *= size
    if not sizes or total > _MAX_FORKS:
        yield command
        return
    identities = [choice.identity for choice in command.choices]
    for texts in itertools.product(*(choice.texts for choice in command.choices)):
        yield bound(command, dict(zip(identities, texts, strict=True)))


def options(command: Command) -> tuple[list[Value], dict[str, Value]]:
    """Split an aws command's words into positional ones and options with their first value."""
    plain: list[Value] = []
    found: dict[str, Value] = {}
    rest = [word.value for word in command.words]
    while rest:
        value = rest.pop(0)
        text = text_of(value)
        if text is None or not text.startswith("--"):
            head = split(value, "=", 1)
            name = text_of(head[0]) if len(head) > 1 else None
            if name and name.startswith("--"):
                found.setdefault(name, head[1])
            else:
                plain.append(value)
        elif "=" in text:
            name_part, value_part = split(value, "=", 1)
            found.setdefault(text_of(name_part) or "", value_part)
        elif rest and not (text_of(rest[0]) or "").startswith("--"):
            found.setdefault(text, rest.pop(0))
        else:
            found.setdefault(text, ())
    return plain, found


def operation(command: Command) -> tuple[str, str, dict[str, Value], list[Value]]:
    """Return an aws command's service, operation, options and further words."""
    plain, found = options(command)
    texts = [text_of(value) or "" for value in plain]
    return (texts[0] if texts else "", texts[1] if len(texts) > 1 else "", found, plain[2:])


def environment_of_command(command: Command, environments: Environments) -> str | None:
    """Return the environment a command stands for: its choices, else its file's path."""
    chosen = only(
        environments.of_text(text) for choice in command.choices if len(choice.texts) == 1 for text in choice.texts
    )
    return chosen or environments.of_path(command.span.path)


def reaches_aws(command: Command) -> bool:
    """Tell whether an aws command goes to AWS, not to a stand-in such as LocalStack."""
    given = any((text_of(word.value[:1]) or "").startswith("--endpoint-url") for word in command.words)
    return not given and not any(name.startswith("AWS_ENDPOINT_URL") for name, _ in command.environment)


def from_command(command: Command, environments: Environments, project: str | None) -> Definition | None:
    """Return the table or bucket an aws command creates."""
    service, name_of, found, rest = operation(command)
    found = {**_from_json(found.get("--cli-input-json", ())), **found}
    kind, name = "", None
    if (service, name_of) in _CREATES:
        kind, option = _CREATES[service, name_of]
        name = found.get(option)
    elif (service, name_of) == ("s3", "mb") and rest:
        kind, name = "bucket", _without_scheme(rest[0])
    if not name or is_placeholder(text_of(name) or ""):
        return None
    made = Definition(
        kind, name, span_of(name) or command.span, "command", command.span, _proven_command(kind, name, found), project,
        environment_of_command(command, environments), None, _command_region(command, found), None,
        _command_keys(found) if kind == "table" else (),
    )  # fmt: skip
    return _placed(made, environments)


_JSON_OPTIONS = {
    "TableName": "--table-name",
    "Bucket": "--bucket",
    "KeySchema": "--key-schema",
    "AttributeDefinitions": "--attribute-definitions",
}


def _from_json(given: Value) -> dict[str, Value]:
    """Return the options that a literal ``--cli-input-json`` stands for; nothing where it is a file or no JSON."""
    try:
        found = json_result(given) if given else None
    except UnknownError:
        return {}
    if not isinstance(found, dict):
        return {}
    plain = {_JSON_OPTIONS[name]: value for name, value in found.items() if name in _JSON_OPTIONS}
    return {option: value if isinstance(value, tuple) else _in_shorthand(value) for option, value in plain.items()}


def _in_shorthand(rows: Result) -> Value:
    """Return rows of a key schema as the CLI's shorthand has them, the whole where the first of them is written."""
    known_rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    text = " ".join(",".join(f"{key}={text_of(value) or ''}" for key, value in row.items()) for row in known_rows)
    spans = (span_of(v) for row in known_rows for v in row.values() if isinstance(v, tuple))
    return literal(text, next((span for span in spans if span), None))


def _proven_command(kind: str, name: Value, found: Mapping[str, Value]) -> str:
    return proven_table(name, "", _command_keys(found)) if kind == "table" else proven_bucket(name, "")


def _without_scheme(value: Value) -> Value:
    first = value[0] if value else None
    if isinstance(first, Literal) and first.text.startswith("s3://"):
        head = part((first,), 5, len(first.text))
        return (*head, *value[1:])
    return value


def _command_region(command: Command, found: Mapping[str, Value]) -> Value | None:
    environment = dict(command.environment)
    return found.get("--region") or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")


def _command_keys(found: Mapping[str, Value]) -> tuple[Key, ...]:
    """Read ``AttributeName=LockID,KeyType=HASH`` shorthand and literal JSON; files are left alone."""
    types = {row.get("AttributeName"): row for row in _shorthand(found.get("--attribute-definitions", ()))}
    keys = []
    for row in _shorthand(found.get("--key-schema", ())):
        name, kind = row.get("AttributeName"), row.get("KeyType")
        if name is None or kind is None:
            continue
        typed = types.get(name, {}).get("AttributeType")
        span = span_of(found["--key-schema"])
        if span:
            keys.append(Key(literal(name, span), kind, literal(typed) if typed else (), span, None))
    return tuple(keys)


def _shorthand(value: Value) -> list[dict[str, str]]:
    text = text_of(value)
    if not text or text.startswith("file:"):
        return []
    if text.startswith(("[", "{")):
        return _json_rows(value)
    return [dict(pair.split("=", 1) for pair in row.split(",") if "=" in pair) for row in text.split()]


def _json_rows(value: Value) -> list[dict[str, str]]:
    try:
        found = json_result(value)
    except UnknownError:
        return []
    rows = found if isinstance(found, list) else [found]
    return [{key: text_of(item) or "" for key, item in row.items()} for row in rows if isinstance(row, dict)]


def is_lock_table(definition: Definition) -> bool:
    """Tell whether a table certainly holds Terraform's locks: by its exact key, or a name that says lock and Terraform.

    A key like ``lockId`` alone is as often an application's.
    """
    if definition.kind != "table" or not definition.proven:
        return False
    if any(text_of(key.name) == "LockID" and key.key_type == "HASH" for key in definition.keys):
        return True
    written = known_text(definition.name)
    return names_terraform_locks(written)


def has_replicas(modules: Mapping[str, Module], tree: Tree, definition: Definition) -> bool:
    """Tell whether a table may lie in further regions: by itself, or by any replica in the repository."""
    if any(kind == "aws_dynamodb_table_replica" for module in modules.values() for kind, _ in module.resources):
        return True
    text = text_in(tree, definition.header.path)
    declared = next(
        (d for module in modules.values() for d in module.resources.values() if _starts_at(d, definition.header)), None
    )
    body = text[declared.block.start : declared.block.end] if declared else text
    return "replica" in body or "aws_dynamodb_global_table" in body


def _starts_at(declared: Declared, header: Span) -> bool:
    return declared.path == header.path and declared.block.start == header.start
