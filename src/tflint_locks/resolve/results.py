"""What evaluation yields and what may be said of it: kinds, numbers, identities of holes, sameness.

Knows no expression. It raises ``UnknownError`` where an answer cannot be told from what is known, and
``RefusedError`` where Terraform certainly refuses; it never guesses.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tflint_locks.value import Hole, Literal, Members, Result, Value, compare, holes, known, literal, text_of

if TYPE_CHECKING:
    from decimal import Decimal

MAX_TEXT = 1 << 20
MAX_ITEMS = 10_000
MAX_VISITS = 20_000
_MAX_IDENTITY = 160
_MAX_LABEL = 60
_MAX_DOMAIN = 16
_MAX_DIGITS = 60
TRUE: Value = (Literal("true", None, bare=True),)
FALSE: Value = (Literal("false", None, bare=True),)


class UnknownError(Exception):
    """What was asked cannot be told from what is known."""


class RefusedError(Exception):
    """Terraform certainly fails here; only ``try`` and ``can`` go on."""


# ---------------------------------------------------------------- what a result is


def hole_of(result: Result) -> Hole | None:
    """Return the hole of a result of which nothing is known, not even its type."""
    if isinstance(result, tuple) and len(result) == 1 and isinstance(result[0], Hole):
        return result[0]
    return None


def is_many(result: Result) -> bool:
    """Tell whether an element stands for any number of elements."""
    found = hole_of(result)
    return found is not None and found.many


def is_bare(result: Result) -> bool:
    """Tell whether a result is a known number or boolean."""
    return isinstance(result, tuple) and len(result) == 1 and isinstance(result[0], Literal) and result[0].bare


def wholly_known(result: Result) -> bool:
    """Tell whether nothing in a result is unknown."""
    stack: list[Result] = [result]
    for _ in range(MAX_VISITS):
        if not stack:
            return True
        top = stack.pop()
        if isinstance(top, tuple):
            if not known(top):
                return False
        elif top is not None:
            stack.extend(top.values() if isinstance(top, dict) else top)
    return False


def scalar(result: Result) -> Value:
    """Return a string, number or boolean, known or not."""
    if not isinstance(result, tuple):
        raise RefusedError
    return result


def as_string(result: Result) -> Value:
    """Return a scalar as the string it becomes in a template."""
    value = scalar(result)
    return tuple(Literal(piece.text, piece.span) if isinstance(piece, Literal) else piece for piece in value)


def known_text(result: Result) -> str:
    """Return the text of a known scalar."""
    text = text_of(scalar(result))
    if text is None:
        raise UnknownError
    return text


def _structure(result: Result) -> Result:
    """Return a list or map; a scalar is none."""
    if result is None:
        raise RefusedError
    if isinstance(result, tuple):
        if hole_of(result):
            raise UnknownError
        raise RefusedError
    return result


def any_list(result: Result) -> list[Result]:
    """Return a list whose order may be unknown and which may hold elements that are many."""
    found = _structure(result)
    if not isinstance(found, list):
        raise RefusedError
    return found


def open_list(result: Result) -> list[Result]:
    """Return a list in order; some of its elements may be many."""
    found = any_list(result)
    if isinstance(found, Members) and len(found) > 1 and not wholly_known(found):
        raise UnknownError
    return found


def closed_list(result: Result) -> list[Result]:
    """Return a list of which the number of elements is known."""
    found = open_list(result)
    if any(is_many(item) for item in found):
        raise UnknownError
    return found


def mapping(result: Result) -> dict[str, Result]:
    """Return a map."""
    found = _structure(result)
    if not isinstance(found, dict):
        raise RefusedError
    return found


def in_order(pairs: Mapping[str, Result]) -> dict[str, Result]:
    """Return a map in the order Terraform walks it."""
    return {key: pairs[key] for key in sorted(pairs)}


def bounded(value: Value) -> Value:
    """Return a value with empty pieces dropped, unless it is too large to keep."""
    if sum(len(piece.text) for piece in value if isinstance(piece, Literal)) > MAX_TEXT or len(value) > MAX_ITEMS:
        raise UnknownError
    kept = tuple(piece for piece in value if isinstance(piece, Hole) or piece.text)
    return kept or value[:1] or literal("")


def bounded_list(items: list[Result]) -> list[Result]:
    """Return a list unless it is too long to keep."""
    if len(items) > MAX_ITEMS:
        raise UnknownError
    return items


def boolean(answer: bool | None) -> Value:  # noqa: FBT001 (the answer is all there is)
    """Return the value of a known answer."""
    if answer is None:
        raise UnknownError
    return TRUE if answer else FALSE


def truth(result: Result) -> bool:
    """Return a known condition; the strings ``1`` and ``0`` are taken for one too."""
    text = known_text(result)
    if text in ("1", "0") and is_bare(result):
        raise UnknownError
    if text not in _TRUTHS:
        raise RefusedError
    return _TRUTHS[text]


_TRUTHS = {"true": True, "false": False, "1": True, "0": False}


def at_index(items: list[Result], index: int) -> Result:
    """Return the n-th element; unknown behind an element that is many."""
    if isinstance(items, Members) or index < 0:
        raise RefusedError
    for position, item in enumerate(items[: index + 1]):
        if is_many(item):
            raise UnknownError
        if position == index:
            return item
    raise RefusedError


# ---------------------------------------------------------------- numbers


def number(result: Result) -> "Decimal":
    """Return a known number, exactly."""
    import re
    from decimal import Decimal

    text = known_text(result)
    if not re.fullmatch(r"-?\d{1,60}(\.\d{1,60})?([eE][+-]?\d{1,2})?", text):
        if any(char.isdecimal() for char in text) or "inf" in text.lower():
            raise UnknownError
        raise RefusedError
    return Decimal(text)


def number_value(value: "Decimal") -> Value:
    """Return a number as Terraform prints it."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if len(text) > _MAX_DIGITS:
        raise UnknownError
    return (Literal("0" if text == "-0" else text, None, bare=True),)


