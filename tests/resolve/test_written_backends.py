"""Backends that a script writes before an init, as the configurations of small repositories show them."""

from collections.abc import Callable

import pytest

from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.value import shown

Load = Callable[..., Repository]
Files = dict[str, str]

BLOCK = 'terraform {\n  backend "s3" {\n    bucket = "acme-state"\n    key    = "k"\n  }\n}\n'
LOCAL = 'terraform {\n  backend "local" {}\n}\n'
FILE = 'bucket = "acme-state"\nkey = "k"\n'


def _said(one: Configuration) -> dict[str, str]:
    return {name: shown(value) for name in one.settings if (value := one.value(name)) is not None}


def _by_root(repository: Repository) -> list[tuple[str, str, dict[str, str], bool]]:
    return [(one.root, one.type, _said(one), one.closed) for one in repository.configurations]


FULL = {"bucket": "acme-state", "key": "k"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        # A block for a root that has none, one in the place of its file's, one that overrides.
        (
            {"app/main.tf": "", "run.sh": f"cd app\ncat > backend.tf <<EOF\n{BLOCK}EOF\nterraform init\n"},
            [("app", "s3", FULL, True)],
        ),
        (
            {"app/b.tf": LOCAL, "run.sh": f"cd app\ncat > b.tf <<EOF\n{BLOCK}EOF\nterraform init\n"},
            [("app", "s3", FULL, True)],
        ),
        (
            {"app/b.tf": BLOCK, "run.sh": f"cd app\ncat > b_override.tf <<EOF\n{LOCAL}EOF\nterraform init\n"},
            [("app", "local", {}, True)],
        ),
        # Two blocks are a mistake: what is there counts. What is written after the init, or elsewhere, does not.
        (
            {"app/main.tf": LOCAL, "run.sh": f"cd app\ncat > backend.tf <<EOF\n{BLOCK}EOF\nterraform init\n"},
            [("app", "local", {}, True)],
        ),
        (
            {"app/b.tf": LOCAL, "run.sh": f"cd app\nterraform init\ncat > b.tf <<EOF\n{BLOCK}EOF\n"},
            [("app", "local", {}, True)],
        ),
        (
            {"app/b.tf": LOCAL, "x/b.tf": "", "run.sh": f"cat > x/b.tf <<EOF\n{BLOCK}EOF\ncd app\nterraform init\n"},
            [("app", "local", {}, True)],
        ),
        # One that may not be written leaves what is there.
        (
            {"b.tf": LOCAL, "run.sh": f"if x; then\ncat > b.tf <<EOF\n{BLOCK}EOF\nfi\nterraform init\n"},
            [("", "local", {}, True)],
        ),
    ],
)
def test_a_written_block(loaded: Load, files: Files, expected: list[tuple[str, str, dict[str, str], bool]]) -> None:
    assert _by_root(loaded(files)) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (f"cat > b.hcl <<EOF\n{FILE}EOF\nterraform init -backend-config=b.hcl\n", (FULL, True)),
        (f"cat > app/b.hcl <<EOF\n{FILE}EOF\ncd app\nterraform init -backend-config=../app/b.hcl\n", None),
        (f"cat > b.hcl <<EOF\n{FILE}EOF\necho 'region = \"r\"' >> b.hcl\n", ({**FULL, "region": "r"}, True)),
        (f"cat > b.hcl <<EOF\n{FILE}EOF\necho 'key = \"z\"' >> b.hcl\n", ({**FULL, "key": "z"}, False)),
        (f"cat > b.hcl <<EOF\n{FILE}EOF\nsed -i s/a/b/ b.hcl\n", (FULL, False)),
        (f"cat > b.hcl <<EOF\n{FILE}$MORE\nEOF\n", (FULL, False)),
        ("envsubst < b.tmpl > b.hcl\n", ({}, False)),
        ('cat > b.hcl <<EOF\nbucket = $B\nkey = "k"\nencrypt = $E\nEOF\n', ({"key": "k", "encrypt": "<$E>"}, False)),
        ('cat > b.hcl <<EOF\nbucket = "b-$B"\nkey = "a/$K.x"\nEOF\n', ({"bucket": "b-<$B>", "key": "a/<$K>.x"}, True)),
    ],
)
def test_a_written_backend_file(
    loaded: Load, empty: str, script: str, expected: tuple[dict[str, str], bool] | None
) -> None:
    where = "app/" if expected is None else ""
    init = "" if "init" in script else "terraform init -backend-config=b.hcl\n"
    found = loaded({f"{where}main.tf": empty, "run.sh": script + init}).configurations
    (one,) = (one for one in found if one.command)
    assert (_said(one), one.closed) == (expected or (FULL, True))


