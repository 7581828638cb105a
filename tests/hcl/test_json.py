"""JSON to the nodes of expressions, with places."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflint_locks.hcl import Constant, Expression, HclError, Object, Template, Text, Tuple, read_json

if TYPE_CHECKING:
    from collections.abc import Callable

TREES = {
    "null": "Constant(None)",
    " -1.5e2 ": "Constant(-150.0)",
    "[]": "Tuple([])",
    "[1, [true]]": "Tuple([Constant(1), Tuple([Constant(True)])])",
    "{}": "Object([])",
    '{"a": {"b": []}}': (
        "Object([[Template([Text('a')], False), Object([[Template([Text('b')], False), Tuple([])]])]])"
    ),
    '{"a": 1, "a": 2}': (
        "Object([[Template([Text('a')], False), Constant(1)], [Template([Text('a')], False), Constant(2)]])"
    ),
    '""': "Template([], False)",
    '"${a} %{b}"': "Template([Text('${a} %{b}')], False)",
    r'"\u00e9\n\/\ud83d\ude00\ud800"': "Template([Text('é\\n/😀\ufffd')], False)",
    "\ufeff[]": "Tuple([])",
}
REFUSED = [
    "", " ", "[", "{", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{1: 2}", "{[]: 1}", '{"a"}', '{"a" 1}', '{"a": }',
    '{"a": 1,}', "01", "1.", "-", "nul", "'a'", '"a', '"\\q"', '"\n"', "[}", "{]", "1 2", "]", ":", "[1:2]", "NaN", "+1",  # noqa: E501 # a table
]  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), TREES.items())
def test_trees(text: str, tree: str, shown: Callable[[object], str]) -> None:
    assert shown(read_json(text)) == tree


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(HclError) as caught:
        read_json(text)
    assert 0 <= caught.value.start <= caught.value.end <= len(text)


def test_places() -> None:
    text = 'x {"a": ["b", 12]} y'
    tree = read_json(text, 1, len(text) - 2)
    assert isinstance(tree, Object)
    assert text[tree.start : tree.end] == '{"a": ["b", 12]}'
    ((key, value),) = tree.items
    assert isinstance(key, Template)
    assert (text[key.start : key.end], text[key.parts[0].start : key.parts[0].end]) == ('"a"', "a")
    assert isinstance(value, Tuple)
    assert [text[item.start : item.end] for item in value.items] == ['"b"', "12"]


@pytest.mark.parametrize("depth", [200, 201, 50_000])
def test_nesting_has_a_limit(depth: int) -> None:
    for text in ("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
        if depth == 200:
            assert read_json(text).end == len(text)
        else:
            with pytest.raises(HclError, match="nested too deeply"):
                read_json(text)


def value_of(node: Expression) -> object:
    """Plain value of a tree from JSON."""
    match node:
        case Constant():
            return node.value
        case Template():
            return "".join(part.value for part in node.parts if isinstance(part, Text))
        case Tuple():
            return [value_of(item) for item in node.items]
        case Object():
            return {str(value_of(key)): value_of(value) for key, value in node.items}
    raise AssertionError(node)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON_VALUES, st.booleans())
def test_same_as_the_standard_library(value: object, ascii_only: bool) -> None:  # given by Hypothesis
    assert value_of(read_json(json.dumps(value, ensure_ascii=ascii_only))) == value


@given(st.text(alphabet='{}[]",:0123.eE+-\\u truefalsn\n'))
def test_accepts_what_the_standard_library_does(text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        accepted = False
    else:
        accepted = True
    try:
        read_json(text)
    except HclError:
        assert not accepted
    else:
        assert accepted
