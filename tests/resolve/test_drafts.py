"""How backends are put together, as the configurations of small repositories show it."""

from collections.abc import Callable

import pytest

from tflint_locks.facts import Assignments
from tflint_locks.read.terraform import read_assignments
from tflint_locks.resolve.drafts import is_backend_file
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.value import text_of

Load = Callable[..., Repository]
Show = Callable[[Configuration], dict[str, str]]


def _files(repository: Repository) -> list[tuple[str, ...]]:
    return sorted(found.files for found in repository.configurations)


def _by_root(repository: Repository) -> dict[str, list[tuple[str, ...]]]:
    roots = {found.root for found in repository.configurations}
    return {root: sorted(found.files for found in repository.configurations if found.root == root) for root in roots}


FULL = 'bucket = "acme-state"\nkey = "k"\n'


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("backends/dev.hcl", FULL, True),
        ("backends/dev.hcl", 'key = "k"\n', True),
        ("backends/dev.hcl", 'key = "k"\nproject = "x"\n', False),
        ("dev.tfbackend", 'key = "k"\n', True),
        ("dev.tfbackend", 'region = "x"\n', False),
        ("envs/dev.tfvars", 'region = "x"\nprofile = "y"\n', False),
        ("envs/dev.tfvars", 'bucket = "b"\nname = "n"\nkey = "k"\n', False),
        ("envs/dev.tfvars", FULL, True),
        ("terraform.tfvars", FULL, False),
        ("backend/x.auto.tfvars", FULL, False),
        ("dev.hcl", 'dynamodb_table = "t"\nkey = "k"\n', False),
    ],
)
def test_a_backend_file_is_proven_by_its_name_and_content(path: str, text: str, expected: bool) -> None:
    facts = read_assignments(path, text)
    assert isinstance(facts, Assignments)
    assert is_backend_file(facts) is expected


def test_a_complete_block_stands_for_itself(loaded: Load, block: Callable[..., str]) -> None:
    (found,) = loaded({"main.tf": block()}).configurations
    assert (found.basis, found.closed, found.files, found.command) == ("block", True, (), None)


def test_a_partial_block_is_completed_once_by_each_file_that_belongs_to_it(
    loaded: Load, empty: str, backend_file: Callable[..., str], seen: Show
) -> None:
    found = loaded(
        {"main.tf": empty, "backends/dev.hcl": backend_file("dev"), "backends/prod.hcl": backend_file("prod")}
    )
    assert [(one.basis, one.closed, seen(one)["bucket"]) for one in found.configurations] == [
        ("completed", True, "acme-dev-state"),
        ("completed", True, "acme-prod-state"),
    ]
    assert all(one.files[0] in one.notes[0] for one in found.configurations)


def test_a_partial_block_that_nothing_completes_is_open(loaded: Load, empty: str) -> None:
    (found,) = loaded({"main.tf": empty}).configurations
    assert not found.closed
    assert found.open_reasons


def test_a_partial_block_whose_file_lacks_the_key_is_open(loaded: Load, empty: str) -> None:
    (found,) = loaded({"main.tf": empty, "dev.tfbackend": 'bucket = "acme-state"\n'}).configurations
    assert not found.closed


def test_empty_texts_in_a_block_are_places_to_be_filled(
    loaded: Load, backend_file: Callable[..., str], seen: Show
) -> None:
    text = 'terraform {\n  backend "s3" {\n    bucket = ""\n    key = ""\n  }\n}\n'
    (found,) = loaded({"main.tf": text, "dev.tfbackend": backend_file("dev")}).configurations
    assert (found.basis, seen(found)["bucket"]) == ("completed", "acme-dev-state")


NEAREST = {
    "its own folder before all": (
        {"app/dev.tfbackend": "own", "app/config/dev.tfbackend": "child", "config/dev.tfbackend": "far"},
        "app/dev.tfbackend",
    ),
    "a child folder before an ancestor's": (
        {"app/config/dev.tfbackend": "child", "config/dev.tfbackend": "far"},
        "app/config/dev.tfbackend",
    ),
    "a config folder of an ancestor": ({"config/dev.tfbackend": "far"}, "config/dev.tfbackend"),
    "the nearer ancestor": (
        {"x/config/dev.tfbackend": "near", "config/dev.tfbackend": "far"},
        "x/config/dev.tfbackend",
    ),
}


