"""YAML trees: every scalar knows its text and where it stands."""

import pytest

from tflint_locks.read.yaml import YamlError, child, entries, origin, read_yaml


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        ("a: plain", "plain", "plain"),
        ("a: 'it''s'", "it's", "it''s"),
        ('a: "q \\"x\\""', 'q "x"', 'q \\"x\\"'),
        ("a: !!str x", "x", "x"),
        ("a: &b x", "x", "x"),
        ("é: 😀\na: x", "x", "x"),
        ("\ufeffa: x", "x", "x"),
        ("b: c\r\na: x\r\n", "x", "x"),
        ("a: on", "on", "on"),
        ("a:", "", ""),
    ],
)
def test_a_scalar_and_its_range(text: str, value: str, written: str) -> None:
    node = child(read_yaml(text), "a")
    assert node
    assert node.text == value
    assert text[node.start : node.end] == written


@pytest.mark.parametrize(
    "text",
    [
        "a: |\n  one\n   two\n\n  three\n",
        "a: |2\n    one\n  two\n",
        "a: >-\n  one\n  two\n\n  three\n",
        "a: one\n  two\n\n  three\n",
        'a: "one\n  two \\\n  three\\tfour"\n',
        "a: 'one ''x''\n\n  two'\n",
        "a: |\r\n  one\r\n  two\r\n",
    ],
)
def test_each_letter_of_a_scalar_is_found_in_the_file(text: str) -> None:
    node = child(read_yaml(text), "a")
    assert node
    texts, places = origin(text, node)
    for offset, char in enumerate(node.text):
        if char.isalnum():
            index = max(at for at, start in enumerate(texts) if start <= offset)
            assert text[places[index] + offset - texts[index]] == char


def test_merge_keys_give_way_to_what_stands_there() -> None:
    node = child(read_yaml("x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}"), "y")
    assert {key.text: value.text for key, value in entries(node)} == {"a": "1", "b": "3"}


def test_a_merge_of_itself_ends() -> None:
    node = read_yaml("a: &a\n  <<: *a\n  b: c\n")
    assert [key.text for key, _ in entries(child(node, "a"))] == ["b"]


@pytest.mark.parametrize("text", ["[" * 50_000, "a: [", "a: *b: c", "- a\nb"])
def test_what_cannot_be_read_says_where(text: str) -> None:
    with pytest.raises(YamlError) as caught:
        read_yaml(text)
    assert 0 <= caught.value.offset <= len(text)
    assert caught.value.message
