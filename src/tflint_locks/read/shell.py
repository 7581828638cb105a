"""The grammar of bash and sh: a script's text to a tree of commands and words with offsets.

Knows nothing of what a command does. Text that is no shell ends the tree where it stands; what came before is kept.
"""

import re
from typing import TypeAlias

from tflint_locks.record import NamedTuple, field, record
from tflint_locks.regex import regex

# Deeper nesting than any script has; reading ends there.
_DEPTH = 40


class Text(NamedTuple):
    """Literal characters of a word; as long as their range unless an escape stood there."""

    text: str
    start: int
    end: int
    quoted: bool


class Parameter(NamedTuple):
    """``$name`` or ``${name…}``, its ``operator`` such as ``:-`` with what follows it, and ``element`` in brackets."""

    name: str
    element: str
    operator: str
    argument: tuple["Part", ...]
    start: int
    end: int
    quoted: bool


class Substitution(NamedTuple):
    """``$(…)``, backticks, ``<(…)`` or arithmetic (no body); ``start`` and ``end`` cover all of it."""

    body: tuple["Node", ...]
    start: int
    end: int
    quoted: bool
    output: bool


Part: TypeAlias = "Text | Parameter | Substitution"


class Word(NamedTuple):
    """One word as written; no parts for ``''``."""

    parts: tuple[Part, ...]
    start: int
    end: int


class Assignment(NamedTuple):
    """``name=word``, ``name+=word`` or ``name=(words)``; ``items`` is None for a scalar."""

    name: str
    indexed: bool
    append: bool
    value: Word
    items: tuple[Word, ...] | None
    start: int
    end: int


class Redirect(NamedTuple):
    """``> target`` and the like; ``body`` gets the range of a here-document's text."""

    operator: str
    target: Word
    body: list[int]


class Simple(NamedTuple):
    """Assignments, words and redirections up to an operator."""

    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int


class Test(NamedTuple):
    """``[[ … ]]``; operators are words too."""

    words: tuple[Word, ...]
    start: int
    end: int


class Pipeline(NamedTuple):
    """Commands joined with ``|``."""

    parts: tuple["Node", ...]
    negated: bool
    start: int


class Chain(NamedTuple):
    """Commands joined with ``&&`` and ``||``; the first has no operator."""

    items: tuple[tuple[str, "Node"], ...]
    start: int


class Group(NamedTuple):
    """``{ … }`` or ``( … )``."""

    body: tuple["Node", ...]
    subshell: bool
    redirects: tuple[Redirect, ...]
    start: int


class If(NamedTuple):
    """Conditions with their bodies; ``otherwise`` is None without ``else``."""

    arms: tuple[tuple[tuple["Node", ...], tuple["Node", ...]], ...]
    otherwise: tuple["Node", ...] | None
    redirects: tuple[Redirect, ...]
    start: int


class Loop(NamedTuple):
    """``for`` (``items`` None without ``in``), ``while`` and ``until`` (``condition``)."""

    kind: str
    name: str
    items: tuple[Word, ...] | None
    condition: tuple["Node", ...]
    body: tuple["Node", ...]
    redirects: tuple[Redirect, ...]
    start: int


class Case(NamedTuple):
    """A subject and its arms of patterns with bodies."""

    subject: Word
    arms: tuple[tuple[tuple[Word, ...], tuple["Node", ...]], ...]
    redirects: tuple[Redirect, ...]
    start: int


class Function(NamedTuple):
    """A function's name and body."""

    name: str
    body: tuple["Node", ...]
    start: int


Node: TypeAlias = Simple | Test | Pipeline | Chain | Group | If | Loop | Case | Function


class Script(NamedTuple):
    """A parsed script and the ranges of its comments; ``broken`` is where reading ended early, or -1."""

    body: tuple[Node, ...]
    comments: tuple[tuple[int, int], ...]
    broken: int


@record
class _Cursor:
    text: str
    at: int
    end: int
    depth: int = 0
    broken: int = -1
    pending: list[tuple[Redirect, str, bool]] = field(default_factory=list)
    comments: list[tuple[int, int]] = field(default_factory=list)


