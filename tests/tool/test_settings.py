import pytest

from tflint_locks import __version__
from tflint_locks.settings import (
    Convention,
    EnvironmentSettings,
    IgnoreSettings,
    Levels,
    RuleSettings,
    Settings,
    SettingsError,
    ToolSettings,
    conventions_of,
    covers,
    rebased,
)
from tflint_locks.settings_file import read_settings, schema

KNOWN = frozenset({"lock-table-mismatch", "backend-unlocked"})
WHOLE = """\
project: acme
required_version: ">= 0.1"
tool: {name: opentofu, version: "~> 1.10"}
fail_on: error
require_reason: true
rules:
  lock-table-mismatch: note
  backend-*: {severity: off, silenceable: false, paths: {"legacy/**": error}}
exclude: [legacy, "infra/*/old/**"]
rule_files: []
ignore:
  - rules: backend-unlocked
    paths: [policies/*.json]
    reason: generated
    until: 2030-01-31
conventions:
  lock_table: <project>-terraform-locks-<env>
  state_key: ["*/<region>/<account>.tfstate", "*/terraform.tfstate"]
environments:
  staging:
    aliases: [stg]
    paths: [backends/stg.hcl, envs/stg.tfvars, live/stg]
    account: 011111111111
    region: eu-west-1
  prod:
    conventions: {lock_table: <project>-terraform-locks}
"""


def test_everything_that_can_be_set() -> None:
    found = read_settings("s.yaml", WHOLE, KNOWN)
    assert dict(found.origins)["rules.backend-*"] == 8
    assert found._replace(origins=()) == Settings(
        "s.yaml",
        "acme",
        (
            RuleSettings("lock-table-mismatch", "note"),
            RuleSettings("backend-*", "off", (("legacy/**", "error"),), silenceable=False),
        ),
        ("legacy", "infra/*/old/**"),
        (
            Convention("lock_table", ("<project>-terraform-locks-<env>",)),
            Convention("state_key", ("*/<region>/<account>.tfstate", "*/terraform.tfstate")),
            Convention("lock_table", ("<project>-terraform-locks",), "prod"),
        ),
        (
            EnvironmentSettings(
                "staging", ("stg",), ("backends/stg.hcl", "envs/stg.tfvars", "live/stg"), "011111111111", "eu-west-1"
            ),
            EnvironmentSettings("prod"),
        ),
        ToolSettings("tofu", "~> 1.10", 3),
        "error",
        require_reason=True,
        ignores=(IgnoreSettings(("backend-unlocked",), ("policies/*.json",), "generated", "2030-01-31", 12),),
    )
    assert conventions_of(found, "prod")["lock_table"] == ("<project>-terraform-locks",)
    assert conventions_of(found, "staging")["lock_table"] == ("<project>-terraform-locks-<env>",)


def test_the_name_of_a_rule_wins_over_patterns_and_a_later_pattern_over_an_earlier() -> None:
    levels = Levels(read_settings("s.yaml", "rules: {lock-table-mismatch: note, lock-*: error, '*': off}", KNOWN))
    assert levels.of("lock-table-mismatch", "error") == "note"
    assert levels.of("lock-other", "warning") == "off"
    assert Levels(Settings()).of("lock-other", "warning") == "warning"


def test_the_schema_takes_what_the_tool_takes() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from tflint_locks.plain_yaml import read_document

    checker = jsonschema.Draft202012Validator(schema())
    checker.check_schema(schema())
    assert not list(checker.iter_errors(read_document(WHOLE).data))
    assert list(checker.iter_errors({"rule": {}}))
    assert not list(checker.iter_errors({"rules": {"docs-*": False}}))


def test_another_version_of_the_tool_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"s.yaml:1: these settings are for tflint-locks >= 99; this is "):
        read_settings("s.yaml", 'required_version: ">= 99"\n', KNOWN)
    read_settings("s.yaml", f"required_version: '{__version__}'\n", KNOWN)


@pytest.mark.parametrize(
    ("glob", "path", "covered"),
    [
        ("*.tfvars", "infra/a/b.tfvars", True),
        ("*.tfvars", "b.tfvars", False),
        ("/b.tfvars", "infra/b.tfvars", True),
        ("/b.tfvars", "infra/a/b.tfvars", False),
        ("a/*.tf", "infra/a/b.tf", True),
        ("a/*.tf", "a/b.tf", False),
    ],
)
def test_globs_of_settings_in_a_folder_count_from_there(glob: str, path: str, covered: bool) -> None:
    assert covers(rebased(glob, "infra"), path) is covered


@pytest.mark.parametrize("text", ["", "# nothing\n", "\ufeff", "---\n", "{}"])
def test_an_empty_file_sets_nothing(text: str) -> None:
    assert read_settings("s.yaml", text, KNOWN) == Settings("s.yaml")


