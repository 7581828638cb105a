"""CloudFormation and SAM templates, YAML or JSON, also as CDK writes them: resources with their properties worked out.

Intrinsic functions are evaluated as far as the file itself tells; parameters, imports and pseudo parameters are holes.
Knows nothing of what a stack is deployed with.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping

from tflint_locks.facts import Fault, StackResource, StackTemplate
from tflint_locks.read.remarks import yaml_remarks
from tflint_locks.read.yaml import Node, YamlError, child, entries, origin, read_yaml
from tflint_locks.record import field, record
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Result, Value, hole, joined, known, literal, text_of

# The same node may be met often through aliases and references.
_VISITS = 60_000
_DEPTH = 100
_MAX_DOMAIN = 16
_MAX_CHAIN = 8
_INSIDE = regex(r"\$\{(!?)([A-Za-z0-9:._\- ]{1,200})\}")
# What others name a table or bucket by: the property, the ARN's head, and what `Ref` and `GetAtt` give.
_NAMED = {
    "AWS::DynamoDB::Table": ("TableName", ":dynamodb:", "table/"),
    "AWS::DynamoDB::GlobalTable": ("TableName", ":dynamodb:", "table/"),
    "AWS::Serverless::SimpleTable": ("TableName", ":dynamodb:", "table/"),
    "AWS::S3::Bucket": ("BucketName", ":s3:", ""),
}
_WANTED = regex(
    r"AWS::(?:DynamoDB::(?:Table|GlobalTable)|S3::(?:Bucket|BucketPolicy)|Serverless::SimpleTable"
    r"|IAM::(?:Policy|ManagedPolicy|RolePolicy|UserPolicy|GroupPolicy|Role|User|Group))"
)
NO_VALUE = "AWS::NoValue"


class _TooMuchError(Exception):
    """The template asks for more than is read."""


@record
class _Template:
    """One template while it is worked out; ``active`` are the resources whose names are being asked for."""

    path: str
    text: str
    root: Node
    parameters: Mapping[str, Node]
    resources: Mapping[str, Node]
    mappings: Node | None
    active: set[str] = field(default_factory=set)
    visits: int = 0
    depth: int = 0


def read_template(path: str, text: str) -> StackTemplate:
    """Return what a template declares; a text that is none has no resources."""
    try:
        root = read_yaml(text)
    except YamlError as error:
        end = min(error.offset + 1, len(text))
        return StackTemplate(path, (), (), (), (Fault(error.message, Span(path, error.offset, end)),))
    template = _Template(path, text, root, _members(root, "Parameters"), _members(root, "Resources"), None)
    template.mappings = child(root, "Mappings")
    try:
        found = tuple(_resources(template))
        return StackTemplate(path, found, tuple(_defaults(template)), yaml_remarks(path, text, root), ())
    except _TooMuchError:
        fault = Fault("more than is read of a template", Span(path, 0, min(1, len(text))))
        return StackTemplate(path, (), (), (), (fault,))


def _members(root: Node, name: str) -> dict[str, Node]:
    """Return the entries of a section by their keys."""
    return {key.text: value for key, value in entries(child(root, name)) if key.kind == "scalar"}


def _resources(template: _Template) -> Iterator[StackResource]:
    for key, node in entries(child(template.root, "Resources")):
        kind = _text(child(node, "Type"))
        if not _WANTED.fullmatch(kind):
            continue
        properties = _value(template, child(node, "Properties"))
        conditional = child(node, "Condition") is not None or not isinstance(properties, dict)
        yield StackResource(
            key.text, kind, properties if isinstance(properties, dict) else {},
            Span(template.path, key.start, key.end), conditional, _text(child(node, "DeletionPolicy")) == "Retain",
        )  # fmt: skip


def _text(node: Node | None) -> str:
    return node.text if node is not None and node.kind == "scalar" else ""


def _defaults(template: _Template) -> Iterator[tuple[str, Value]]:
    for name, node in template.parameters.items():
        default = child(node, "Default")
        if default is not None and default.kind == "scalar" and not _text(child(node, "Type")).startswith("AWS::SSM"):
            yield _identity(template, name), _plain(template, default)


def _identity(template: _Template, name: str) -> str:
    return f"{template.path}:{name}"


# ---------------------------------------------------------------- values


def _value(template: _Template, node: Node | None) -> Result:
    """Return what a node is worth; what aliases and references repeat is bounded, in number and depth."""
    template.visits += 1
    template.depth += 1
    if template.visits > _VISITS or template.depth > _DEPTH:
        raise _TooMuchError
    result = _worth(template, node)
    template.depth -= 1
    return result


def _worth(template: _Template, node: Node | None) -> Result:
    if node is None:
        return None
    name, argument = _function(node)
    if name:
        return _FUNCTIONS[name](template, argument) if name in _FUNCTIONS else _unknown(template, node, name)
    if node.kind == "scalar":
        return None if node.text in {"", "~", "null"} and not node.style else _plain(template, node)
    if node.kind == "list":
        return [value for item in node.items if (value := _value(template, item)) is not None]
    values = ((key.text, _value(template, value)) for key, value in entries(node) if key.kind == "scalar")
    return {key: value for key, value in values if value is not None}


def _function(node: Node) -> tuple[str, Node]:
    """Return the intrinsic function a node calls, with its argument; no name where it calls none."""
    if node.tag.startswith("!") and len(node.tag) > 1:
        return node.tag[1:].removeprefix("Fn::"), node
    if node.kind == "map" and len(node.pairs) == 1:
        key, argument = node.pairs[0]
        if key.text == "Ref" or key.text.startswith("Fn::"):
            return key.text.removeprefix("Fn::"), argument
    return "", node


def _unknown(template: _Template, node: Node, name: str) -> Value:
    return hole(f"{name} at {template.path}:{node.start}", Span(template.path, node.start, node.end), "a function")


def _plain(template: _Template, node: Node) -> Value:
    if not node.text:
        return literal("", Span(template.path, node.start, node.end))
    return tuple(_literals(template, node, origin(template.text, node), 0, len(node.text)))


def _literals(
    template: _Template, node: Node, written: tuple[list[int], list[int]], start: int, end: int
) -> Iterator[Literal]:
    """Yield a part of a scalar's text, in as many pieces as it is written in."""
    texts, places = written
    while start < end:
        index = max(bisect_right(texts, start) - 1, 0)
        stop = min(end, texts[index + 1]) if index + 1 < len(texts) else end
        place = places[index] + start - texts[index]
        yield Literal(node.text[start:stop], Span(template.path, place, place + stop - start))
        start = stop