def whole(result: Result) -> int:
    """Return a known whole number."""
    found = number(result)
    if found != found.to_integral_value():
        raise UnknownError
    return int(found)


def arithmetic(operator: str, left: Result, right: Result) -> Value:
    """Compute exactly; unknown where the result would be rounded."""
    import decimal

    context = decimal.Context(
        prec=_MAX_DIGITS, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.DivisionByZero]
    )
    a, b = number(left), number(right)
    try:
        match operator:
            case "+":
                found = context.add(a, b)
            case "-":
                found = context.subtract(a, b)
            case "*":
                found = context.multiply(a, b)
            case "/":
                found = context.divide(a, b)
            case _:
                found = context.remainder(a, b)
    except ArithmeticError as error:
        raise UnknownError from error
    return number_value(found)


# ---------------------------------------------------------------- identities


def canonical(result: Result) -> str:
    """Return a text that is the same for two results only where they are the same."""
    parts: list[str] = []
    stack: list[Result | str] = [result]
    for _ in range(MAX_VISITS):
        if not stack:
            return "".join(parts)
        top = stack.pop()
        if isinstance(top, str):
            parts.append(top)
        elif top is None:
            parts.append("null")
        elif isinstance(top, tuple):
            parts.append(_canonical_scalar(top))
        else:
            stack.extend(reversed(_canonical_parts(top)))
    raise UnknownError


def _canonical_parts(result: "list[Result] | dict[str, Result]") -> list["Result | str"]:
    if isinstance(result, dict):
        pairs: list[Result | str] = ["{"]
        for key in sorted(result):
            pairs += [f"{', ' if len(pairs) > 1 else ''}{_quoted(key)} = ", result[key]]
        return [*pairs, "}"]
    items: list[Result | str] = ["toset([" if isinstance(result, Members) else "["]
    for item in result:
        items += [", ", item] if len(items) > 1 else [item]
    return [*items, "])" if isinstance(result, Members) else "]"]


