from collections.abc import Callable

import pytest

from tflint_locks.read.terraform import read_terraform
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.modules import Module, argument, called_directory, calls, is_override, read_modules


def _modules(files: dict[str, str]) -> dict[str, Module]:
    return read_modules(read_terraform(path, text) for path, text in files.items())


def _backend(kind: str = "s3") -> str:
    return f'terraform {{\n  backend "{kind}" {{}}\n}}\n'


def test_the_files_of_one_directory_are_one_module() -> None:
    found = _modules(
        {"a/x.tf": 'variable "v" {}\n', "a/y.tf": 'locals {\n  l = 1\n}\noutput "o" {\n  value = 1\n}\n', "b/x.tf": ""}
    )
    assert sorted(found) == ["a", "b"]
    assert (list(found["a"].variables), list(found["a"].locals), list(found["a"].outputs)) == (["v"], ["l"], ["o"])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("override.tf", True),
        ("a/x_override.tf", True),
        ("x_override.tf.json", True),
        ("override.tofu", True),
        ("xoverride.tf", False),
        ("override_x.tf", False),
        ("_override.tf", True),
    ],
)
def test_a_files_name_makes_it_an_override(path: str, expected: bool) -> None:
    assert is_override(path) is expected


def test_the_first_of_two_backends_counts_and_both_are_kept() -> None:
    module = _modules({"b.tf": _backend("gcs"), "a.tf": _backend("s3")})[""]
    assert [one.path for one in module.backends] == ["a.tf", "b.tf"]
    assert module.backend is not None
    assert module.backend.path == "a.tf"


def test_an_override_replaces_the_backend_whatever_its_place_in_the_order() -> None:
    module = _modules({"a_override.tf": _backend("local"), "z.tf": _backend("s3")})[""]
    assert module.backend is not None
    assert module.backend.path == "a_override.tf"


def test_a_cloud_block_in_an_override_takes_the_backend_away() -> None:
    module = _modules({"main.tf": _backend(), "override.tf": "terraform {\n  cloud {}\n}\n"})[""]
    assert module.backend is None
    assert module.remote is not None


def test_a_backend_in_an_override_takes_the_cloud_away() -> None:
    module = _modules({"main.tf": "terraform {\n  cloud {}\n}\n", "override.tf": _backend()})[""]
    assert module.remote is None
    assert module.backend is not None


def test_a_tofu_file_hides_its_namesake() -> None:
    module = _modules(
        {"main.tf": _backend("s3"), "main.tofu": _backend("gcs"), "x.tf.json": "{}", "x.tofu.json": "{}"}
    )[""]
    assert module.paths == ("main.tofu", "x.tofu.json")
    assert [one.path for one in module.backends] == ["main.tofu"]


def test_an_override_lays_its_arguments_over_a_block() -> None:
    module = _modules(
        {
            "main.tf": 'resource "aws_s3_bucket" "b" {\n  bucket = "one"\n  acl = "private"\n}\n',
            "override.tf": 'resource "aws_s3_bucket" "b" {\n  bucket = "two"\n}\n',
        }
    )[""]
    declared = module.resources["aws_s3_bucket", "b"]
    places = {name: found.path for name in ("bucket", "acl", "none") if (found := argument(declared, name))}
    assert places == {"bucket": "override.tf", "acl": "main.tf"}


def test_of_two_overrides_the_last_wins() -> None:
    files = {f"{name}_override.tf": f'variable "v" {{\n  default = "{name}"\n}}\n' for name in "ba"}
    module = _modules({"main.tf": 'variable "v" {}\n', **files})[""]
    found = argument(module.variables["v"], "default")
    assert found is not None
    assert found.path == "b_override.tf"


@pytest.mark.parametrize(
    ("directory", "source", "expected"),
    [
        ("envs/dev", "../../modules/x", "modules/x"),
        ("", "./x", "x"),
        ("a", "../", ""),
        ("a", "..", ""),
        ("", "../x", None),
        ("a", "x/y", None),
        ("a", "git::https://example.com/x.git", None),
        ("a", "terraform-aws-modules/s3-bucket/aws", None),
        ("a", "./.hidden", "a/.hidden"),
        ("", "./.hidden/x", ".hidden/x"),
    ],
)
def test_a_local_source_names_a_directory_of_the_repository(directory: str, source: str, expected: str | None) -> None:
    assert called_directory(directory, source) == expected


def test_calls_are_listed_with_their_directories() -> None:
    text = 'module "a" {\n  source = "./a"\n}\nmodule "b" {\n  source = "x/y/aws"\n}\nmodule "c" {\n}\n'
    module = _modules({"r/main.tf": text})["r"]
    assert list(calls(module, lambda _: text)) == [("a", "r/a")]


def test_a_backend_in_a_called_module_is_no_configuration(
    loaded: Callable[..., Repository], block: Callable[..., str]
) -> None:
    found = loaded({"root/main.tf": block("a") + 'module "m" {\n  source = "../m"\n}\n', "m/main.tf": block("b")})
    assert [one.root for one in found.configurations] == ["root"]


def test_a_module_that_calls_itself_is_still_a_root(
    loaded: Callable[..., Repository], block: Callable[..., str]
) -> None:
    found = loaded({"a/main.tf": block() + 'module "m" {\n  source = "../a"\n}\n'})
    assert [one.root for one in found.configurations] == ["a"]


def test_two_modules_that_call_each_other_end(loaded: Callable[..., Repository]) -> None:
    table = 'resource "aws_dynamodb_table" "lock" {\n  name = "acme-tf-lock"\n  hash_key = "LockID"\n}\n'
    files = {f"{one}/main.tf": f'module "m" {{\n  source = "../{other}"\n}}\n{table}' for one, other in ("ab", "ba")}
    loaded({"main.tf": 'module "a" {\n  source = "./a"\n}\n', **files})