# ---------------------------------------------------------------- intrinsic functions


def _ref(template: _Template, node: Node) -> Result:
    return _named(template, _text(node), Span(template.path, node.start, node.end))


def _named(template: _Template, name: str, span: Span) -> Result:
    """Return what ``Ref`` gives: a parameter, a pseudo parameter, or a resource's name."""
    if name == NO_VALUE:
        return None
    if name in template.parameters:
        return (_parameter(template, name, span),)
    if name in template.resources:
        return _resource_name(template, name, span)
    return hole(name or f"{template.path}:{span.start}", span, "known where the stack is deployed")


def _parameter(template: _Template, name: str, span: Span) -> Hole:
    node = template.parameters[name]
    allowed = child(node, "AllowedValues")
    domain = tuple(item.text for item in allowed.items if item.kind == "scalar") if allowed else ()
    default = child(node, "Default")
    return Hole(
        _identity(template, name), span, "a parameter of the template", _text(default) if default else None,
        domain if len(domain) <= _MAX_DOMAIN else (),
    )  # fmt: skip


def _resource_name(template: _Template, name: str, span: Span) -> Value:
    made = template.resources[name]
    by = _NAMED.get(_text(child(made, "Type")), ("", "", ""))[0]
    given = child(child(made, "Properties"), by) if by else None
    if given is not None and name not in template.active and len(template.active) < _MAX_CHAIN:
        template.active.add(name)
        try:
            value = _value(template, given)
        finally:
            template.active.discard(name)
        if isinstance(value, tuple):
            return value
    return hole(f"{template.path}:{name}", span, "named by CloudFormation")


def _attribute(template: _Template, node: Node) -> Result:
    parts = [_text(item) for item in node.items] if node.kind == "list" else _text(node).split(".", 1)
    return _attribute_named(template, ".".join(parts), Span(template.path, node.start, node.end))


