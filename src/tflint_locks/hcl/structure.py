"""The structure of a file: blocks, attributes, comments and the places of values, without reading the values.

Where an item cannot be read, the reader notes a fault and goes on at the next line that looks like one. Where brackets
do not balance it reads the file once more, with the indentation as its guide.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING

from tflint_locks.hcl.faults import MOST, fault
from tflint_locks.hcl.nodes import Attribute, Block, Comment, Fault, File, HclError, Label
from tflint_locks.hcl.syntax import (
    COMMENT,
    HEREDOC,
    IDENTIFIER,
    LONG_COMMENT,
    PLAIN_STRING,
    faulty_character,
    heredoc_literal,
    string_body,
    unescape,
)
from tflint_locks.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

# Groups of _item: its first is the name.
_SIMPLE, _GENERAL, _FIRST_LABEL, _SECOND_LABEL, _HEADER = range(2, 7)
_OPENING, _LABELS, _END_OF_BLOCK, _CLOSING = range(7, 11)
_COMMENT, _END = 11, 12
# Groups of _label.
_QUOTED_LABEL, _WORD_LABEL, _LABEL_QUOTE, _BODY, _LABEL_COMMENT = range(1, 6)
# Groups of _chunk.
_BREAK, _OPEN, _CLOSE, _CHUNK_COMMENT, _QUOTE, _FLUSH, _WORD, _EOF, _UNCLOSED = range(1, 10)

# Deeper blocks are in no file that a person wrote; readers of the structure may recurse.
DEEPEST = 100
# An unclosed heredoc or comment is looked for to the end of the file: no more often than this, to stay linear.
_COSTLY = 8
_TEXTS = frozenset((_QUOTE, _WORD))
_LINE_ENDS = frozenset((_BREAK, _EOF))
_CLOSERS = {"{": "}", "[": "]", "(": ")"}


@cache
def _item() -> Callable[..., re.Match[str] | None]:
    """Match of the blanks and the next item of a body: the usual lines whole, others up to where they differ."""
    value = r'"[^"\\$%\r\n]*+"|[A-Za-z0-9_.\-]++'
    label = r'"([^"\\$%\r\n]*+)"[ \t]*+'
    return re.compile(
        rf"[ \t\r\n]*+(?:({IDENTIFIER})[ \t]*+"
        rf"(?:=(?![=>])[ \t]*+(?:({value})[ \t\r]*+\n|())"
        rf"|(?:{label}(?:{label})?)?\{{[ \t\r]*+(\n)|(\{{)|())"
        rf"|\}}[ \t\r]*+(\n)|(\}})|({COMMENT})|(\Z))"
    ).match


@cache
def _blanks() -> Callable[..., re.Match[str] | None]:
    return re.compile(r"[ \t\r\n]*+").match


@cache
def _label() -> Callable[..., re.Match[str] | None]:
    return re.compile(rf'[ \t]*+(?:({PLAIN_STRING})|({IDENTIFIER})|(")|(\{{)|({LONG_COMMENT}))').match


@cache
def _body_start() -> Callable[..., re.Match[str] | None]:
    """Match of what may follow `{` where the body is not on the same line."""
    return re.compile(r"[ \t]*+(?:\r?\n|(?=\}|\#|//)|\Z)").match


@cache
def _line_end() -> Callable[..., re.Match[str] | None]:
    return re.compile(r"[ \t\r]*+(?:\n|(?=\#|//)|\Z)").match


# What ends a chunk. The last group takes the `/` of an unclosed comment: were there no match, the quote of a string
# before it would be taken for one.
_SIGN = rf"(?:(\n)|([{{(\[])|([\])}}])|({COMMENT})|(\")|{HEREDOC}|(\Z)|/(?!\*)|<|(/))"


@cache
def _chunk() -> Callable[..., re.Match[str] | None]:
    """Match of a value's text up to the next sign that matters."""
    return re.compile(rf'[^"\#/<{{}}()\[\]\n]*+(?:{PLAIN_STRING}[^"\#/<{{}}()\[\]\n]*+)*{_SIGN}').match


@cache
def _inner_chunk() -> Callable[..., re.Match[str] | None]:
    """Match of the text within brackets, where line breaks do not matter."""
    return re.compile(rf'[^"\#/<{{}}()\[\]]*+(?:{PLAIN_STRING}[^"\#/<{{}}()\[\]]*+)*{_SIGN}').match


