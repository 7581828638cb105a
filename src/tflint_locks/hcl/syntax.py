r"""The regular expressions that structure and expressions have in common, and how a string's escapes are read.

An input of any shape is read in linear time: repetitions of single characters are possessive (`++`, `*+`), those of
groups are plain, but their alternatives exclude each other, and what follows cannot match where one begins.
A possessive group would say it in fewer signs, but CPython before 3.11.5 goes on at the wrong place after one.

Outside strings, HCL has no use for characters beyond ASCII but in identifiers, so these patterns take them all for
parts of an identifier; `faulty_character` tells afterwards whether they may be. Source of the rules:
`hclsyntax/scan_tokens.rl` and `scan_string_lit.rl` in github.com/hashicorp/hcl.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from typing import TYPE_CHECKING

from tflint_locks.hcl.nodes import HclError

if TYPE_CHECKING:
    from collections.abc import Callable

# Letters, `_` and all beyond ASCII, then digits and `-` too; said by what they are not, which compiles faster.
IDENTIFIER = r"[^\x00-@\[-^`{-\x7f][^\x00-,./:-@\[-^`{-\x7f]*+"
# A run of two or more `$` before `{` is an escape of the last one; `${` alone opens a sequence and stops the pattern.
_DOLLARS = r"\$(?![${])|\$\$++|%(?![%{])|%%++"
STRING_BODY = rf'[^"\\$%\r\n]*+(?:(?:\\[^\r\n]|{_DOLLARS})[^"\\$%\r\n]*+)*'
PLAIN_STRING = f'"{STRING_BODY}"'
LONG_COMMENT = r"/\*[^*]*+\*++(?:[^*/][^*]*+\*++)*/"
LINE_COMMENT = r"(?:\#|//)[^\n]*+"
COMMENT = f"{LINE_COMMENT}|{LONG_COMMENT}"
HEREDOC = rf"<<(-?)({IDENTIFIER})\r?\n"
# What Go's unicode.IsSpace calls a space: the line of a heredoc's marker is trimmed by it.
SPACES = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004"
    "\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_BLANKS = SPACES.replace("\n", "")
_BREAK = rf"\n(?![{_BLANKS}]*+{IDENTIFIER}[{_BLANKS}]*+\n)"

# In Unicode's ID_Start but not in XID_Start, which is what `str.isidentifier` asks for.
_LOOSE_STARTS = "\u037a\u0e33\u0eb3\ufe70\ufe72\ufe74\ufe76\ufe78\ufe7a\ufe7c\ufe7e\uff9e\uff9f"


@cache
def string_body() -> Callable[..., re.Match[str] | None]:
    """Match of the literal text of a quoted string up to `"`, `${`, `%{`, a line's end or a stray backslash."""
    return re.compile(STRING_BODY).match


@cache
def _heredoc_body() -> Callable[..., re.Match[str] | None]:
    return re.compile(rf"[^$%\n]*+(?:(?:{_BREAK}|{_DOLLARS})[^$%\n]*+)*").match


@cache
def _marker_line() -> Callable[..., re.Match[str] | None]:
    return re.compile(rf"[{_BLANKS}]*+({IDENTIFIER})[{_BLANKS}]*+\n").match


def heredoc_literal(text: str, at: int, word: str) -> tuple[int, int]:
    """End of the literal text of a heredoc from `at`, and the end of its marker or -1 where a sequence comes first.

    For the start of a heredoc `at` is the line break before its first line. Raises HclError at the end of the text.
    """
    position = at
    while True:
        found = _heredoc_body()(text, position)
        position = found.end() if found else position
        if position >= len(text):
            raise HclError("heredoc has no closing marker", at, min(at + 1, len(text)))
        if text[position] != "\n":
            return position, -1
        line = _marker_line()(text, position + 1)
        if line and line.group(1).rstrip(SPACES) == word:
            return position + 1, line.start(1) + len(word)
        position += 1


_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


@cache
def _escape() -> re.Pattern[str]:
    return re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|)|\$(\$\{)|%(%\{)')


def unescape(text: str, start: int, end: int) -> str:
    """Value of the literal part of a quoted string. Raises HclError at an escape that HCL does not know."""
    raw = text[start:end]
    if "\\" not in raw:
        return unescape_heredoc(raw)

    def replacement(found: re.Match[str]) -> str:
        kind = found.lastindex
        if kind == 1:
            return _SIMPLE_ESCAPES[found[1]]
        if kind is None:
            raise HclError("invalid escape sequence", start + found.start(), min(start + found.end() + 1, end))
        return _code_point(found[kind], start + found.start(), start + found.end()) if kind < 4 else found[kind]  # noqa: PLR2004 # groups 2, 3 are digits

    return _escape().sub(replacement, raw)


def _code_point(digits: str, start: int, end: int) -> str:
    number = int(digits, 16)
    if number > sys.maxunicode or 0xD800 <= number <= 0xDFFF:  # noqa: PLR2004 # surrogates
        raise HclError(f"cannot encode character U+{digits}", start, end)
    return chr(number)


def unescape_heredoc(raw: str) -> str:
    """Value of the literal part of a heredoc, whose only escapes are `$${` and `%%{`."""
    if "{" not in raw:
        return raw
    return raw.replace("$${", "${").replace("%%{", "%{")


def faulty_character(identifier: str) -> int:
    """Index of the first character that may not stand there in an identifier, or -1."""
    for index, character in enumerate(identifier):
        if character.isascii() or character in _LOOSE_STARTS:
            continue
        if not (f"_{character}" if index else character).isidentifier():
            return index
    return -1
