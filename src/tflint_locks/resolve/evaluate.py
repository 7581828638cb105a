"""Expressions to values: what is known with the pieces and spans it came from, the rest as holes.

Knows what names mean only by asking its scope. What cannot be known is a hole; nothing is ever guessed.
"""

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING

from tflint_locks.hcl import (
    Binary,
    Call,
    Conditional,
    Constant,
    Expression,
    For,
    GetAttr,
    HclError,
    Index,
    Interpolation,
    Name,
    Object,
    Paren,
    Part,
    Placeholder,
    Splat,
    Template,
    TemplateFor,
    TemplateIf,
    Text,
    Tuple,
    Unary,
    expression,
)
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.functions import FUNCTIONS
from tflint_locks.resolve.jsontext import json_result
from tflint_locks.resolve.results import (
    FALSE,
    MAX_ITEMS,
    TRUE,
    RefusedError,
    UnknownError,
    arithmetic,
    as_string,
    at_index,
    boolean,
    bounded,
    bounded_list,
    canonical,
    derived,
    hole_of,
    identity,
    in_order,
    is_many,
    known_text,
    many,
    number,
    number_value,
    one_of,
    open_list,
    same,
    truth,
    whole,
    wholly_known,
)
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Members, Piece, Result, Value, hole, joined, literal, text_of

if TYPE_CHECKING:
    from decimal import Decimal

_MAX_STEPS = 50_000
_MAX_FOREIGN_NAMES = 200
# Elements from a list's end that are asked for one by one.
_MOST_FROM_END = 12
# Placeholder of a splat: no identifier can be spelled like it.
_ELEMENT = "*"
_ORDERS: Mapping[str, Callable[["Decimal", "Decimal"], bool]] = {"<": lt, ">": gt, "<=": le, ">=": ge}
# Their result differs from call to call, so each call is a hole of its own.
_IMPURE = frozenset({"uuid", "bcrypt", "timestamp", "plantimestamp"})


class Scope(NamedTuple):
    """What names mean where an expression stands.

    ``path`` and ``text`` are the file of the expression. ``lookup`` gets a traversal as texts (``("var", "x")``,
    ``("aws_s3_bucket", "b", "0", "arn")``) and returns what its first names mean and how many of them that took;
    what lies behind is taken from the result. Where it cannot be known it answers a hole of that identity.
    ``read`` returns (path, text) for a path relative to the repository's root, None when it cannot be read.
    ``bindings`` are the variables of ``for`` and of ``templatefile``. ``generous`` takes both of two lists where the
    choice between them is unknown: all that a policy grants when it can. ``functions`` answers with a tool's own
    function of a name, before Terraform's. ``steps`` are those left for all evaluations that share the list.
    """

    path: str
    text: str
    lookup: Callable[[tuple[str, ...]], tuple[Result, int]]
    read: Callable[[str], tuple[str, str] | None]
    bindings: Mapping[str, Result]
    generous: bool = False
    functions: Callable[[str], Callable[[Sequence[Result]], Result] | None] | None = None
    steps: list[int] | None = None


class _Run(NamedTuple):
    """One evaluation: its scope and the steps it has left, a list of one number."""

    scope: Scope
    steps: list[int]


class _ExhaustedError(Exception):
    """The evaluation takes more steps than are allowed."""


@contextmanager
def _perhaps() -> Iterator[None]:
    """Mark what may never be evaluated: a refusal there refuses nothing, it only leaves the result unknown."""
    try:
        yield
    except RefusedError as error:
        raise UnknownError from error


def evaluate(node: Expression, scope: Scope) -> Result:
    """Return what an expression is worth; a hole where that cannot be known or Terraform would refuse it."""
    run = _Run(scope, [_MAX_STEPS] if scope.steps is None else scope.steps)
    try:
        return _result(node, run)
    except RefusedError:
        return (_unknown(node, run)._replace(why="terraform refuses this expression"),)
    except (_ExhaustedError, RecursionError):  # a conditional in each branch of another is nested without a bracket
        return hole(f"{scope.path}:{node.start}", Span(scope.path, node.start, node.end), "too large to evaluate")


