"""YAML text as ``yamldecode`` reads it: results whose texts know where they stand."""

from tflint_locks.read.yaml import Node, YamlError, entries, read_yaml
from tflint_locks.regex import regex
from tflint_locks.resolve.results import MAX_ITEMS, UnknownError, in_order
from tflint_locks.source import Span
from tflint_locks.value import Literal, Result, Value, literal, text_of

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": "true", "True": "true", "TRUE": "true", "false": "false", "False": "false", "FALSE": "false"}
_PLAIN_NUMBER = regex(r"-?(?:0|[1-9][0-9]{0,30})")
# What may be a number, a date or a boolean in some reader of YAML: not to be told without knowing which.
_DOUBTFUL = regex(r"(?i)[-+.]?[0-9][0-9a-fxo_.:+-]*|[-+]?\.(?:inf|nan)|yes|no|on|off|y|n")


def yaml_result(value: Value) -> Result:
    """Decode a known text; raises UnknownError where it is not known, no YAML, or too large."""
    text = text_of(value)
    if text is None:
        raise UnknownError
    try:
        node = read_yaml(text)
    except YamlError as error:
        raise UnknownError from error
    first = value[0]
    whole = first.span if len(value) == 1 and isinstance(first, Literal) else None
    exact = whole is not None and whole.end - whole.start == len(text)
    return _result(node, whole if exact else None, [MAX_ITEMS])


def _result(node: Node, whole: Span | None, left: list[int]) -> Result:
    left[0] -= 1
    if left[0] < 0:
        raise UnknownError
    if node.kind == "list":
        return [_result(item, whole, left) for item in node.items]
    if node.kind == "map":
        return in_order({key.text: _result(value, whole, left) for key, value in entries(node)})
    return _scalar(node, Span(whole.path, whole.start + node.start, whole.start + node.end) if whole else None)


def _scalar(node: Node, span: Span | None) -> Result:
    if node.style or node.tag.endswith(":str"):
        return literal(node.text, span)
    if node.text in _NULL:
        return None
    if node.text in _BOOLEANS:
        return (Literal(_BOOLEANS[node.text], span, bare=True),)
    if _PLAIN_NUMBER.fullmatch(node.text):
        return (Literal(node.text, span, bare=True),)
    if node.tag or _DOUBTFUL.fullmatch(node.text):
        raise UnknownError
    return literal(node.text, span)