@pytest.mark.parametrize(("files", "expected"), NEAREST.values(), ids=NEAREST)
def test_the_nearest_backend_files_belong_to_a_root(
    files: dict[str, str], expected: str, loaded: Load, empty: str, backend_file: Callable[..., str]
) -> None:
    root = "x/app" if expected.startswith("x/") else "app"
    found = loaded({f"{root}/main.tf": empty, **{path: backend_file(name) for path, name in files.items()}})
    assert _files(found) == [(expected,)]


WORKFLOW = "on: [push]\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: {}\n"
BARE = {
    "a script": ("mine.sh", "terraform init\nterraform plan\n", False),
    "a target": ("Makefile", "plan:\n\tterraform init && terraform plan\n", False),
    "a workflow": (".github/workflows/a.yml", WORKFLOW.format("terraform init"), True),
    "a Jenkinsfile": ("Jenkinsfile", "pipeline { stages { stage('a') { steps { sh 'terraform init' } } } }\n", True),
    "words that are not known": ("mine.sh", "terraform init $ARGUMENTS\n", True),
    "another backend file": ("mine.sh", "terraform init -backend-config=prod.tfbackend\n", True),
}


@pytest.mark.parametrize(("path", "text", "kept"), BARE.values(), ids=BARE)
def test_an_init_that_people_start_and_that_says_nothing_is_left_out_beside_one_that_does(
    path: str, text: str, *, kept: bool, loaded: Load, empty: str, backend_file: Callable[..., str]
) -> None:
    files = {"main.tf": empty, "dev.tfbackend": backend_file("dev"), path: text}
    said = WORKFLOW.format("terraform init -backend-config=dev.tfbackend")
    found = loaded({**files, ".github/workflows/dev.yml": said}).configurations
    assert [one.files for one in found if one.command and one.command.span.path == path] == [
        one.files for one in found if one.files != ("dev.tfbackend",)
    ]
    assert (len(found) > 1) is kept


def test_an_init_that_says_nothing_stays_where_no_other_does(loaded: Load, empty: str) -> None:
    (found,) = loaded({"main.tf": empty, "mine.sh": "terraform init\n"}).configurations
    assert (found.closed, found.environment) == (False, None)


def test_a_backend_file_below_another_root_belongs_to_that_root(
    loaded: Load, empty: str, backend_file: Callable[..., str]
) -> None:
    files = {"a/main.tf": empty, "a/b/main.tf": empty, "a/b/dev.tfbackend": backend_file("dev")}
    assert _by_root(loaded(files)) == {"a": [()], "a/b": [("a/b/dev.tfbackend",)]}


def test_a_folder_that_is_no_config_folder_belongs_to_nobody(
    loaded: Load, empty: str, backend_file: Callable[..., str]
) -> None:
    (found,) = loaded({"app/main.tf": empty, "other/dev.tfbackend": backend_file("dev")}).configurations
    assert found.files == ()


def test_a_var_file_does_not_complete_a_block(loaded: Load, empty: str) -> None:
    (found,) = loaded({"main.tf": empty, "config/dev.tfvars": 'region = "us-east-1"\n'}).configurations
    assert (found.files, found.closed) == ((), False)


def test_files_in_a_shared_folder_go_to_the_root_they_name(
    loaded: Load, empty: str, backend_file: Callable[..., str]
) -> None:
    files = {
        "app/main.tf": empty,
        "network/main.tf": empty,
        "backends/app-dev.hcl": backend_file("dev", "app"),
        "backends/network-dev.hcl": backend_file("dev", "network"),
    }
    assert _by_root(loaded(files)) == {"app": [("backends/app-dev.hcl",)], "network": [("backends/network-dev.hcl",)]}


def test_a_shared_file_is_not_that_of_a_root_called_backend(loaded: Load, empty: str) -> None:
    shared = 'bucket = "acme-state"\nregion = "eu-west-1"\ndynamodb_table = "acme-locks"\n'
    block = empty.replace("{}", '{\n    key = "k"\n  }')
    files = {"tf/backend-config.hcl": shared, "tf/backend/main.tf": block, "tf/network/main.tf": block}
    named = ("tf/backend-config.hcl",)
    assert _by_root(loaded(files)) == {"tf/backend": [named], "tf/network": [named]}