_HEADER_LINE = rf'{IDENTIFIER}(?:[ \t]++(?:"[^"\n]*+"|{IDENTIFIER}))*[ \t]*+\{{'


@cache
def _item_line() -> re.Pattern[str]:
    """Pattern of a line that begins with what looks like an item."""
    return re.compile(rf"^[ \t]*+(?:\}}|{IDENTIFIER}[ \t]*+=(?![=>])|{_HEADER_LINE})", re.MULTILINE)


@cache
def _header_line() -> Callable[..., re.Match[str] | None]:
    return re.compile(_HEADER_LINE).match


class _Frame(NamedTuple):
    """A block that is open, and the items around it."""

    start: int
    type_end: int
    labels: tuple[Label, ...]
    around: list[Attribute | Block]


class _Reader:
    """What one reading of a text has found so far."""

    __slots__ = ("comments", "costly", "faults", "indents", "items", "stack", "text")

    def __init__(self, text: str, *, indents: bool) -> None:
        """With `indents` the indentation tells which block an item belongs to."""
        self.text = text
        self.indents = indents
        self.items: list[Attribute | Block] = []
        self.stack: list[_Frame] = []
        self.comments: list[Comment] = []
        self.faults: list[Fault] = []
        self.costly = 0


class _BreakError(HclError):
    """A place where the structure cannot go on, and from where the next item may be looked for."""

    def __init__(self, message: str, start: int, end: int, *, unbalanced: bool = False, after: int = -1) -> None:
        """`unbalanced` where a bracket or a block may be the cause; `after` is where a value was given up."""
        super().__init__(message, start, end)
        self.unbalanced = unbalanced
        self.after = after


class _CostlyError(_BreakError):
    """Something whose end was looked for up to the end of the text."""


class _FinalError(_BreakError):
    """A place after which nothing is read."""


def parse(text: str) -> File:
    """Structure of a file, whatever it holds: faults tell what could not be read, what stands around them is read."""
    reader = _read(text, indents=False) or _read(text, indents=True)
    if reader is None:
        raise AssertionError("with indentation as the guide, nothing gives up")
    _check_characters(reader)
    reader.faults.sort(key=lambda found: found.start)
    return File(tuple(reader.items), tuple(reader.comments), tuple(reader.faults))


def _read(text: str, *, indents: bool) -> _Reader | None:
    """Read a file and note faults; without indentation as the guide, None where brackets do not balance.

    The three kinds of lines that make up most of a file are read here, the others by functions of their own.
    """
    reader = _Reader(text, indents=indents)
    items, stack, item, new = reader.items, reader.stack, _item(), tuple.__new__
    at = 1 if text.startswith("\ufeff") else 0
    while at >= 0:
        if indents:
            _close_by_indentation(reader, at)
            items = reader.items
        found = item(text, at)
        kind = found.lastindex if found else None
        if found and kind == _SIMPLE:
            items.append(new(Attribute, (found[1], *found.span(1), *found.span(_SIMPLE))))
            at = found.end()
        elif found and kind == _HEADER and len(stack) < DEEPEST:
            stack.append(new(_Frame, (*found.span(1), _simple_labels(found), items)))
            items = reader.items = []
            at = found.end()
        elif found and kind == _END_OF_BLOCK and stack:
            items = _close(reader, text.index("}", at) + 1)
            at = found.end()
        elif found and kind == _COMMENT:
            at = _add_comment(reader, found.start(_COMMENT), found.end())
        else:
            try:
                at = _step(reader, found, at)
            except _BreakError as problem:
                if problem.unbalanced and not indents:
                    return None
                at = _resume(reader, at, problem)
            items = reader.items
    return reader


def _step(reader: _Reader, found: re.Match[str] | None, at: int) -> int:
    """Read an unusual item; gives where to go on, -1 at the end."""
    if found is None:
        raise _unexpected(reader.text, at)
    return _STEPS[found.lastindex or _END](reader, found)


