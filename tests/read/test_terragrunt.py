"""Terragrunt's files as facts: native and JSON in one shape, faults and comments with their places."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflint_locks.facts import TerragruntFile
from tflint_locks.hcl import Attribute, Block
from tflint_locks.read.terragrunt import read_terragrunt

Shape = list[object]


def shape(items: tuple[Attribute | Block, ...], text: str) -> Shape:
    """Show each attribute as the text under its value, each block as type, labels and items."""
    return [
        (item.name, text[item.value_start : item.value_end])
        if isinstance(item, Attribute)
        else (item.type, [label.text for label in item.labels], shape(item.items, text))
        for item in items
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ('skip = true\ninputs = { a = "b" }\n', [("skip", "true"), ("inputs", '{ a = "b" }')]),
        (
            'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n',
            [("include", ["root"], [("path", 'find_in_parent_folders("root.hcl")')])],
        ),
        (
            'terraform {\n  extra_arguments "x" {\n    commands = ["plan"]\n  }\n}\n',
            [("terraform", [], [("extra_arguments", ["x"], [("commands", '["plan"]')])])],
        ),
    ],
)
def test_native_files_keep_their_structure(text: str, expected: Shape) -> None:
    assert shape(read_terragrunt("live/terragrunt.hcl", text).items, text) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"inputs": {"a": 1}, "//": "a comment"}, [("inputs", '{"a": 1}')]),
        ({"include": {"path": "x"}}, [("include", [], [("path", '"x"')])]),
        ({"include": {"root": {"path": "x"}}}, [("include", ["root"], [("path", '"x"')])]),
        ({"include": [{"root": {"path": "x"}}]}, [("include", [], [("root", '{"path": "x"}')])]),
        (
            {"remote_state": {"backend": "s3", "config": {"key": "k"}}},
            [("remote_state", [], [("backend", '"s3"'), ("config", '{"key": "k"}')])],
        ),
        ({"generate": {"b": {"contents": "x"}}}, [("generate", ["b"], [("contents", '"x"')])]),
        ({"remote_state": "${local.state}"}, [("remote_state", '"${local.state}"')]),
        ([1], []),
    ],
)
def test_json_is_brought_into_the_same_shape(data: object, expected: Shape) -> None:
    text = json.dumps(data)
    assert shape(read_terragrunt("terragrunt.hcl.json", text).items, text) == expected


def test_a_fault_and_a_comment_have_places() -> None:
    text = "# the root\nlocals {\n  a = \n}\n"
    file = read_terragrunt("root.hcl", text)
    assert [(remark.text, text[remark.span.start : remark.span.end]) for remark in file.remarks] == [
        ("the root", "# the root")
    ]
    assert file.faults
    assert read_terragrunt("terragrunt.hcl.json", "{").faults


def spans_lie_within(file: TerragruntFile, text: str) -> bool:
    spans = [*(remark.span for remark in file.remarks), *(fault.span for fault in file.faults)]
    places = [(span.start, span.end) for span in spans]
    stack = [*file.items]
    while stack:
        item = stack.pop()
        places.append((item.start, item.end))
        if isinstance(item, Block):
            stack.extend(item.items)
    return all(0 <= start <= end <= len(text) for start, end in places)


@given(st.text(alphabet='{}[]"$=#\n aintclude_:,', max_size=80), st.booleans())
def test_any_text_is_read(text: str, as_json: bool) -> None:
    assert spans_lie_within(read_terragrunt("terragrunt.hcl.json" if as_json else "terragrunt.hcl", text), text)


def test_deep_json_ends() -> None:
    deep = '{"include":' * 3000 + "1" + "}" * 3000
    assert isinstance(read_terragrunt("terragrunt.hcl.json", deep), TerragruntFile)
    lists = '{"generate":' + "[" * 3000 + "]" * 3000 + "}"
    assert isinstance(read_terragrunt("terragrunt.hcl.json", lists), TerragruntFile)