@pytest.mark.parametrize("written", ["off", '"off"', "false"])
def test_off_is_off_however_yaml_reads_it(written: str) -> None:
    assert read_settings("s.yaml", f"rules: {{backend-unlocked: {written}}}", KNOWN).rules == (
        RuleSettings("backend-unlocked", "off"),
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("\nrule:\n  x: off\n", "s.yaml:2: no key `rule`; did you mean `rules`?"),
        (
            "rules:\n  lock-table-mismach: off\n",
            "s.yaml:2: no rule `lock-table-mismach`; did you mean `lock-table-mismatch`?",
        ),
        ("rules:\n  zzz: off\n", "s.yaml:2: no rule `zzz`"),
        (
            "rules:\n  backend-unlocked: fatal\n",
            "s.yaml:2: rules.backend-unlocked: input should be 'off', 'note', 'warning' or 'error'",
        ),
        ("environments:\n  dev:\n    alias: [d]\n", "s.yaml:3: no key `alias`; did you mean `aliases`?"),
        ("conventions:\n  lock-table: x\n", "s.yaml:2: no key `lock-table`; did you mean `lock_table`?"),
        (
            "conventions:\n  lock_table: <stage>-x\n",
            "s.yaml:2: conventions.lock_table.0: a template knows <project>, <env>",
        ),
        (
            "environments:\n  dev:\n    account: 123\n",
            "s.yaml:3: environments.dev.account: input should be a valid string",
        ),
        ("environments:\n  dev:\n    account: '1234'\n", "s.yaml:3: environments.dev.account: should be twelve digits"),
        ("exclude: legacy\n", "s.yaml:1: exclude: should be a list"),
        ("- a\n", "s.yaml:1: should be keys with values"),
        ("environments:\n  tool:\n    alias: [d]\n", "s.yaml:3: no key `alias`; did you mean `aliases`?"),
        (
            "environments:\n  dev:\n    conventions: {lock_tabel: x}\n",
            "s.yaml:3: no key `lock_tabel`; did you mean `lock_table`?",
        ),
        ("tool: opentofu\n", "s.yaml:1: tool: should be keys with values"),
        ("tool: {version: '1'}\n", "s.yaml:1: tool.name: is missing"),
        ("typo:\n", "s.yaml:1: no key `typo`"),
        ("project: a\nproject: b\n", "s.yaml:2: `project` is given twice"),
        ("a: &x 1\nb: *x\n", "s.yaml:1: anchors, aliases and tags are not used here"),
        ("a: !!python/object:os.system x\n", "s.yaml:1: anchors, aliases and tags are not used here"),
        ("a: [1\n", "s.yaml:2: "),
        ("a: 1\n---\nb: 2\n", "s.yaml:2: a second document"),
        ("[" * 100_000, "s.yaml:1: too large or too deep"),
        ("exclude: [" + "a," * 60_000 + "]", "s.yaml:1: too large or too deep"),
        ("a: \x00\n", "s.yaml:1: "),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings("s.yaml", text, KNOWN)
    assert str(raised.value).startswith(complaint)


def test_each_fault_is_said_once() -> None:
    text = "rules:\n  backend-unlocked:\n    severty: off\n  docs-*: fatal\n"
    with pytest.raises(SettingsError) as raised:
        read_settings("s.yaml", text, KNOWN)
    assert str(raised.value).splitlines() == [
        "s.yaml:3: no key `severty`; did you mean `severity`?",
        "s.yaml:4: rules.docs-*: input should be 'off', 'note', 'warning' or 'error'",
    ]


def test_a_key_without_a_value_sets_nothing() -> None:
    settings = read_settings("s.yaml", "rules:\n#  x: off\nenvironments:\nexclude:\n", KNOWN)
    assert settings._replace(origins=(), path=None) == Settings()


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings("s.yaml", "projct: a\nexclude: b\n", KNOWN)
    assert [line.split(":")[1] for line in sorted(str(raised.value).splitlines())] == ["1", "2"]


@pytest.mark.parametrize(
    ("glob", "path", "covered"),
    [
        ("legacy", "legacy/a.tf", True),
        ("legacy", "x/legacy/a.tf", True),
        ("legacy/", "x/legacy/a.tf", True),
        ("*.tfvars", "envs/a.tfvars", True),
        ("*.tfvars", "envs/a.tf", False),
        ("/legacy", "legacy/a.tf", True),
        ("infra/legacy", "infra/legacy/a.tf", True),
        ("infra/legacy", "x/infra/legacy/a.tf", False),
        ("infra/*/old", "infra/a/old/b.tf", True),
        ("infra/*/old", "infra/a/b/old/b.tf", False),
        ("infra/**/old", "infra/a/b/old/b.tf", True),
        ("infra/**/old", "infra/old/b.tf", True),
        ("**/old", "a/old/b.tf", True),
        ("backends/?tg.hcl", "backends/stg.hcl", True),
        ("backends/stg.hcl", "backends/stg.hcl.bak", False),
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "aXbY", False),
        ("*" * 40 + "x", "a" * 200, False),
    ],
)
def test_globs(glob: str, path: str, covered: bool) -> None:
    assert covers(glob, path) is covered