def evaluate_span(start: int, end: int, scope: Scope) -> Result:
    """Parse and evaluate the expression at a span of the scope's text."""
    try:
        node = _parsed(scope.text, start, end)
    except HclError as error:
        return hole(f"{scope.path}:{start}", Span(scope.path, start, end), error.message)
    return evaluate(node, scope)


@lru_cache(maxsize=1024)
def _parsed(text: str, start: int, end: int) -> Expression:
    """Parse once what several instances of a module evaluate."""
    return expression(text, start, end)


def _result(node: Expression, run: _Run) -> Result:
    run.steps[0] -= 1
    if run.steps[0] < 0:
        raise _ExhaustedError
    try:
        return _computed(node, run)
    except UnknownError:
        return (_unknown(node, run),)


def _computed(node: Expression, run: _Run) -> Result:  # noqa: C901, PLR0911 (one case per kind of node)
    match node:
        case Template():
            return _template(node, run)
        case Constant():
            return _constant(node, run)
        case Name() | GetAttr() | Index() | Placeholder():
            return _traversal(node, run)
        case Call():
            return _call(node, run)
        case Object():
            return _object(node, run)
        case Tuple():
            return bounded_list([_result(item, run) for item in node.items])
        case Conditional():
            return _conditional(node, run)
        case Binary():
            return _binary(node, run)
        case Paren():
            return _result(node.inner, run)
        case Unary():
            return _unary(node, run)
        case Splat():
            return _splat(node, run)
        case For():
            return _for(node, run)


# ---------------------------------------------------------------- what cannot be known


def _span(node: Expression | Part, run: _Run) -> Span:
    return Span(run.scope.path, node.start, node.end)


def _unknown(node: Expression, run: _Run) -> Hole:
    """Return the hole of an expression: the same words about the same things are the same hole."""
    words = " ".join(run.scope.text[node.start : node.end].split())
    try:
        told = [_told(names, run) for names in _names_in(node)]
        found = derived(words, told, "not known offline" if not told else "")
    except UnknownError:
        found = Hole(f"{run.scope.path}:{node.start}:{words[:40]}", None, "too large to evaluate")
    return found._replace(span=_span(node, run))


def _told(names: tuple[str, ...], run: _Run) -> Result:
    try:
        return _asked(names, run)[0]
    except RefusedError:
        return hole(".".join(names))


def _names_in(node: Expression) -> Iterator[tuple[str, ...]]:
    """Yield the traversals below a node; names bound by a ``for`` within it are yielded too."""
    stack: list[object] = [node]
    found = 0
    while stack and found < MAX_ITEMS:
        top = stack.pop()
        found += 1
        if isinstance(top, Name | GetAttr | Index):
            names, base, keys = _plain_names(top)
            if names:
                yield names
            stack.extend(keys if names else (*keys, base))
        elif isinstance(top, tuple):
            stack.extend(item for item in top if isinstance(item, tuple))
    if stack:
        raise UnknownError


def _plain_names(node: Expression) -> tuple[tuple[str, ...], Expression, list[Expression]]:
    """Return the names a traversal begins with, what it stands on, and its index expressions."""
    steps: list[str | None] = []
    keys: list[Expression] = []
    while isinstance(node, GetAttr | Index):
        if isinstance(node, GetAttr):
            steps.append(node.name)
        else:
            keys.append(node.key)
            steps.append(_written(node.key))
        node = node.on
    if not isinstance(node, Name):
        return (), node, keys
    names = [node.name]
    for step in reversed(steps):
        if step is None:
            break
        names.append(step)
    return tuple(names), node, keys