def test_files_below_a_root_are_its_own_whatever_they_are_called(
    loaded: Load, empty: str, backend_file: Callable[..., str]
) -> None:
    files = {"app/main.tf": empty, "app/backends/web.hcl": backend_file("dev"), "web/main.tf": empty}
    assert _by_root(loaded(files)) == {"app": [("app/backends/web.hcl",)], "web": [()]}


def test_a_file_that_an_init_names_is_not_given_to_the_root_again_but_those_beside_it_are(
    loaded: Load, empty: str, backend_file: Callable[..., str]
) -> None:
    files = {
        "main.tf": empty,
        "dev.tfbackend": backend_file("dev"),
        "prod.tfbackend": backend_file("prod"),
        "run.sh": "terraform init -backend-config=dev.tfbackend\n",
    }
    found = {one.files[0]: one.basis for one in loaded(files).configurations}
    assert found == {"dev.tfbackend": "invocation", "prod.tfbackend": "completed"}
    assert len(loaded(files).configurations) == 2


def test_a_file_in_a_shared_folder_that_an_init_names_for_one_root_is_not_given_to_another(
    loaded: Load, empty: str, backend_file: Callable[..., str]
) -> None:
    files = {
        "app/main.tf": empty,
        "web/main.tf": empty,
        "prod.tfbackend": backend_file("prod"),
        "run.sh": "cd app\nterraform init -backend-config=../prod.tfbackend\n",
    }
    assert _by_root(loaded(files)) == {"app": [("prod.tfbackend",)], "web": [()]}


def test_a_file_with_holes_in_its_path_stands_for_each_file_it_may_be(
    loaded: Load, empty: str, backend_file: Callable[..., str]
) -> None:
    files = {
        "main.tf": empty,
        "backends/dev.hcl": backend_file("dev"),
        "backends/prod.hcl": backend_file("prod"),
        "other/qa.hcl": backend_file("qa"),
        "run.sh": 'terraform init -backend-config="backends/$1.hcl"\n',
    }
    found = [one.files for one in loaded(files).configurations if one.basis == "template"]
    assert found == [("backends/dev.hcl",), ("backends/prod.hcl",)]


def test_a_directory_with_holes_stands_for_each_root_it_may_be(loaded: Load, empty: str) -> None:
    files = {
        "apps/a/main.tf": empty,
        "apps/b/main.tf": empty,
        "other/main.tf": empty,
        "run.sh": 'cd "apps/$1"\nterraform init -backend-config=bucket=acme-state -backend-config="key=$1/k"\n',
    }
    found = [one for one in loaded(files).configurations if one.basis == "template"]
    assert {one.root: text_of(one.value("key")) for one in found} == {"apps/a": "a/k", "apps/b": "b/k"}


def test_the_same_hole_is_the_same_text_in_file_setting_and_var_file(
    loaded: Load, empty: str, backend_file: Callable[..., str], seen: Show
) -> None:
    files = {
        "main.tf": empty,
        "backends/dev.hcl": backend_file("dev"),
        "backends/prod.hcl": backend_file("prod"),
        "envs/dev.tfvars": "a = 1\n",
        "envs/prod.tfvars": "a = 1\n",
        "run.sh": 'terraform init -backend-config="backends/$1.hcl" -backend-config="key=$1/k"\n'
        'terraform plan -var-file="envs/$1.tfvars"\n',
    }
    found = {one.environment: (one.files, seen(one)["key"], one.var_files) for one in loaded(files).configurations}
    assert found == {
        "dev": (("backends/dev.hcl",), "dev/k", ("envs/dev.tfvars",)),
        "prod": (("backends/prod.hcl",), "prod/k", ("envs/prod.tfvars",)),
    }


def test_a_matrix_makes_one_configuration_for_each_of_its_environments(
    loaded: Load, empty: str, backend_file: Callable[..., str]
) -> None:
    workflow = (
        "on: push\njobs:\n  plan:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        env: [dev, prod]\n"
        "    defaults:\n      run:\n        working-directory: infra\n    steps:\n"
        "      - run: terraform init -backend-config=backends/${{ matrix.env }}.hcl\n"
        "      - run: terraform apply -var-file=envs/${{ matrix.env }}.tfvars\n"
    )
    files = {
        ".github/workflows/ci.yml": workflow,
        "infra/main.tf": empty,
        "infra/envs/dev.tfvars": "",
        "infra/envs/prod.tfvars": "",
        **{f"infra/backends/{name}.hcl": backend_file(name) for name in ("dev", "prod")},
    }
    found = loaded(files).configurations
    assert {one.environment: (one.basis, one.files, one.var_files) for one in found} == {
        name: ("invocation", (f"infra/backends/{name}.hcl",), (f"infra/envs/{name}.tfvars",))
        for name in ("dev", "prod")
    }