def _simple_labels(found: re.Match[str]) -> tuple[Label, ...]:
    """Labels of a header that a single pattern read."""
    first = found[_FIRST_LABEL]
    if first is None:
        return ()
    label = Label(first, *found.span(_FIRST_LABEL))
    second = found[_SECOND_LABEL]
    return (label,) if second is None else (label, Label(second, *found.span(_SECOND_LABEL)))


def _note(reader: _Reader, message: str, start: int, end: int) -> None:
    if len(reader.faults) < MOST:
        reader.faults.append(fault(reader.text, message, start, end))


def _unexpected(text: str, at: int) -> _BreakError:
    start = _blanks_end(text, at)
    if text.startswith("/*", start):
        return _CostlyError("unclosed comment", start, start + 2)
    return _BreakError("argument or block definition required", start, min(start + 1, len(text)))


def _blanks_end(text: str, at: int) -> int:
    found = _blanks()(text, at)
    return found.end() if found else at


def _add_comment(reader: _Reader, start: int, end: int) -> int:
    """Note a comment, without the carriage return of its line's end; gives its end."""
    end -= reader.text.startswith("\r\n", end - 1)
    reader.comments.append(tuple.__new__(Comment, (start, end)))
    return end


def _skip_comments(reader: _Reader, at: int) -> int:
    """Place after the `/* */` comments that begin at `at`, and the blanks after them."""
    text = reader.text
    while text.startswith("/*", at):
        end = text.find("*/", at + 2) + 2
        if end == 1:
            raise _CostlyError("unclosed comment", at, at + 2)
        reader.comments.append(Comment(at, end))
        at = end
        while text.startswith((" ", "\t"), at):
            at += 1
    return at


def _attribute_step(reader: _Reader, found: re.Match[str]) -> int:
    """Read the value of an attribute and the end of its line."""
    at = _attribute(reader, found.start(1), found.end(1), found.end())
    if _at_brace(reader.text, at):
        _note(reader, "missing newline after argument", at, at + 1)
    return at


def _at_brace(text: str, at: int) -> bool:
    """Tell whether a value ended at a `}` and not with its line."""
    return text.startswith("}", at) and text[at - 1] != "\n"


def _attribute(reader: _Reader, start: int, end: int, at: int) -> int:
    """Read the value from `at` for the name between `start` and `end`."""
    value_start = _skip_comments(reader, at)
    value_end, at = _value(reader, value_start, start)
    reader.items.append(Attribute(reader.text[start:end], start, end, value_start, value_end))
    if value_end <= value_start:
        _note(reader, "missing expression", start, end)
    return at


def _value(reader: _Reader, start: int, item: int) -> tuple[int, int]:
    """End of the value at `start`, and where to go on: after its line, or at the `}` that ends the line's block."""
    text, at, last = reader.text, start, start
    while True:
        found = _chunk()(text, at)
        if found is None or found.lastindex == _UNCLOSED:
            raise _unclosed_comment(found, at)
        kind = found.lastindex
        sign = found.start(kind) if kind else found.end()
        last = _content_end(text, at, sign, last)
        at = found.end()
        if kind in _LINE_ENDS:
            return last, at
        if kind == _CHUNK_COMMENT:
            _add_comment(reader, sign, at)
        elif kind == _CLOSE:
            if text[sign] != "}":
                raise _BreakError("unbalanced bracket", sign, sign + 1)
            return last, sign
        elif kind is not None:
            opener = f"<<{found[_WORD]}" if kind == _WORD else text[sign]
            at = last = _place_unclosed(reader, at, opener, item)


def _content_end(text: str, start: int, end: int, last: int) -> int:
    """End of what is not blank in `text[start:end]`, or `last`."""
    while end > start and text[end - 1] in " \t\r":
        end -= 1
    return end if end > start else last


def _unclosed_comment(found: re.Match[str] | None, at: int) -> _BreakError:
    start = found.start(_UNCLOSED) if found else at
    return _CostlyError("unclosed comment", start, start + 2)


def _place_unclosed(reader: _Reader, at: int, opener: str, item: int) -> int:
    """Skip; what is found to be unclosed gets the place of what opened it."""
    try:
        return _skip(reader, at, opener, item)
    except _BreakError as problem:
        if problem.start < 0:
            problem.start = reader.text.rfind(opener[:2], 0, at)
            problem.end = reader.text.find("\n", problem.start, at) if opener.startswith("<<") else at
        raise


