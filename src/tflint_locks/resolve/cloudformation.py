"""What CloudFormation and SAM templates make and grant: lock tables, state buckets, policy statements.

A parameter's default counts only where nothing in the repository may set the parameter (DESIGN §3).
"""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tflint_locks.facts import StackResource, StackTemplate
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.configurations import Deployment
from tflint_locks.resolve.definitions import proven_bucket, proven_table
from tflint_locks.resolve.environments import Environments
from tflint_locks.resolve.jsontext import json_text
from tflint_locks.resolve.model import Definition, Key, Statement, Trait
from tflint_locks.resolve.placeholders import with_holes
from tflint_locks.resolve.policies import Raw, further, statements_of_json
from tflint_locks.resolve.scope import Given
from tflint_locks.resolve.statements import statement_of
from tflint_locks.source import Source, Span
from tflint_locks.tree import Tree
from tflint_locks.value import Hole, Literal, Piece, Result, Value, hole, holes, known_text, literal, span_of, text_of

SOURCE = "template"
_TABLES = {"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Serverless::SimpleTable"}
_POLICIES = {f"AWS::IAM::{kind}" for kind in ("Policy", "ManagedPolicy", "RolePolicy", "UserPolicy", "GroupPolicy")} | {
    "AWS::S3::BucketPolicy"
}
_PRINCIPALS = {"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"}
# Managed policies of AWS for one service's own doings grant nothing on state.
_HARMLESS = regex(r"policy/service-role/")
_GIVES = regex(r"parameter[-_]overrides|--parameters\b|ParameterKey|TemplateURL|parameter_overrides", re.IGNORECASE)
_PARAMETER_FILE = regex(r"param[^/]*\.(?:json|ya?ml|properties)$|samconfig\.[^/]*$|(?:^|/)\.?cdk\.json$", re.IGNORECASE)
_MAY_DEPLOY = (
    ".sh",
    ".bash",
    ".yml",
    ".yaml",
    ".json",
    ".toml",
    ".md",
    ".mk",
    ".ps1",
    ".py",
    ".ts",
    ".js",
    ".tf",
    "file",
)


class Stack(NamedTuple):
    """A template with the parameters whose values are certain, and where it belongs."""

    template: StackTemplate
    values: Mapping[str, Value]
    project: str | None
    environment: str | None


def stack_of(template: StackTemplate, tree: Tree, project: str | None, environment: str | None) -> Stack:
    """Return a template with its parameters' defaults where nothing may set them."""
    settled = bool(template.defaults) and not _may_be_given(template, tree)
    return Stack(template, dict(template.defaults) if settled else {}, project, environment)


def _may_be_given(template: StackTemplate, tree: Tree) -> bool:
    """Tell whether the repository has a file of parameters, or names the template where parameters are given."""
    asked = {found.identity for resource in template.resources for found in _holes_in(resource.properties)}
    if asked.isdisjoint(name for name, _ in template.defaults):
        return True
    paths = tree.paths()
    if any(_PARAMETER_FILE.search(path) for path in paths):
        return True
    name = posixpath.basename(template.path)
    return any(
        _gives(tree, path, name) for path in paths if path.lower().endswith(_MAY_DEPLOY) and path != template.path
    )


def _gives(tree: Tree, path: str, name: str) -> bool:
    source = tree.text(path)
    return isinstance(source, Source) and name in source.text and _GIVES.search(source.text) is not None


def _holes_in(result: Result) -> Iterator[Hole]:
    stack: list[Result] = [result]
    while stack:
        top = stack.pop()
        if isinstance(top, tuple):
            yield from holes(top)
        elif top is not None:
            stack.extend(top.values() if isinstance(top, dict) else top)


def _bound(stack: Stack, result: Result) -> Result:
    """Put the certain parameters' values in place of their holes; the reader bounds the depth."""
    if isinstance(result, dict):
        return {key: _bound(stack, value) for key, value in result.items()}
    if isinstance(result, list):
        return [_bound(stack, value) for value in result]
    if result is None or not stack.values:
        return result
    pieces: list[Piece] = []
    for piece in result:
        pieces.extend(stack.values.get(piece.identity, (piece,)) if isinstance(piece, Hole) else (piece,))
    return tuple(pieces)


# ---------------------------------------------------------------- tables and buckets


def definitions_of(stack: Stack, environments: Environments) -> Iterator[Definition]:
    """Yield the tables and buckets of a template; one without a name has one that CloudFormation makes."""
    for resource in stack.template.resources:
        if resource.kind in _TABLES:
            yield _placed(_table(stack, resource), environments)
        elif resource.kind == "AWS::S3::Bucket":
            yield _placed(_bucket(stack, resource), environments)


def _placed(definition: Definition, environments: Environments) -> Definition:
    if definition.environment is not None:
        return definition
    text = known_text(definition.name)
    return definition._replace(environment=environments.of_text(text))


def _properties(stack: Stack, resource: StackResource) -> dict[str, Result]:
    found = _bound(stack, resource.properties)
    return found if isinstance(found, dict) else {}


