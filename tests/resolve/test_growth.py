"""What grows with a repository grows with it once: steps are counted, no time is taken."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tflint_locks.checks import (
    ci_working_directory_missing,
    iam_lock_table_mismatch,
    iam_lockfile_rights_missing,
    lock_table_unused,
    workspace_unknown,
)
from tflint_locks.checks import state_unwritten as unwritten
from tflint_locks.facts import ScriptFile
from tflint_locks.read import makefile, shell, workflow
from tflint_locks.read.script import read_script
from tflint_locks.resolve import brought, by_name, calls, inits, spoken, words, written_states
from tflint_locks.resolve.invocations import expand
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


def test_many_granted_tables_are_not_compared_with_all_backends(
    loaded: Load, block: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    granted = (
        'resource "aws_iam_policy" "p{0}" {{\n  name = "p{0}"\n  policy = jsonencode({{\n    Statement = [{{\n'
        '      Effect = "Allow"\n      Action = ["dynamodb:GetItem", "dynamodb:PutItem"]\n'
        '      Resource = "arn:aws:dynamodb:us-east-1:111111111111:table/acme-lock-r{0}"\n    }}]\n  }})\n}}\n'
    )
    made = (
        'resource "aws_dynamodb_table" "t{0}" {{\n  name = "acme-locks-r{0}"\n  hash_key = "LockID"\n'
        '  attribute {{\n    name = "LockID"\n    type = "S"\n  }}\n}}\n'
    )
    roots = {
        f"envs/r{at}/main.tf": block(key=f"r{at}/k", more=f'dynamodb_table = "acme-locks-r{at}"') for at in range(_MANY)
    }
    near = _count(monkeypatch, by_name, "near")
    compared = _count(monkeypatch, by_name, "compare")
    more = "".join(text.format(at) for text in (granted, made) for at in range(_MANY))
    repository = loaded({**roots, "iam/main.tf": more})
    assert len(list(iam_lock_table_mismatch.check(repository))) == _MANY
    assert list(lock_table_unused.check(repository)) == []
    assert 0 < near.calls <= 6 * _MANY
    assert compared.calls == 0


_WORDS = st.lists(st.sampled_from(["envs", "r1", "r12", "-a", ".b", "/", " ", "x"]), max_size=6).map("".join)


@settings(max_examples=60)
@given(_WORDS, st.lists(_WORDS.filter(bool), max_size=5))
def test_the_names_a_text_has_are_those_that_searches_give(text: str, names: list[str]) -> None:
    found = {name for name in names if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text)}
    assert set(spoken.spoken_in(spoken.whole_names(names), text)) == found
    paths = [name for name in names if name.find("/", 1) > 0 and not name.startswith("/") and not name.endswith("/")]
    assert set(spoken.paths_in(spoken.paths_of(paths), text)) == {path for path in paths if path in text}


_TABLES = st.lists(
    st.one_of(
        st.sampled_from([literal("a"), literal("b"), (*literal("a"), *literal("b"))]),
        st.sampled_from([(Hole("x"),), (*literal("a"), Hole("x")), (Hole("y", domain=("a", "b")),)]),
    ),
    max_size=6,
)


@settings(max_examples=60)
@given(_TABLES, _TABLES.filter(bool))
def test_what_is_looked_up_by_name_is_what_comparing_all_gives(named: list[Value], wanted: list[Value]) -> None:
    every = list(enumerate(named))
    index = by_name.by_name((name, (at, name)) for at, name in every)
    for name in wanted:
        assert list(by_name.may_be(index, name)) == [one for one in every if compare(one[1], name) is not False]


@settings(max_examples=40)
@given(_NAMES, st.lists(_NAMES, min_size=9, max_size=20, unique=True))
def test_near_names_that_are_looked_up_are_those_of_all(name: str, names: list[str]) -> None:
    found = by_name.near_to(by_name.names_of(names, ("live",)), name)
    assert found == [one for one in names if words.near(name, one, ("live",))]


# ---------------------------------------------------------------- many commands


def test_inits_in_many_folders_do_not_look_at_each_other(
    loaded: Load, block: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _count(monkeypatch, inits, "_consistent")
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
    searched = _Pattern(brought._CHECKED_OUT.search)  # noqa: SLF001 - the pattern that is counted
    monkeypatch.setattr(brought, "_CHECKED_OUT", searched)
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


def test_a_makefile_is_interpreted_once_for_all_calls_that_give_the_same(
    loaded: Load, block: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    makefile._interpreted.cache_clear()  # noqa: SLF001 - what was read before does not count
    asked = _count(monkeypatch, makefile, "_goal")
    targets = "".join(f"t{at}:\n\tterraform -chdir=r{at} init -input=false\n" for at in range(_MANY))
    lines = "".join(f"make t{at}\n" for at in range(_MANY))
    files = {f"r{at}/main.tf": block(key=f"r{at}/k") for at in range(_MANY)}
    repository = loaded({**files, "Makefile": targets, "run.sh": "#!/bin/bash\n" + lines})
    assert sum(one.basis == "invocation" for one in repository.configurations) == _MANY
    assert asked.calls == 1


def test_calls_beyond_those_that_are_followed_are_said_once(
    loaded: Load, block: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "_READINGS", 2)
    files = {f"r{at}/main.tf": block(key=f"r{at}/k") for at in range(4)}
    lines = "".join(f"./init.sh r{at}\n" for at in range(4))
    init = '#!/bin/bash\ncd "$1"\nterraform init\nterraform apply\n'
    repository = loaded({**files, "init.sh": init, "run.sh": "#!/bin/bash\n" + lines})
    (fault,) = repository.faults
    assert (fault.message, fault.span.path) == ("more calls than are followed", "run.sh")
    assert fault.span.start == len("#!/bin/bash\n" + "./init.sh r0\n" * 2)
    # Alone the called file says no more than that some folder is set up.
    alone = repository.facts["init.sh"]
    assert isinstance(alone, ScriptFile)
    assert len(alone.commands) > 0


class _Paths(list[str]):
    """Paths that count how often all are looked at."""

    looked = 0

    def __iter__(self) -> Iterator[str]:
        self.looked += 1
        return super().__iter__()


def test_a_known_path_is_looked_up() -> None:
    paths = _Paths(["envs/a", "envs/b"])
    assert expand(literal("envs/b"), paths) == [("envs/b", {})]
    assert paths.looked == 0
    assert expand((*literal("envs/"), Hole("x")), paths) == [("envs/a", {"x": "a"}), ("envs/b", {"x": "b"})]
    assert expand((Hole("x"), *literal("/envs/b")), paths) == [("envs/b", {})]


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
