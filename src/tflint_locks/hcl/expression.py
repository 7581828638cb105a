"""HCL expressions: the text of one value to a tree of nodes with exact spans."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from tflint_locks.hcl import template
from tflint_locks.hcl.nodes import (
    Binary,
    Call,
    Conditional,
    Constant,
    For,
    GetAttr,
    HclError,
    Index,
    Interpolation,
    Name,
    Object,
    Paren,
    Placeholder,
    Splat,
    Template,
    Text,
    Tuple,
    Unary,
)
from tflint_locks.hcl.syntax import (
    HEREDOC,
    IDENTIFIER,
    LINE_COMMENT,
    LONG_COMMENT,
    PLAIN_STRING,
    faulty_character,
    heredoc_literal,
    string_body,
    unescape,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tflint_locks.hcl.nodes import Expression

# Kinds of tokens, which are also the groups of the patterns below.
_IDENT, _NUMBER, _STRING, _QUOTE, _FLUSH, _HEREDOC, _SIGN, _NEWLINE, _END = range(1, 10)

_NUMBER_TEXT = r"[0-9]++(?:\.*+(?:[0-9]|[eE][+-]?[0-9])[0-9]*+)*"
_SIGNS = r"==|!=|<=|>=|&&|\|\||=>|\.\.\.|::|~\}|[-+*/%!<>?:=.,()\[\]{}]"
# The last alternative matches at any character: without a match, the comments before it would be tried for a token.
_TOKEN = rf"(?:({IDENTIFIER})|({_NUMBER_TEXT})|({PLAIN_STRING})|(\")|{HEREDOC}|({_SIGNS})|(\n)|(\Z)|)"
_COMMENT = rf"(?:{LINE_COMMENT}|{LONG_COMMENT})"
_RANKS = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
_WORDS = {"true": True, "false": False, "null": None}

# Three to four Python frames a level: with the caller's own they stay below Python's limit of 1,000.
DEEPEST = 200


@cache
def _line_token() -> Callable[..., re.Match[str] | None]:
    """Match of the next token where a line break is one."""
    return re.compile(rf"[ \t\r]*+(?:{_COMMENT}[ \t\r]*+)*{_TOKEN}").match


@cache
def _free_token() -> Callable[..., re.Match[str] | None]:
    """Match of the next token where line breaks are blanks: within (), [] and ${}."""
    return re.compile(rf"[ \t\r\n]*+(?:{_COMMENT}[ \t\r\n]*+)*{_TOKEN}").match


@cache
def _simple() -> Callable[..., re.Match[str] | None]:
    """Match of a value without nesting: a string without escapes, a word, a number or a traversal by names."""
    word = r"[A-Za-z_][A-Za-z0-9_\-]*+"
    return re.compile(
        rf'(?:"([^"\\$%\r\n]*+)"|(true|false|null)|([0-9]++(?:\.[0-9]++)?)|({word}(?:\.{word})*))\Z'
    ).match


class Cursor:
    """Where the reader of one expression stands: the token it looks at and how deep it is."""

    __slots__ = ("depth", "end", "flush", "kind", "start", "stop", "text", "token", "value")
    kind: int
    start: int
    value: str

    def __init__(self, text: str, start: int, stop: int) -> None:
        """Look at the first token."""
        self.text = text
        self.stop = stop
        self.depth = 0
        self.token = _line_token()
        self.flush = False
        self.end = start
        _advance(self)


def _advance(cursor: Cursor) -> None:
    """Look at the next token."""
    found = cursor.token(cursor.text, cursor.end, cursor.stop)
    if found is None or found.lastindex is None:
        at = found.end() if found else cursor.end
        raise HclError("this character is not used within the language", at, at + 1)
    kind = found.lastindex
    cursor.kind = kind
    cursor.value = found.group(kind)
    cursor.start = found.start(kind)
    cursor.end = found.end()
    if kind == _HEREDOC:
        cursor.flush = bool(found.group(_FLUSH))
        cursor.start = found.start(_FLUSH) - 2
    elif kind == _IDENT and not cursor.value.isascii():
        _check_identifier(cursor)


def _check_identifier(cursor: Cursor) -> None:
    index = faulty_character(cursor.value)
    if index >= 0:
        at = cursor.start + index
        raise HclError("this character is not used within the language", at, at + 1)


def _is(cursor: Cursor, sign: str) -> bool:
    return cursor.kind == _SIGN and cursor.value == sign


def _is_word(cursor: Cursor, word: str) -> bool:
    return cursor.kind == _IDENT and cursor.value == word


def _fail(cursor: Cursor, message: str) -> HclError:
    return HclError(message, cursor.start, cursor.end)


def _expect(cursor: Cursor, sign: str, message: str) -> None:
    if cursor.kind != _SIGN or cursor.value != sign:
        raise _fail(cursor, message)


def _word(cursor: Cursor, message: str) -> str:
    """Take an identifier."""
    if cursor.kind != _IDENT:
        raise _fail(cursor, message)
    value = cursor.value
    _advance(cursor)
    return value


def expression(text: str, start: int, end: int) -> Expression:
    """Tree of the expression that is the whole of `text[start:end]`. Raises HclError."""
    found = _simple()(text, start, end)
    if found is not None:
        return _simple_expression(found, start, end)
    try:
        cursor = Cursor(text, start, end)
        tree = _expression(cursor)
    except RecursionError:  # the caller left us too few frames for what the limit allows
        raise HclError("expression nested too deeply", start, end) from None
    if cursor.kind != _END:
        raise _fail(cursor, "missing newline after argument")
    return tree


def _simple_expression(found: re.Match[str], start: int, end: int) -> Expression:
    kind = found.lastindex
    if kind == 1:
        parts = (Text(start + 1, end - 1, found[1]),) if end - start > 2 else ()  # noqa: PLR2004 # two quotes
        return Template(start, end, parts, heredoc=False)
    if kind == 2:  # noqa: PLR2004 # the pattern's second group
        return Constant(start, end, _WORDS[found[2]])
    if kind == 3:  # noqa: PLR2004 # the pattern's third group
        return Constant(start, end, number(found[3], start))
    return _traversal(found[4], start)


def _traversal(words: str, start: int) -> Expression:
    """`a.b.c`, or one of the words that are constants followed by names."""
    root, *names = words.split(".")
    at = start + len(root)
    tree: Expression = Constant(start, at, _WORDS[root]) if root in _WORDS else Name(start, at, root)
    for name in names:
        at += 1 + len(name)
        tree = GetAttr(start, at, tree, name)
    return tree


def number(digits: str, start: int) -> int | float:
    """Value of a number literal; beyond the digits that Python reads at once, as near as a float comes."""
    if digits.isdecimal() and len(digits) < 4000:  # noqa: PLR2004 # sys.get_int_max_str_digits() is 4,300
        return int(digits)
    try:
        value = float(digits)
    except ValueError:
        raise HclError("invalid number literal", start, start + len(digits)) from None
    if value == 0 or value in (float("inf"), float("-inf")):
        _check_exponent(digits, start)
    return value


def _check_exponent(digits: str, start: int) -> None:
    """Go's big.Float ends at exponents of 32 bits."""
    exponent = digits.lower().partition("e")[2]
    if len(exponent) > 9:  # noqa: PLR2004 # digits of a number that certainly fits
        raise HclError("invalid number literal", start, start + len(digits))


