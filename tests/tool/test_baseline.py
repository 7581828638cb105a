from collections import Counter
from pathlib import Path

import pytest

from tflint_locks.baseline import BaselineError, absorb, baseline_text, counted, read_baseline
from tflint_locks.cli import main
from tflint_locks.finding import Finding, Report, Severity
from tflint_locks.source import Span

BACKEND = """\
terraform {
  backend "s3" {
    bucket  = "acme-tfstate"
    key     = "network/terraform.tfstate"
    region  = "eu-west-1"
    encrypt = true
  }
}
"""


def finding(message: str, start: int = 0) -> Finding:
    return Finding("a-rule", Severity.ERROR, message, Span("main.tf", start, start + 1))


def report(*findings: Finding) -> Report:
    return Report(findings, (), 0, 1, 0, 0, ())


def test_n_occurrences_absorb_exactly_n() -> None:
    baseline = counted([finding("x"), finding("x", 5)])
    three = report(finding("x", 50), finding("x", 60), finding("x", 70))
    left = absorb(three, baseline).report
    assert left.findings == (finding("x", 70),)
    assert left.suppressed == 2


def test_lines_in_messages_may_move() -> None:
    baseline = counted([finding("also at ci.yml:41 and a.tf:3:7")])
    assert absorb(report(finding("also at ci.yml:52 and a.tf:9:1")), baseline).report.findings == ()
    assert absorb(report(finding("also at cd.yml:41 and a.tf:3:7")), baseline).report.findings != ()


def test_no_secret_is_written_into_a_baseline() -> None:
    entries = counted([finding("from https://ci:hunter22@git.example.com/acme.git")])
    assert "hunter22" not in baseline_text(entries)


def test_an_entry_that_nothing_needs_is_stale() -> None:
    found = absorb(report(finding("x")), counted([finding("x"), finding("x"), finding("y")]))
    assert found.stale == Counter({("a-rule", "main.tf", "x"): 1, ("a-rule", "main.tf", "y"): 1})


def test_a_baseline_survives_its_file() -> None:
    entries = counted([finding("x"), finding("x"), finding("日本 `y`")])
    assert read_baseline("b.json", baseline_text(entries).encode()) == entries


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "b.json:1: no JSON"),
        ('{"version": 1,\n "findings": [}', "b.json:2: no JSON"),
        ("[]", "b.json:1: no baseline of version 1"),
        ('{"version": 2, "findings": []}', "b.json:1: no baseline of version 1"),
        ('{"version": 1, "findings": [{"rule": "a"}]}', "b.json: entry 1 has no rule, path, message and count"),
        ('{"version": 1, "findings": [3]}', "b.json: entry 1 has no rule"),
        ("[" * 100_000, "b.json:1: no JSON"),
        (
            '{"version": 1,\n<<<<<<< ours\n',
            "b.json:2: a merge left conflicts; write it anew with `tflint-locks baseline`",
        ),
    ],
)
def test_a_baseline_that_cannot_be_used_is_said(text: str, said: str) -> None:
    with pytest.raises(BaselineError) as raised:
        read_baseline("b.json", text.encode())
    assert str(raised.value).startswith(said)


def test_what_was_there_is_accepted_and_what_is_new_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    main_tf = tmp_path / "main.tf"
    main_tf.write_text(BACKEND)
    assert main(["check"]) == 1
    assert main(["baseline"]) == 0
    assert main(["check"]) == 0
    assert "1 suppressed" in capsys.readouterr().out
    assert main(["check", "--no-baseline"]) == 1
    main_tf.write_text("# moved\n\n" + BACKEND)
    assert main(["check"]) == 0
    (tmp_path / "other").mkdir()
    (tmp_path / "other/main.tf").write_text(BACKEND.replace("network", "other"))
    assert main(["check"]) == 1
    main_tf.write_text(BACKEND.replace("encrypt ", "use_lockfile = true\n    encrypt "))
    capsys.readouterr()
    main(["check"])
    assert "1 entry of .tflint-locks-baseline.json found no more" in capsys.readouterr().err
    assert main(["baseline", "--prune"]) == 0
    assert "1 entry taken out" in capsys.readouterr().err
    assert '"findings": []' in (tmp_path / ".tflint-locks-baseline.json").read_text()
    assert main(["check"]) == 1


def test_what_is_found_at_a_path_is_accepted_beside_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(BACKEND.replace("network", name))
    (tmp_path / ".git").mkdir()
    for name in ("a", "b", "a"):
        assert main(["baseline", name]) == 0
    assert main(["check", "a", "b"]) == 0
    assert main(["check", "c"]) == 1