def _name(resource: StackResource, found: Result) -> Value:
    if isinstance(found, tuple) and text_of(found) != "":
        return with_holes(found)
    return hole(f"{resource.span.path}:{resource.name}", resource.span, "named by CloudFormation")


def _table(stack: Stack, resource: StackResource) -> Definition:
    properties = _properties(stack, resource)
    name = _name(resource, properties.get("TableName"))
    simple = resource.kind == "AWS::Serverless::SimpleTable"
    keys = tuple(_simple_key(resource, properties) if simple else _keys(properties))
    return _definition(stack, resource, "table", name, keys, proven_table(name, resource.name, keys), properties)


def _bucket(stack: Stack, resource: StackResource) -> Definition:
    properties = _properties(stack, resource)
    name = _name(resource, properties.get("BucketName"))
    return _definition(stack, resource, "bucket", name, (), proven_bucket(name, resource.name), properties)


def _definition(  # noqa: PLR0913, PLR0917 (one row of a table)
    stack: Stack, resource: StackResource, kind: str, name: Value, keys: tuple[Key, ...], proven: str,
    properties: Mapping[str, Result],
) -> Definition:  # fmt: skip
    traits = _table_traits(resource, properties) if kind == "table" else _bucket_traits(resource, properties)
    return Definition(
        kind, name, span_of(name) or resource.span, SOURCE, resource.span, proven, stack.project, stack.environment,
        None, None, None, keys, resource.conditional, tuple(traits),
    )  # fmt: skip


def _maps(result: Result) -> list[dict[str, Result]]:
    return [item for item in result if isinstance(item, dict)] if isinstance(result, list) else []


def _keys(properties: Mapping[str, Result]) -> Iterator[Key]:
    types = {
        text_of(row.get("AttributeName")): (row.get("AttributeType"), row.get("AttributeName"))
        for row in _maps(properties.get("AttributeDefinitions"))
    }
    for row in _maps(properties.get("KeySchema")):
        name, kind = row.get("AttributeName"), text_of(row.get("KeyType"))
        if isinstance(name, tuple) and kind in ("HASH", "RANGE"):
            yield from _key(name, kind, *types.get(text_of(name), (None, None)))


def _key(name: Value, kind: str, value_type: Result, declared: Result = None) -> Iterator[Key]:
    span = span_of(name)
    if span is not None:
        typed = value_type if isinstance(value_type, tuple) else ()
        place = span_of(declared) if isinstance(declared, tuple) else None
        yield Key(name, kind, typed, span, span_of(typed) if typed else None, place)


def _simple_key(resource: StackResource, properties: Mapping[str, Result]) -> Iterator[Key]:
    """Yield the key of a SAM table, ``id`` where none is stated."""
    given = properties.get("PrimaryKey")
    if isinstance(given, dict) and isinstance(name := given.get("Name"), tuple):
        typed = given.get("Type")
        short = text_of(typed)
        value: Value = (Literal(short[:1], span_of(typed)),) if short and isinstance(typed, tuple) else ()
        yield from _key(name, "HASH", value)
    elif given is None:
        yield Key(literal("id", resource.span), "HASH", literal("S"), resource.span, None)


# ---------------------------------------------------------------- how they are protected


def _trait(resource: StackResource, name: str, found: Result, *good: str) -> Trait:
    """Return a trait that holds where a setting has one of some values, and not where it is absent or has another."""
    text = text_of(found)
    span = (span_of(found) if isinstance(found, tuple) else None) or resource.span
    unknown = found is not None and text is None
    return Trait(name, None if unknown else text in good, span)


def _inside(result: Result, *names: str) -> Result:
    """Return what lies below some names; a hole on the way is what is found."""
    for name in names:
        if isinstance(result, list):
            result = result[0] if result else None
        if isinstance(result, dict):
            result = result.get(name)
        else:
            return result
    return result


def _table_traits(resource: StackResource, properties: Mapping[str, Result]) -> Iterator[Trait]:
    recovery = _inside(properties.get("PointInTimeRecoverySpecification"), "PointInTimeRecoveryEnabled")
    yield _trait(resource, "deletion-protection", properties.get("DeletionProtectionEnabled"), "true")
    yield _trait(resource, "recovery", recovery, "true")
    yield Trait("prevent-destroy", resource.kept, resource.span)


def _bucket_traits(resource: StackResource, properties: Mapping[str, Result]) -> Iterator[Trait]:
    yield _trait(resource, "versioning", _inside(properties.get("VersioningConfiguration"), "Status"), "Enabled")
    encryption = properties.get("BucketEncryption")
    yield Trait("encryption", encryption is not None, resource.span)
    yield _blocked(resource, properties.get("PublicAccessBlockConfiguration"))
    access = properties.get("AccessControl")
    public = text_of(access) in ("PublicRead", "PublicReadWrite")
    yield Trait("private", not public, (span_of(access) if isinstance(access, tuple) else None) or resource.span)


