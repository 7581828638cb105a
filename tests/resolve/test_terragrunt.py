"""Terragrunt's units: what each is given, evaluated as Terragrunt would (DOMAIN §3.3)."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflint_locks.resolve import load
from tflint_locks.resolve.model import Configuration, Repository, Unit
from tflint_locks.resolve.tables import undefined
from tflint_locks.settings import Settings
from tflint_locks.source import Source, Span
from tflint_locks.tree import DictTree
from tflint_locks.value import known, span_of

Loaded = Callable[..., Repository]
Seen = Callable[[Configuration], dict[str, str]]
Files = Mapping[str, str]

MODULE = 'terraform {\n  source = "git::https://example.com/modules.git//app"\n}\n'
INCLUDE = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n'
UNIT = INCLUDE + MODULE


def state(key: str = '"${path_relative_to_include()}/x.tfstate"', bucket: str = '"acme-state"', more: str = "") -> str:
    """Write a ``remote_state``."""
    config = f'bucket = {bucket}\n    key = {key}\n    region = "eu-west-1"\n    {more}\n'
    head = 'remote_state {\n  backend = "s3"\n  generate = { path = "b.tf", if_exists = "overwrite" }\n'
    return f"{head}  config = {{\n    {config}  }}\n}}\n"


def only(repository: Repository) -> Configuration:
    """Return the configuration of the one unit."""
    (unit,) = repository.units
    assert unit.configuration
    return unit.configuration


def written(files: Files, span: Span | None) -> str:
    """Return the text under a span."""
    assert span
    return files[span.path][span.start : span.end]


KEYS = [
    ("included", '"${path_relative_to_include()}/x.tfstate"', "live/dev/app/x.tfstate"),
    ("by label", '"${path_relative_to_include("root")}/x.tfstate"', "live/dev/app/x.tfstate"),
    ("from the root", '"${get_path_from_repo_root()}.tfstate"', "live/dev/app.tfstate"),
    ("up to the root", "get_path_to_repo_root()", "../../.."),
    ("back to the include", "path_relative_from_include()", "../../.."),
    ("the folder's name", "basename(get_terragrunt_dir())", "app"),
    ("the folder above", "basename(dirname(get_terragrunt_dir()))", "dev"),
    ("without the repository", 'trimprefix(get_terragrunt_dir(), "${get_repo_root()}/")', "live/dev/app"),
    ("replaced", 'replace(get_terragrunt_dir(), get_repo_root(), "")', "/live/dev/app"),
    ("the root's folder", 'replace(get_parent_terragrunt_dir(), get_repo_root(), "x")', None),
    ("a local", "local.name", "acme"),
    ("a file that is read", 'read_terragrunt_config(find_in_parent_folders("env.hcl")).locals.env', "dev"),
    ("its own path", 'read_terragrunt_config(find_in_parent_folders("env.hcl")).locals.here', "."),
    ("its folder", 'read_terragrunt_config(find_in_parent_folders("env.hcl")).locals.folder', "dev"),
    ("a default", 'read_terragrunt_config("nowhere.hcl", { locals = { a = "b" } }).locals.a', "b"),
    ("a fallback", 'find_in_parent_folders("nowhere.hcl", "else.hcl")', "else.hcl"),
    ("JSON", 'jsondecode(file(find_in_parent_folders("env.json"))).name', "from-json"),
    ("YAML", 'yamldecode(file("${get_repo_root()}/live/env.yaml")).name', "from-yaml"),
    ("tried", 'try(yamldecode(file(find_in_parent_folders("nowhere.yaml"))).name, "tried")', "tried"),
    ("the environment", 'get_env("KEY")', None),
    ("its default", 'get_env("KEY", "x")', None),
    ("an account", '"${get_aws_account_id()}/x"', None),
    ("a command", 'run_cmd("echo", "x")', None),
    ("a secret", 'sops_decrypt_file("x.yaml")', None),
    ("another unit", "dependency.vpc.outputs.key", None),
    ("the machine's path", "get_terragrunt_dir()", None),
]


@pytest.mark.parametrize(("key", "expected"), [case[1:] for case in KEYS], ids=[case[0] for case in KEYS])
def test_functions_are_seen_from_the_unit(loaded: Loaded, seen: Seen, key: str, expected: str | None) -> None:
    files = {
        "root.hcl": 'locals {\n  name = "acme"\n}\n' + state(key),
        "live/dev/app/terragrunt.hcl": UNIT,
        "live/dev/env.hcl": (
            'locals {\n  env = "dev"\n  here = path_relative_to_include()\n  folder = basename(get_terragrunt_dir())\n}\n'  # noqa: E501 (a table of texts)
        ),
        "live/env.json": '{"name": "from-json"}',
        "live/env.yaml": "name: from-yaml\n",
    }
    found = only(loaded(files))
    assert found.closed
    assert found.root == "live/dev/app"
    setting = found.settings["key"]
    assert isinstance(setting.value, tuple)
    if expected is None:
        assert not known(setting.value)
    else:
        assert seen(found)["key"] == expected
    assert written(files, setting.span) in (key, key.strip('"'))


def test_the_childs_state_replaces_the_parents(loaded: Loaded, seen: Seen) -> None:
    files = {"root.hcl": state(more='dynamodb_table = "acme-locks"'), "app/terragrunt.hcl": UNIT + state('"own"')}
    assert seen(only(loaded(files))) == {"bucket": "acme-state", "key": "own", "region": "eu-west-1"}


def test_of_two_includes_the_first_counts(loaded: Loaded, seen: Seen) -> None:
    include = 'include "env" {\n  path = find_in_parent_folders("env.hcl")\n}\n'
    files = {"root.hcl": state('"root"'), "env.hcl": state('"env"')}
    first = loaded({**files, "app/terragrunt.hcl": INCLUDE + include + MODULE})
    second = loaded({**files, "app/terragrunt.hcl": include + INCLUDE + MODULE})
    assert [seen(only(found))["key"] for found in (first, second)] == ["root", "env"]


def test_what_is_not_merged_gives_no_state(loaded: Loaded) -> None:
    include = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n  merge_strategy = "no_merge"\n}\n'
    (unit,) = loaded({"root.hcl": state(), "app/terragrunt.hcl": include + MODULE}).units
    assert unit.configuration is None


def test_an_exposed_include_gives_its_locals(loaded: Loaded, seen: Seen) -> None:
    include = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n  expose = true\n}\n'
    files = {
        "root.hcl": 'locals {\n  name = "acme-${basename(get_terragrunt_dir())}"\n}\n',
        "app/terragrunt.hcl": include + MODULE + state("include.root.locals.name"),
    }
    assert seen(only(loaded(files)))["key"] == "acme-app"
    bare = include.replace(' "root" {', " {")
    files["app/terragrunt.hcl"] = bare + MODULE + state("include.locals.name")
    assert seen(only(loaded(files)))["key"] == "acme-app"


def test_state_as_an_attribute_is_read_in_its_own_file(loaded: Loaded, seen: Seen) -> None:
    files = {
        "common.hcl": state(),
        "app/terragrunt.hcl": (
            'locals {\n  common = read_terragrunt_config(find_in_parent_folders("common.hcl"))\n}\n'
            "remote_state = local.common.remote_state\n" + MODULE
        ),
    }
    found = only(loaded(files))
    assert seen(found)["key"] == "./x.tfstate"
    assert found.closed


def test_lock_table_is_the_old_name(loaded: Loaded, seen: Seen) -> None:
    files = {"root.hcl": state(more='lock_table = "acme-locks"'), "app/terragrunt.hcl": UNIT}
    repository = loaded(files)
    assert seen(only(repository))["dynamodb_table"] == "acme-locks"
    (unit,) = repository.units
    assert unit.renamed
    assert unit.table is None
    assert written(files, unit.renamed.name_span) == "lock_table"


def test_terragrunts_own_keys_are_not_handed_over(loaded: Loaded, seen: Seen) -> None:
    more = 'skip_bucket_versioning = true\n    s3_bucket_tags = { team = "x" }\n    mystery = 1\n'
    found = only(loaded({"root.hcl": state(more=more), "app/terragrunt.hcl": UNIT}))
    assert sorted(seen(found)) == ["bucket", "key", "mystery", "region"]


GENERATED = """generate "state" {
  path      = "backend.tf"
  if_exists = "overwrite"
  contents  = <<-EOF
    terraform {
      backend "s3" {
        bucket         = "acme-${local.env}-state"
        key            = "${path_relative_to_include()}/x.tfstate"
        region         = "eu-west-1"
        encrypt        = true
        dynamodb_table = "${get_env("TABLE")}"
      }
    }
  EOF
}
locals {
  env = "dev"
}
"""


def test_a_generated_block_is_read_with_its_places(loaded: Loaded, seen: Seen) -> None:
    files = {"root.hcl": GENERATED, "app/terragrunt.hcl": UNIT}
    found = only(loaded(files))
    assert seen(found) == {
        "bucket": "acme-dev-state",
        "key": "app/x.tfstate",
        "region": "eu-west-1",
        "encrypt": "true",
        "dynamodb_table": '<get_env("TABLE")>',
    }
    assert found.closed
    assert written(files, found.anchor) == 'backend "s3'
    assert written(files, found.settings["region"].span) == "eu-west-1"
    assert written(files, found.settings["region"].name_span) == "region"
    assert isinstance(found.settings["bucket"].value, tuple)
    assert written(files, span_of(found.settings["bucket"].value)) == "-state"


def test_a_generated_text_with_unknown_lines_is_open(loaded: Loaded) -> None:
    text = GENERATED.replace("        encrypt        = true\n", '        ${get_env("MORE")}\n')
    assert not only(loaded({"root.hcl": text, "app/terragrunt.hcl": UNIT})).closed


def test_a_disabled_generate_writes_nothing(loaded: Loaded) -> None:
    text = GENERATED.replace('  path      = "backend.tf"', '  path      = "backend.tf"\n  disable   = true')
    (unit,) = loaded({"root.hcl": text, "app/terragrunt.hcl": UNIT}).units
    assert unit.configuration is None


def test_a_config_that_is_not_known_is_open(loaded: Loaded, seen: Seen) -> None:
    config = 'merge(jsondecode(get_env("STATE")), { bucket = "acme-state" })'
    text = f'remote_state {{\n  backend = "s3"\n  config = {config}\n}}\n'
    found = only(loaded({"root.hcl": text, "app/terragrunt.hcl": UNIT}))
    assert not found.closed
    assert seen(found) == {"bucket": "acme-state"}


def test_merged_objects_keep_their_places(loaded: Loaded) -> None:
    text = (
        'locals {\n  shared = { region = "eu-west-1", key = "x" }\n}\n'
        'remote_state {\n  backend = "s3"\n  generate = {}\n  config = merge(local.shared, { bucket = "acme-state" })\n}\n'  # noqa: E501 (a table of texts)
    )
    files = {"root.hcl": text, "app/terragrunt.hcl": UNIT}
    found = only(loaded(files))
    assert found.closed
    assert {name: written(files, one.span) for name, one in found.settings.items()} == {
        "bucket": "acme-state",
        "key": "x",
        "region": "eu-west-1",
    }


def test_a_state_that_does_not_parse_still_says_what_it_can(loaded: Loaded, seen: Seen) -> None:
    text = state("${path_relative_to_include()}/x", more='dynamodb_table = "acme-locks"')
    found = only(loaded({"root.hcl": text, "app/terragrunt.hcl": UNIT}))
    assert found.open_reasons == ("root.hcl does not parse",)
    assert seen(found) == {"bucket": "acme-state", "region": "eu-west-1", "dynamodb_table": "acme-locks"}


def test_without_generate_the_modules_block_is_completed(loaded: Loaded, seen: Seen) -> None:
    files = {
        "root.hcl": state().replace('generate = { path = "b.tf", if_exists = "overwrite" }', ""),
        "app/terragrunt.hcl": INCLUDE + 'terraform {\n  source = "../modules//app"\n}\n',
        "modules/app/main.tf": 'terraform {\n  backend "s3" {\n    encrypt = true\n  }\n}\n',
    }
    repository = loaded(files)
    assert seen(only(repository)) == {
        "bucket": "acme-state",
        "key": "app/x.tfstate",
        "region": "eu-west-1",
        "encrypt": "true",
    }
    assert repository.configurations == (only(repository),)


@pytest.mark.parametrize("more", ["disable_init = true\n", ""])
def test_what_is_never_initialised_is_no_configuration(loaded: Loaded, more: str) -> None:
    text = state().replace("remote_state {\n", "remote_state {\n  " + more)
    (unit,) = loaded({"root.hcl": text, "app/terragrunt.hcl": UNIT}).units
    assert (unit.configuration is None) is bool(more)


@pytest.mark.parametrize("skip", ["skip = true\n", 'exclude {\n  if = true\n  actions = ["all"]\n}\n'])
def test_a_unit_that_is_skipped_is_none(loaded: Loaded, skip: str) -> None:
    (unit,) = loaded({"root.hcl": state(), "app/terragrunt.hcl": UNIT + skip}).units
    assert unit.skipped
    assert unit.configuration is None


def test_flags_of_init_come_last(loaded: Loaded, seen: Seen) -> None:
    more = (
        'terraform {\n  source = "git::https://example.com/a.git"\n  extra_arguments "init" {\n    commands = ["init"]\n'  # noqa: E501 (a table of texts)
        '    arguments = ["-backend-config=dynamodb_table=acme-locks"]\n  }\n}\n'
    )
    assert (
        seen(only(loaded({"root.hcl": state(), "app/terragrunt.hcl": INCLUDE + more})))["dynamodb_table"]
        == "acme-locks"
    )
    file = more.replace("dynamodb_table=acme-locks", "backend.hcl")
    assert not only(loaded({"root.hcl": state(), "app/terragrunt.hcl": INCLUDE + file})).closed


def test_arguments_of_other_commands_say_nothing_of_init(loaded: Loaded) -> None:
    more = 'extra_arguments "x" {\n  commands = %s\n  arguments = get_env("SAVED") == "" ? [] : [get_env("SAVED")]\n}\n'
    for commands, closed in (('["apply"]', True), ('["init"]', False), ('[get_env("X")]', False), ("local.x", False)):
        files = {"root.hcl": state() + f"terraform {{\n{more % commands}}}\n", "app/terragrunt.hcl": UNIT}
        assert only(loaded(files)).closed is closed


def test_only_what_deploys_something_is_a_unit(loaded: Loaded) -> None:
    files = {
        "terragrunt.hcl": state(),
        "live/app/terragrunt.hcl": "include {\n  path = find_in_parent_folders()\n}\n" + MODULE,
        "live/empty/terragrunt.hcl": "inputs = {}\n",
        "catalog/app/terragrunt.hcl": MODULE + "inputs = {\n  a = values.a\n}\n",
    }
    assert [unit.path for unit in loaded(files).units] == ["live/app/terragrunt.hcl"]


def test_a_stack_makes_units_of_its_catalog(loaded: Loaded, seen: Seen) -> None:
    files = {
        "root.hcl": state('"${path_relative_to_include()}/${values.name}.tfstate"'),
        "catalog/app/terragrunt.hcl": UNIT + "inputs = {\n  a = values.name\n}\n",
        "live/terragrunt.stack.hcl": (
            'unit "app" {\n  source = "../catalog//app"\n  path = "app"\n  values = {\n    name = "x"\n  }\n}\n'
        ),
    }
    assert seen(only(loaded(files)))["key"] == "live/.terragrunt-stack/app/x.tfstate"


def test_json_is_evaluated_too(loaded: Loaded, seen: Seen) -> None:
    files = {
        "root.hcl.json": (
            '{"remote_state": {"backend": "s3", "generate": {"path": "b.tf"}, "config": {"bucket": "acme-state",'
            ' "key": "${path_relative_to_include()}/x", "region": "eu-west-1"}}}'
        ),
        "app/terragrunt.hcl.json": (
            '{"include": {"root": {"path": "${find_in_parent_folders(\\"root.hcl.json\\")}"}},'
            ' "terraform": {"source": "git::https://example.com/a.git"}}'
        ),
    }
    found = loaded({**files, "app/terragrunt.hcl.json": files["app/terragrunt.hcl.json"].replace('\\"', "'")})
    assert found.units  # quotes of another kind: unknown, not a fault of ours
    plain = files["app/terragrunt.hcl.json"].replace(
        '"${find_in_parent_folders(\\"root.hcl.json\\")}"', '"../root.hcl.json"'
    )
    repository = loaded({**files, "app/terragrunt.hcl.json": plain})
    assert seen(only(repository))["key"] == "app/x"
    assert written({**files}, only(repository).settings["bucket"].name_span) == "bucket"


def test_dependencies_name_other_units(loaded: Loaded) -> None:
    files = {
        "root.hcl": state(),
        "vpc/terragrunt.hcl": UNIT,
        "app/terragrunt.hcl": UNIT + 'dependency "vpc" {\n  config_path = "../vpc"\n  mock_outputs = {}\n}\n',
    }
    app, vpc = loaded(files).units
    assert [(one.name, one.directory) for one in app.dependencies] == [("vpc", vpc.directory)]


def test_inputs_are_the_modules_variables(loaded: Loaded) -> None:
    module = (
        'variable "table" {}\nresource "aws_dynamodb_table" "locks" {\n  name = var.table\n  hash_key = "LockID"\n'
        '  attribute {\n    name = "LockID"\n    type = "S"\n  }\n}\n'
    )
    files = {
        "root.hcl": state() + 'inputs = {\n  table = "root"\n  other = 1\n}\n',
        "app/terragrunt.hcl": INCLUDE
        + 'terraform {\n  source = "../modules//locks"\n}\ninputs = {\n  table = "acme-terraform-locks"\n}\n',
        "modules/locks/main.tf": module,
    }
    repository = loaded(files)
    (made,) = repository.definitions
    assert made.project == only(repository).project
    assert [getattr(piece, "text", None) for piece in made.name] == ["acme-terraform-locks"]


def test_units_of_one_root_are_one_project(loaded: Loaded) -> None:
    files = {"live/root.hcl": state(), **{f"live/{env}/app/terragrunt.hcl": UNIT for env in ("dev", "prod")}}
    repository = loaded(files)
    assert {(one.project, one.environment) for one in repository.configurations} == {("live", "dev"), ("live", "prod")}


def test_terragrunt_makes_its_own_table(loaded: Loaded) -> None:
    table = 'resource "aws_dynamodb_table" "locks" {\n  name = "acme-terraform-lock"\n  hash_key = "LockID"\n}\n'
    files = {
        "root.hcl": state(more='dynamodb_table = "acme-terraform-locks"'),
        "app/terragrunt.hcl": UNIT,
        "bootstrap/main.tf": table,
    }
    assert not undefined(loaded(files))


def test_commands_that_do_not_lock(loaded: Loaded) -> None:
    more = 'extra_arguments "x" {\n  commands = ["plan", "apply"]\n  arguments = ["-lock=true", "-lock=false"]\n}\n'
    files = {"root.hcl": state() + f"terraform {{\n{more}}}\n", "app/terragrunt.hcl": UNIT}
    (unit,) = loaded(files).units
    assert [(command, written(files, where)) for command, where in unit.unlocking] == [
        ("plan", "-lock=false"),
        ("apply", "-lock=false"),
    ]


# ---------------------------------------------------------------- hostile input


def test_circles_end(loaded: Loaded) -> None:
    files = {
        "root.hcl": 'locals {\n  a = local.b\n  b = local.a\n  c = read_terragrunt_config("root.hcl")\n}\n'
        + state("local.a"),
        "app/terragrunt.hcl": UNIT,
    }
    assert not known(only(loaded(files)).value("key") or ())


def test_long_ways_from_name_to_name_end(loaded: Loaded) -> None:
    names = "\n".join(f"  n{index} = local.n{index + 1}" for index in range(3000))
    files = {"root.hcl": f"locals {{\n{names}\n}}\n" + state("local.n0"), "app/terragrunt.hcl": UNIT}
    assert not known(only(loaded(files)).value("key") or ())


def test_one_costly_file_shared_by_many_ends(loaded: Loaded) -> None:
    costly = "[for a in range(1000) : [for b in range(1000) : a]]"
    files = {"root.hcl": state(f'join("", flatten({costly}))'), **{f"u{n}/terragrunt.hcl": UNIT for n in range(300)}}
    assert len(loaded(files).units) == 300


PIECES = st.sampled_from(
    ["local.a", "include.root.locals.a", 'find_in_parent_folders("root.hcl")', "path_relative_to_include()", '"x"', "null",  # noqa: E501 (a table of texts)
     'read_terragrunt_config("../root.hcl")', "get_terragrunt_dir()", 'yamldecode("a: b")', "merge({}, local.a)", "${", "}"]  # noqa: E501 (a table of texts)
)  # fmt: skip


@given(st.lists(PIECES, max_size=4), st.lists(PIECES, max_size=4), st.sampled_from(["root", "a"]))
def test_anything_is_survived(config: list[str], local: list[str], label: str) -> None:
    files = {
        "root.hcl": f'locals {{\n  a = {" + ".join(local)}\n}}\nremote_state {{\n  backend = "s3"\n  config = {" ".join(config)}\n}}\n',  # noqa: E501 (a table of texts)
        "app/terragrunt.hcl": f'include "{label}" {{\n  path = {" ".join(local)}\n}}\n' + UNIT + "inputs = local.a\n",
    }
    tree = DictTree(files)
    for unit in load(tree, Settings()).units:
        assert_spans(unit, tree)


def assert_spans(unit: Unit, tree: DictTree) -> None:
    for one in unit.configuration.layers if unit.configuration else ():
        for span in (one.span, one.name_span):
            source = tree.text(span.path)
            assert isinstance(source, Source)
            assert 0 <= span.start <= span.end <= len(source.text)