def _canonical_scalar(value: Value) -> str:
    only = value[0] if len(value) == 1 else None
    if isinstance(only, Hole):
        return only.identity + ("..." if only.many else "")
    if isinstance(only, Literal) and only.bare:
        return only.text
    shown = (_escaped(piece.text) if isinstance(piece, Literal) else "${" + piece.identity + "}" for piece in value)
    return '"' + "".join(shown) + '"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${")


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def identity(label: str, arguments: Iterable[Result]) -> str:
    """Return what a derived hole depends on: equal only where label and arguments are; long ones are cut and signed."""
    full = f"{label}({', '.join(canonical(argument) for argument in arguments)})"
    if len(full) <= _MAX_IDENTITY:
        return full
    import hashlib

    return f"{label[:_MAX_LABEL]}(#{hashlib.sha256(full.encode('utf-8', 'replace')).hexdigest()[:24]})"


def derived(label: str, arguments: Sequence[Result], why: str = "") -> Hole:
    """Return the hole of something computed from arguments that are not all known."""
    return Hole(identity(label, arguments), None, why or _why(arguments) or f"{label} is not known")


def _why(arguments: Iterable[Result]) -> str:
    """Say why the first unknown thing is not known."""
    for argument in arguments:
        if isinstance(argument, tuple):
            for found in holes(argument):
                return found.why or f"{found.identity} is not known"
    return ""


def one_of(label: str, arguments: Sequence[Result], members: Sequence[Result]) -> Hole:
    """Return the hole of a choice between results; they are its domain when they are few and known texts."""
    found = derived(label, arguments)
    texts = [text_of(member) for member in members[: _MAX_DOMAIN + 1]]
    domain = dict.fromkeys(text for text in texts if text is not None)
    return found._replace(domain=tuple(domain)) if len(texts) <= _MAX_DOMAIN and None not in texts else found


def many(item: Hole) -> Value:
    """Return an element that stands for any number of elements."""
    return (item._replace(many=True, domain=(), likely=None),)


# ---------------------------------------------------------------- sameness


def same(left: Result, right: Result) -> bool | None:
    """Tell whether two results are the same; None where it cannot be told."""
    return _same(left, right, [MAX_VISITS])


def _same(left: Result, right: Result, left_over: list[int]) -> bool | None:  # noqa: PLR0911 (a case per kind)
    left_over[0] -= 1
    if left_over[0] < 0:
        return None
    one, other = hole_of(left), hole_of(right)
    if one or other:
        return True if one and other and one.identity == other.identity and not one.many else None
    if left is None or right is None:
        return left is right
    if isinstance(left, tuple) and isinstance(right, tuple):
        return _same_scalar(left, right)
    if isinstance(left, list) and isinstance(right, list):
        return _same_lists(left, right, left_over)
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return False
        return _all_same(((left[key], right[key]) for key in left), left_over)
    return False


def _same_scalar(left: Value, right: Value) -> bool | None:
    if is_bare(left) == is_bare(right):
        return compare(left, right)
    # a string that reads as a number may have been converted on its way
    try:
        return None if number(left) == number(right) else False
    except (UnknownError, RefusedError):
        return None if compare(left, right) is not False else False


def _same_lists(left: list[Result], right: list[Result], left_over: list[int]) -> bool | None:
    if any(is_many(item) for item in (*left, *right)):
        return None
    if isinstance(left, Members) or isinstance(right, Members):
        return True if left == right else None
    if len(left) != len(right):
        return False
    return _all_same(zip(left, right, strict=True), left_over)


def _all_same(pairs: Iterable[tuple[Result, Result]], left_over: list[int]) -> bool | None:
    answers = [_same(left, right, left_over) for left, right in pairs]
    if any(answer is False for answer in answers):
        return False
    return None if any(answer is None for answer in answers) else True