# Not \s: Python counts more characters as blanks than a shell does.
_PLAIN = regex(r"[^ \t\n\r\f\v\\'\"`$|&;<>()]+")
_IN_QUOTES = regex(r"[^\"\\$`]+")
_IN_BRACES = regex(r"[^\"'\\$`}]+")
_BLANKS = regex(r"(?:[ \t\f\v]|\\\r?\n|\r(?=\n|\Z))+")
_KEYWORDS = "if then elif else fi for while until select do done case esac function time \\{ \\} ! \\[\\[".replace(
    " ", "|"
)
_KEYWORD = regex(rf"(?:{_KEYWORDS})(?=[\s;&|()<>]|\Z)")
_ASSIGN = regex(r"([A-Za-z_]\w*)(\[[^\]\n]*\])?(\+?)=")
_FUNCTION = regex(r"([^\s\\'\"`$|&;<>()={}]+)[ \t]*\([ \t]*\)")
_REDIRECT = regex(r"(?:\d+|\{\w+\})?(<<<|<<-?|<>|>>|>\||>&|<&|&>>|&>|<(?!\()|>(?!\())")
_NAME = regex(r"[A-Za-z_]\w*|\d|[@*#?$!-]")
_BRACED = regex(r"([#!]?)([A-Za-z_]\w*|\d+|[@*#?$!-])(\[[^\]\n]*\])?")
_OPERATOR = regex(r":[-=?+]|[-=?+]|%%|%|##|#|//|/[#%]?|\^\^|\^|,,|,|:|@")
_ESCAPE = regex(r"\\(?:([abefnrtv\\'\"?])|x[0-9a-fA-F]{1,2}|[0-7]{1,3}|u[0-9a-fA-F]{1,4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "\\": "\\", "'": "'", '"': '"', "?": "?"}
_DECLARES = frozenset({"export", "local", "readonly", "declare", "typeset"})


# No script that people write is longer, in characters; what stands after them is not read.
LONGEST = 1_000_000


def parse_shell(text: str) -> Script:
    """Parse a script; never raises."""
    cursor = _Cursor(text, 0, min(len(text), LONGEST))
    body = _list(cursor, frozenset())
    if cursor.at < len(text):
        _stop(cursor)
    return Script(body, tuple(cursor.comments), cursor.broken)


def parse_range(text: str, start: int, end: int) -> tuple[Node, ...]:
    """Parse a part of a text as a script of its own; offsets are those of the whole text."""
    return _list(_Cursor(text, start, end), frozenset())


def _stop(cursor: _Cursor) -> None:
    """End the reading here; every loop sees the end and returns what it has."""
    if cursor.broken < 0:
        cursor.broken = cursor.at
    cursor.at = cursor.end


def _enter(cursor: _Cursor) -> bool:
    if cursor.depth >= _DEPTH:
        _stop(cursor)
        return False
    cursor.depth += 1
    return True


def _blanks(cursor: _Cursor) -> None:
    """Skip blanks, line continuations and a comment, up to the end of the line."""
    if cursor.at < cursor.end and cursor.text[cursor.at] in " \t\f\v\\\r":
        found = _BLANKS.match(cursor.text, cursor.at, cursor.end)
        cursor.at = found.end() if found else cursor.at
    if cursor.at < cursor.end and cursor.text[cursor.at] == "#":
        stop = cursor.text.find("\n", cursor.at, cursor.end)
        stop = cursor.end if stop < 0 else stop
        cursor.comments.append((cursor.at, stop - (cursor.text[stop - 1] == "\r")))
        cursor.at = stop


def _newline(cursor: _Cursor) -> None:
    """Step over a line end, and over the here-documents that begin after it."""
    cursor.at += 1
    pending, cursor.pending = cursor.pending, []
    for redirect, delimiter, tabs in pending:
        redirect.body.extend(_here_document(cursor, delimiter, tabs=tabs))


def _here_document(cursor: _Cursor, delimiter: str, *, tabs: bool) -> tuple[int, int]:
    start = cursor.at
    while cursor.at < cursor.end:
        line = cursor.at
        stop = cursor.text.find("\n", line, cursor.end)
        stop = cursor.end if stop < 0 else stop
        cursor.at = min(stop + 1, cursor.end)
        if stop - line <= len(delimiter) + 200:
            found = cursor.text[line:stop].rstrip("\r")
            if (found.lstrip("\t") if tabs else found) == delimiter:
                return start, line
    return start, cursor.end


def _gap(cursor: _Cursor) -> None:
    """Skip everything between commands: blanks, comments, line ends."""
    while True:
        _blanks(cursor)
        if cursor.at >= cursor.end or cursor.text[cursor.at] != "\n":
            return
        _newline(cursor)


def _keyword(cursor: _Cursor) -> str:
    found = _KEYWORD.match(cursor.text, cursor.at, cursor.end)
    return found.group() if found else ""


def _list(cursor: _Cursor, stops: frozenset[str]) -> tuple[Node, ...]:
    """Read commands up to one of the keywords, a closing parenthesis, ``;;`` or the end."""
    nodes: list[Node] = []
    while True:
        _gap(cursor)
        if cursor.at >= cursor.end or cursor.text[cursor.at] == ")" or cursor.text.startswith(";;", cursor.at):
            break
        if cursor.text[cursor.at] in ";&":
            cursor.at += 1
            if cursor.text.startswith(";&", cursor.at - 1):
                cursor.at -= 1
                break
            continue
        if stops and _keyword(cursor) in stops:
            break
        before = cursor.at
        node = _chain(cursor)
        if node:
            nodes.append(node)
        if cursor.at == before:
            _stop(cursor)
    return tuple(nodes)


def _chain(cursor: _Cursor) -> Node | None:
    start = cursor.at
    items: list[tuple[str, Node]] = []
    operator = ""
    while True:
        node = _pipeline(cursor)
        if node:
            items.append((operator, node))
        _blanks(cursor)
        operator = cursor.text[cursor.at : cursor.at + 2] if cursor.at + 2 <= cursor.end else ""
        if not node or operator not in {"&&", "||"}:
            break
        cursor.at += 2
        _gap(cursor)
    if len(items) == 1:
        return items[0][1]
    return Chain(tuple(items), start) if items else None


def _pipeline(cursor: _Cursor) -> Node | None:
    start = cursor.at
    negated = False
    while (mark := _keyword(cursor)) in {"!", "time"}:
        negated = negated != (mark == "!")
        cursor.at += len(mark)
        _blanks(cursor)
    parts: list[Node] = []
    while True:
        node = _command(cursor)
        if node:
            parts.append(node)
        _blanks(cursor)
        if not node or not cursor.text.startswith("|", cursor.at) or cursor.text.startswith("||", cursor.at):
            break
        cursor.at += 2 if cursor.text.startswith("|&", cursor.at) else 1
        _gap(cursor)
    if len(parts) == 1 and not negated:
        return parts[0]
    return Pipeline(tuple(parts), negated, start) if parts else None


def _command(cursor: _Cursor) -> Node | None:
    if cursor.at >= cursor.end or not _enter(cursor):
        return None
    keyword = _keyword(cursor)
    start = cursor.at
    node: Node | None
    if cursor.text.startswith("((", start):
        _arithmetic(cursor)
        node = Test((), start, cursor.at)
    elif cursor.text[start] == "(":
        node = _subshell(cursor)
    elif keyword in _COMPOUND:
        cursor.at += len(keyword)
        node = _COMPOUND[keyword](cursor, keyword, start)
    elif found := _FUNCTION.match(cursor.text, start, cursor.end):
        cursor.at = found.end()
        node = _function(cursor, found.group(1), start)
    else:
        node = _simple(cursor)
    cursor.depth -= 1
    return node


def _expect(cursor: _Cursor, keyword: str) -> bool:
    """Step over the keyword that must stand here, or end the reading."""
    _gap(cursor)
    if _keyword(cursor) == keyword:
        cursor.at += len(keyword)
        return True
    _stop(cursor)
    return False


def _redirects(cursor: _Cursor) -> tuple[Redirect, ...]:
    found: list[Redirect] = []
    while True:
        _blanks(cursor)
        redirect = _redirect(cursor)
        if not redirect:
            return tuple(found)
        found.append(redirect)


def _redirect(cursor: _Cursor) -> Redirect | None:
    found = _REDIRECT.match(cursor.text, cursor.at, cursor.end)
    if not found:
        return None
    cursor.at = found.end()
    _blanks(cursor)
    target = _word(cursor)
    operator = found.group(1)
    redirect = Redirect(operator, target, [])
    if operator in {"<<", "<<-"}:
        delimiter = "".join(part.text for part in target.parts if isinstance(part, Text))
        cursor.pending.append((redirect, delimiter, operator == "<<-"))
    return redirect


def _subshell(cursor: _Cursor) -> Node:
    start = cursor.at
    cursor.at += 1
    body = _list(cursor, frozenset())
    _close(cursor)
    return Group(body, True, _redirects(cursor), start)  # noqa: FBT003 - a field


def _close(cursor: _Cursor) -> None:
    if cursor.at < cursor.end and cursor.text[cursor.at] == ")":
        cursor.at += 1
    else:
        _stop(cursor)


def _braces(cursor: _Cursor, _: str, start: int) -> Node:
    body = _list(cursor, frozenset({"}"}))
    _expect(cursor, "}")
    return Group(body, False, _redirects(cursor), start)  # noqa: FBT003 - a field


def _if(cursor: _Cursor, _: str, start: int) -> Node:
    arms: list[tuple[tuple[Node, ...], tuple[Node, ...]]] = []
    otherwise: tuple[Node, ...] | None = None
    while True:
        condition = _list(cursor, frozenset({"then"}))
        _expect(cursor, "then")
        arms.append((condition, _list(cursor, frozenset({"elif", "else", "fi"}))))
        if _keyword(cursor) != "elif":
            break
        cursor.at += len("elif")
    if _keyword(cursor) == "else":
        cursor.at += len("else")
        otherwise = _list(cursor, frozenset({"fi"}))
    _expect(cursor, "fi")
    return If(tuple(arms), otherwise, _redirects(cursor), start)


def _while(cursor: _Cursor, keyword: str, start: int) -> Node:
    condition = _list(cursor, frozenset({"do"}))
    body = _do(cursor)
    return Loop(keyword, "", None, condition, body, _redirects(cursor), start)


def _do(cursor: _Cursor) -> tuple[Node, ...]:
    if not _expect(cursor, "do"):
        return ()
    body = _list(cursor, frozenset({"done"}))
    _expect(cursor, "done")
    return body


def _for(cursor: _Cursor, keyword: str, start: int) -> Node:
    _blanks(cursor)
    name, items = "", None
    if cursor.text.startswith("((", cursor.at):
        _arithmetic(cursor)
    else:
        found = _PLAIN.match(cursor.text, cursor.at, cursor.end)
        name = found.group() if found else ""
        cursor.at = found.end() if found else cursor.at
        _gap(cursor)
        if cursor.text.startswith("in", cursor.at):
            cursor.at += 2
            items = _words(cursor)
    _gap(cursor)
    if cursor.at < cursor.end and cursor.text[cursor.at] == ";":
        cursor.at += 1
    body = _do(cursor)
    return Loop("select" if keyword == "select" else "for", name, items, (), body, _redirects(cursor), start)


def _words(cursor: _Cursor) -> tuple[Word, ...]:
    words: list[Word] = []
    while True:
        _blanks(cursor)
        if cursor.at >= cursor.end or (cursor.text[cursor.at] in "\n;&|<>()" and not _process(cursor)):
            return tuple(words)
        before = cursor.at
        words.append(_word(cursor))
        if cursor.at == before:
            _stop(cursor)


def _process(cursor: _Cursor) -> bool:
    return cursor.text.startswith(("<(", ">("), cursor.at)


def _case(cursor: _Cursor, _: str, start: int) -> Node:
    _blanks(cursor)
    subject = _word(cursor)
    _gap(cursor)
    if not cursor.text.startswith("in", cursor.at):
        _stop(cursor)
    cursor.at = min(cursor.at + 2, cursor.end)
    arms: list[tuple[tuple[Word, ...], tuple[Node, ...]]] = []
    while True:
        _gap(cursor)
        if cursor.at >= cursor.end or _keyword(cursor) == "esac":
            break
        arms.append((_patterns(cursor), _list(cursor, frozenset({"esac"}))))
        while cursor.at < cursor.end and cursor.text[cursor.at] in ";&":
            cursor.at += 1
    _expect(cursor, "esac")
    return Case(subject, tuple(arms), _redirects(cursor), start)


def _patterns(cursor: _Cursor) -> tuple[Word, ...]:
    words: list[Word] = []
    if cursor.text[cursor.at] == "(":
        cursor.at += 1
    while cursor.at < cursor.end:
        _blanks(cursor)
        before = cursor.at
        words.append(_word(cursor))
        _blanks(cursor)
        if cursor.at < cursor.end and cursor.text[cursor.at] == "|":
            cursor.at += 1
        elif cursor.at < cursor.end and cursor.text[cursor.at] == ")":
            cursor.at += 1
            break
        elif cursor.at == before or cursor.at < cursor.end:
            _stop(cursor)
    return tuple(words)


def _function_word(cursor: _Cursor, _: str, start: int) -> Node:
    _blanks(cursor)
    found = _PLAIN.match(cursor.text, cursor.at, cursor.end)
    if not found:
        _stop(cursor)
        return Function("", (), start)
    cursor.at = found.end()
    _blanks(cursor)
    if cursor.text.startswith("(", cursor.at):
        cursor.at += 1
        _blanks(cursor)
        _close(cursor)
    return _function(cursor, found.group(), start)


def _function(cursor: _Cursor, name: str, start: int) -> Node:
    _gap(cursor)
    body = _command(cursor)
    return Function(name, (body,) if body else (), start)


def _test(cursor: _Cursor, _: str, start: int) -> Node:
    words: list[Word] = []
    regex = False
    while True:
        _gap(cursor)
        if cursor.at >= cursor.end or cursor.text.startswith("]]", cursor.at):
            break
        before = cursor.at
        words.append(_regex(cursor) if regex else _test_word(cursor))
        regex = cursor.text[before : cursor.at] == "=~"
        if cursor.at == before:
            _stop(cursor)
    cursor.at = min(cursor.at + 2, cursor.end)
    return Test(tuple(words), start, cursor.at)


def _test_word(cursor: _Cursor) -> Word:
    start = cursor.at
    size = 2 if cursor.text.startswith(("&&", "||"), start) else int(cursor.text[start] in "()<>&|;")
    if not size:
        return _word(cursor)
    cursor.at = start + size
    return Word((Text(cursor.text[start : cursor.at], start, cursor.at, False),), start, cursor.at)  # noqa: FBT003


def _regex(cursor: _Cursor) -> Word:
    """Read the right side of ``=~``, where parentheses and bars are plain characters."""
    start = cursor.at
    parts: list[Part] = []
    depth = 0
    while cursor.at < cursor.end:
        before = cursor.at
        parts.extend(_word(cursor).parts)
        char = cursor.text[cursor.at] if cursor.at < cursor.end else "\n"
        if char not in "()|<>&;" and not (depth and char in " \t"):
            break
        depth += (char == "(") - (char == ")")
        if depth < 0:
            break
        parts.append(Text(char, cursor.at, cursor.at + 1, False))  # noqa: FBT003 - a field
        cursor.at += 1
        if cursor.at == before:
            break
    return Word(tuple(parts), start, cursor.at)


_COMPOUND = {
    "{": _braces,
    "if": _if,
    "while": _while,
    "until": _while,
    "for": _for,
    "select": _for,
    "case": _case,
    "function": _function_word,
    "[[": _test,
}


def _simple(cursor: _Cursor) -> Node | None:
    start = last = cursor.at
    assignments: list[Assignment] = []
    words: list[Word] = []
    redirects: list[Redirect] = []
    declares = False
    while True:
        _blanks(cursor)
        if cursor.at >= cursor.end:
            break
        redirect = _redirect(cursor)
        if redirect:
            redirects.append(redirect)
            last = cursor.at
            continue
        if cursor.text[cursor.at] in "\n;&|<>()" and not _process(cursor):
            break
        last = cursor.at
        found = _ASSIGN.match(cursor.text, cursor.at, cursor.end) if declares or not words else None
        if found:
            assignments.append(_assignment(cursor, found))
        else:
            words.append(_word(cursor))
            if cursor.at == last:
                _stop(cursor)
            declares = declares or (len(words) == 1 and cursor.text[words[0].start : words[0].end] in _DECLARES)
        last = cursor.at
    if not (assignments or words or redirects):
        return None
    return Simple(tuple(assignments), tuple(words), tuple(redirects), start, last)


def _assignment(cursor: _Cursor, found: re.Match[str]) -> Assignment:
    cursor.at = found.end()
    items: tuple[Word, ...] | None = None
    value = Word((), cursor.at, cursor.at)
    if cursor.text.startswith("(", cursor.at):
        cursor.at += 1
        items = _array(cursor)
    else:
        value = _word(cursor)
    return Assignment(found[1], bool(found[2]), found[3] == "+", value, items, found.start(), cursor.at)


def _array(cursor: _Cursor) -> tuple[Word, ...]:
    words: list[Word] = []
    while True:
        _gap(cursor)
        if cursor.at >= cursor.end or cursor.text[cursor.at] == ")":
            break
        before = cursor.at
        words.append(_word(cursor))
        if cursor.at == before:
            _stop(cursor)
    _close(cursor)
    return tuple(words)


def _word(cursor: _Cursor) -> Word:
    """Read one word; empty, without a step, where an operator stands."""
    start = cursor.at
    parts: list[Part] = []
    text, end = cursor.text, cursor.end
    while cursor.at < end:
        found = _PLAIN.match(text, cursor.at, end)
        if found:
            parts.append(Text(found.group(), cursor.at, found.end(), False))  # noqa: FBT003 - a field
            cursor.at = found.end()
            continue
        char = text[cursor.at]
        if char in "'\"`$\\":
            _QUOTES[char](cursor, parts)
        elif char == "(" and cursor.at > start and text[cursor.at - 1] in "@!?*+":
            _extended_glob(cursor, parts)
        elif char in "<>" and cursor.at == start and _process(cursor):
            _process_substitution(cursor, parts)
        elif char == "\r" and not text.startswith("\r\n", cursor.at) and cursor.at + 1 < end:
            parts.append(Text(char, cursor.at, cursor.at + 1, False))  # noqa: FBT003 - a field
            cursor.at += 1
        else:
            break
    return Word(tuple(parts), start, cursor.at)


def _extended_glob(cursor: _Cursor, parts: list[Part]) -> None:
    stop = cursor.text.find(")", cursor.at, cursor.end)
    if stop < 0:
        _stop(cursor)
        return
    parts.append(Text(cursor.text[cursor.at : stop + 1], cursor.at, stop + 1, False))  # noqa: FBT003 - a field
    cursor.at = stop + 1


def _process_substitution(cursor: _Cursor, parts: list[Part]) -> None:
    start = cursor.at
    cursor.at += 2
    body = _nested(cursor)
    parts.append(Substitution(body, start, cursor.at, True, False))  # noqa: FBT003 - fields


def _nested(cursor: _Cursor) -> tuple[Node, ...]:
    """Read commands up to the closing parenthesis, one level deeper."""
    if not _enter(cursor):
        return ()
    body = _list(cursor, frozenset())
    _close(cursor)
    cursor.depth -= 1
    return body


def _escaped(cursor: _Cursor, parts: list[Part]) -> None:
    at = cursor.at
    if cursor.text.startswith("\\\r\n", at):
        cursor.at = min(at + 3, cursor.end)
        return
    if at + 1 >= cursor.end:
        cursor.at = cursor.end
        return
    if cursor.text[at + 1] != "\n":
        parts.append(Text(cursor.text[at + 1], at + 1, at + 2, True))  # noqa: FBT003 - a field
    cursor.at = at + 2


def _single(cursor: _Cursor, parts: list[Part]) -> None:
    stop = cursor.text.find("'", cursor.at + 1, cursor.end)
    if stop < 0:
        _stop(cursor)
        return
    parts.append(Text(cursor.text[cursor.at + 1 : stop], cursor.at + 1, stop, True))  # noqa: FBT003 - a field
    cursor.at = stop + 1


def _double(cursor: _Cursor, parts: list[Part]) -> None:
    text, end = cursor.text, cursor.end
    cursor.at += 1
    first = len(parts)
    while cursor.at < end:
        found = _IN_QUOTES.match(text, cursor.at, end)
        if found:
            parts.append(Text(found.group(), cursor.at, found.end(), True))  # noqa: FBT003 - a field
            cursor.at = found.end()
            continue
        if text[cursor.at] == '"':
            cursor.at += 1
            if len(parts) == first:
                parts.append(Text("", cursor.at - 1, cursor.at - 1, True))  # noqa: FBT003 - a field
            return
        _special(cursor, parts, '$`"\\\n\r')
    _stop(cursor)


def _special(cursor: _Cursor, parts: list[Part], escaped: str) -> None:
    """Read what is no plain text within quotes; a backslash is one but before some characters."""
    char, at = cursor.text[cursor.at], cursor.at
    if char == "$":
        _dollar(cursor, parts, quoted=True)
    elif char == "`":
        _backtick(cursor, parts, quoted=True)
    elif at + 1 < cursor.end and cursor.text[at + 1] in escaped:
        _escaped(cursor, parts)
    else:
        parts.append(Text("\\", at, at + 1, True))  # noqa: FBT003 - a field
        cursor.at += 1


def parse_here_document(text: str, start: int, end: int) -> tuple[Part, ...] | None:
    """Read the text of a here-document in which variables are filled in; None where it cannot be read to its end."""
    cursor = _Cursor(text, start, end)
    parts: list[Part] = []
    while cursor.at < end:
        if found := _IN_HERE_DOCUMENT.match(text, cursor.at, end):
            parts.append(Text(found.group(), cursor.at, found.end(), True))  # noqa: FBT003 - a field
            cursor.at = found.end()
        else:
            _special(cursor, parts, "$`\\\n\r")
    return tuple(parts) if cursor.broken < 0 else None


_IN_HERE_DOCUMENT = regex(r"[^\\$`]+")


def _backtick(cursor: _Cursor, parts: list[Part], *, quoted: bool = False) -> None:
    start = cursor.at
    stop = start + 1
    while True:
        stop = cursor.text.find("`", stop, cursor.end)
        if stop < 0:
            _stop(cursor)
            return
        if cursor.text[stop - 1] != "\\":
            break
        stop += 1
    body: tuple[Node, ...] = ()
    if _enter(cursor):
        inner = _Cursor(cursor.text, start + 1, stop, cursor.depth)
        body = _list(inner, frozenset())
        cursor.depth -= 1
        cursor.at = stop + 1
    parts.append(Substitution(body, start, stop + 1, quoted, True))  # noqa: FBT003 - a field


def _dollar(cursor: _Cursor, parts: list[Part], *, quoted: bool = False) -> None:
    start = cursor.at
    text = cursor.text
    if text.startswith("$((", start):
        cursor.at = start + 1
        _arithmetic(cursor)
        parts.append(Substitution((), start, cursor.at, True, True))  # noqa: FBT003 - fields
    elif text.startswith("$(", start):
        cursor.at = start + 2
        body = _nested(cursor)
        parts.append(Substitution(body, start, cursor.at, quoted, True))  # noqa: FBT003 - a field
    elif text.startswith("${", start):
        _parameter(cursor, parts, quoted=quoted)
    elif text.startswith("$'", start) and not quoted:
        _ansi(cursor, parts)
    elif text.startswith('$"', start) and not quoted:
        cursor.at += 1
        _double(cursor, parts)
    elif found := _NAME.match(text, start + 1, cursor.end):
        cursor.at = found.end()
        parts.append(Parameter(found.group(), "", "", (), start, cursor.at, quoted))
    else:
        parts.append(Text("$", start, start + 1, quoted))
        cursor.at = start + 1


def _ansi(cursor: _Cursor, parts: list[Part]) -> None:
    start = cursor.at + 2
    stop = start
    while stop < cursor.end and cursor.text[stop] != "'":
        stop += 2 if cursor.text[stop] == "\\" else 1
    if stop >= cursor.end:
        _stop(cursor)
        return
    text = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1] or "", "\x1b"), cursor.text[start:stop])
    parts.append(Text(text, start, stop, True))  # noqa: FBT003 - a field
    cursor.at = stop + 1