def _expression(cursor: Cursor) -> Expression:
    """Read a conditional, or what may stand in one."""
    cursor.depth += 1
    if cursor.depth > DEEPEST:
        raise _fail(cursor, "expression nested too deeply")
    branches: list[tuple[Expression, Expression]] = []
    tree = _operand(cursor)
    if cursor.kind == _SIGN and cursor.value in _RANKS:
        tree = _operation(cursor, tree)
    while cursor.kind == _SIGN and cursor.value == "?":
        _advance(cursor)
        then = _expression(cursor)
        _expect(cursor, ":", "missing false expression in conditional")
        branches.append((tree, then))
        _advance(cursor)
        tree = _operand(cursor)
        if cursor.kind == _SIGN and cursor.value in _RANKS:
            tree = _operation(cursor, tree)
    while branches:
        condition, then = branches.pop()
        tree = Conditional(condition.start, tree.end, condition, then, tree)
    cursor.depth -= 1
    return tree


def _operation(cursor: Cursor, first: Expression) -> Expression:
    """Binary operators by their rank, with stacks and not by recursion."""
    operands, operators = [first], list[str]()
    while cursor.kind == _SIGN and cursor.value in _RANKS:
        rank = _RANKS[cursor.value]
        while operators and _RANKS[operators[-1]] >= rank:
            _reduce(operands, operators)
        operators.append(cursor.value)
        _advance(cursor)
        operands.append(_operand(cursor))
    while operators:
        _reduce(operands, operators)
    return operands[0]