def _blocked(resource: StackResource, found: Result) -> Trait:
    if not isinstance(found, dict):
        return Trait("public-access-block", None if found is not None else False, resource.span)
    names = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    parts = [_trait(resource, "public-access-block", found.get(name), "true") for name in names]
    weak = next((part for part in parts if part.holds is False), None)
    return weak or next((part for part in parts if part.holds is None), parts[0])


# ---------------------------------------------------------------- policies


def statements_of_stack(stack: Stack) -> Iterator[Statement]:
    """Yield the statements of a template's policies, each for every role, user or group it is attached to."""
    owner = Deployment(stack.project, None, stack.environment, Given(), ())
    managed = _managed(stack)
    for resource in stack.template.resources:
        for raw, roles in _raw_statements(stack, resource, managed):
            certain = raw._replace(certain=raw.certain and not resource.conditional)
            for role in roles:
                yield statement_of(certain, f"{stack.template.path}#{role}", owner, SOURCE)


def _managed(stack: Stack) -> Mapping[str, list[str]]:
    """Return the roles that each managed policy of the template is attached to by the role itself."""
    found: dict[str, list[str]] = defaultdict(list)
    for resource in stack.template.resources:
        for value in _arns(_properties(stack, resource)) if resource.kind in _PRINCIPALS else ():
            for one in holes(value):
                found[one.identity].append(resource.name)
    return found


def _arns(properties: Mapping[str, Result]) -> list[Value]:
    found = properties.get("ManagedPolicyArns")
    return [item for item in found if isinstance(item, tuple)] if isinstance(found, list) else []


def _raw_statements(
    stack: Stack, resource: StackResource, managed: Mapping[str, list[str]]
) -> Iterator[tuple[Raw, Iterable[str]]]:
    properties = _properties(stack, resource)
    if resource.kind in _PRINCIPALS:
        own = (
            raw for row in _maps(properties.get("Policies")) for raw in _document(resource, row.get("PolicyDocument"))
        )
        yield from ((raw, (resource.name,)) for raw in own)
        if _has_unread(stack, properties):
            yield further(resource.span), (resource.name,)
    elif resource.kind in _POLICIES:
        by = managed.get(f"{stack.template.path}:{resource.name}", [])
        roles = dict.fromkeys([*_attached(stack, properties), *by]) or (resource.name,)
        yield from ((raw, roles) for raw in _document(resource, properties.get("PolicyDocument")))


def _has_unread(stack: Stack, properties: Mapping[str, Result]) -> bool:
    """Tell whether a role has managed policies that are not in the template and may grant anything on state."""
    given = properties.get("ManagedPolicyArns")
    if given is not None and not isinstance(given, list):
        return True
    own = {f"{stack.template.path}:{resource.name}" for resource in stack.template.resources}
    return any(
        {one.identity for one in holes(arn)}.isdisjoint(own) and not _is_harmless(arn) for arn in _arns(properties)
    )


def _is_harmless(arn: Value) -> bool:
    return any(isinstance(piece, Literal) and _HARMLESS.search(piece.text) for piece in arn)


def _attached(stack: Stack, properties: Mapping[str, Result]) -> Iterator[str]:
    """Yield the roles, users and groups a policy names: logical names where they are the template's."""
    prefix = f"{stack.template.path}:"
    for kind in ("Roles", "Users", "Groups", "RoleName", "UserName", "GroupName"):
        found = properties.get(kind)
        for value in found if isinstance(found, list) else [found]:
            if isinstance(value, tuple):
                only = value[0] if len(value) == 1 else None
                identity = only.identity if isinstance(only, Hole) else None
                yield identity.removeprefix(prefix) if identity else _role_named(stack, value)


def _role_named(stack: Stack, name: Value) -> str:
    """Return the logical name of the role that has a name, else the name."""
    text = text_of(name)
    for resource in stack.template.resources:
        given = _properties(stack, resource).get("RoleName") if resource.kind == "AWS::IAM::Role" else None
        if text is not None and isinstance(given, tuple) and text_of(given) == text:
            return resource.name
    return text or str(name)


def _document(resource: StackResource, document: Result) -> list[Raw]:
    if document is None:
        return []
    if not isinstance(document, dict):
        return [further(resource.span)]
    listed = document.get("Statement")
    items = listed if isinstance(listed, list) else [listed]
    return [raw for item in items if item is not None for raw in _statement(resource, item)]


def _statement(resource: StackResource, item: Result) -> list[Raw]:
    """Return a statement as the policy's JSON would have it, placed around all that is written of it."""
    if not isinstance(item, dict):
        return [further(resource.span)]
    document: Result = {"Statement": [item]}
    where = _hull(item) or resource.span
    return [raw._replace(span=where) for raw in statements_of_json(json_text(document), where)]


def _hull(result: Result) -> Span | None:
    """Return the range in one file that holds everything written of a result."""
    spans: list[Span] = []
    stack: list[Result] = [result]
    while stack:
        top = stack.pop()
        if isinstance(top, tuple):
            spans.extend(piece.span for piece in top if piece.span)
        elif top is not None:
            stack.extend(top.values() if isinstance(top, dict) else top)
    if not spans:
        return None
    return Span(spans[0].path, min(span.start for span in spans), max(span.end for span in spans))