def _written(key: Expression) -> str | None:
    """Return the text of a literal key."""
    if isinstance(key, Constant) and isinstance(key.value, int) and not isinstance(key.value, bool):
        return str(key.value)
    if isinstance(key, Template) and len(key.parts) == 1 and isinstance(key.parts[0], Text):
        return key.parts[0].value
    return None


# ---------------------------------------------------------------- literals and templates


def _constant(node: Constant, run: _Run) -> Result:
    if node.value is None:
        return None
    if isinstance(node.value, bool):
        text = "true" if node.value else "false"
    else:
        text = known_text(number_value(number(literal(run.scope.text[node.start : node.end]))))
    return (Literal(text, _span(node, run), bare=True),)


def _template(node: Template, run: _Run) -> Result:
    if len(node.parts) == 1 and isinstance(node.parts[0], Interpolation) and not node.heredoc:
        return _result(node.parts[0].expression, run)
    if not node.parts:
        return literal("", Span(run.scope.path, node.start + 1, node.start + 1) if not node.heredoc else None)
    return _parts(node.parts, node.heredoc, run)


def _parts(parts: Sequence[Part], heredoc: bool, run: _Run) -> Value:  # noqa: FBT001 (of a heredoc)
    return bounded(joined([_part(part, heredoc, run) for part in parts]))


def _part(part: Part, heredoc: bool, run: _Run) -> Value:  # noqa: FBT001 (of a heredoc)
    match part:
        case Text():
            return _text(part, heredoc, run)
        case Interpolation():
            return as_string(_result(part.expression, run))
        case TemplateIf():
            return _template_if(part, heredoc, run)
        case TemplateFor():
            return _template_for(part, heredoc, run)


def _text(part: Text, heredoc: bool, run: _Run) -> Value:  # noqa: FBT001 (of a heredoc)
    """Return a literal part; in a heredoc of which the indentation is cut, one piece for each line."""
    span = _span(part, run)
    written = run.scope.text[part.start : part.end]
    if not heredoc or written == part.value:
        return literal(part.value, span)
    lines, values = written.splitlines(keepends=True), part.value.splitlines(keepends=True)
    if len(lines) != len(values) or len(lines) > MAX_ITEMS:
        return literal(part.value, span)
    pieces: list[Piece] = []
    at = part.start
    for line, value in zip(lines, values, strict=True):
        if line.endswith(value):
            pieces.append(Literal(value, Span(span.path, at + len(line) - len(value), at + len(line))))
        else:
            pieces.append(Literal(value, Span(span.path, at, at + len(line))))
        at += len(line)
    return tuple(pieces)


def _template_if(part: TemplateIf, heredoc: bool, run: _Run) -> Value:  # noqa: FBT001 (of a heredoc)
    condition = _result(part.condition, run)
    try:
        return _parts(part.then if truth(condition) else part.otherwise, heredoc, run)
    except UnknownError:
        with _perhaps():
            then, otherwise = _parts(part.then, heredoc, run), _parts(part.otherwise, heredoc, run)
        return then if same(then, otherwise) else (_choice(condition, then, otherwise, _span(part, run)),)


def _template_for(part: TemplateFor, heredoc: bool, run: _Run) -> Value:  # noqa: FBT001 (of a heredoc)
    collection = _result(part.collection, run)
    values: list[Value] = []
    for key, value in elements(collection):
        if is_many(value):
            raise UnknownError
        names = {part.name: value} | ({part.key: key} if part.key else {})
        values.append(_parts(part.parts, heredoc, _bound(run, names)))
        bounded(joined(values[-1:]))
        if len(values) > MAX_ITEMS:
            raise UnknownError
    return bounded(joined(values))


# ---------------------------------------------------------------- names