def _reduce(operands: list[Expression], operators: list[str]) -> None:
    right = operands.pop()
    left = operands.pop()
    operands.append(Binary(left.start, right.end, operators.pop(), left, right))


def _operand(cursor: Cursor) -> Expression:
    """Unary signs, a term and the steps after it."""
    signs: list[tuple[int, str]] = []
    while cursor.kind == _SIGN and cursor.value in "-!":
        signs.append((cursor.start, cursor.value))
        _advance(cursor)
    # No function between this one and a bracket's: each would be a frame for every level of nesting.
    read = _BRACKETS.get(cursor.value, _no_term) if cursor.kind == _SIGN else _TERMS[cursor.kind]
    term = read(cursor)
    if cursor.kind == _SIGN and cursor.value in _STEPS:
        term = _steps(cursor, term)
    while signs:
        start, sign = signs.pop()
        term = Unary(start, term.end, sign, term)
    return term


def _no_term(cursor: Cursor) -> Expression:
    raise _fail(cursor, "missing expression" if cursor.kind == _END else "invalid expression")


def _string_term(cursor: Cursor) -> Expression:
    start, end = cursor.start, cursor.end
    parts = (Text(start + 1, end - 1, unescape(cursor.text, start + 1, end - 1)),) if end - start > 2 else ()  # noqa: PLR2004 # two quotes
    _advance(cursor)
    return Template(start, end, parts, heredoc=False)


def _number_term(cursor: Cursor) -> Expression:
    term = Constant(cursor.start, cursor.end, number(cursor.value, cursor.start))
    _advance(cursor)
    return term


def _word_term(cursor: Cursor) -> Expression:
    start, end, word = cursor.start, cursor.end, cursor.value
    _advance(cursor)
    if cursor.kind == _SIGN:
        if cursor.value == "(":
            return _call(cursor, start, word)
        if cursor.value == "::":
            return _call(cursor, start, _qualified_name(cursor, word))
    return Constant(start, end, _WORDS[word]) if word in _WORDS else Name(start, end, word)


def _qualified_name(cursor: Cursor, first: str) -> str:
    words = [first]
    while _is(cursor, "::"):
        _advance(cursor)
        words.append(_word(cursor, "missing function name"))
    _expect(cursor, "(", "missing open parenthesis")
    return "::".join(words)


def _call(cursor: Cursor, start: int, name: str) -> Expression:
    arguments: list[Expression] = []
    expand = False
    outer = _open(cursor, _free_token())
    while not _is(cursor, ")"):
        arguments.append(_expression(cursor))
        if _is(cursor, "..."):
            expand = True
            _advance(cursor)
            _expect(cursor, ")", "missing closing parenthesis")
        elif _is(cursor, ","):
            _advance(cursor)
        else:
            _expect(cursor, ")", "missing argument separator")
    return Call(start, _close(cursor, outer), name, tuple(arguments), expand)


def _open(cursor: Cursor, token: Callable[..., re.Match[str] | None]) -> Callable[..., re.Match[str] | None]:
    """Step over a bracket into a place where `token` reads; gives what read outside."""
    outer = cursor.token
    cursor.token = token
    _advance(cursor)
    return outer


def _close(cursor: Cursor, outer: Callable[..., re.Match[str] | None]) -> int:
    """Step over the closing bracket; gives its end."""
    end = cursor.end
    cursor.token = outer
    _advance(cursor)
    return end


def _paren(cursor: Cursor) -> Expression:
    start = cursor.start
    outer = _open(cursor, _free_token())
    inner = _expression(cursor)
    _expect(cursor, ")", "unbalanced parentheses")
    return Paren(start, _close(cursor, outer), inner)


def _tuple(cursor: Cursor) -> Expression:
    start = cursor.start
    outer = _open(cursor, _free_token())
    if _is_word(cursor, "for"):
        return _for(cursor, start, outer, "]")
    items: list[Expression] = []
    while not _is(cursor, "]"):
        items.append(_expression(cursor))
        if _is(cursor, ","):
            _advance(cursor)
        else:
            _expect(cursor, "]", "missing item separator")
    return Tuple(start, _close(cursor, outer), tuple(items))


