"""What people do besides checking: first settings, changed files, comments written for them, rules of their own."""

import subprocess
from pathlib import Path

import pytest

from tflint_locks.cli import main
from tflint_locks.finding import Finding, Severity
from tflint_locks.ignoring import with_comments
from tflint_locks.mend import edited
from tflint_locks.places import Places
from tflint_locks.source import Span
from tflint_locks.tree import DictTree

BACKEND = """\
terraform {{
  backend "s3" {{
    bucket         = "acme-{env}-tfstate"
    key            = "network/terraform.tfstate"
    region         = "{region}"
    encrypt        = true
    dynamodb_table = "acme-terraform-locks-{env}"
  }}
}}
"""
UNLOCKED = """\
terraform {
  backend "s3" {
    bucket  = "acme-tfstate"
    key     = "network/terraform.tfstate"
    region  = "eu-west-1"
    encrypt = true
  }
}
"""
JOB = """\
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
"""
RULE = """\
id: acme-buckets
summary: A state bucket is not one of ours
severity: warning
since: 1.0.0
why: Only buckets of ours are backed up.
remedy: Use one.
message: "state bucket {bucket} is not one of ours"
select:
  from: configuration
  where:
    - bucket: {none_of: [acme-ours]}
  at: bucket
examples:
  - name: a bucket of somebody else
    files:
      main.tf: |
        terraform {
          backend "s3" {
            bucket       = "other"
            key          = "a"
            region       = "eu-west-1"
            use_lockfile = true
          }
        }
    expect:
      - {path: main.tf, at: other}
  - name: ours
    files:
      main.tf: |
        terraform {
          backend "s3" {
            bucket       = "acme-ours"
            key          = "a"
            region       = "eu-west-1"
            use_lockfile = true
          }
        }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def git(folder: Path, *words: str) -> None:
    options = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *options, *words], cwd=folder, check=True, capture_output=True)


# ---------------------------------------------------------------- first settings


def test_first_settings_say_what_the_repository_shows_and_change_no_finding(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for env, region in (("staging", "eu-west-1"), ("prod", "eu-central-1")):
        write(folder, {f"live/{env}/main.tf": BACKEND.format(env=env, region=region)})
    assert main(["check"]) == 0
    assert main(["init"]) == 0
    text = (folder / ".tflint-locks.yaml").read_text()
    assert 'lock_table: "<project>-terraform-locks-<env>"' in text
    assert "prod: {region: eu-central-1}" in text
    assert "- id: tflint-locks" in capsys.readouterr().out
    assert main(["check"]) == 0
    write(folder, {"live/prod/main.tf": BACKEND.format(env="prod", region="eu-central-1").replace("locks-p", "lock-p")})
    capsys.readouterr()
    assert main(["check"]) == 1
    assert "does not follow" in capsys.readouterr().out
    assert main(["init"]) == 2
    assert "there already" in capsys.readouterr().err


@pytest.mark.parametrize("bucket", ["acme-terraform-state", "acme-{env}-tfstate", "acme-tf-state"])
def test_the_project_of_first_settings_is_no_word_of_the_trade(folder: Path, bucket: str) -> None:
    for env in ("staging", "prod"):
        backend = BACKEND.replace("acme-{env}-tfstate", bucket)
        write(folder, {f"live/{env}/main.tf": backend.format(env=env, region="eu-west-1")})
    assert main(["init"]) == 0
    text = (folder / ".tflint-locks.yaml").read_text()
    assert "project: acme\n" in text
    assert 'lock_table: "<project>-terraform-locks-<env>"' in text


def test_a_convention_is_no_mention_of_a_table_and_no_repair_changes_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = "conventions: {lock_table: terraform-locks, state_bucket: acme-state}\n"
    backend = BACKEND.format(env="prod", region="eu-west-1").replace("acme-terraform-locks-prod", "terraform-lock")
    write(folder, {".tflint-locks.yaml": settings, "live/prod/main.tf": backend})
    main(["check", "--format", "concise", "--fix"])
    shown = capsys.readouterr().out
    assert "live/prod/main.tf" in shown
    assert ".tflint-locks.yaml" not in shown
    assert (folder / ".tflint-locks.yaml").read_text() == settings


def test_first_settings_of_an_empty_repository_can_be_used(folder: Path) -> None:
    assert main(["init"]) == 0
    assert main(["check", "--show-settings"]) == 0
    assert (folder / ".tflint-locks.yaml").exists()


# ---------------------------------------------------------------- changed files


def test_only_what_touches_a_changed_file_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"a/main.tf": UNLOCKED, "b/main.tf": UNLOCKED.replace("network", "b")})
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    assert main(["check", "--changed"]) == 0
    write(folder, {"b/main.tf": UNLOCKED.replace("network", "b2")})
    capsys.readouterr()
    assert main(["check", "--changed", "--format", "concise"]) == 1
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["b/main.tf"]
    git(folder, "checkout", "-qb", "feature")
    git(folder, "commit", "-qam", "second")
    write(folder, {"c/main.tf": UNLOCKED.replace("network", "c")})
    capsys.readouterr()
    assert main(["check", "--changed", "main", "--format", "concise"]) == 1
    paths = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert paths == ["b/main.tf", "c/main.tf"]


def test_what_names_a_file_that_was_taken_away_is_reported(folder: Path) -> None:
    init = f"{JOB}      - run: terraform init -backend-config=backends/prod.hcl\n"
    files = {"main.tf": 'terraform {\n  backend "s3" {}\n}\n', ".github/workflows/deploy.yml": init}
    write(folder, {**files, "backends/prod.hcl": 'bucket = "acme-tfstate"\nkey = "a"\nregion = "eu-west-1"\n'})
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    (folder / "backends/prod.hcl").unlink()
    assert main(["check", "--changed"]) == 1


@pytest.mark.parametrize("ref", ["nowhere", "--output=x"])
def test_a_commit_that_is_not_there_is_a_usage_error(
    folder: Path, ref: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, {"main.tf": UNLOCKED})
    git(folder, "init", "-q")
    assert main(["check", f"--changed={ref}"]) == 2
    assert f"--changed {ref}: " in capsys.readouterr().err


def test_without_git_there_is_nothing_to_compare_with(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"main.tf": UNLOCKED})
    assert main(["check", "--changed"]) == 2
    assert "--changed HEAD: " in capsys.readouterr().err


def test_a_path_that_the_settings_leave_out_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"legacy/main.tf": UNLOCKED, ".tflint-locks.yaml": "exclude: [legacy/]\n"})
    assert main(["check", "legacy"]) == 0
    assert "legacy: left out by the settings" in capsys.readouterr().err


def test_settings_of_several_paths_are_those_above_all_of_them(folder: Path) -> None:
    write(folder, {f"{name}/main.tf": UNLOCKED.replace("network", name) for name in ("a", "b")})
    write(folder, {"a/.tflint-locks.yaml": "rules: {backend-unlocked: off}\n", ".git/HEAD": ""})
    assert main(["check", "a"]) == 0
    assert main(["check", "a", "b"]) == 1


# ---------------------------------------------------------------- comments written


def test_a_comment_is_written_for_each_finding(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"a/main.tf": UNLOCKED, "b/main.tf": UNLOCKED.replace("network", "b").replace("\n", "\r\n")})
    assert main(["check", "--add-ignore", "one person\napplies"]) == 0
    assert "2 silenced in 2 files" in capsys.readouterr().err
    comment = "# tflint-locks: ignore[backend-unlocked] one person applies"
    assert f"  {comment}\n  backend" in (folder / "a/main.tf").read_text()
    assert f"  {comment}\r\n  backend".encode() in (folder / "b/main.tf").read_bytes()
    assert main(["check"]) == 0


def test_a_command_over_several_lines_is_not_torn_apart(folder: Path) -> None:
    lines = ("terraform init \\", "  -backend-config=nowhere.hcl \\", "  -input=false")
    workflow = f"{JOB}      - run: |\n" + "".join(f"          {line}\n" for line in lines)
    path = ".github/workflows/deploy.yml"
    write(folder, {"main.tf": UNLOCKED.replace("encrypt", "use_lockfile = true\n    encrypt"), path: workflow})
    assert main(["check"]) == 1
    assert main(["check", "--add-ignore", "made by another job"]) == 0
    comment = "          # tflint-locks: ignore[ci-backend-file-missing] made by another job\n"
    first = workflow.index("          terraform init")
    assert (folder / path).read_text() == workflow[:first] + comment + workflow[first:]
    assert main(["check"]) == 0


def test_a_comment_for_an_aligned_argument_stands_behind_it(folder: Path) -> None:
    files = {f"{env}/main.tf": BACKEND.format(env=env, region="eu-west-1") for env in ("dev", "prod")}
    files["prod/main.tf"] = files["prod/main.tf"].replace("eu-west-1", "eu-wset-1")
    write(folder, files)
    assert main(["check"]) == 1
    before = (folder / "prod/main.tf").read_text().splitlines()
    assert main(["check", "--add-ignore", "moved"]) == 0
    after = (folder / "prod/main.tf").read_text().splitlines()
    assert [line.partition(" # tflint-locks: ignore[")[0] for line in after] == before


def test_what_the_baseline_has_and_other_paths_get_no_comment(folder: Path) -> None:
    files = {f"{name}/main.tf": UNLOCKED.replace("network", name) for name in ("a", "b", "c")}
    write(folder, {"a/main.tf": files["a/main.tf"]})
    assert main(["baseline"]) == 0
    write(folder, files)
    assert main(["check", "b", "--add-ignore", "why"]) == 0
    assert [name for name in files if "ignore[" in (folder / name).read_text()] == ["b/main.tf"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The table is `acme-terraform-locks-stag`.\n", "The table is `acme-terraform-locks-stag`. <!--C-->\n"),
        ("Do:\n\n```sh\ncd x\nterraform apply -lock=false\n```\n", None),
    ],
)
def test_a_comment_in_a_document_changes_nothing_that_is_seen(text: str, expected: str | None) -> None:
    places = Places(DictTree({"a.md": text}))
    word = "acme" if "acme" in text else "terraform"
    found = Finding("docs-x", Severity.NOTE, "m", Span("a.md", text.index(word), text.index(word) + 4))
    ((_, silenced),) = with_comments([found], places, "why").items()
    comment = "<!-- tflint-locks: ignore[docs-x] why -->"
    expected = expected or text.replace("```sh", "<!--C-->\n```sh")
    assert edited(text, silenced.edits[0]) == expected.replace("<!--C-->", comment)


# ---------------------------------------------------------------- rules of one's own


def test_a_rule_of_ones_own_runs_and_its_examples_are_tested(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(
        folder,
        {
            "main.tf": UNLOCKED.replace("encrypt", "use_lockfile = true\n    encrypt"),
            ".tflint-locks.yaml": "rule_files: [lint/*.yaml]\nrules: {acme-buckets: error}\n",
            "lint/acme-buckets.yaml": RULE,
        },
    )
    assert main(["check", "--format", "concise"]) == 1
    assert "state bucket `acme-tfstate` is not one of ours [acme-buckets]" in capsys.readouterr().out
    assert main(["explain", "acme-buckets"]) == 0
    assert "Only buckets of ours" in capsys.readouterr().out
    assert main(["explain", "acme-bucket"]) == 2
    assert "did you mean `acme-buckets`?" in capsys.readouterr().err
    assert main(["rules"]) == 0
    assert "acme-buckets  " in capsys.readouterr().out
    assert main(["rules", "test", "lint"]) == 0
    write(folder, {"lint/acme-buckets.yaml": RULE.replace("at: other", "at: else")})
    assert main(["rules", "test", "lint/acme-buckets.yaml"]) == 1
    assert "example `a bucket of somebody else`: `else` in main.tf is not found" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, ".tflint-locks.yaml:1: rule_files: no file is called `lint/*.yaml`"),
        ({"lint/acme-buckets.yaml": "id: x\n"}, "lint/acme-buckets.yaml:1: "),
        (
            {"lint/acme-buckets.yaml": RULE.replace("select:", "selct:")},
            "lint/acme-buckets.yaml:8: selct: no such key",
        ),
        (
            {"lint/backend-unlocked.yaml": RULE.replace("acme-buckets", "backend-unlocked")},
            "lint/backend-unlocked.yaml:1: there is a rule `backend-unlocked` already",
        ),
    ],
)
def test_a_rule_that_cannot_be_used_is_said(
    folder: Path, files: dict[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, {"main.tf": UNLOCKED, ".tflint-locks.yaml": "rule_files: [lint/*.yaml]\n", **files})
    assert main(["check"]) == 2
    assert said in capsys.readouterr().err


# ---------------------------------------------------------------- completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_can_be_read_by_their_shell(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil

    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "check" in script
    assert "sarif" in script
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    file = tmp_path / "completion"
    file.write_text(script)
    subprocess.run([shell, "-n", str(file)], check=True)


def test_bash_completes_commands_options_and_choices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["completion", "bash"])
    file = tmp_path / "completion"
    file.write_text(capsys.readouterr().out)
    ask = 'source "$0"; COMP_WORDS=({words}); COMP_CWORD={at}; _tflint_locks; echo "${{COMPREPLY[@]}}"'

    def completed(words: str, at: int) -> list[str]:
        program = ask.format(words=words, at=at)
        done = subprocess.run(["bash", "-c", program, str(file)], check=True, capture_output=True, text=True)
        return done.stdout.split()

    assert completed("tflint-locks ba", 1) == ["baseline"]
    assert completed("tflint-locks check --format sa", 3) == ["sarif"]
    assert completed("tflint-locks check --add", 2) == ["--add-ignore"]
    assert completed("tflint-locks completion ''", 2) == ["bash", "zsh", "fish"]
    assert completed("tflint-locks rules ''", 2) == ["test"]
    assert completed(f"tflint-locks rules test {tmp_path}/compl", 3) == [str(file)]
    assert completed("tflint-locks explain docs-lock", 2) == ["docs-lock-table-stale"]