def _traversal(node: Expression, run: _Run) -> Result:
    steps: list[str | Result] = []
    while isinstance(node, GetAttr | Index):
        steps.append(node.name if isinstance(node, GetAttr) else _key(node.key, run))
        node = node.on
    steps.reverse()
    if not isinstance(node, Name):
        base = run.scope.bindings[_ELEMENT] if isinstance(node, Placeholder) else _result(node, run)
        return _dug(base, steps)
    plain = 0
    while plain < len(steps) and isinstance(steps[plain], str):
        plain += 1
    names = (node.name, *(step for step in steps[:plain] if isinstance(step, str)))
    base, used = _asked(names, run)
    return _placed(_dug(base, [*names[used:], *steps[plain:]]), node.start, names, run)


def _placed(result: Result, start: int, names: tuple[str, ...], run: _Run) -> Result:
    """Give a hole without a place the place of the name that stands for it."""
    found = hole_of(result)
    if found is None or found.span is not None:
        return result
    return (found._replace(span=Span(run.scope.path, start, start + len(names[0]))),)


def _asked(names: tuple[str, ...], run: _Run) -> tuple[Result, int]:
    if names[0] in run.scope.bindings:
        return run.scope.bindings[names[0]], 1
    return run.scope.lookup(names)


def _key(key: Expression, run: _Run) -> "str | Result":
    """Return the text of an index when it is known."""
    found = _result(key, run)
    text = text_of(found)
    return text if text is not None else found


def _dug(result: Result, steps: Sequence["str | Result"]) -> Result:
    """Take attributes and elements from a result."""
    for step in steps:
        found = hole_of(result)
        if found:
            named = f".{step}" if isinstance(step, str) else f"[{canonical(step)}]"
            result = (Hole(found.identity + named, found.span, found.why),)
        elif isinstance(step, str):
            result = _member(result, step)
        elif isinstance(step, tuple):
            result = _any_member(result, step)
        else:
            raise RefusedError
    return result


def _member(result: Result, key: str) -> Result:
    if isinstance(result, dict):
        if key not in result:
            raise RefusedError
        return result[key]
    if isinstance(result, list):
        return at_index(result, whole(literal(key)))
    raise RefusedError


def _any_member(result: Result, key: Value) -> Result:
    """Take an element by a key that is not known: what all of them share, else a hole."""
    if not isinstance(result, dict | list) or not result:
        raise RefusedError
    last = _from_end(result, key) if isinstance(result, list) else None
    if last is not None:
        return last
    members = list(result.values()) if isinstance(result, dict) else result
    if len(members) <= _MAX_FOREIGN_NAMES and all(same(members[0], member) for member in members[1:]):
        return members[0]
    return (one_of("index", [result, key], members),)


def _from_end(items: list[Result], key: Value) -> Result:
    """Return the element that ``items[length(items) - n]`` asks for, where enough of the list's end is known."""
    asked = hole_of(key)
    if isinstance(items, Members) or asked is None or not asked.identity.startswith("-("):
        return None
    length: Value = (derived("length", [items]),)
    for back, item in enumerate(reversed(items[-_MOST_FROM_END:]), 1):
        if is_many(item):
            return None
        if asked.identity == identity("-", [length, (Literal(str(back), None, bare=True),)]):
            return item
    return None


# ---------------------------------------------------------------- operators


def _conditional(node: Conditional, run: _Run) -> Result:
    condition = _result(node.condition, run)
    try:
        chosen = truth(condition)
    except UnknownError:
        with _perhaps():
            then, otherwise = _result(node.then, run), _result(node.otherwise, run)
        return _either(condition, then, otherwise, node, run)
    taken, left_out = (node.then, node.otherwise) if chosen else (node.otherwise, node.then)
    return _of_one_type(_result(taken, run), taken, left_out, run)


def _of_one_type(result: Result, chosen: Expression, left_out: Expression, run: _Run) -> Result:
    """Make a set of a list whose alternative is a set, as both sides have one type."""
    if not isinstance(result, list) or isinstance(result, Members):
        return result
    try:
        other = _result(left_out, run)
    except RefusedError:
        return result
    if not isinstance(other, Members):
        return result
    if result and not isinstance(chosen, Tuple):
        raise UnknownError
    return FUNCTIONS["toset"]([result])


