"""Which value a variable has is what the real terraform says: its console is asked, and the same files are read."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest

from tflint_locks.resolve import load
from tflint_locks.settings import Settings
from tflint_locks.tree import DictTree
from tflint_locks.value import text_of

ROOT = """terraform {
  backend "local" {}
}

variable "lock_table" {
  default = "acme-default"
}
"""
BARE = ROOT.replace('  default = "acme-default"\n', "")


def _sets(value: str) -> str:
    return f'lock_table = "{value}"\n'


class Case(NamedTuple):
    files: Mapping[str, str]
    flags: str = ""
    before: str = ""
    root: str = ROOT


CASES = {
    "the default": Case({}),
    "the environment over the default": Case({}, before="export TF_VAR_lock_table=acme-env"),
    "an empty variable of the environment counts": Case({}, before="export TF_VAR_lock_table="),
    "a var file that is loaded by itself over the environment": Case(
        {"terraform.tfvars": _sets("acme-tfvars")}, before="export TF_VAR_lock_table=acme-env"
    ),
    "JSON over HCL": Case(
        {"terraform.tfvars": _sets("acme-tfvars"), "terraform.tfvars.json": '{"lock_table": "acme-json"}'}
    ),
    "an auto file over both": Case(
        {
            "terraform.tfvars": _sets("acme-tfvars"),
            "terraform.tfvars.json": '{"lock_table": "acme-json"}',
            "a.auto.tfvars": _sets("acme-auto"),
        }
    ),
    "auto files in the order of their bytes": Case(
        {"a.auto.tfvars": _sets("acme-a"), "Z.auto.tfvars": _sets("acme-z")}
    ),
    "an auto file in JSON after its namesake": Case(
        {"a.auto.tfvars": _sets("acme-hcl"), "a.auto.tfvars.json": '{"lock_table": "acme-json"}'}
    ),
    "an auto file in HCL after an earlier one in JSON": Case(
        {"b.auto.tfvars": _sets("acme-hcl"), "a.auto.tfvars.json": '{"lock_table": "acme-json"}'}
    ),
    "a hidden auto file": Case({".x.auto.tfvars": _sets("acme-hidden"), "terraform.tfvars": _sets("acme-tfvars")}),
    "another var file is not loaded by itself": Case({"prod.tfvars": "other = 1\n"}),
    "a flag over all files": Case({"a.auto.tfvars": _sets("acme-auto")}, "-var lock_table=acme-flag"),
    "a named file over the auto files": Case(
        {"z.auto.tfvars": _sets("acme-auto"), "a.tfvars": _sets("acme-named")}, "-var-file=a.tfvars"
    ),
    "a flag after a named file": Case(
        {"a.tfvars": _sets("acme-named")}, "-var-file=a.tfvars -var lock_table=acme-flag"
    ),
    "a named file after a flag": Case(
        {"a.tfvars": _sets("acme-named")}, "-var lock_table=acme-flag -var-file a.tfvars"
    ),
    "of two flags the last": Case({}, "-var=lock_table=acme-one -var='lock_table=acme-two'"),
    "of two named files the last": Case(
        {"a.tfvars": _sets("acme-a"), "b.tfvars": _sets("acme-b")}, "-var-file=b.tfvars -var-file=a.tfvars"
    ),
    "a named file that sets something else": Case({"a.tfvars": "lock_tables = 1\n"}, "-var-file=a.tfvars"),
    "flags from the environment come first": Case(
        {"a.tfvars": _sets("acme-a")},
        "-var-file=a.tfvars",
        'export TF_CLI_ARGS_console="-var lock_table=acme-env"',
    ),
    "flags of all commands come after those of one": Case(
        {}, before="export TF_CLI_ARGS='-var lock_table=acme-all' TF_CLI_ARGS_console='-var lock_table=acme-console'"
    ),
    "quotes in the value of a flag are its own": Case({}, "-var 'lock_table=acme=x'"),
    "an override of the default": Case({"x_override.tf": 'variable "lock_table" {\n  default = "acme-override"\n}\n'}),
    "a variable without a default": Case({"terraform.tfvars": _sets("acme-tfvars")}, root=BARE),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_variable_has_the_value_terraform_gives_it(case: Case, bash: Callable[..., Any]) -> None:
    init = (
        "terraform init >/dev/null\n"
        if "TF_CLI_ARGS=" not in case.before
        else "TF_CLI_ARGS= terraform init >/dev/null\n"
    )
    script = f"{case.before}\n{init}echo var.lock_table | terraform console {case.flags} 2>/dev/null\n"
    files = {"main.tf": case.root, **case.files, "deploy.sh": script}
    ran = bash(files)
    assert ran.status == 0, ran.output
    said = ran.output.strip().splitlines()[-1].strip('"')
    assert said or case.before.endswith("=")
    mentions = load(DictTree(files), Settings()).mentions
    assert {text_of(found.value) for found in mentions if found.evidence == "var.lock_table"} == (
        {said} if said else set()
    )


UNKNOWN = {
    "a flag that is not known": ('-var "$1"', {}),
    "a var file that is not known": ('-var-file="$1"', {}),
    "a var file that is not known after one that is": (
        '-var-file=a.tfvars -var-file="$1"',
        {"a.tfvars": "other = 1\n"},
    ),
    "words that are not known": ('"$@"', {}),
}


@pytest.mark.parametrize(("flags", "files"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_default_that_something_unknown_may_set_is_not_known(flags: str, files: Mapping[str, str]) -> None:
    tree = DictTree({"main.tf": ROOT, **files, "deploy.sh": f"terraform init\nterraform plan {flags}\n"})
    assert [found.value for found in load(tree, Settings()).mentions] == []


def test_a_value_that_a_later_unknown_file_may_change_is_not_known() -> None:
    tree = DictTree(
        {
            "main.tf": ROOT,
            "a.tfvars": _sets("acme-a"),
            "envs/one.tfvars": _sets("acme-one"),
            "envs/two.tfvars": _sets("acme-two"),
            "deploy.sh": 'terraform init\nterraform plan -var-file=a.tfvars -var-file="envs/$1.tfvars"\n',
        }
    )
    assert [found.value for found in load(tree, Settings()).mentions] == []
