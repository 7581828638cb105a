"""Backend attributes as Terraform merges them: from a block, a backend file, a ``key=value`` flag, the environment."""

from collections.abc import Callable, Iterable

from tflint_locks.data.backend_attributes import ATTRIBUTES
from tflint_locks.facts import Assignments
from tflint_locks.hcl import (
    Attribute,
    Block,
    Constant,
    Expression,
    HclError,
    Object,
    Template,
    Text,
    Tuple,
    Unary,
    expression,
    read_json,
)
from tflint_locks.regex import regex
from tflint_locks.resolve.invocations import Flag
from tflint_locks.resolve.model import Setting
from tflint_locks.resolve.modules import Declared
from tflint_locks.resolve.placeholders import with_holes
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Piece, Result, Value, hole, literal, span_of, split, text_of

SECRETS = frozenset({"access_key", "secret_key", "token", "sse_customer_key"})
MASK = "***"
_PRIMITIVE = frozenset({"string", "bool", "number"})
# Values nobody could use: documentation's keys and those of local stand-ins.
_HARMLESS = regex(r"(?i)example|^(?:test|mock|dummy|fake|local|localstack|minio|minioadmin|foo|bar|x+|none|null|\*+|)$")

# Evaluates the expression under a span where the tool does (OpenTofu); None where it takes literals only.
Evaluate = Callable[[str, int, int], Result]


def block_settings(declared: Declared, text: str, origin: str, evaluate: Evaluate | None) -> list[Setting]:
    """Return the settings of a ``backend`` block."""
    return _settings(declared.path, text, declared.block.items, origin, declared.literal, evaluate)


def file_settings(file: Assignments, text: str, evaluate: Evaluate | None) -> list[Setting]:
    """Return the settings of a backend file."""
    return _settings(file.path, text, (*file.attributes, *file.blocks), "file", file.literal, evaluate)


def text_settings(path: str, text: str, items: Iterable[Attribute | Block]) -> list[Setting]:
    """Return the settings of the text of a backend file that is not one yet."""
    return _settings(path, text, items, "file", False, None)  # noqa: FBT003 (no JSON)


def _settings(  # noqa: PLR0913, PLR0917 (one row of a table, not options)
    path: str,
    text: str,
    items: Iterable[Attribute | Block],
    origin: str,
    literal_: bool,  # noqa: FBT001 (as above)
    evaluate: Evaluate | None,
) -> list[Setting]:
    found = []
    for item in items:
        if isinstance(item, Block):
            where = Span(path, item.start, item.type_end)
            found.append(Setting(item.type, hole(f"{item.type} block"), where, where, origin, "block"))
            continue
        name_span = Span(path, item.start, item.end)
        value, fault = _value(path, text, item, literal_, evaluate)
        where = _content(path, text, item)
        found.append(Setting(item.name, masked(item.name, value), where, name_span, origin, fault))
    return found


def _content(path: str, text: str, item: Attribute) -> Span:
    """Return the span of a value without its quotes."""
    start, end = item.value_start, item.value_end
    quoted = text[start : start + 1] == '"' and text[end - 1 : end] == '"' and end - start > 1
    return Span(path, start + 1, end - 1) if quoted else Span(path, start, end)


def _value(path: str, text: str, item: Attribute, literal_: bool, evaluate: Evaluate | None) -> tuple[Result, str]:  # noqa: FBT001
    start, end = item.value_start, item.value_end
    try:
        node = read_json(text, start, end) if literal_ else expression(text, start, end)
    except HclError:
        return hole(text[start:end]), "syntax"
    if not is_literal(node):
        return (evaluate(path, start, end) if evaluate else hole(text[start:end], Span(path, start, end))), "expression"
    result = literal_result(path, node)
    if literal_ and "${" in text[start:end]:
        return hole(text[start:end], Span(path, start, end)), "literal-template"
    return with_holes(result), ""


def is_literal(node: Expression) -> bool:
    """Tell whether an expression is a literal: text without interpolation, number, list or map of such."""
    match node:
        case Template(parts=parts):
            return all(isinstance(piece, Text) for piece in parts)
        case Tuple(items=items):
            return all(is_literal(item) for item in items)
        case Object(items=items):
            return all(is_literal(value) for _, value in items)
        case Unary(operand=Constant()) | Constant():
            return True
    return False


def literal_result(path: str, node: Expression) -> Result:
    """Return what a literal expression says, with spans."""
    match node:
        case Constant(value=None):
            return None
        case Constant(value=value):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            return literal(text, Span(path, node.start, node.end))
        case Template(parts=parts):
            pieces: list[Piece] = [
                Literal(piece.value, Span(path, piece.start, piece.end)) for piece in parts if isinstance(piece, Text)
            ]
            inner = Span(path, node.start + 1, node.end - 1)
            return tuple(pieces) or literal("", inner)
        case Tuple(items=items):
            return [literal_result(path, item) for item in items]
        case Object(items=items):
            return {_key_text(key): literal_result(path, value) for key, value in items}
    return hole("expression", Span(path, node.start, node.end))


def _key_text(key: Expression) -> str:
    if isinstance(key, Template):
        return "".join(piece.value for piece in key.parts if isinstance(piece, Text))
    return str(getattr(key, "name", ""))


def flag_setting(flag: Flag) -> Setting | None:
    """Return the setting of one ``-backend-config=key=value``; None when its name is not known."""
    name, *rest = split(flag.value, "=", 1)
    text = text_of(name)
    if not rest or text is None:
        return None
    where = flag.span
    spans = [piece.span for piece in rest[0] if piece.span]
    value = _typed(text, rest[0]) if rest[0] else literal("", where)
    return Setting(text, masked(text, with_holes(value)), spans[0] if spans else where, where, "flag")


def _typed(name: str, value: Value) -> Result:
    """Read the value of a list or object argument as an expression; that of every other is taken as it is."""
    text, where = text_of(value), span_of(value)
    attribute = ATTRIBUTES.get(name)
    if text is None or where is None or attribute is None or attribute.kind in _PRIMITIVE:
        return value
    padded = " " * where.start + text  # so that the tree's offsets are the file's
    try:
        node = expression(padded, where.start, len(padded))
    except HclError:
        return hole(text, where)
    return literal_result(where.path, node) if is_literal(node) else hole(text, where)


def environment_setting(name: str, variable: str, value: Value, where: Span) -> Setting:
    """Return the setting an environment variable makes where the attribute is absent."""
    return Setting(
        name, masked(name, value), next((p.span for p in value if p.span), where), where, f"environment {variable}"
    )


def masked(name: str, value: Result) -> Result:
    """Return the value, or a mask where the attribute is secret and the value might be real."""
    if name not in SECRETS or not isinstance(value, tuple):
        return value
    text = text_of(value)
    if text is None or _HARMLESS.search(text):
        return (Hole("placeholder"),)
    return literal(MASK)


def merged(layers: Iterable[Setting]) -> dict[str, Setting]:
    """Merge settings in order: later wins per attribute, null unsets."""
    settings: dict[str, Setting] = {}
    for setting in layers:
        if setting.value is None:
            settings.pop(setting.name, None)
        else:
            settings[setting.name] = setting
    return settings