def _either(condition: Result, then: Result, otherwise: Result, node: Conditional, run: _Run) -> Result:
    if same(then, otherwise) and isinstance(then, Members) == isinstance(otherwise, Members):
        return then
    if run.scope.generous and isinstance(then, list) and isinstance(otherwise, list):
        return bounded_list([*then, *otherwise])
    return (_choice(condition, then, otherwise, _span(node, run)),)


def _choice(condition: Result, then: Result, otherwise: Result, span: Span) -> Hole:
    """Return the hole of one of two results; the same choice between the same two is the same hole."""
    return one_of("if", [condition, then, otherwise], [then, otherwise])._replace(span=span)


def _unary(node: Unary, run: _Run) -> Result:
    operand = _result(node.operand, run)
    try:
        if node.operator == "!":
            return boolean(not truth(operand))
        return number_value(-number(operand))
    except UnknownError:
        return (derived(node.operator, [operand])._replace(span=_span(node, run)),)


def _binary(node: Binary, run: _Run) -> Result:
    chain: list[Binary] = [node]
    while isinstance(chain[-1].left, Binary):
        chain.append(chain[-1].left)
    left = _result(chain[-1].left, run)
    for link in reversed(chain):
        run.steps[0] -= 1
        left = _operation(link, left, run)
    return left


def _operation(link: Binary, left: Result, run: _Run) -> Result:
    if link.operator in ("&&", "||") and _settles(link.operator, left):
        return TRUE if link.operator == "||" else FALSE
    with nullcontext() if wholly_known(left) else _perhaps():
        right = _result(link.right, run)
    try:
        return _operated(link.operator, left, right)
    except UnknownError:
        return (derived(link.operator, [left, right])._replace(span=_span(link, run)),)


def _settles(operator: str, side: Result) -> bool:
    """Tell whether one side of ``&&`` or ``||`` decides it."""
    return text_of(side) == ("true" if operator == "||" else "false")


def _operated(operator: str, left: Result, right: Result) -> Result:
    if operator in ("==", "!="):
        answer = same(left, right)
        if answer and isinstance(left, list | dict):
            # a tuple never equals a list, nor an object a map, and what was converted is not known
            answer = None
        return boolean(None if answer is None else answer == (operator == "=="))
    if operator in ("&&", "||"):
        if _settles(operator, right):
            return TRUE if operator == "||" else FALSE
        sides = truth(left), truth(right)
        return boolean(all(sides) if operator == "&&" else any(sides))
    if operator in _ORDERS:
        return boolean(_ORDERS[operator](number(left), number(right)))
    return arithmetic(operator, left, right)


# ---------------------------------------------------------------- collections


def _object(node: Object, run: _Run) -> Result:
    pairs: dict[str, Result] = {}
    for key, value in node.items:
        name = key.name if isinstance(key, Name) else known_text(_result(key, run))
        pairs[name] = _result(value, run)
    if len(pairs) > MAX_ITEMS:
        raise UnknownError
    return in_order(pairs)


def _bound(run: _Run, names: Mapping[str, Result]) -> _Run:
    return run._replace(scope=run.scope._replace(bindings={**run.scope.bindings, **names}))


def elements(collection: Result) -> Iterator[tuple[Result, Result]]:
    """Yield (key, value) of a collection, keys unknown behind an element that is many."""
    if isinstance(collection, dict):
        yield from ((literal(key), value) for key, value in in_order(collection).items())
        return
    items, certain = open_list(collection), True
    for index, item in enumerate(items):
        certain = certain and not is_many(item)
        if isinstance(collection, Members):
            yield item, item
        else:
            yield ((Literal(str(index), None, bare=True),) if certain else hole("index")), item


def _splat(node: Splat, run: _Run) -> Result:
    on = _result(node.on, run)
    if on is None:
        return []
    found = hole_of(on)
    if found:
        return _result(node.each, _bound(run, {_ELEMENT: (found._replace(identity=f"{found.identity}[*]"),)}))
    items = open_list(on) if isinstance(on, list) else [on]
    return [_each(item, node.each, _bound(run, {_ELEMENT: item})) for item in items]