def _object(cursor: Cursor) -> Expression:
    start = cursor.start
    outer = _open(cursor, _free_token())
    if _is_word(cursor, "for"):
        return _for(cursor, start, outer, "}")
    items: list[tuple[Expression, Expression]] = []
    cursor.token = _line_token()
    while not _is(cursor, "}"):
        key = _expression(cursor)
        if not (_is(cursor, "=") or _is(cursor, ":")):
            raise _fail(cursor, "missing key/value separator")
        _advance(cursor)
        items.append((key, _expression(cursor)))
        if cursor.kind == _NEWLINE or _is(cursor, ","):
            _skip_newlines(cursor)
        else:
            _expect(cursor, "}", "missing attribute separator")
    return Object(start, _close(cursor, outer), tuple(items))


def _skip_newlines(cursor: Cursor) -> None:
    """Step over a separator and the line breaks after it."""
    cursor.token = _free_token()
    _advance(cursor)
    cursor.token = _line_token()


def _for(cursor: Cursor, start: int, outer: Callable[..., re.Match[str] | None], bracket: str) -> Expression:
    _advance(cursor)
    key_name, value_name = _for_names(cursor)
    collection = _expression(cursor)
    _expect(cursor, ":", "for expression requires a colon after the collection expression")
    _advance(cursor)
    key, value = _for_result(cursor, bracket)
    group = bracket == "}" and _is(cursor, "...")
    if group:
        _advance(cursor)
    condition = None
    if _is_word(cursor, "if"):
        _advance(cursor)
        condition = _expression(cursor)
    _expect(cursor, bracket, "extra characters after the end of the for expression")
    return For(start, _close(cursor, outer), key_name, value_name, collection, key, value, condition, group)


def _for_names(cursor: Cursor) -> tuple[str | None, str]:
    """`k, v in` or `v in`."""
    names = [_word(cursor, "for requires a variable name")]
    if _is(cursor, ","):
        _advance(cursor)
        names.append(_word(cursor, "for requires a value variable name after the comma"))
    if not _is_word(cursor, "in"):
        raise _fail(cursor, "for requires the in keyword after its names")
    _advance(cursor)
    return (names[0], names[1]) if len(names) > 1 else (None, names[0])


def _for_result(cursor: Cursor, bracket: str) -> tuple[Expression | None, Expression]:
    first = _expression(cursor)
    if _is(cursor, "=>") != (bracket == "}"):
        problem = "key expression is required when building an object"
        raise _fail(cursor, problem if bracket == "}" else "key expression is not valid when building a tuple")
    if bracket == "]":
        return None, first
    _advance(cursor)
    return first, _expression(cursor)


def _steps(cursor: Cursor, on: Expression) -> Expression:
    """Attribute access, indexes and splats after a term."""
    splats: list[Expression] = []
    while cursor.kind == _SIGN and cursor.value in _STEPS:
        sign = cursor.start
        outer = cursor.token
        step = cursor.value
        _advance(cursor)
        if step == ".":
            on = _attribute_splat(cursor, on, sign) if _is(cursor, "*") else _dot(cursor, on)
        elif _is(cursor, "*"):
            splats.append(on)
            _advance(cursor)
            _expect(cursor, "]", "the star of a splat must be followed by a closing bracket")
            on = Placeholder(sign, cursor.end)
            _advance(cursor)
        else:
            on = _index(cursor, on, outer)
    while splats:  # a full splat takes the steps after it, further splats too
        source = splats.pop()
        on = Splat(source.start, on.end, source, on)
    return on


def _dot(cursor: Cursor, on: Expression) -> Expression:
    """`.name` or `.0`; the dot has been read."""
    if cursor.kind == _IDENT:
        on = GetAttr(on.start, cursor.end, on, cursor.value)
    elif cursor.kind == _NUMBER:
        if "." in cursor.value:
            raise _fail(cursor, "invalid legacy index syntax")
        on = Index(on.start, cursor.end, on, Constant(cursor.start, cursor.end, number(cursor.value, cursor.start)))
    else:
        raise _fail(cursor, "an attribute name is required after a dot")
    _advance(cursor)
    return on


def _attribute_splat(cursor: Cursor, source: Expression, dot: int) -> Expression:
    """`.*` and the names after it."""
    each: Expression = Placeholder(dot, cursor.end)
    _advance(cursor)
    while _is(cursor, "."):
        _advance(cursor)
        each = _dot(cursor, each)
    return Splat(source.start, each.end, source, each)


