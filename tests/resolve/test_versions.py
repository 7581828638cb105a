"""Version constraints: which versions they leave, and whether one of those has a backend argument."""

import pytest

from tflint_locks.resolve.versions import Pin, accepted, left_by
from tflint_locks.source import Span

NOWHERE = Span("", 0, 0)


@pytest.mark.parametrize(
    ("constraint", "inside", "outside"),
    [
        ("1.9.5", (1, 9, 5), (1, 9, 4)),
        ("= 1.9.5", (1, 9, 5), (1, 9, 6)),
        ("v1.9.5", (1, 9, 5), (1, 10, 0)),
        ("1.9", (1, 9, 8), (1, 10, 0)),
        ("1.9.x", (1, 9, 8), (1, 10, 0)),
        (">= 1.6", (1, 6, 0), (1, 5, 7)),
        ("> 1.6.0", (1, 6, 1), (1, 6, 0)),
        ("< 1.10", (1, 9, 19), (1, 10, 0)),
        ("<= 1.5.7", (1, 5, 7), (1, 5, 8)),
        ("~> 1.6", (1, 14, 0), (1, 5, 7)),
        ("~> 1.6.3", (1, 6, 9), (1, 7, 0)),
        ("~> 1", (1, 0, 0), (0, 15, 0)),
        (">= 1.3, < 1.6, != 1.5.7", (1, 5, 6), (1, 5, 7)),
        ("1.10.0-rc1", (1, 10, 0), (1, 9, 0)),
    ],
)
def test_a_constraint_leaves_some_versions_and_not_others(
    constraint: str, inside: tuple[int, int, int], outside: tuple[int, int, int]
) -> None:
    assert inside in left_by(constraint)
    assert outside not in left_by(constraint)


@pytest.mark.parametrize("constraint", ["latest", "min-required", "latest:^1.9", "${var.x}", "", "1.9.5 || 1.10.0"])
def test_a_constraint_that_cannot_be_read_rules_nothing_out(constraint: str) -> None:
    assert accepted("use_lockfile", Pin(constraint, ("terraform",), NOWHERE)) is None


@pytest.mark.parametrize(
    ("name", "tool", "constraint", "expected"),
    [
        ("use_lockfile", "terraform", "1.9.8", False),
        ("use_lockfile", "terraform", "~> 1.9", True),
        ("use_lockfile", "tofu", "1.9.0", False),
        ("role_arn", "terraform", "1.9.8", True),
        ("role_arn", "terraform", ">= 1.10", False),
        ("role_arn", "tofu", ">= 1.10", True),
        ("lock_table", "terraform", "~> 0.12.0", True),
        ("lock_table", "terraform", ">= 0.13", False),
        ("state_tags", "terraform", "1.11.4", False),
        ("state_tags", "tofu", "1.11.0", True),
        ("bucket", "terraform", "0.12.31", True),
    ],
)
def test_an_argument_is_there_or_not(name: str, tool: str, constraint: str, expected: bool) -> None:
    assert accepted(name, Pin(constraint, (tool,), NOWHERE)) is expected