def test_a_wholly_unknown_file_is_each_file_that_belongs_to_the_root(
    loaded: Load, empty: str, backend_file: Callable[..., str]
) -> None:
    files = {
        "main.tf": empty,
        "backends/dev.hcl": backend_file("dev"),
        "run.sh": 'terraform init -backend-config="$1"\n',
    }
    assert _files(loaded(files)) == [("backends/dev.hcl",)]


OPEN = {
    "a file that is not there": "terraform init -backend-config=gone.hcl",
    "a path that fits no file": 'terraform init -backend-config="gone/$1.hcl"',
    "words that may be anything": 'terraform init "$@"',
    "an unquoted variable": "terraform init $ARGS",
}


@pytest.mark.parametrize("script", OPEN.values(), ids=OPEN)
def test_an_init_with_something_unknown_leaves_the_configuration_open(
    script: str, loaded: Load, block: Callable[..., str]
) -> None:
    (found,) = loaded({"main.tf": block(), "run.sh": script + "\n"}).configurations
    assert not found.closed
    assert found.open_reasons


def test_a_value_with_a_hole_leaves_it_closed(loaded: Load, block: Callable[..., str], seen: Show) -> None:
    (found,) = loaded({"main.tf": block(), "run.sh": 'terraform init -backend-config="key=$1/k"\n'}).configurations
    assert found.closed
    assert seen(found)["key"].endswith("/k")
    assert text_of(found.value("key")) is None


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("terraform init", 1),
        ("terraform init -backend=false", 1),
        ("echo 'terraform init -backend-config=key=x'", 1),
        ("# terraform init -backend-config=key=x", 1),
        ("cat <<EOF\nterraform init -backend-config=key=x\nEOF", 1),
        ("terraform init -backend-config=key=a\nterraform init -backend-config=key=b", 2),
        ("terraform init\nterraform init", 1),
    ],
)
def test_each_init_that_says_something_new_is_one_configuration(
    script: str, expected: int, loaded: Load, block: Callable[..., str]
) -> None:
    found = loaded({"main.tf": block(), "run.sh": script + "\n"}).configurations
    assert len(found) == expected
    if expected == 1:
        assert text_of(found[0].value("key")) == "app.tfstate"


def test_what_a_backend_file_overrides_keeps_no_inits_apart(
    loaded: Load, backend_file: Callable[..., str], seen: Show
) -> None:
    block = 'terraform {\n  backend "s3" {\n    bucket = var.b\n    key = var.k\n  }\n}\n'
    job = "on: push\njobs:\n  a:\n    steps:\n      - run: terraform init -backend-config=dev.tfbackend\n"
    files = {"main.tf": block, "dev.tfbackend": backend_file("dev")}
    (found,) = loaded({**files, ".github/workflows/a.yml": job, ".github/workflows/b.yml": job}).configurations
    assert seen(found)["bucket"] == "acme-dev-state"
    assert len(found.twins) == 1


_CHOSEN = """
pipeline {
  parameters { choice(name: 'ENV', choices: ['dev','prod']) }
  stages { stage('a') { steps { script {
    if (params.ENV == 'prod') { sh 'terraform init -reconfigure -backend-config=prod.tfbackend' }
    else { sh 'terraform init -reconfigure -backend-config=dev.tfbackend' }
    sh "terraform plan -var-file=${params.ENV}.tfvars"
  } } } }
}
"""
_IN_TURN = """
if [ -n "$A" ]; then terraform init -backend-config=dev.tfbackend; terraform plan -var-file=dev.tfvars; fi
if [ -n "$B" ]; then terraform init -backend-config=prod.tfbackend; terraform plan -var-file=prod.tfvars; fi
terraform apply -var-file=dev.tfvars
"""