def _index(cursor: Cursor, on: Expression, outer: Callable[..., re.Match[str] | None]) -> Expression:
    """`[key]`; the opening bracket has been read."""
    cursor.token = _free_token()
    if cursor.kind == _NEWLINE:
        _advance(cursor)
    key = _expression(cursor)
    _expect(cursor, "]", "missing close bracket on index")
    return Index(on.start, _close(cursor, outer), on, key)


def _quoted(cursor: Cursor) -> Expression:
    """Read a quoted string with sequences in it; the cursor looks at its opening quote."""
    start, at, text = cursor.start, cursor.end, cursor.text
    pieces: list[template.Piece] = []
    while True:
        found = string_body()(text, at, cursor.stop)
        end = found.end() if found else at
        if end > at:
            template.add_literal(pieces, template.Literal(at, end, [unescape(text, at, end)]))
        if end >= cursor.stop or text[end] in "\r\n\\":
            raise HclError("unterminated string", start, end)
        if text[end] == '"':
            break
        at = _sequence(cursor, pieces, end)
    cursor.end = end + 1
    _advance(cursor)
    return Template(start, end + 1, template.tree(pieces, end), heredoc=False)


def _heredoc(cursor: Cursor) -> Expression:
    """Read a heredoc; the cursor looks at its opening marker."""
    start, word, flush, outer = cursor.start, cursor.value, cursor.flush, cursor.token
    at = cursor.end
    pieces: list[template.Piece] = []
    end, marker = heredoc_literal(cursor.text, at - 1, word)
    while True:
        if end > at:
            template.add_literal(pieces, template.heredoc_lines(cursor.text, at, end))
        if marker >= 0:
            break
        at = _sequence(cursor, pieces, end)
        end, marker = heredoc_literal(cursor.text, at, word)
    if marker > cursor.stop:
        raise HclError("heredoc has no closing marker", start, cursor.stop)
    if flush:
        template.flush(pieces)
    cursor.end, cursor.token = marker, outer
    _advance_after_marker(cursor)
    return Template(start, marker, template.tree(pieces, end), heredoc=True)


def _advance_after_marker(cursor: Cursor) -> None:
    """Step over the blanks after a marker, which Go trims though some are no blanks elsewhere."""
    line_end = cursor.text.find("\n", cursor.end)
    cursor.end = min(line_end, cursor.stop)
    _advance(cursor)


def _sequence(cursor: Cursor, pieces: list[template.Piece], start: int) -> int:
    """Read `${ … }` or `%{ … }` at `start` into `pieces`; gives the place after it."""
    text, outer = cursor.text, cursor.token
    strip = text.startswith("~", start + 2, cursor.stop)
    if strip:
        template.strip_before(pieces)
    cursor.end = start + 2 + strip
    cursor.token = _free_token()
    _advance(cursor)
    inner = _expression(cursor) if text[start] == "$" else _directive(cursor)
    if not (cursor.kind == _SIGN and cursor.value in ("}", "~}")):
        raise HclError("unclosed template sequence", start, cursor.start)
    end = cursor.end
    pieces.append(
        inner._replace(start=start, end=end)
        if isinstance(inner, template.Directive)
        else Interpolation(start, end, inner)
    )
    if cursor.value == "~}":
        pieces.append(template.STRIP)
    cursor.token = outer
    return end


def _directive(cursor: Cursor) -> template.Directive:
    """Read the words of `%{ … }`; the places are set by the caller."""
    start, end = cursor.start, cursor.end
    word = _word(cursor, "invalid template directive")
    if word == "if":
        return template.Directive(start, end, word, None, "", _expression(cursor))
    if word == "for":
        key, name = _for_names(cursor)
        return template.Directive(start, end, word, key, name, _expression(cursor))
    if word not in ("else", "endif", "endfor"):
        raise HclError("invalid template control keyword", start, end)
    return template.Directive(start, end, word, None, "", template.NOTHING)


_STEPS = (".", "[")
_BRACKETS = {"(": _paren, "[": _tuple, "{": _object}
_TERMS: tuple[Callable[[Cursor], Expression], ...] = (
    _no_term,
    _word_term,
    _number_term,
    _string_term,
    _quoted,
    _no_term,
    _heredoc,
    _no_term,
    _no_term,
    _no_term,
)