def _skip(reader: _Reader, at: int, opener: str, item: int) -> int:
    """Place after the bracket, string or heredoc (`<<` and its word) that was opened before `at`."""
    stack = [opener]
    column = _column(reader.text, item) if reader.indents else -1
    while stack:
        top = stack[-1]
        if top == '"':
            at = _skip_string(reader.text, at, stack)
        elif top.startswith("<<"):
            at = _skip_heredoc(reader.text, at, stack)
        else:
            at = _skip_brackets(reader, at, stack, column)
    return at


def _skip_string(text: str, at: int, stack: list[str]) -> int:
    """Go to the end of a string, or into a sequence in it."""
    found = string_body()(text, at)
    end = found.end() if found else at
    if text.startswith('"', end):
        stack.pop()
        return end + 1
    if text.startswith(("${", "%{"), end):
        stack.append("{")
        return end + 2
    raise _BreakError("unterminated string", at - 1, end, unbalanced=len(stack) > 1, after=end)


def _skip_heredoc(text: str, at: int, stack: list[str]) -> int:
    """Go to the end of a heredoc, or into a sequence in it."""
    try:
        end, marker = heredoc_literal(text, at - (text[at - 1] == "\n"), stack[-1][2:])
    except HclError as problem:
        raise _CostlyError(problem.message, -1, -1, unbalanced=len(stack) > 1, after=at - 1) from None
    if marker >= 0:
        stack.pop()
        return marker
    stack.append("{")
    return end + 2


def _skip_brackets(reader: _Reader, at: int, stack: list[str], column: int) -> int:
    """Go to the end of the outermost bracket, or into a string or heredoc that needs more than a pattern."""
    text = reader.text
    chunk = _inner_chunk() if column < 0 else _chunk()
    while True:
        found = chunk(text, at)
        if found is None or found.lastindex == _UNCLOSED:
            raise _unclosed_comment(found, at)
        kind = found.lastindex
        at = found.end()
        if kind == _OPEN:
            stack.append(found[_OPEN])
        elif kind == _CLOSE:
            if _CLOSERS[stack.pop()] != found[_CLOSE]:
                raise _BreakError("unbalanced bracket", at - 1, at, unbalanced=True, after=at)
            if not stack or stack[-1] not in _CLOSERS:
                return at
        elif kind == _CHUNK_COMMENT:
            _add_comment(reader, found.start(_CHUNK_COMMENT), at)
        elif kind in _TEXTS:
            stack.append('"' if kind == _QUOTE else f"<<{found[_WORD]}")
            return at
        elif kind == _EOF or (kind == _BREAK and _leaves_item(text, at, column)):
            raise _BreakError("unclosed bracket", -1, -1, unbalanced=True, after=at - 1)


def _leaves_item(text: str, at: int, column: int) -> bool:
    """Tell whether the line at `at` cannot belong to a value whose item stands at `column`."""
    found = _item_line().match(text, at)
    if found is None:
        return False
    start = _blanks_end(text, at)
    return start - at < column or (start - at == column and text[start] != "}")


def _column(text: str, at: int) -> int:
    return at - text.rfind("\n", 0, at) - 1


def _opening_step(reader: _Reader, found: re.Match[str]) -> int:
    """Open a block without labels."""
    return _open(reader, found.start(1), found.end(1), (), found.end())


def _open(reader: _Reader, start: int, type_end: int, labels: tuple[Label, ...], at: int) -> int:
    """Open a block whose `{` ends at `at`."""
    if len(reader.stack) >= DEEPEST:
        raise _FinalError("blocks nested too deeply", start, type_end, unbalanced=True)
    reader.stack.append(_Frame(start, type_end, labels, reader.items))
    reader.items = []
    body = _body_start()(reader.text, at)
    return body.end() if body else _one_line_body(reader, at)


def _one_line_body(reader: _Reader, at: int) -> int:
    """Read the one attribute that may stand on the line of its block; gives the place of the `}`."""
    at = _skip_comments(reader, _blanks_end(reader.text, at))
    body = _body_start()(reader.text, at)
    if body:
        return body.end()
    found = _item()(reader.text, at)
    kind = found.lastindex if found else None
    if found is None or kind not in (_SIMPLE, _GENERAL):
        _note(reader, "a block on a single line can hold only one argument", at, at + 1)
        return at
    at = _attribute(reader, found.start(1), found.end(1), found.start(kind or 0))
    if not _at_brace(reader.text, at):
        _note(reader, "a block on a single line must be closed on it", found.start(1), found.end(1))
    return at