def _each(item: Result, body: Expression, run: _Run) -> Result:
    """Evaluate what becomes of one element; of one that is many, many."""
    if not is_many(item):
        return _result(body, run)
    with _perhaps():
        result = _result(body, run)
    return many(hole_of(result) or derived("each", [item, result]))


def _for(node: For, run: _Run) -> Result:
    collection = _result(node.collection, run)
    return _for_list(node, collection, run) if node.key is None else _for_map(node, node.key, collection, run)


def _for_scope(node: For, key: Result, value: Result, run: _Run) -> _Run:
    names = {node.value_name: value} | ({node.key_name: key} if node.key_name else {})
    return _bound(run, names)


def _for_list(node: For, collection: Result, run: _Run) -> Result:
    items: list[Result] = []
    for key, value in elements(collection):
        if node.key_name and hole_of(key) and not isinstance(collection, Members):
            raise UnknownError
        within = _for_scope(node, key, value, run)
        kept = _result(node.condition, within) if node.condition else TRUE
        if text_of(kept) is not None and not truth(kept):
            continue
        if text_of(kept) is not None:
            items.append(_each(value, node.value, within))
            continue
        with _perhaps():
            items.append(many(derived("if", [kept, _each(value, node.value, within)])))
    return bounded_list(items)


def _for_map(node: For, key_of: Expression, collection: Result, run: _Run) -> Result:
    pairs: dict[str, Result] = {}
    for key, value in elements(collection):
        if is_many(value):
            raise UnknownError
        within = _for_scope(node, key, value, run)
        if node.condition and not truth(_result(node.condition, within)):
            continue
        name = known_text(_result(key_of, within))
        found = _result(node.value, within)
        if node.group:
            group = pairs.setdefault(name, [])
            if isinstance(group, list):
                group.append(found)
        elif name in pairs:
            raise RefusedError
        else:
            pairs[name] = found
    return in_order(pairs)


# ---------------------------------------------------------------- calls


def _call(node: Call, run: _Run) -> Result:
    name = node.name.removeprefix("core::")
    if name in ("try", "can") and not node.expand:
        return _try(node, run) if name == "try" else _can(node, run)
    arguments = _arguments(node, run)
    try:
        return _called(name, arguments, node, run)
    except UnknownError:
        if name in _IMPURE:
            raise
        why = "" if name in _KNOWN else f"{name} is not known offline"
        return (derived(name, arguments, why)._replace(span=_span(node, run)),)


def _called(name: str, arguments: list[Result], node: Call, run: _Run) -> Result:
    own = run.scope.functions(name) if run.scope.functions else None
    if own:
        return own(arguments)
    if name in FUNCTIONS:
        result = FUNCTIONS[name](arguments)
        run.steps[0] -= sum(map(_cost, (*arguments, result)))
        return result
    if name in _FILE_FUNCTIONS:
        return _FILE_FUNCTIONS[name](arguments, run)
    if name in _IMPURE:
        return hole(f"{name}() at {run.scope.path}:{node.start}", _span(node, run), f"{name} differs from run to run")
    raise UnknownError


