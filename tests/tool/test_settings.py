import pytest

from tflint_locks.settings import EnvironmentSettings, Settings, SettingsError, covers
from tflint_locks.settings_file import read_settings

KNOWN = frozenset({"lock-table-mismatch", "backend-unlocked"})
WHOLE = """\
project: acme
rules:
  lock-table-mismatch: note
  backend-unlocked: off
exclude: [legacy, "infra/*/old/**"]
conventions:
  lock-table: <project>-terraform-locks-<env>
  state-key: "*/<region>/<account>.tfstate"
environments:
  staging:
    aliases: [stg]
    backend_files: [backends/stg.hcl]
    var_files: [envs/stg.tfvars]
    directories: [live/stg]
    account: 011111111111
  prod:
"""


def test_everything_that_can_be_set() -> None:
    assert read_settings("s.yaml", WHOLE, KNOWN) == Settings(
        "s.yaml",
        "acme",
        (("lock-table-mismatch", "note"), ("backend-unlocked", "off")),
        ("legacy", "infra/*/old/**"),
        (("lock-table", "<project>-terraform-locks-<env>"), ("state-key", "*/<region>/<account>.tfstate")),
        (
            EnvironmentSettings(
                "staging", ("stg",), ("backends/stg.hcl",), ("envs/stg.tfvars",), ("live/stg",), "011111111111"
            ),
            EnvironmentSettings("prod"),
        ),
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "\ufeff", "---\n", "{}"])
def test_an_empty_file_sets_nothing(text: str) -> None:
    assert read_settings("s.yaml", text, KNOWN) == Settings("s.yaml")


@pytest.mark.parametrize("written", ["off", '"off"', "false"])
def test_off_is_off_however_yaml_reads_it(written: str) -> None:
    assert read_settings("s.yaml", f"rules: {{backend-unlocked: {written}}}", KNOWN).rules == (
        ("backend-unlocked", "off"),
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
        ("conventions:\n  lock_table: x\n", "s.yaml:2: no key `lock_table`; did you mean `lock-table`?"),
        (
            "conventions:\n  lock-table: <stage>-x\n",
            "s.yaml:2: conventions.lock-table: a template knows <project>, <env>",
        ),
        (
            "environments:\n  dev:\n    account: 123\n",
            "s.yaml:3: environments.dev.account: input should be a valid string",
        ),
        ("environments:\n  dev:\n    account: '1234'\n", "s.yaml:3: environments.dev.account: string should match"),
        ("exclude: legacy\n", "s.yaml:1: exclude: input should be a valid list"),
        ("- a\n", "s.yaml:1: input should be"),
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
