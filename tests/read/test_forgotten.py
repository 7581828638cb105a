"""What a script knew and no longer does: after a sourced file, a formatted variable, another file's variable."""

import time

import pytest

from tflint_locks.read.script import read_script
from tflint_locks.read.workflow import read_workflow
from tflint_locks.resolve.defaults import unsettled_defaults
from tflint_locks.resolve.reading import read_tree
from tflint_locks.tree import DictTree
from tflint_locks.value import Hole, shown

CREATE = "aws dynamodb create-table --table-name "


def table(text: str) -> str:
    (command,) = [one for one in read_script("a.sh", text).commands if one.tool == "aws"]
    return shown(command.words[-1].value)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("T=acme\nsource ./x.sh\n", "<T@7>"),
        ("T=acme\n. ./x.sh\n", "<T@7>"),
        ('T=acme\neval "$(x)"\n', "<T@7>"),
        ("T=acme\n[ -f .env ] && . ./.env\n", "<T@7>"),
        ("f() { . ./x.sh; }\nT=acme\nf\n", "<T@6/f1>"),
        ("T=old\nsource ./x.sh\nT=acme\n", "acme"),
        ("readonly T=acme\nsource ./x.sh\n", "acme"),
        ("T=acme\nreadonly T\nsource ./x.sh\n", "acme"),
        ("declare -r T=acme\nsource ./x.sh\n", "acme"),
        ("T=acme\n(source ./x.sh)\n", "acme"),
        ("T=acme\neval terraform fmt\n", "acme"),
        ("T=$1\nsource ./x.sh\n", "<$1>"),
        ("printf -v T acme\n", "acme"),
        ("printf -v T %s acme\n", "acme"),
        ("T=old\nprintf -v T '%s-%s' acme $1\n", "<T@6>"),
        ("printf -v T %s acme\nsource ./x.sh\n", "<T@20>"),
    ],
)
def test_what_a_sourced_file_may_set_is_not_known(before: str, expected: str) -> None:
    assert table(f'{before}{CREATE}"$T"') == expected


def test_the_text_before_a_sourced_file_is_likely() -> None:
    (command,) = read_script("a.sh", f"T=acme; source ./x.sh; {CREATE}$T").commands
    (piece,) = command.words[-1].value
    assert isinstance(piece, Hole)
    assert piece.likely == "acme"


def test_a_second_sourced_file_may_set_another_text() -> None:
    first, second = read_script("a.sh", f'T=a; . ./x; {CREATE}"$T"; . ./y; {CREATE}"$T"').commands
    assert first.words[-1].value != second.words[-1].value


def test_places_counted_from_the_script_stay_known_after_a_sourced_file() -> None:
    text = 'D="$(cd "$(dirname "$0")" && pwd)"\nsource "$D/lib.sh"\ncd "$D/../tf"\nterraform init'
    (command,) = read_script("scripts/a.sh", text).commands
    assert shown(command.directory) == "tf"


def test_an_array_may_hold_other_words_after_a_sourced_file() -> None:
    (command,) = read_script("a.sh", 'A=(-reconfigure)\n. ./x.sh\nterraform init "${A[@]}"').commands
    assert command.unknown_words


def test_functions_that_call_themselves_end_soon() -> None:
    start = time.process_time()
    read_script("a.sh", "f() {\n  f\n  f\n}\nf")
    assert time.process_time() - start < 0.3


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("export T=a U=b\nV=c", {"T", "U"}),
        ("T=a\nexport T", {"T"}),
        ("T=a ./x.sh", {"T"}),
        ("declare -x T=a", {"T"}),
        ("set -a\nT=a", {"T"}),
        ("T=a\n. ./x.sh", {"T"}),
        ('export T="${T:-a}"', set()),
    ],
)
def test_variables_that_a_script_sets_for_others(text: str, names: set[str]) -> None:
    assert read_script("a.sh", text).exported == names


def test_variables_that_a_workflow_sets_for_others() -> None:
    text = """
env: {A: a}
jobs:
  x:
    env: {B: b}
    steps:
      - env: {C: c}
        run: |
          D=d ./deploy.sh
          echo "E=e" >> $GITHUB_ENV
          export F="${F:-f}"
"""
    assert read_workflow(".github/workflows/a.yml", text).exported == {"A", "B", "C", "D", "E"}


def test_a_default_is_told_from_a_text_of_the_script() -> None:
    text = f"{CREATE}${{T:-acme}}; {CREATE}acme"
    ((name, span),) = read_script("a.sh", text).defaults
    assert (name, text[span.start : span.end]) == ("T", "acme")


SCRIPT = f'T="${{T:-acme-locks}}"\n{CREATE}"$T"'


@pytest.mark.parametrize(
    ("other", "text", "expected"),
    [
        (".github/workflows/a.yml", "env: {T: b}\njobs: {x: {steps: [{run: terraform init}]}}", "<$T>"),
        (".github/workflows/a.yml", "env:\n  T: b\njobs: {x: {steps: [{run: ./a.sh}]}}", "<$T>"),
        ("b.sh", "export T=b\nterraform init", "<$T>"),
        ("b.sh", "export T=b\n./a.sh", "<$T>"),
        ("Makefile", "a:\n\tT=b ./a.sh", "<$T>"),
        ("Makefile", "export T ?= b", "<$T>"),
        (".env", "T=b", "<$T>"),
        ("b.sh", "export T=${T:-acme-locks}\n./a.sh", "acme-locks"),
        ("b.sh", "OTHER_T=b ./a.sh", "acme-locks"),
        ("notes.md", "T=b ./a.sh", "acme-locks"),
    ],
)
def test_a_default_may_not_hold_where_another_file_sets_the_variable(other: str, text: str, expected: str) -> None:
    tree = DictTree({"a.sh": SCRIPT, other: text})
    reading = read_tree(tree)
    unsettled_defaults(reading, tree)
    (command,) = reading.scripts["a.sh"].commands
    (name,) = reading.scripts["a.sh"].names or (None,)
    assert shown(command.words[-1].value) == expected
    assert name is None or shown(name.value) == expected