def _arithmetic(cursor: _Cursor) -> None:
    """Step over ``((…))`` by its parentheses."""
    depth = 0
    pattern = _PARENTHESIS
    at = cursor.at
    while found := pattern.search(cursor.text, at, cursor.end):
        at = found.end()
        depth += 1 if found.group() == "(" else -1
        if not depth:
            cursor.at = at
            return
    _stop(cursor)


_PARENTHESIS = regex(r"[()]")


def _parameter(cursor: _Cursor, parts: list[Part], *, quoted: bool) -> None:
    start = cursor.at
    found = _BRACED.match(cursor.text, start + 2, cursor.end)
    if not found or not _enter(cursor):
        _stop(cursor)
        return
    cursor.at = found.end()
    mark, name, element = found[1], found[2], (found[3] or "")[1:-1]
    operator = _OPERATOR.match(cursor.text, cursor.at, cursor.end)
    argument: list[Part] = []
    sign = mark
    if operator:
        cursor.at = operator.end()
        sign = mark or operator.group()
    _argument(cursor, argument, quoted=quoted)
    cursor.depth -= 1
    parts.append(Parameter(name, element, sign, tuple(argument), start, cursor.at, quoted))


def _argument(cursor: _Cursor, parts: list[Part], *, quoted: bool) -> None:
    """Read up to the closing brace of ``${…}``, and over it."""
    text, end = cursor.text, cursor.end
    while cursor.at < end:
        found = _IN_BRACES.match(text, cursor.at, end)
        if found:
            parts.append(Text(found.group(), cursor.at, found.end(), quoted))
            cursor.at = found.end()
            continue
        char = text[cursor.at]
        if char == "}":
            cursor.at += 1
            return
        if char == "'" and quoted:
            parts.append(Text(char, cursor.at, cursor.at + 1, quoted))
            cursor.at += 1
        elif char == "$":
            _dollar(cursor, parts, quoted=quoted)
        elif char == "`":
            _backtick(cursor, parts, quoted=quoted)
        else:
            _QUOTES[char](cursor, parts)
    _stop(cursor)


_QUOTES = {"'": _single, '"': _double, "`": _backtick, "$": _dollar, "\\": _escaped}


def children(node: Node) -> list[Node]:
    """Return the commands directly within a command, not those of its substitutions."""
    found: list[Node] = []
    if isinstance(node, Pipeline):
        found.extend(node.parts)
    elif isinstance(node, Chain):
        found.extend(item for _, item in node.items)
    elif isinstance(node, Group | Function):
        found.extend(node.body)
    elif isinstance(node, Loop):
        found.extend((*node.condition, *node.body))
    elif isinstance(node, If):
        found.extend(item for condition, body in node.arms for item in (*condition, *body))
        found.extend(node.otherwise or ())
    elif isinstance(node, Case):
        found.extend(item for _, body in node.arms for item in body)
    return found
