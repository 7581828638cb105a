"""Laws for any text: nothing raises, places nest, a place read again gives what stood there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.hcl import Attribute, Block, File, HclError, check, expression, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIGNS = [
    "{", "}", "[", "]", "(", ")", '"', "\n", "${", "%{", "}", "~}", "${~", "<<EOT\n", "<<-EOT\n", "EOT\n", " EOT\n", "=", " ",  # noqa: E501 # a table
    "#", "/*", "*/", "//", ",", ".", "*", "$", "%", "\\", "?", ":", "a", "0", "1.5", "...", "for ", " in ", "if ", "%{if x}",  # noqa: E501 # a table
    "%{endif}", "%{else}", "%{for a in b}", "%{endfor}", "!", "-", "&&", "\r", "\r\n", "é", "\t", "::", "=>", ".0", "[*]", ".*",  # noqa: E501 # a table
    "$$", "%%{", "$${", "\ufeff", "a = 1\n", "b {\n", "}\n", "  ", "½", "\u00a0", "null", "{{", "<<<<<<< x\n",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(SIGNS), max_size=60).map("".join) | st.text(max_size=80)


def _blocks_and_attributes(items: tuple[Attribute | Block, ...]) -> Iterator[Attribute | Block]:
    for item in items:
        yield item
        if isinstance(item, Block):
            yield from _blocks_and_attributes(item.items)


def _within(start: int, end: int, items: tuple[Attribute | Block, ...]) -> None:
    """Assert that items follow each other within a place."""
    for item in items:
        last = item.end if isinstance(item, Block) else item.value_end
        assert start <= item.start < item.end <= last <= end
        start = last


def _check_file(text: str, file: File) -> None:
    _within(0, len(text), file.items)
    end = 0
    for comment in file.comments:
        assert end <= comment.start < comment.end <= len(text)
        assert text.startswith(("#", "//", "/*"), comment.start)
        end = comment.end
    for item in _blocks_and_attributes(file.items):
        if isinstance(item, Attribute):
            assert text[item.start : item.end] == item.name
            assert item.end <= item.value_start <= item.value_end
        else:
            assert text[item.start : item.type_end] == item.type
            assert item.start < item.type_end <= item.header_end <= item.end
            _within(item.header_end, item.end, item.items)
            assert all(item.type_end <= label.start <= label.end <= item.header_end for label in item.labels)
    for fault in check(text, file):
        assert 0 <= fault.start <= fault.end <= len(text)


@given(TEXTS)
@settings(max_examples=1500)
def test_any_text(text: str) -> None:
    _check_file(text, parse(text))


@given(text=TEXTS)
@settings(max_examples=1500)
def test_any_expression(text: str, inner: Callable[[object], Iterator[tuple[object, object]]]) -> None:
    try:
        tree = expression(text, 0, len(text))
    except HclError as problem:
        assert 0 <= problem.start <= problem.end <= len(text) + 1  # noqa: PT017 # a refusal is one of two good ends
        return
    for parent, child in inner(tree):
        start, end = parent[:2]  # type: ignore[index] # every node begins with its place
        assert start <= child[0] <= child[1] <= end  # type: ignore[index]


@given(TEXTS)
@settings(max_examples=500)
def test_any_broken_file_keeps_what_follows(text: str) -> None:
    """A block at the start of a line after any line-wise broken text is found, unless a heredoc or comment holds it."""
    whole = f'a = "{text.replace(chr(10), "")}\nafter "x" {{\n  y = 1\n}}\n'
    if "<<" not in text and "/*" not in text and "{" not in text:
        assert any(isinstance(item, Block) and item.type == "after" for item in parse(whole).items)
