import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflint_locks.source import Span
from tflint_locks.value import (
    Hole,
    Literal,
    Piece,
    Value,
    bind,
    compare,
    hole,
    joined,
    known,
    literal,
    matches,
    part,
    shown,
    span_of,
    split,
    text_of,
)

texts = st.text(alphabet="ab-", max_size=4)
pieces = st.one_of(texts.map(Literal), st.sampled_from("hijk").map(Hole))
values: st.SearchStrategy[Value] = st.lists(pieces, max_size=5).map(tuple)
bindings = st.fixed_dictionaries(dict.fromkeys("hijk", texts))
globs = st.text(alphabet="ab-*?", max_size=5)


def value(text: str) -> Value:
    """Read ``a<x>b`` as a text with the hole x in it; ``<x=a|b>`` has a domain."""
    found: list[Piece] = []
    for index, chunk in enumerate(text.replace(">", "<").split("<")):
        if index % 2:
            name, _, domain = chunk.partition("=")
            found.append(Hole(name, domain=tuple(domain.split("|")) if domain else ()))
        elif chunk:
            found.append(Literal(chunk))
    return tuple(found)


@pytest.mark.parametrize(
    ("left", "right", "answer"),
    [
        ("a", "a", True),
        ("a", "b", False),
        ("", "", True),
        ("<x>-terraform-locks", "terraform-locks-1234", False),
        ("<x>-terraform-locks", "acme-terraform-locks", None),
        ("<x>-locks", "<x>-locks", True),
        ("<x>-locks", "<y>-locks", None),
        ("<x>-locks", "<x>-lock", False),
        ("<x>a", "<x>b", False),
        ("a<x>", "b<x>", False),
        ("<x>", "", None),
        ("a<x>", "", False),
        ("<x><y>", "<y><x>", None),
        ("t-<e=dev|prod>", "t-staging", False),
        ("t-<e=dev|prod>", "t-dev", None),
        ("t-<e=dev|dev>", "t-dev", True),
        ("<e=dev|prod>-<e=dev|prod>", "dev-prod", False),
        ("<e=dev|prod>-<x>", "staging-<y>", False),
    ],
)
def test_comparing(left: str, right: str, answer: bool | None) -> None:
    assert compare(value(left), value(right)) is answer


@given(values, values)
def test_comparing_is_symmetric(left: Value, right: Value) -> None:
    assert compare(left, right) is compare(right, left)


@given(values)
def test_a_value_equals_itself(one: Value) -> None:
    assert compare(one, one) is True


@given(values, values, bindings)
def test_an_answer_holds_whatever_the_holes_are(left: Value, right: Value, texts_of: dict[str, str]) -> None:
    same = text_of(bind(left, texts_of)) == text_of(bind(right, texts_of))
    assert compare(left, right) in (same, None)


@given(values, bindings)
def test_a_value_may_equal_what_it_can_become(one: Value, texts_of: dict[str, str]) -> None:
    assert compare(one, bind(one, texts_of)) is not False


@given(values, values, bindings)
def test_binding_never_unsettles_an_answer(left: Value, right: Value, texts_of: dict[str, str]) -> None:
    before = compare(left, right)
    if before is not None:
        assert compare(bind(left, texts_of), bind(right, texts_of)) is before


@given(values, bindings)
def test_binding_all_holes_makes_known(one: Value, texts_of: dict[str, str]) -> None:
    assert known(bind(one, texts_of))
    if known(one):
        assert bind(one, texts_of) == one


@pytest.mark.parametrize(
    ("pattern", "target", "answer"),
    [
        ("*", "<x>", True),
        ("*", "", True),
        ("?", "", False),
        ("a?c", "abc", True),
        ("a*c", "abbc", True),
        ("a*c", "a<x>c", True),
        ("a*c", "a<x>", None),
        ("a?c", "a<x>c", None),
        ("b*", "a<x>", False),
        ("<x>*", "<x>-locks", True),
        ("<x>*", "<y>-locks", None),
        ("a<x>", "b", False),
    ],
)
def test_matching(pattern: str, target: str, answer: bool | None) -> None:
    assert matches(value(pattern), value(target)) is answer


def glob_matches(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(glob_matches(pattern[1:], text[at:]) for at in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and glob_matches(pattern[1:], text[1:])


@given(globs, values, bindings)
def test_a_match_holds_whatever_the_holes_are(pattern: str, target: Value, texts_of: dict[str, str]) -> None:
    text = text_of(bind(target, texts_of))
    assert text is not None
    assert matches(pattern, target) in (glob_matches(pattern, text), None)
    assert matches(pattern, literal(text)) is glob_matches(pattern, text)


@given(values, values, bindings)
def test_a_pattern_with_holes_matches_as_when_they_are_filled(
    pattern: Value, target: Value, texts_of: dict[str, str]
) -> None:
    whole = text_of(bind(pattern, texts_of)), text_of(bind(target, texts_of))
    assert matches(pattern, target) in (glob_matches(whole[0] or "", whole[1] or ""), None)


@given(st.lists(texts, max_size=5), st.integers(0, 20), st.integers(0, 20))
def test_a_part_is_the_slice_and_knows_its_place(chunks: list[str], start: int, end: int) -> None:
    text = "".join(chunks)
    found: list[Piece] = []
    for chunk in chunks:
        at = sum(len(piece.text) for piece in found if isinstance(piece, Literal))
        found.append(Literal(chunk, Span("a", at, at + len(chunk))))
    cut = part(tuple(found), start, end)
    assert text_of(cut) == text[start : max(start, end)]
    assert all(
        isinstance(piece, Literal) and piece.span and text[piece.span.start : piece.span.end] == piece.text
        for piece in cut
    )


@given(values, st.integers(-1, 3))
def test_splitting_loses_nothing(one: Value, limit: int) -> None:
    parts = split(one, "-", limit)
    assert shown(joined([*(bit for item in parts for bit in (item, literal("-")))][:-1])) == shown(one)
    if known(one):
        assert [text_of(item) for item in parts] == (text_of(one) or "").split("-", limit)


@given(values, values)
def test_joined_values_show_both(left: Value, right: Value) -> None:
    assert shown(joined([left, right])) == shown(left) + shown(right)


def test_large_values_are_compared_in_time() -> None:
    large = (Literal("a" * 300_000), Hole("x"), Literal("b" * 300_000), Hole("y"))
    assert compare(large, (Hole("z"), *large)) is None
    assert compare(large, literal("b")) is False
    assert matches("*a" * 2000, large) is None


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((Literal("a", Span("f", 1, 2)), Literal("b", Span("f", 5, 6))), Span("f", 1, 6)),
        ((Literal("a", Span("f", 1, 2)), Literal("b", Span("g", 5, 6))), Span("f", 1, 2)),
        ((Literal("a"), *hole("x")), None),
    ],
)
def test_span_covers_pieces_of_one_file(found: Value, expected: Span | None) -> None:
    assert span_of(found) == expected
