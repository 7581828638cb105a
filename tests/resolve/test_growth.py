"""What grows with a repository grows with it once: steps are counted, no time is taken."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflint_locks.checks import ci_working_directory_missing, iam_lockfile_rights_missing, workspace_unknown
from tflint_locks.checks import state_unwritten as unwritten
from tflint_locks.read import shell, workflow
from tflint_locks.read.script import read_script
from tflint_locks.resolve import absent, drafts, words, written_states
from tflint_locks.resolve.model import Repository
from tflint_locks.value import Hole, Value, alike, compare, literal

Load = Callable[..., Repository]
_MANY = 60


class _Counted:
    """A function that counts its calls."""

    def __init__(self, function: Callable[..., object]) -> None:
        self.function = function
        self.calls = 0

    def __call__(self, *given: object) -> object:
        self.calls += 1
        return self.function(*given)


def _count(monkeypatch: pytest.MonkeyPatch, place: object, name: str) -> _Counted:
    counted = _Counted(getattr(place, name))
    monkeypatch.setattr(place, name, counted)
    return counted


# ---------------------------------------------------------------- words


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_one_edit_is_a_distance_of_one(left: str, right: str) -> None:
    assert words.is_one_edit(left, right) is (words.distance(left, right) == 1)
    if words.is_one_edit(left, right):
        assert words.edit_marks(left) & words.edit_marks(right)


@given(st.text("abc", max_size=7), st.lists(st.text("abc", max_size=7), max_size=6), st.integers(0, 3))
def test_the_nearest_is_the_one_that_all_distances_give(name: str, candidates: list[str], limit: int) -> None:
    ranked = sorted((words.distance(name, one), one) for one in candidates)
    assert words.nearest(name, candidates, limit) == (ranked[0][1] if ranked and ranked[0][0] <= limit else None)


_NAMES = st.lists(
    st.sampled_from(
        ["acme", "terraform", "terrafrom", "lock", "locks", "dev", "prod", "bucket", "bukcet", "a1", "live"]
    ),
    min_size=1,
    max_size=4,
).map("-".join)


@given(_NAMES, _NAMES)
def test_near_names_share_a_mark(left: str, right: str) -> None:
    if words.near(left, right, ("live",)):
        assert words.near_marks(left, ("live",)) & words.near_marks(right, ("live",))


def test_a_very_long_word_has_no_mark_for_each_letter() -> None:
    assert words.edit_marks("a" * 100_000) == {"a" * 100_000}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (literal("a"), literal("a")),
        (literal("a"), literal("b")),
        ((*literal("a"), *literal("b")), literal("ab")),
        ((Hole("var.x"),), (Hole("var.x"),)),
        ((Hole("var.x"),), (Hole("var.y"),)),
        ((Hole("var.x"),), literal("<var.x>")),
        ((Hole("var.x", domain=("dev",)),), literal("dev")),
        ((*literal("a-"), Hole("var.x")), (*literal("a-"), Hole("var.x"))),
    ],
)
def test_values_are_alike_where_they_are_certainly_equal(left: Value, right: Value) -> None:
    assert (alike(left) == alike(right)) is (compare(left, right) is True)


# ---------------------------------------------------------------- many roots


def test_one_policy_for_many_roots_is_looked_up(
    loaded: Load, block: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = {
        "Effect": "Allow",
        "Action": ["s3:PutObject", "s3:GetObject"],
        "Resource": [f"arn:aws:s3:::acme-state/r{at}/k" for at in range(_MANY)],
    }
    files = {f"r{at}/main.tf": block(key=f"r{at}/k", more="use_lockfile = true") for at in range(_MANY)}
    repository = loaded({**files, "iam/policy.json": json.dumps({"Version": "2012-10-17", "Statement": [statement]})})
    granted = _count(monkeypatch, iam_lockfile_rights_missing, "may_grant")
    parsed = _count(monkeypatch, iam_lockfile_rights_missing, "parse_arn")
    assert len(list(iam_lockfile_rights_missing.check(repository))) == _MANY
    assert granted.calls == 0
    assert parsed.calls <= 2 * _MANY


def test_many_remote_states_are_not_compared_with_all_states(
    loaded: Load, block: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = 'data "terraform_remote_state" "x" {{\n  backend = "s3"\n  config = {{\n{}  }}\n}}\n'
    config = '    bucket = "acme-state"\n    key = "far{0}/elsewhere/k{0}"\n    region = "us-east-1"\n'
    files = {f"r{at}/main.tf": block(key=f"r{at}/k") + read.format(config.format(at)) for at in range(_MANY)}
    repository = loaded(files)
    asked = _count(monkeypatch, written_states, "is_near")
    assert list(unwritten.check(repository)) == []
    assert asked.calls <= _MANY


# ---------------------------------------------------------------- many commands


def test_inits_in_many_folders_do_not_look_at_each_other(
    loaded: Load, block: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _count(monkeypatch, drafts, "_consistent")
    lines = "".join(f"terraform -chdir=r{at} init\nterraform -chdir=r{at} apply\n" for at in range(_MANY))
    files = {f"r{at}/main.tf": block(key=f"r{at}/k") for at in range(_MANY)}
    repository = loaded({**files, "run.sh": "#!/bin/bash\n" + lines})
    assert len(repository.configurations) == _MANY
    assert asked.calls <= 4 * _MANY


def test_many_workspaces_are_not_compared_with_each_other(
    loaded: Load, block: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{chr(97 + at % 26) * 5}{chr(97 + at // 26) * 5}" for at in range(_MANY)]
    lines = "".join(f"terraform init\nterraform workspace select {name}\nterraform apply\n" for name in names)
    repository = loaded({"main.tf": block(), "run.sh": "#!/bin/bash\n" + lines})
    asked = _count(monkeypatch, workspace_unknown, "is_slip")
    assert list(workspace_unknown.check(repository)) == []
    assert asked.calls <= _MANY


class _Pattern(_Counted):
    """A pattern that counts its searches."""

    def search(self, text: str) -> object:
        return self(text)


def test_a_text_is_searched_once_for_all_folders_that_it_may_bring(
    loaded: Load, block: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n"
    lines = "".join(f"          terraform -chdir=gone{at} apply\n" for at in range(_MANY))
    repository = loaded({"main.tf": block(), ".github/workflows/w.yml": head + lines})
    searched = _Pattern(absent._CHECKED_OUT.search)  # noqa: SLF001 - the pattern that is counted
    monkeypatch.setattr(absent, "_CHECKED_OUT", searched)
    assert len(list(ci_working_directory_missing.check(repository))) == _MANY
    assert searched.calls == 1


def test_a_workflow_that_many_call_is_parsed_once(
    loaded: Load, block: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    called = (
        "on:\n  workflow_call:\n    inputs:\n      app: {type: string}\njobs:\n  a:\n    runs-on: x\n    steps:\n"
        "      - run: |\n          cd ${{ inputs.app }}\n          terraform init\n          terraform apply\n"
    )
    caller = "on: push\njobs:\n  c:\n    uses: ./.github/workflows/called.yml\n    with: {{app: r{}}}\n"
    files = {f".github/workflows/w{at}.yml": caller.format(at) for at in range(_MANY)}
    roots = {f"r{at}/main.tf": block(key=f"r{at}/k") for at in range(_MANY)}
    parsed = _count(monkeypatch, workflow, "read_yaml")
    repository = loaded({**roots, **files, ".github/workflows/called.yml": called})
    assert sum(one.basis == "invocation" for one in repository.configurations) == _MANY
    assert parsed.calls == _MANY + 2


# ---------------------------------------------------------------- hostile files


def test_conditionals_within_conditionals_end(loaded: Load, block: Callable[..., str]) -> None:
    repository = loaded({"main.tf": block(), "b.tf": f"locals {{\n  state_bucket = {'a ? b : ' * 20_000}1\n}}\n"})
    assert len(repository.configurations) == 1


def test_a_script_is_read_as_far_as_people_write_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "LONGEST", 1000)
    text = "terraform init\n" + "echo a\n" * 200 + "terraform apply\n"
    found = read_script("run.sh", text)
    (fault,) = found.faults
    assert (fault.message, fault.span.start) == ("longer than a script is read", shell.LONGEST)
    assert len(found.commands) == 1
    assert read_script("run.sh", text[:1000]).faults == ()
