"""Version constraints: which versions they leave, and whether one of those has a backend argument."""

from collections.abc import Callable

import pytest

from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.versions import Pin, accepted, left_by, pins
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


WORKFLOW = """on: push
jobs:
  plan:
    runs-on: ubuntu-latest
    env:
      TF_VERSION: VERSION
    steps:
      - uses: hashicorp/setup-terraform@v3
        with:
          terraform_version: ${{ env.TF_VERSION }}
      - run: terraform init
"""


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({".terraform-version": "1.9.5"}, ["1.9.5"]),
        ({".tfswitchrc": "1.9.5"}, ["1.9.5"]),
        ({".terraform-version": "1.9.5", ".tool-versions": "terraform 1.9.5\n"}, ["1.9.5", "1.9.5"]),
        ({".terraform-version": "1.9.5", ".tool-versions": "terraform 1.11.0\n"}, []),
        ({".github/workflows/a.yml": WORKFLOW.replace("VERSION", "1.9.5")}, ["1.9.5"]),
        ({".github/workflows/a.yml": WORKFLOW.replace("VERSION", "1.9.5"), ".terraform-version": "1.11.0"}, []),
        (
            {
                ".github/workflows/a.yml": WORKFLOW.replace("VERSION", "1.9.5"),
                ".github/workflows/b.yml": WORKFLOW.replace("VERSION", "1.11.0"),
            },
            [],
        ),
        ({".terraform-version": "1.9.5", ".opentofu-version": "1.11.0"}, []),
        ({".terraform-version": "1.9.5", ".opentofu-version": "1.11.0", "a.sh": "tofu init\n"}, ["1.11.0"]),
        ({".terraform-version": "1.9.5", "a.sh": "tofu init\n"}, []),
        ({"terraform.tf": 'terraform {\n  required_version = ">= 1.11"\n}\n'}, [">= 1.11"]),
    ],
)
def test_two_pins_that_exclude_each_other_are_none(
    loaded: Callable[..., Repository], block: Callable[..., str], files: dict[str, str], expected: list[str]
) -> None:
    repository = loaded({"main.tf": block(), **files})
    (configuration,) = repository.configurations
    assert sorted(pin.constraint for pin in pins(repository, configuration)) == sorted(expected)