def test_a_file_of_the_repository_stays_where_the_writing_is_not_certain(loaded: Load, empty: str) -> None:
    script = f"[ -f b.hcl ] || cat > b.hcl <<EOF\n{FILE}EOF\nterraform init -backend-config=b.hcl\n"
    (one,) = loaded({"main.tf": empty, "b.hcl": 'bucket = "other"\nkey = "k"\n', "run.sh": script}).configurations
    assert _said(one) == {"bucket": "other", "key": "k"}


def test_each_environment_has_its_own(loaded: Load, empty: str) -> None:
    script = (
        'for env in dev prod; do\n  echo "bucket = \\"acme-$env\\"" > b.hcl\n  echo \'key = "k"\' >> b.hcl\n'
        "  terraform init -reconfigure -backend-config=b.hcl\n  terraform apply\ndone\n"
    )
    found = loaded({"main.tf": empty, "run.sh": script}).configurations
    assert sorted(shown(one.value("bucket") or ()) for one in found) == ["acme-dev", "acme-prod"]


def test_places_are_those_of_the_script(loaded: Load) -> None:
    script = (
        'T=acme-locks\ncat > backend.tf <<EOF\nterraform {\n  backend "s3" {\n    bucket = "acme-state"\n'
        '    key = "k"\n    dynamodb_table = "${T}"\n  }\n}\nEOF\nterraform init\n'
    )
    (one,) = loaded({"main.tf": "", "run.sh": script}).configurations
    covered = {name: script[item.span.start : item.span.end] for name, item in one.settings.items()}
    named = [script[item.name_span.start : item.name_span.end] for item in one.settings.values()]
    assert covered == {"bucket": "acme-state", "key": "k", "dynamodb_table": "acme-locks"}
    assert named == ["bucket", "key", "dynamodb_table"]
    assert one.anchor == one.block
    assert script[one.anchor.start : one.anchor.end] == 'backend "s3"'


def test_a_secret_is_neither_kept_nor_taken_for_one_that_is_known(loaded: Load, empty: str) -> None:
    script = (
        f'cat > b.hcl <<EOF\n{FILE}access_key = "$A"\nsecret_key = "hush"\nEOF\nterraform init -backend-config=b.hcl\n'
    )
    (one,) = loaded({"main.tf": empty, "run.sh": script}).configurations
    assert _said(one) == {**FULL, "access_key": "<access_key>", "secret_key": "***"}


def test_a_called_script_uses_what_its_caller_writes(loaded: Load, empty: str) -> None:
    files = {
        "main.tf": empty,
        "run.sh": f"cat > b.hcl <<EOF\n{FILE}EOF\n./init.sh b.hcl\n",
        "init.sh": "terraform init -backend-config=$1\n",
    }
    assert [_said(one) for one in loaded(files).configurations if one.closed] == [FULL]


def test_a_block_that_is_written_as_it_is_stands_in_its_file(loaded: Load) -> None:
    script = f"cat > b.tf <<EOF\n{BLOCK}EOF\nterraform init\n"
    (one,) = loaded({"b.tf": BLOCK, "run.sh": script}).configurations
    assert one.anchor.path == "b.tf"
