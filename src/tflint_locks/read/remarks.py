"""Comments that speak to this tool, in text whose reader does not list its comments itself."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from operator import itemgetter
from typing import TYPE_CHECKING

from tflint_locks.facts import Remark
from tflint_locks.regex import regex
from tflint_locks.source import Span

if TYPE_CHECKING:
    from tflint_locks.read.yaml import Node

# ``#`` after a blank or at a line's start; in a script, only a comment that begins with the tool's name is surely one.
_COMMENT = regex(r"(?:^|(?<=[ \t]))#+[ \t]*(tflint-locks:)?[^\n]*", re.MULTILINE)
_BLOCKS = frozenset("|>")
_BY_LINE = regex(r"(?:^|(?<=[ \t]))(?:#+|//|/\*|<#)[ \t]*(tflint-locks:[^\n]*)", re.MULTILINE)
_FENCE = regex(r"[ \t>]{0,20}(`{3,20}|~{3,20}|-{4}$)")
_IN_LINE = regex(r"(?:<!--|\{/\*)(.{0,400}?)(?:-->|\*/\})|`[^`\n]{1,400}`")
_OF_LINE = regex(r"[ \t]{0,20}(?:\.\.|//)[ \t]{1,20}(tflint-locks:.{0,400})$")


def line_remarks(path: str, text: str) -> tuple[Remark, ...]:
    """Return the comments of a line's rest that begin with the tool's name: ``#``, ``//``, ``/* */``, ``<# #>``."""
    if "tflint-locks" not in text:
        return ()
    return tuple(
        Remark(found[1].rstrip().removesuffix("*/").removesuffix("#>").rstrip(), Span(path, found.start(), _end(found)))
        for found in _BY_LINE.finditer(text)
    )


def _end(found: re.Match[str]) -> int:
    return found.start() + len(found[0].rstrip())


def with_quoted(remarks: tuple[Remark, ...], path: str, text: str) -> tuple[Remark, ...]:
    """Return a file's comments with those of the files that it writes: here documents are read, too."""
    if "tflint-locks" not in text:
        return remarks
    ends = {remark.span.end for remark in remarks}
    return (*remarks, *(one for one in line_remarks(path, text) if one.span.end not in ends))


def yaml_remarks(path: str, text: str, root: "Node") -> tuple[Remark, ...]:
    """Return the comments of a file and of the scripts in its block scalars; ``root`` is its tree."""
    return tuple(_yaml_remarks(path, text, root)) if "tflint-locks" in text else ()


def _yaml_remarks(path: str, text: str, root: "Node") -> Iterator[Remark]:
    scalars = sorted(_scalars(root))
    for mark in _COMMENT.finditer(text):
        index = bisect_right(scalars, mark.start(), key=itemgetter(0)) - 1
        _, end, style = scalars[index] if index >= 0 else (0, 0, "")
        if end <= mark.start() or (style in _BLOCKS and mark[1]):
            said = mark.group().rstrip()
            yield Remark(said.lstrip("#").strip(), Span(path, mark.start(), mark.start() + len(said)))


def _scalars(root: "Node") -> Iterator[tuple[int, int, str]]:
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.kind == "scalar":
            yield node.start, node.end, node.style
        stack.extend(node.items)
        stack.extend(item for pair in node.pairs for item in pair)


def document_remarks(path: str, text: str) -> tuple[Remark, ...]:
    """Return the comments of Markdown, reStructuredText and AsciiDoc; what code shows is none.

    One that has its line for itself speaks of the paragraph, table or block of code that follows.
    """
    return tuple(_document_remarks(path, text)) if "tflint-locks" in text else ()


def _document_remarks(path: str, text: str) -> Iterator[Remark]:
    lines = text.split("\n")
    ends = list(_block_ends(lines))
    start = 0
    for number, line in enumerate(lines):
        if ends[number] >= 0:
            for said, begin, end in _in_line(line.rstrip("\r")):
                reach = start + sum(len(one) + 1 for one in lines[number : ends[number] + 1]) - 1
                yield Remark(said, Span(path, start + begin, start + end), reach)
        start += len(line) + 1


def _in_line(line: str) -> Iterator[tuple[str, int, int]]:
    """Yield the comments of a line of prose, with where they stand in it."""
    if "tflint-locks:" not in line:
        return
    if found := _OF_LINE.match(line):
        yield found[1].strip(), found.start(), found.end()
        return
    for found in _IN_LINE.finditer(line):
        if found[1]:
            yield found[1].strip(), *found.span()


def _block_ends(lines: list[str]) -> Iterator[int]:
    """Yield for each line the last line of the block after it, which one blank line may part; -1 for lines of code."""
    last = [-1] * (len(lines) + 2)
    code = _code(lines)
    for number in range(len(lines) - 1, -1, -1):
        alike = number + 1 < len(lines) and code[number] == code[number + 1]
        goes_on = alike and (code[number] or (lines[number].strip() and lines[number + 1].strip()))
        last[number] = last[number + 1] if goes_on else number
    for number, fence in enumerate(code):
        following = number + 1
        if following < len(lines) and not lines[following].strip():
            following += 1
        yield -1 if fence else last[min(following, len(lines) - 1)]


def _code(lines: list[str]) -> list[int]:
    """Return for each line the number of the fenced block it is in, 0 where it is in none."""
    found: list[int] = []
    mark, number = "", 0
    for line in lines:
        fence = _FENCE.match(line.rstrip())
        if mark:
            found.append(number)
            bare = line.strip(" \t>\r")
            mark = "" if bare.startswith(mark) and not bare.strip(mark[0]) else mark
        elif fence:
            mark, number = fence[1], number + 1
            found.append(number)
        else:
            found.append(0)
    return found