def _attribute_named(template: _Template, name: str, span: Span) -> Value:
    """Return what ``GetAtt`` gives: the ARN of a table or bucket, otherwise a hole."""
    resource, _, attribute = name.partition(".")
    made = template.resources.get(resource)
    _, service, prefix = _NAMED.get(_text(child(made, "Type")), ("", "", "")) if made else ("", "", "")
    if not service or attribute != "Arn":
        return hole(f"{template.path}:{name}", span, "known where the stack is deployed")
    head: list[Value] = [literal("arn:"), hole("AWS::Partition", span), literal(service)]
    if service == ":dynamodb:":
        head += [hole("AWS::Region", span), literal(":"), hole("AWS::AccountId", span), literal(":")]
    else:
        head.append(literal("::"))
    return joined([*head, literal(prefix), _resource_name(template, resource, span)])


def _sub(template: _Template, node: Node) -> Result:
    """Return the text of ``Fn::Sub``, whose second item may bind further names."""
    bound: Mapping[str, Node] = {}
    if node.kind == "list":
        bound = {key.text: value for key, value in entries(node.items[1])} if len(node.items) > 1 else {}
        node = node.items[0] if node.items else node
    if node.kind != "scalar":
        return _unknown(template, node, "Sub")
    pieces: list[Literal | Hole] = []
    written = origin(template.text, node)
    at = 0
    for found in _INSIDE.finditer(node.text):
        pieces.extend(_literals(template, node, written, at, found.start()))
        at = found.end()
        if found[1]:
            pieces.append(Literal(f"${{{found[2]}}}"))
            continue
        inner = next(_literals(template, node, written, found.start(), at)).span
        value = _inside(template, found[2].strip(), bound, inner or Span(template.path, node.start, node.end))
        pieces.extend(value if isinstance(value, tuple) else hole(f"{template.path}:{found[2]}", inner))
    pieces.extend(_literals(template, node, written, at, len(node.text)))
    return tuple(pieces) or literal("")


def _inside(template: _Template, name: str, bound: Mapping[str, Node], span: Span) -> Result:
    if name in bound:
        return _value(template, bound[name])
    return _attribute_named(template, name, span) if "." in name else _named(template, name, span)


def _join(template: _Template, node: Node) -> Result:
    separator = _text(node.items[0]) if node.kind == "list" and node.items else ""
    values = _value(template, node.items[1]) if node.kind == "list" and len(node.items) > 1 else None
    if not isinstance(values, list) or not all(isinstance(value, tuple) for value in values):
        return _unknown(template, node, "Join")
    scalars = [value for value in values if isinstance(value, tuple)]
    return joined(
        part for index, value in enumerate(scalars) for part in ((literal(separator), value) if index else (value,))
    )


def _choice(template: _Template, node: Node, values: list[Result], name: str) -> Result:
    """Return one of several values: the only one, or a hole that may be any of them."""
    texts = [text_of(value) for value in values]
    distinct = list(dict.fromkeys(text for text in texts if text is not None))
    if values and None not in texts and len(distinct) == 1:
        return values[0]
    domain = tuple(distinct) if None not in texts and len(distinct) <= _MAX_DOMAIN else ()
    span = Span(template.path, node.start, node.end)
    return (Hole(f"{name} at {template.path}:{node.start}", span, "a choice of the template", None, domain),)


def _if(template: _Template, node: Node) -> Result:
    return _choice(template, node, [_value(template, item) for item in node.items[1:]], "If")


def _find_in_map(template: _Template, node: Node) -> Result:
    """Return an entry of a mapping; where a key is not known, one of all that may be meant."""
    found = [template.mappings] if template.mappings else []
    for item in node.items[:3]:
        key = text_of(_value(template, item))
        found = [value for level in found for name, value in entries(level) if name.text == key or key is None]
        template.visits += len(found)
    return _choice(template, node, [_value(template, value) for value in found], "FindInMap")


def _select(template: _Template, node: Node) -> Result:
    index, values = (_value(template, item) for item in node.items) if len(node.items) == 2 else (None, None)  # noqa: PLR2004
    at = text_of(index)
    whole = isinstance(values, list) and all(isinstance(v, tuple) and known(v) for v in values)
    if isinstance(values, list) and whole and at is not None and at.isdecimal() and int(at[:6]) < len(values):
        return values[int(at[:6])]
    return _unknown(template, node, "Select")


_FUNCTIONS: Mapping[str, Callable[[_Template, Node], Result]] = {
    "Ref": _ref,
    "GetAtt": _attribute,
    "Sub": _sub,
    "Join": _join,
    "If": _if,
    "FindInMap": _find_in_map,
    "Select": _select,
}
