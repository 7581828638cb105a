from collections.abc import Callable, Mapping

import pytest

from tflint_locks.resolve.model import Pair, Repository
from tflint_locks.resolve.pairs import state_key
from tflint_locks.value import shown

Load = Callable[..., Repository]
Write = Callable[..., str]
VARIABLE = 'variable "lock_table" {}\n'


def _pair(repository: Repository) -> Pair:
    (found,) = repository.pairs
    return found


def _files(found: Pair) -> list[tuple[str, ...]]:
    return [one.files for one in found.configurations]


def test_a_var_file_is_paired_with_the_backend_file_of_its_environment(
    loaded: Load, empty: str, backend_file: Write
) -> None:
    files = {
        "main.tf": empty + VARIABLE,
        **{f"backends/{name}.hcl": backend_file(name) for name in ("prod", "staging")},
        "envs/staging.tfvars": 'lock_table = "acme-x"\n',
    }
    found = _pair(loaded(files))
    assert _files(found) == [("backends/staging.hcl",)]
    assert found.evidence == "both are staging's (envs/staging.tfvars, backends/staging.hcl)"


def test_without_environments_a_mention_is_paired_with_its_root(loaded: Load, block: Write) -> None:
    found = _pair(loaded({"infra/main.tf": block() + VARIABLE, "infra/terraform.tfvars": 'lock_table = "acme-x"\n'}))
    assert [one.root for one in found.configurations] == ["infra"]
    assert found.evidence == "both belong to infra"


def test_a_script_is_paired_where_the_repository_has_one_project(loaded: Load, block: Write) -> None:
    found = _pair(loaded({"infra/main.tf": block(), "boot.sh": "LOCK_TABLE=acme-x\n"}))
    assert found.evidence == "the repository has one project"


def test_a_script_that_names_one_of_two_projects_is_paired_with_that_one(loaded: Load, block: Write) -> None:
    files = {
        "app/main.tf": block(bucket="acme-app", table="acme-app-lock"),
        "web/main.tf": block(bucket="acme-web", table="acme-web-lock"),
        "boot.sh": "aws s3 ls s3://acme-web\nLOCK_TABLE=acme-x\n",
    }
    found = _pair(loaded(files))
    assert [one.root for one in found.configurations] == ["web"]
    assert "boot.sh" in found.evidence


def test_a_script_that_works_in_a_projects_directory_is_paired_with_it(loaded: Load, block: Write) -> None:
    files = {
        f"infra/{name}/main.tf": block(bucket=f"acme-{name}", table=f"acme-{name}-lock") for name in ("app", "web")
    }
    found = _pair(loaded({**files, "boot.sh": "ls infra/web\nLOCK_TABLE=orders\n"}))
    assert [one.root for one in found.configurations] == ["infra/web"]


def test_a_part_of_a_longer_name_speaks_of_no_project(loaded: Load, block: Write) -> None:
    files = {f"{name}/main.tf": block(bucket=name, table=f"{name}-lock") for name in ("acme", "zeta")}
    assert loaded({**files, "boot.sh": "LOCK_TABLE=acme-orders\n"}).pairs == ()


def test_a_script_that_names_no_project_is_paired_with_equal_or_near_names_only(loaded: Load, block: Write) -> None:
    files = {
        "app/main.tf": block(bucket="acme-app", table="acme-app-lock"),
        "web/main.tf": block(bucket="acme-web", table="acme-web-lock"),
    }
    near = _pair(loaded({**files, "boot.sh": "LOCK_TABLE=acme-web-locks\n"}))
    assert ([one.root for one in near.configurations], near.evidence) == (["web"], "their names are near")
    assert loaded({**files, "boot.sh": "LOCK_TABLE=orders\n"}).pairs == ()


def test_a_mention_of_an_environment_without_configurations_is_not_paired(
    loaded: Load, empty: str, backend_file: Write
) -> None:
    files = {
        "main.tf": empty,
        **{f"backends/{name}.hcl": backend_file(name) for name in ("dev", "prod")},
        "scripts/qa.sh": "LOCK_TABLE=acme-x\n",
        "envs/qa.tfvars": "a = 1\n",
        "envs/dev.tfvars": "a = 1\n",
    }
    assert loaded(files).pairs == ()


def test_a_mention_without_environment_is_paired_with_all_of_its_project(
    loaded: Load, empty: str, backend_file: Write
) -> None:
    files = {
        "main.tf": empty,
        **{f"backends/{name}.hcl": backend_file(name) for name in ("dev", "prod")},
        "boot.sh": "LOCK_TABLE=acme-x\n",
    }
    assert len(_pair(loaded(files)).configurations) == 2