def _cost(result: Result) -> int:
    """Return how many steps it takes to go once through a result."""
    if isinstance(result, tuple):
        return sum(len(piece.text) // 4096 if isinstance(piece, Literal) else 0 for piece in result) + len(result) // 8
    return len(result) // 8 if result else 0


def _arguments(node: Call, run: _Run) -> list[Result]:
    arguments = [_result(argument, run) for argument in node.arguments]
    if node.expand:
        arguments[-1:] = open_list(arguments[-1])
        if any(is_many(argument) for argument in arguments) and node.name != "concat":
            raise UnknownError
    return arguments


def _try(node: Call, run: _Run) -> Result:
    """Take the first argument that certainly works; what may fail leaves the whole unknown."""
    tried: list[Result] = []
    for argument in node.arguments:
        try:
            found = _result(argument, run)
        except RefusedError:
            continue
        if not tried and (wholly_known(found) or argument is node.arguments[-1]):
            return found
        tried.append(found)
    if not tried:
        raise RefusedError
    return (derived("try", tried)._replace(span=_span(node, run)),)


def _can(node: Call, run: _Run) -> Result:
    try:
        found = _result(node.arguments[0], run)
    except RefusedError:
        return FALSE
    return TRUE if wholly_known(found) else (derived("can", [found])._replace(span=_span(node, run)),)


# ---------------------------------------------------------------- files


def _opened(path: Result, run: _Run) -> tuple[str, str]:
    """Read a file; what is written as a plain path is relative to where terraform runs, ``path.root``."""
    value = as_string(path)
    text = known_text(value)
    first = value[0]
    if isinstance(first, Literal) and first.span is not None and not text.startswith("/"):
        root = text_of(_asked(("path", "root"), run)[0])
        if root is None:
            raise UnknownError
        text = f"{root}/{text}"
    inside = posixpath.normpath(text.lstrip("/"))
    found = None if inside.startswith("..") else run.scope.read(inside)
    if found is None:
        raise UnknownError
    return found


def _file(arguments: list[Result], run: _Run) -> Result:
    (path,) = arguments
    name, text = _opened(path, run)
    return bounded(literal(text, Span(name, 0, len(text))))


def _file_exists(arguments: list[Result], run: _Run) -> Result:
    _opened(arguments[0], run)
    return TRUE


def _template_file(arguments: list[Result], run: _Run) -> Result:
    """Evaluate a file as a template, with the variables given to it alone."""
    path, variables = arguments
    name, text = _opened(path, run)
    if not isinstance(variables, dict):
        raise UnknownError
    mark = "TEMPLATE"
    while mark in text:
        mark += "_"
    head = f"<<{mark}\n"
    whole_text = f"{head}{text}\n{mark}\n"
    try:
        node = expression(whole_text, 0, len(whole_text) - 1)
    except HclError as error:
        raise UnknownError from error
    scope = Scope(name, whole_text, _nothing, lambda _: None, variables)
    value = as_string(_result(node, _Run(scope, run.steps)))
    return bounded(tuple(_moved(piece, name, len(head), len(text)) for piece in value))


def _nothing(names: tuple[str, ...]) -> tuple[Result, int]:
    raise RefusedError(names[0])


def _moved(piece: Piece, path: str, head: int, size: int) -> Piece:
    """Move the span of a piece from the text that was parsed to the file; the added line break goes."""
    span = piece.span
    if span is None or span.path != path:
        return piece
    start, end = span.start - head, span.end - head
    if end <= size or not isinstance(piece, Literal):
        return piece._replace(span=Span(path, start, min(end, size)))
    return Literal(piece.text.removesuffix("\n"), Span(path, start, size))


def _abspath(arguments: list[Result], run: _Run) -> Result:
    """Return a path below the current directory, whose name is often enough known."""
    (path,) = arguments
    text = posixpath.normpath(known_text(path))
    if text.startswith(("..", "/")):
        raise UnknownError
    here = as_string(_asked(("path", "cwd"), run)[0])
    return here if text == "." else bounded(joined([here, literal(f"/{text}")]))


def _json_decode(arguments: list[Result], _: _Run) -> Result:
    (text,) = arguments
    return json_result(as_string(text))


_FILE_FUNCTIONS: Mapping[str, Callable[[list[Result], _Run], Result]] = {
    "abspath": _abspath,
    "file": _file,
    "fileexists": _file_exists,
    "jsondecode": _json_decode,
    "templatefile": _template_file,
}
_KNOWN = FUNCTIONS.keys() | _FILE_FUNCTIONS.keys()