def _header_step(reader: _Reader, found: re.Match[str]) -> int:
    """Read the labels of a block up to its `{`; or an attribute with a comment before its `=`."""
    text = reader.text
    start, type_end = found.span(1)
    at = _skip_comments(reader, found.end())
    if at > found.end() and text.startswith("=", at) and not text.startswith(("==", "=>"), at):
        return _attribute(reader, start, type_end, _blanks_end(text, at + 1))
    labels: list[Label] = []
    while True:
        label = _label()(text, at)
        if label is None:
            at = _brace_below(reader, start, at)
            break
        at = label.end()
        kind = label.lastindex or 0
        if kind == _BODY:
            break
        if kind == _LABEL_COMMENT:
            _add_comment(reader, label.start(kind), at)
        elif kind == _LABEL_QUOTE:
            at = _place_unclosed(reader, at, '"', start)
            _note(reader, "template sequences are not allowed in a label", label.start(kind), at)
            labels.append(Label(text[label.end() : at - 1], label.end(), at - 1))
        else:
            labels.append(_plain_label(reader, *label.span(kind)))
    return _open(reader, start, type_end, tuple(labels), at)


def _plain_label(reader: _Reader, start: int, end: int) -> Label:
    text = reader.text
    if text[start] != '"':
        return Label(text[start:end], start, end)
    start, end = start + 1, end - 1
    try:
        return Label(unescape(text, start, end), start, end)
    except HclError as problem:
        _note(reader, problem.message, problem.start, problem.end)
        return Label(text[start:end], start, end)


def _brace_below(reader: _Reader, start: int, at: int) -> int:
    """Place after a `{` that stands, against the rules, on a line below its header."""
    brace = _blanks_end(reader.text, at)
    if not reader.text.startswith("{", brace):
        raise _BreakError("invalid block definition", start, max(at, start + 1))
    _note(reader, "the opening brace must stand on the line of its block", start, at)
    return brace + 1


def _closing_step(reader: _Reader, found: re.Match[str]) -> int:
    """Close a block and read the end of its line."""
    at = reader.text.index("}", found.start()) + 1
    if not reader.stack:
        raise _BreakError("unexpected closing brace", at - 1, at, unbalanced=True)
    _close(reader, at)
    line = _line_end()(reader.text, at)
    if line:
        return line.end()
    at = _skip_comments(reader, _blanks_end(reader.text, at))
    line = _line_end()(reader.text, at)
    if line:
        return line.end()
    _note(reader, "missing newline after block definition", at, at + 1)
    return at


def _close(reader: _Reader, end: int) -> list[Attribute | Block]:
    """Make the innermost block, which ends at `end`, an item of the one around it; gives the items of that."""
    items = reader.items
    if len({item[0] for item in items}) != len(items):
        _note_duplicates(reader)
    start, type_end, labels, around = reader.stack.pop()
    header_end = labels[-1].end if labels else type_end
    around.append(
        tuple.__new__(Block, (reader.text[start:type_end], start, type_end, header_end, end, labels, tuple(items)))
    )
    reader.items = around
    return around


def _header_end(frame: _Frame) -> int:
    return frame.labels[-1].end if frame.labels else frame.type_end


def _note_duplicates(reader: _Reader) -> None:
    attributes = [item for item in reader.items if isinstance(item, Attribute)]
    names = {attribute.name for attribute in attributes}
    if len(names) == len(attributes):
        return
    for attribute in attributes:
        if attribute.name not in names:
            _note(reader, "attribute redefined", attribute.start, attribute.end)
        names.discard(attribute.name)


def _end_step(reader: _Reader, found: re.Match[str]) -> int:
    """End the file; what is still open is closed."""
    if reader.stack and not reader.indents:
        raise _BreakError("unclosed configuration block", found.end(), found.end(), unbalanced=True)
    while reader.stack:
        _close_unclosed(reader, found.end())
    _note_duplicates(reader)
    return -1


