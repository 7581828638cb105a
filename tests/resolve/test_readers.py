"""Which states the remote states of small repositories read, and which of them nobody writes."""

from collections.abc import Callable

import pytest

from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.written_states import is_near, near_states, read_key, written_states
from tflint_locks.value import hole, literal, shown, text_of

Load = Callable[..., Repository]

READ = """data "terraform_remote_state" "network" {
  backend = "s3"
  MORE
  config = {
    bucket = "acme-state"
    key    = KEY
  }
}
variable "env" {
  default = "dev"
}
"""


def _reads(repository: Repository) -> list[str]:
    return [shown(one.settings["key"]) for one in repository.readers]


@pytest.mark.parametrize(
    ("key", "more", "expected"),
    [
        ('"a/k"', "", ["a/k"]),
        ('"${var.env}/k"', "", ["dev/k"]),
        ('"a/k"', "count = 0", []),
        ('"${each.key}/k"', 'for_each = toset(["a", "b"])', ["a/k", "b/k"]),
        ("data.x.y.z", "", ["<data.x.y.z>"]),
    ],
)
def test_a_remote_state_is_read_where_it_is_made(loaded: Load, key: str, more: str, expected: list[str]) -> None:
    assert _reads(loaded({"main.tf": READ.replace("KEY", key).replace("MORE", more)})) == expected


def test_a_modules_remote_state_is_read_once_for_each_call(loaded: Load) -> None:
    calls = "".join(f'module "{name}" {{\n  source = "./m"\n  env = "{name}"\n}}\n' for name in ("a", "b"))
    module = READ.replace("KEY", '"${var.env}/k"').replace("MORE", "")
    assert sorted(_reads(loaded({"main.tf": calls, "m/main.tf": module}))) == ["a/k", "b/k"]


def test_a_block_of_terraform_0_11_is_read_too(loaded: Load) -> None:
    old = 'data "terraform_remote_state" "n" {\n  backend = "s3"\n  config {\n    bucket = "b"\n    key = "k"\n  }\n}\n'
    (found,) = loaded({"main.tf": old}).readers
    assert (text_of(found.value("bucket")), text_of(found.value("key"))) == ("b", "k")


def test_a_reader_writes_nothing(loaded: Load) -> None:
    repository = loaded({"main.tf": READ.replace("KEY", '"k"').replace("MORE", "")})
    assert (repository.configurations, repository.states) == ((), ())


@pytest.mark.parametrize(
    ("workspace", "prefix", "expected"),
    [
        (literal("default"), None, "a/./k"),
        (literal("dev"), None, "env:/dev/a/k"),
        (literal("dev"), literal("ws"), "ws/dev/a/k"),
        (literal("dev"), literal(""), "dev/a/k"),
        (hole("x"), None, None),
        (literal("dev"), hole("x"), None),
    ],
)
def test_the_workspace_is_part_of_the_key(workspace: object, prefix: object, expected: str | None) -> None:
    found = read_key(literal("a/./k"), workspace, prefix)  # type: ignore[arg-type] # values, as given above
    assert (text_of(found) if found else None) == expected


@pytest.mark.parametrize(
    ("read", "written", "expected"),
    [
        ("network/terraform.tfstate", "networks/terraform.tfstate", True),
        ("netwrok/terraform.tfstate", "network/terraform.tfstate", True),
        ("acme_network.tfstate", "acme-network.tfstate", True),
        ("network/prod/terraform.tfstate", "prod/network/terraform.tfstate", True),
        ("network/terraform.tfstate", "prod/network/terraform.tfstate", True),
        ("network/terraform.tfstate", "acme/network/terraform.tfstate", True),
        ("dev/network/terraform.tfstate", "prod/network/terraform.tfstate", False),
        ("terraform.tfstate", "acme/terraform.tfstate", False),
        ("db/terraform.tfstate", "dns/terraform.tfstate", False),
        ("app1/terraform.tfstate", "app2/terraform.tfstate", False),
        ("us-east-1/vpc/terraform.tfstate", "us-west-2/vpc/terraform.tfstate", False),
    ],
)
def test_keys_are_near_or_not(read: str, written: str, expected: bool) -> None:
    assert is_near(read, written, ("dev", "prod")) is expected


def test_a_state_with_an_unknown_workspace_may_be_any(loaded: Load, block: Callable[..., str]) -> None:
    repository = loaded({"main.tf": block(key="network/k.tfstate", more='workspace_key_prefix = "ws"')})
    (state,) = written_states(repository).states
    assert [shown(key) for key in state.keys] == [
        "network/k.tfstate",
        "ws/<writer: terraform.workspace>/network/k.tfstate",
    ]
    assert near_states(repository, "acme-state", "ws/x/network/k.tfstate") == []
