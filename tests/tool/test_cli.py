import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tflint_locks
from tflint_locks import catalog, resolve
from tflint_locks.cli import main
from tflint_locks.finding import Severity
from tflint_locks.place import UsageError, find_place, find_settings
from tflint_locks.resolve.model import Repository
from tflint_locks.rule import Predicate, Rule, Select
from tflint_locks.settings import Settings
from tflint_locks.tree import Tree

RULE = Rule(
    "lock-table-mismatch",
    "A reference names another lock table",
    Severity.WARNING,
    "0.1.0",
    {"default": "{role} {value}, expected {expected}"},
    why="Terraform checks none.",
    remedy="Name one table.",
    select=Select("pair", ((Predicate("value", "disagrees_with", "configuration.lock_table"),),), "value", "value"),
)
LINE = (
    "envs/staging.tfvars:2:60: warning: lock table `acme-terraform-locks`, "
    "expected `acme-terraform-lock-staging` [lock-table-mismatch]"
)


@pytest.fixture
def folder(tmp_path: Path, mismatch: Repository, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bug on disk, with one rule; what it resolves to is given."""
    for path in mismatch.tree.paths():
        file = tmp_path / path
        file.parent.mkdir()
        source = mismatch.tree.text(path)
        file.write_text(getattr(source, "text", ""))
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(catalog, "load_catalog", lambda: {RULE.id: RULE})
    monkeypatch.setattr(resolve, "load", lambda _tree, _settings: mismatch)
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check"], 1),
        (["check", "."], 1),
        (["check", "--fail-on", "error"], 0),
        (["check", "--fail-on", "note"], 1),
        (["check", "backends"], 0),
        (["check", "envs/staging.tfvars"], 1),
        (["check", "nowhere"], 2),
        (["check", "--format", "html"], 2),
        (["check", "--config", "nowhere.yaml"], 2),
        (["chekc"], 2),
        ([], 2),
        (["--version"], 0),
        (["--help"], 0),
        (["rules"], 0),
        (["explain", "lock-table-mismatch"], 0),
        (["explain", "lock-table-mismach"], 2),
        (["environments"], 0),
        (["environments", "--why"], 0),
    ],
)
@pytest.mark.usefixtures("folder")
def test_exit_status(arguments: list[str], status: int) -> None:
    assert main(arguments) == status


@pytest.mark.parametrize("form", ["text", "concise", "json"])
@pytest.mark.usefixtures("folder")
def test_exit_status_is_the_same_in_every_format(form: str) -> None:
    assert main(["check", "--format", form]) == 1
    assert main(["check", "--format", form, "--fail-on", "error"]) == 0
    assert main(["check", "--format", form, "nowhere"]) == 2


@pytest.mark.usefixtures("folder")
def test_findings_go_to_stdout_and_what_was_judged_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--format", "concise"])
    out, err = capsys.readouterr()
    assert out == f"{LINE}\n"
    assert err.startswith("tflint-locks: 0 errors, 1 warning, 0 notes; 1 of 2 configurations known")


@pytest.mark.usefixtures("folder")
def test_errors_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "nowhere"])
    assert capsys.readouterr() == ("", "tflint-locks: nowhere: no such file or folder\n")


@pytest.mark.usefixtures("folder")
def test_errors_are_in_the_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--format", "json", "nowhere"])
    whole = json.loads(capsys.readouterr().out)
    assert whole["errors"] == ["nowhere: no such file or folder"]
    assert whole["findings"] == []


def test_a_fault_of_the_tool_is_exit_2_and_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(_tree: Tree, _settings: Settings) -> Repository:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(resolve, "load", load)
    assert main(["check", str(folder), "--format", "json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["errors"][0].startswith("the repository could not be read: ZeroDivisionError: ours")
    assert err.startswith("tflint-locks: the repository could not be read")
    assert main(["environments"]) == 2


def test_settings_at_the_root_change_the_severity(folder: Path) -> None:
    (folder / ".tflint-locks.yaml").write_text("rules: {lock-table-mismatch: note}\n")
    assert main(["check"]) == 0


def test_settings_may_be_named(folder: Path) -> None:
    (folder / "mine.yaml").write_text("rules: {lock-table-mismatch: off}\n")
    assert main(["check", "--config", "mine.yaml"]) == 0


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            ".tflint-locks.yaml",
            "rule: {}\n",
            "tflint-locks: .tflint-locks.yaml:1: no key `rule`; did you mean `rules`?\n",
        ),
        (
            ".tflint-locks.yaml",
            "rules: {lock-tabel-mismatch: off}",
            "tflint-locks: .tflint-locks.yaml:1: no rule `lock-tabel-mismatch`; did",
        ),
        (".tflint-locks.yml", "", "tflint-locks: .tflint-locks.yml: the settings are called .tflint-locks.yaml\n"),
    ],
)
def test_settings_that_cannot_be_used_are_exit_2(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, said: str
) -> None:
    (folder / name).write_text(text)
    assert main(["check"]) == 2
    assert capsys.readouterr().err.startswith(said)


def test_settings_that_are_a_link_are_not_followed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".tflint-locks.yaml").symlink_to("/etc/passwd")
    assert main(["check"]) == 2
    assert capsys.readouterr().err == "tflint-locks: .tflint-locks.yaml: not a regular file\n"


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ([], {"NO_COLOR": ""}, False),
    ],
)
@pytest.mark.usefixtures("folder")
def test_colour(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    environment: dict[str, str],
    coloured: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    main(["check", *arguments])
    assert ("\x1b[" in capsys.readouterr().out) is coloured


@pytest.mark.usefixtures("folder")
def test_a_terminal_is_coloured_unless_it_is_dumb(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for term, coloured in (("xterm", True), ("dumb", False)):
        monkeypatch.setenv("TERM", term)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        main(["check"])
        assert ("\x1b[" in capsys.readouterr().out) is coloured


@pytest.mark.usefixtures("folder")
def test_rules_and_explain(capsys: pytest.CaptureFixture[str]) -> None:
    main(["rules"])
    assert (
        capsys.readouterr().out == "lock-table-mismatch  warning               A reference names another lock table\n"
    )
    main(["explain", "lock-table-mismatch"])
    out = capsys.readouterr().out
    assert out.splitlines()[:7] == [
        "# lock-table-mismatch",
        "",
        "A reference names another lock table. Severity: warning; since 0.1.0.",
        "",
        "## Why",
        "",
        "Terraform checks none.",
    ]
    assert "# tflint-locks: ignore[lock-table-mismatch] reason" in out
    main(["explain", "lock-table-mismach"])
    assert (
        capsys.readouterr().err == "tflint-locks: no rule `lock-table-mismach`; did you mean `lock-table-mismatch`?\n"
    )


@pytest.mark.usefixtures("folder")
def test_environments(capsys: pytest.CaptureFixture[str]) -> None:
    main(["environments"])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows == [
        "ENVIRONMENT ROOT MODULE BUCKET STATE KEY REGION LOCK ACCOUNT FILES".split(),
        "prod infra ? ? ? ? ? backends/staging.hcl".split(),
        "staging infra acme-state app ? acme-terraform-lock-staging ? backends/staging.hcl".split(),
    ]


@pytest.mark.parametrize(("path", "rows"), [("backends", 3), ("backends/staging.hcl", 3), ("envs", 1)])
@pytest.mark.usefixtures("folder")
def test_paths_narrow_the_environments_to_what_concerns_them(
    capsys: pytest.CaptureFixture[str], path: str, rows: int
) -> None:
    main(["environments", path])
    assert len(capsys.readouterr().out.splitlines()) == rows


@pytest.mark.usefixtures("folder")
def test_environments_say_why(capsys: pytest.CaptureFixture[str]) -> None:
    main(["environments", "--why"])
    out = capsys.readouterr().out
    assert "  lock       acme-terraform-lock-staging  (backends/staging.hcl:3, backend file)\n" in out
    assert "  region     ?  (set nowhere)\n               AWS_REGION or AWS_DEFAULT_REGION decides" in out
    assert "  bucket     ?  (key unknown (ci.yml:41, step output))\n" in out


@pytest.mark.usefixtures("folder")
def test_environments_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    main(["environments", "--format", "json"])
    whole = json.loads(capsys.readouterr().out)
    assert whole["environments"] == ["staging"]
    lock = whole["configurations"][1]["lock"]
    assert lock == {
        "value": "acme-terraform-lock-staging",
        "known": True,
        "why": ["backends/staging.hcl:3, backend file"],
    }


def test_the_root_is_the_nearest_folder_with_git_else_with_settings(tmp_path: Path) -> None:
    inner = tmp_path / "a/b/c"
    inner.mkdir(parents=True)
    assert find_place([str(inner)], None).root == str(inner)
    (tmp_path / "a/.tflint-locks.yaml").touch()
    assert find_place([str(inner), str(tmp_path / "a")], None) == (str(tmp_path / "a"), ("b/c", ""))
    (tmp_path / ".git").mkdir()
    assert find_place([str(inner)], None) == (str(tmp_path), ("a/b/c",))
    assert find_place([str(inner)], str(inner)) == (str(inner), ("",))
    (inner / "main.tf").touch()
    assert find_place([str(inner / "main.tf")], None).given == ("a/b/c/main.tf",)


def test_the_settings_are_the_nearest_up_to_the_root_and_never_above(tmp_path: Path) -> None:
    inner = tmp_path / "repository/a/b"
    inner.mkdir(parents=True)
    (tmp_path / "repository/.git").mkdir()
    (tmp_path / ".tflint-locks.yaml").touch()
    place = find_place([str(inner)], None)
    assert find_settings(place) is None
    (tmp_path / "repository/.tflint-locks.yaml").touch()
    assert find_settings(place) == str(tmp_path / "repository/.tflint-locks.yaml")
    (tmp_path / "repository/a/.tflint-locks.yaml").touch()
    assert find_settings(place) == str(tmp_path / "repository/a/.tflint-locks.yaml")


def test_globs_of_settings_below_the_root_count_from_their_folder(folder: Path) -> None:
    (folder / "envs/.tflint-locks.yaml").write_text(
        "rules: {lock-table-mismatch: {paths: {staging.tfvars: off, /prod.tfvars: error}}}\n"
    )
    assert main(["check", "envs"]) == 0
    assert main(["check"]) == 1


def test_isolated_uses_no_settings_and_no_baseline(folder: Path) -> None:
    (folder / ".tflint-locks.yaml").write_text("rules: {lock-table-mismatch: off}\n")
    assert main(["check"]) == 0
    assert main(["check", "--isolated"]) == 1


def test_what_fails_a_run_is_a_setting_that_a_flag_overrides(folder: Path) -> None:
    (folder / ".tflint-locks.yaml").write_text("fail_on: error\n")
    assert main(["check"]) == 0
    assert main(["check", "--fail-on", "warning"]) == 1
    assert main(["check", "--fail-on", "warning", "--exit-zero"]) == 0


def test_the_settings_shown_have_their_origin(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".tflint-locks.yaml").write_text("project: acme\nrules:\n  lock-*: note\n")
    assert main(["check", "--show-settings", "--fail-on", "error"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert "project = acme  # .tflint-locks.yaml:1" in shown
    assert "rules.lock-table-mismatch = note  # .tflint-locks.yaml:3" in shown
    assert "fail_on = error  # --fail-on" in shown
    assert "exclude = nothing  # default" in shown


def test_the_settings_shown_are_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Severities for some files, rules that nothing silences, and how long settings silence are settings, too."""
    (folder / ".tflint-locks.yaml").write_text("""\
rules:
  lock-table-mismatch: {severity: error, paths: {"sandbox/**": note}, silenceable: false}
ignore:
  - {rules: lock-*, paths: a.json, reason: generated, until: 2099-01-31}
""")
    assert main(["check", "--show-settings"]) == 0
    shown = capsys.readouterr().out.splitlines()
    told = "error, note in sandbox/**, never silenced"
    assert f"rules.lock-table-mismatch = {told}  # .tflint-locks.yaml:2" in shown
    assert "ignore = lock-* in a.json, until 2099-01-31: generated  # .tflint-locks.yaml:4" in shown


@pytest.mark.usefixtures("folder")
def test_files_asked_for_are_written_beside_statistics(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--statistics", "--output", f"json={tmp_path / 'report.json'}"]) == 1
    assert "    1  warning  lock-table-mismatch" in capsys.readouterr().out
    assert '"findings"' in (tmp_path / "report.json").read_text()


@pytest.mark.usefixtures("folder")
def test_several_formats_in_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sarif, junit = tmp_path / "out/report.sarif", tmp_path / "junit.xml"
    outputs = ["--output", f"sarif={sarif}", "--output", f"junit={junit}", "--output", "concise=-"]
    assert main(["check", *outputs]) == 1
    assert json.loads(sarif.read_text())["runs"][0]["results"][0]["ruleId"] == RULE.id
    assert "<failure" in junit.read_text()
    assert capsys.readouterr().out == f"{LINE}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--output", "sarif"], "--output sarif: write FORMAT=FILE with one of text, concise"),
        (["--output", "sarf=x"], "--output sarf=x: write FORMAT=FILE"),
        (["--format", "json", "--output", "text=-"], "only one format can be written to standard output"),
        (["--output", "json=envs"], "envs: cannot be written: "),
        (["--fix", "--diff"], "--fix and --diff cannot be given together"),
        (["--unsafe-fixes"], "--unsafe-fixes says which repairs to make"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_outputs_that_cannot_be_followed(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *arguments]) == 2
    assert f"tflint-locks: {said}" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_quiet_shows_findings_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--format", "concise", "--quiet"]) == 1
    assert capsys.readouterr() == (f"{LINE}\n", "")
    main(["check", "--quiet"])
    assert "configurations known" not in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_statistics_count_by_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--statistics"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == "    1  warning  lock-table-mismatch"
    main(["check", "--statistics", "--format", "json"])
    (row,) = json.loads(capsys.readouterr().out)
    assert row == {"rule": "lock-table-mismatch", "severity": "warning", "count": 1, "fixable": 0}


def test_the_home_folder_is_never_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_place([str(tmp_path / "infra")], None).root == str(tmp_path / "infra")


def test_a_path_outside_the_root_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(UsageError, match="outside the root"):
        find_place([str(tmp_path)], str(tmp_path / "a"))


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(catalog, "load_catalog", interrupt)
    assert main(["rules"]) == 130


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close otherwise there")
def test_a_reader_that_goes_away_is_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    program = "import sys; from tflint_locks.cli import main; sys.exit(main(['--help']))"
    environment = {**os.environ, "PYTHONPATH": str(Path(tflint_locks.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=writing, stderr=subprocess.PIPE, check=False, env=environment
    )
    os.close(writing)
    assert done.stderr == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_is_said_and_is_no_finding() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(tflint_locks.__file__).parents[1])}
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "tflint_locks", "rules"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, env=environment)
    assert done.returncode == 2
    assert done.stderr == b"tflint-locks: the output cannot be written: No space left on device\n"


def test_the_version_is_the_projects(capsys: pytest.CaptureFixture[str]) -> None:
    import tomllib

    main(["--version"])
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert capsys.readouterr().out == f"tflint-locks {project['version']}\n"