@pytest.mark.parametrize(
    ("path", "text", "named"),
    [
        ("Jenkinsfile", _CHOSEN, [(), ()]),
        ("run.sh", _IN_TURN, [("dev.tfvars",), ("prod.tfvars",)]),
    ],
)
def test_what_another_init_may_have_prepared_is_given_to_none(
    loaded: Load, backend_file: Callable[..., str], path: str, text: str, named: list[tuple[str, ...]]
) -> None:
    files = {f"{one}.tfbackend": backend_file(one) for one in ("dev", "prod")}
    variables = {f"{one}.tfvars": f'environment = "{one}"\n' for one in ("dev", "prod")}
    block = 'terraform {\n  backend "s3" {}\n}\n'
    found = loaded({"main.tf": block, path: text, **files, **variables}).configurations
    assert sorted(one.files for one in found) == [("dev.tfbackend",), ("prod.tfbackend",)]
    assert sorted(one.var_files for one in found) == named


def test_an_init_without_backend_still_leaves_the_block(loaded: Load, block: Callable[..., str]) -> None:
    (found,) = loaded({"main.tf": block(), "run.sh": "terraform init -backend=false\n"}).configurations
    assert found.command is None


def test_a_script_runs_in_its_own_folder_where_it_says_no_other(loaded: Load, block: Callable[..., str]) -> None:
    found = loaded(
        {"infra/main.tf": block(), "infra/scripts/run.sh": "terraform init -backend-config=key=x\n", "a.tf": ""}
    )
    assert [text_of(one.value("key")) for one in found.configurations] == ["x"]


def test_a_script_may_find_its_files_from_its_own_place(
    loaded: Load, empty: str, backend_file: Callable[..., str]
) -> None:
    script = (
        'HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"\ncd "$HERE/.."\n'
        'terraform init -backend-config="$HERE/../backends/dev.hcl"\n'
        'terraform plan -var-file="$HERE/../envs/dev.tfvars"\n'
    )
    files = {
        "infra/main.tf": empty,
        "infra/backends/dev.hcl": backend_file("dev"),
        "infra/envs/dev.tfvars": "",
        "infra/scripts/run.sh": script,
    }
    (found,) = loaded(files).configurations
    assert (found.root, found.files, found.var_files) == (
        "infra",
        ("infra/backends/dev.hcl",),
        ("infra/envs/dev.tfvars",),
    )


def test_other_backends_are_listed_as_what_they_are(loaded: Load) -> None:
    found = loaded(
        {
            "a/main.tf": 'terraform {\n  backend "gcs" {\n    bucket = "b"\n  }\n}\n',
            "b/main.tf": "terraform {\n  cloud {}\n}\n",
            "c/main.tf": 'terraform {\n  backend "local" {}\n}\n',
            "d/main.tf": "locals {}\n",
        }
    )
    assert {one.root: one.type for one in found.configurations} == {"a": "gcs", "b": "cloud", "c": "local"}


def test_something_absent_is_reported_at_the_file_else_the_block_else_the_init(
    loaded: Load, empty: str, block: Callable[..., str], backend_file: Callable[..., str]
) -> None:
    by_file = loaded({"main.tf": empty, "dev.tfbackend": backend_file("dev")}).configurations[0]
    by_block = loaded({"main.tf": block()}).configurations[0]
    assert (by_file.anchor.path, by_block.anchor.path) == ("dev.tfbackend", "main.tf")
    assert block()[by_block.anchor.start : by_block.anchor.end] == 'backend "s3"'


def test_opentofu_may_use_variables_in_a_backend(loaded: Load, block: Callable[..., str], seen: Show) -> None:
    files = {"main.tf": block(key="${local.name}/k") + 'locals {\n  name = "app"\n}\n'}
    (tofu,) = loaded({**files, "run.sh": "tofu init\n"}).configurations
    (terraform,) = loaded({**files, "run.sh": "terraform init\n"}).configurations
    assert seen(tofu)["key"] == "app/k"
    assert terraform.settings["key"].fault == "expression"
    assert text_of(terraform.value("key")) is None


@pytest.mark.parametrize(
    "name", ["dev.hcl.example", "dev.hcl.tmpl", "dev.hcl.bak", "backend.sample.hcl", "dev.hcl.disabled"]
)
def test_files_that_are_patterns_for_others_are_not_live(
    name: str, loaded: Load, empty: str, backend_file: Callable[..., str]
) -> None:
    (found,) = loaded({"main.tf": empty, f"backends/{name}": backend_file("dev")}).configurations
    assert found.files == ()


def test_a_hidden_file_is_no_configuration(loaded: Load, block: Callable[..., str]) -> None:
    assert loaded({".main.tf": block()}).configurations == ()