def test_evidence_never_claims_an_environment_that_the_configuration_does_not_have(loaded: Load, block: Write) -> None:
    found = _pair(loaded({"infra/main.tf": block(), "envs/dev.tfvars": "a = 1\n", "dev.sh": "LOCK_TABLE=acme-x\n"}))
    assert found.mention.environment == "dev"
    assert found.evidence == "the repository has one project"


def test_other_backends_are_not_paired(loaded: Load) -> None:
    text = 'terraform {\n  backend "gcs" {\n    bucket = "b"\n  }\n}\n'
    assert loaded({"main.tf": text + 'locals {\n  lock_table = "acme-x"\n}\n'}).pairs == ()


KEYS = {
    "the default workspace": ("", "", "./a//k"),
    "a workspace": ("dev", "", "env:/dev/a/k"),
    "a prefix": ("dev", 'workspace_key_prefix = "ws/x"', "ws/x/dev/a/k"),
    "an empty prefix": ("dev", 'workspace_key_prefix = ""', "dev/a/k"),
    "a prefix in the default workspace": ("default", 'workspace_key_prefix = "ws"', "./a//k"),
}


@pytest.mark.parametrize(("workspace", "more", "expected"), KEYS.values(), ids=KEYS)
def test_the_state_key_is_where_terraform_writes(
    workspace: str, more: str, expected: str, loaded: Load, block: Write
) -> None:
    script = f"export TF_WORKSPACE={workspace}\nterraform init\n" if workspace else "terraform init\n"
    (found,) = loaded({"main.tf": block(key="./a//k", more=more), "run.sh": script}).configurations
    key = state_key(found)
    assert key is not None
    assert shown(key) == expected


def test_the_state_key_is_not_known_where_the_workspace_is_not(loaded: Load, block: Write) -> None:
    (found,) = loaded({"main.tf": block(more='workspace_key_prefix = "ws"')}).configurations
    assert state_key(found) is None


STATES: dict[str, tuple[Mapping[str, tuple[str, str, str]], list[tuple[list[str], bool]]]] = {
    "one key": ({"a": ("k", "", ""), "b": ("k", "", "")}, [(["a", "b"], True)]),
    "two keys": ({"a": ("k", "", ""), "b": ("l", "", "")}, [(["a"], True), (["b"], True)]),
    "a workspace's key and the same one written out": (
        {"a": ("k", "", "dev"), "b": ("env:/dev/k", "", "default")},
        [(["a", "b"], True)],
    ),
    "keys that are cleaned in a workspace": ({"a": ("./k", "", "dev"), "b": ("k", "", "dev")}, [(["a", "b"], True)]),
    "keys that are not cleaned in the default one": (
        {"a": ("./k", "", ""), "b": ("k", "", "")},
        [(["a"], True), (["b"], True)],
    ),
    "unknown workspaces of one prefix": (
        {"a": ("k", 'workspace_key_prefix = "w"', ""), "b": ("k", 'workspace_key_prefix = "w"', "")},
        [(["a", "b"], False)],
    ),
    "unknown workspaces of two prefixes": (
        {"a": ("k", 'workspace_key_prefix = "w"', ""), "b": ("k", 'workspace_key_prefix = "v"', "")},
        [(["a"], False), (["b"], False)],
    ),
}


@pytest.mark.parametrize(("roots", "expected"), STATES.values(), ids=STATES)
def test_states_are_the_configurations_that_write_one_object(
    roots: Mapping[str, tuple[str, str, str]], expected: list[tuple[list[str], bool]], loaded: Load, block: Write
) -> None:
    files: dict[str, str] = {}
    for root, (key, more, workspace) in roots.items():
        files[f"{root}/main.tf"] = block(key=key, more=more)
        if workspace:
            files[f"{root}/run.sh"] = f"cd {root}\nTF_WORKSPACE={workspace} terraform init\n"
    found = [([one.root for one in state.configurations], state.certain) for state in loaded(files).states]
    assert sorted(found) == expected


def test_two_endpoints_are_two_places(loaded: Load, block: Write) -> None:
    files = {"a/main.tf": block(), "b/main.tf": block(more='endpoints = { s3 = "http://localhost:4566" }')}
    assert [len(state.configurations) for state in loaded(files).states] == [1, 1]
