"""Which values the variables of a root module have in each environment, as its definitions show them."""

from collections.abc import Callable

from tflint_locks.resolve.model import Repository
from tflint_locks.value import shown

Load = Callable[..., Repository]
Write = Callable[..., str]

TABLE = (
    'variable "name" {\n  default = "default"\n}\n'
    'resource "aws_dynamodb_table" "lock" {\n  name = "acme-${var.name}-lock"\n  hash_key = "LockID"\n}\n'
)


def _tables(repository: Repository) -> set[tuple[str, str | None]]:
    return {(shown(found.name), found.environment) for found in repository.definitions}


def test_each_environment_has_the_values_of_its_own_var_file(loaded: Load, empty: str, backend_file: Write) -> None:
    files = {
        "main.tf": empty + TABLE,
        **{f"backends/{name}.hcl": backend_file(name) for name in ("dev", "prod")},
        **{f"envs/{name}.tfvars": f'name = "{name}x"\n' for name in ("dev", "prod")},
    }
    assert _tables(loaded(files)) == {("acme-devx-lock", "dev"), ("acme-prodx-lock", "prod")}


def test_a_default_counts_where_nothing_could_set_it(loaded: Load, block: Write) -> None:
    assert _tables(loaded({"main.tf": block() + TABLE})) == {("acme-default-lock", None)}


def test_a_default_is_not_known_where_a_var_file_nobody_names_would_set_it(loaded: Load, block: Write) -> None:
    assert _tables(loaded({"main.tf": block() + TABLE, "other.tfvars": 'name = "x"\n'})) == {
        ("acme-<var.name>-lock", None)
    }


def test_commands_that_name_two_var_files_of_one_environment_are_told_apart(loaded: Load, block: Write) -> None:
    files = {
        "main.tf": block() + TABLE,
        "one.tfvars": 'name = "one"\n',
        "two.tfvars": 'name = "two"\n',
        "a.sh": "terraform init -backend-config=key=one\nterraform apply -var-file=one.tfvars\n",
        "b.sh": "terraform init -backend-config=key=two\nterraform apply -var-file=two.tfvars\n",
    }
    assert _tables(loaded(files)) == {("acme-one-lock", None), ("acme-two-lock", None)}


def test_a_root_without_a_backend_is_deployed_too(loaded: Load) -> None:
    assert _tables(loaded({"bootstrap/main.tf": TABLE, "bootstrap/terraform.tfvars": 'name = "set"\n'})) == {
        ("acme-set-lock", None)
    }


def test_a_modules_table_is_seen_through_its_callers(loaded: Load, block: Write) -> None:
    files = {
        "modules/lock/main.tf": TABLE,
        **{
            f"envs/{name}/main.tf": block(key=name)
            + f'module "lock" {{\n  source = "../../modules/lock"\n  name = "{name}x"\n}}\n'
            for name in ("dev", "prod")
        },
    }
    assert _tables(loaded(files)) == {("acme-devx-lock", "dev"), ("acme-prodx-lock", "prod")}


def test_modules_of_modules_are_seen(loaded: Load) -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "./a"\n  name = "deep"\n}\n',
        "a/main.tf": 'variable "name" {}\nmodule "b" {\n  source = "../b"\n  name = "${var.name}er"\n}\n',
        "b/main.tf": TABLE,
    }
    assert _tables(loaded(files)) == {("acme-deeper-lock", None)}
