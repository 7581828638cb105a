"""How messages stay short: many names are counted, long values cut."""

import pytest

from tflint_locks.resolve.phrases import listed, quoted
from tflint_locks.select import filled
from tflint_locks.value import Hole, Literal


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c", "d"], "a, b, c and d"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_of_many_names_three_are_shown_with_a_count(names: list[str], said: str) -> None:
    assert listed(names) == said


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        ("TABLE@242", "TABLE"),
        ("$NAME@17/deploy.sh", "$NAME"),
        ("$@", "$@"),
        ("$@3", "$@3"),
        ("a@b.example", "a@b.example"),
        (f"replace(#{'0' * 24})", "replace(…)"),
        (f"lower(if(#{'a' * 24}))", "lower(one of two values)"),
        (f"index(#{'a' * 24}).name", "an element of a list.name"),
        (f"==(#{'a' * 24})", "a calculation"),
        ("if(var.on, 'a', 'b')", "if(var.on, 'a', 'b')"),
        ("$(short)", "$(short)"),
        (f"$(terraform plan {'| tee x ' * 20})", "$(terraform plan | tee x | tee x | tee x | tee x | tee x | t…)"),
    ],
)
def test_a_hole_is_called_by_its_name_without_where_it_was_bound(identity: str, said: str) -> None:
    assert quoted((Literal("acme-"), Hole(identity))) == f"`acme-<{said}>`"


def test_a_placeholder_is_shown_as_it_stands() -> None:
    assert quoted((Literal("acme-"), Hole("placeholder {{ env }}"))) == "`acme-{{ env }}`"


def test_a_message_shows_a_value_of_two_hundred_characters_whole_and_cuts_a_longer_one() -> None:
    whole, long = f"`{'a' * 200}`", f"`{'a' * 201}`"
    assert filled("{value} is here", {"value": whole}) == f"{whole} is here"
    assert filled("{value} is here", {"value": long}) == f"`{'a' * 120}…` is here"