def _close_unclosed(reader: _Reader, at: int) -> None:
    """Close a block that has no `}` before `at`."""
    frame = reader.stack[-1]
    _note(reader, "unclosed configuration block", frame.start, frame.type_end)
    header_end = _header_end(frame)
    _close(reader, header_end + len(reader.text[header_end:at].rstrip()))


def _close_by_indentation(reader: _Reader, at: int) -> None:
    """Close the blocks that the line at `at` cannot belong to, by its indentation."""
    text = reader.text
    start = _blanks_end(text, at)
    line = text.rfind("\n", 0, start) + 1
    if not reader.stack or start >= len(text) or text[line:start].strip(" \t"):
        return
    if text[start] == "}":
        limit = start - line
    elif _header_line()(text, start):
        limit = start - line - 1
    else:
        return
    while reader.stack and limit < _column(text, reader.stack[-1].start) and reader.stack[-1].start < line:
        _close_unclosed(reader, start)


def _resume(reader: _Reader, at: int, problem: _BreakError) -> int:
    """Note a problem with the item at `at`, keep what it still tells, and give where the next item may begin."""
    text = reader.text
    found = _item()(text, at)
    broken_value = found is not None and found.lastindex == _GENERAL
    column = _column(text, found.start(1)) if found and broken_value and reader.indents else -1
    after = _next_item(reader, problem, column)
    if len(reader.faults) < MOST:
        reader.faults.append(fault(text, problem.message, problem.start, problem.end, after))
    while reader.comments and reader.comments[-1].end > after:
        reader.comments.pop()
    if found and broken_value:
        start = found.end()
        end = start + len(text[start:after].rstrip())
        reader.items.append(Attribute(found[1], found.start(1), found.end(1), start, end))
    return after


def _next_item(reader: _Reader, problem: _BreakError, column: int) -> int:
    """Place of the next line that looks like an item, for a broken value no further right than the value's `column`."""
    text = reader.text
    reader.costly += isinstance(problem, _CostlyError)
    if isinstance(problem, _FinalError) or reader.costly > _COSTLY:
        return len(text)
    line = text.find("\n", max(problem.start, problem.after)) + 1 or len(text)
    while line < len(text):
        found = _item_line().search(text, line)
        if found is None:
            return len(text)
        if column < 0 or _leaves_item(text, found.start(), column):
            return found.start()
        line = text.find("\n", found.start()) + 1 or len(text)
    return len(text)


def _check_characters(reader: _Reader) -> None:
    """Note identifiers with letters that are none, and carriage returns that end no line."""
    text = reader.text
    if text.count("\r") != text.count("\r\n"):
        _check_returns(reader)
    if not text.isascii():
        _check_names(reader)


def _check_returns(reader: _Reader) -> None:
    """Note the first carriage return that ends no line and is in no comment."""
    ends = [comment.end for comment in reader.comments]
    for found in re.finditer(r"\r(?!\n)", reader.text):
        at = found.start()
        index = bisect_right(ends, at)
        if index == len(ends) or at < reader.comments[index].start:
            _note(reader, "carriage return without a newline", at, at + 1)
            return


def _check_names(reader: _Reader) -> None:
    """Note the first character of each name that is no letter."""
    waiting = list(reader.items)
    while waiting:
        item = waiting.pop()
        names = [(item.start, item.end)]
        if isinstance(item, Block):
            names = [(item.start, item.type_end), *(label[1:] for label in item.labels if _is_bare(reader.text, label))]
            waiting.extend(item.items)
        for start, end in names:
            name = reader.text[start:end]
            index = -1 if name.isascii() else faulty_character(name)
            if index >= 0:
                _note(reader, "this character is not used within the language", start + index, start + index + 1)


def _is_bare(text: str, label: Label) -> bool:
    return text[label.start - 1] != '"'


_STEPS: dict[int, Callable[[_Reader, re.Match[str]], int]] = {
    _SIMPLE: _attribute_step,
    _GENERAL: _attribute_step,
    _HEADER: _opening_step,
    _OPENING: _opening_step,
    _LABELS: _header_step,
    _END_OF_BLOCK: _closing_step,
    _CLOSING: _closing_step,
    _END: _end_step,
}
