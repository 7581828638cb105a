"""Repairs through the command line, on disk: what is written, what is left alone, and what is refused."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from tflint_locks import mend as mending
from tflint_locks import write as writing
from tflint_locks.cli import main
from tflint_locks.finding import Edit, Finding, Related, Report, Severity
from tflint_locks.source import Source, Span
from tflint_locks.tree import DictTree, DiskTree, Tree

BACKEND = """\
terraform {
  backend "s3" {
    bucket         = "acme-tfstate"
    key            = "network/terraform.tfstate"
    region         = "eu-west-1"
    encrypt        = true
    dynamodb_tabel = "acme-terraform-locks"
  }
}
"""
FIXED = BACKEND.replace("dynamodb_tabel", "dynamodb_table")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "main.tf").write_text(BACKEND)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_certain_repair_is_written_and_the_run_is_clean(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--fix"]) == 0
    assert (folder / "main.tf").read_text() == FIXED
    assert "repaired in 1 file" in capsys.readouterr().err
    assert main(["check", "--fix", "--exit-non-zero-on-fix"]) == 0


@pytest.mark.usefixtures("folder")
def test_a_run_that_repairs_may_be_made_to_fail() -> None:
    assert main(["check", "--fix", "--exit-non-zero-on-fix"]) == 1


def test_a_diff_writes_nothing_and_can_be_applied(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--diff"]) == 1
    patch = capsys.readouterr().out
    assert (folder / "main.tf").read_text() == BACKEND
    subprocess.run(["git", "apply", "-"], input=patch, text=True, check=True, cwd=folder)
    assert (folder / "main.tf").read_text() == FIXED
    assert main(["check", "--diff"]) == 0


def test_a_diff_shows_no_secret_beside_a_change_and_still_applies(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = BACKEND.replace("    encrypt", '    # secret_key = "hunter22hunter22"\n    encrypt')
    (folder / "main.tf").write_text(text)
    main(["check", "--diff"])
    patch = capsys.readouterr().out
    assert "hunter22" not in patch
    subprocess.run(["git", "apply", "-"], input=patch, text=True, check=True, cwd=folder)
    assert (folder / "main.tf").read_text() == text.replace("dynamodb_tabel", "dynamodb_table")


@pytest.mark.parametrize(
    "content",
    [
        BACKEND.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + BACKEND.encode(),
        BACKEND.rstrip("\n").encode(),
        BACKEND.replace("acme-tfstate", "日本").encode(),
    ],
    ids=["CRLF", "BOM", "no end of line", "wide"],
)
def test_not_a_byte_changes_outside_the_repair(folder: Path, content: bytes) -> None:
    (folder / "main.tf").write_bytes(content)
    os.chmod(folder / "main.tf", 0o640)
    main(["check", "--fix"])
    assert (folder / "main.tf").read_bytes() == content.replace(b"dynamodb_tabel", b"dynamodb_table")
    assert stat.S_IMODE(os.stat(folder / "main.tf").st_mode) == 0o640
    assert os.listdir(folder) == ["main.tf"]


def test_a_file_changed_since_it_was_read_is_left_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def late(tree: DiskTree, texts: mending.Texts) -> list[str]:
        (folder / "main.tf").write_text("# mine\n")
        return list(real(tree, texts))

    real = writing.write_texts
    monkeypatch.setattr(writing, "write_texts", late)
    assert main(["check", "--fix"]) == 2
    assert (folder / "main.tf").read_text() == "# mine\n"
    assert "main.tf: changed since it was read; not written" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_nothing_is_written_through_a_link(folder: Path) -> None:
    tree = DiskTree(str(folder))
    assert isinstance(tree.text("main.tf"), Source)
    (folder / "elsewhere").write_text(BACKEND)
    (folder / "main.tf").unlink()
    (folder / "main.tf").symlink_to("elsewhere")
    assert list(writing.write_texts(tree, {"main.tf": FIXED})) == ["main.tf: behind a link; not written"]
    assert (folder / "elsewhere").read_text() == BACKEND


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not hold root back")
def test_a_folder_that_cannot_be_written_loses_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder.chmod(0o555)
    try:
        assert main(["check", "--fix"]) == 2
        assert (folder / "main.tf").read_text() == BACKEND
        assert "not writable" in capsys.readouterr().err
    finally:
        folder.chmod(0o755)


# ---------------------------------------------------------------- rounds


def finding(path: str, text: str, put: str, *, safe: bool = True, message: str = "m") -> Finding:
    start = TEXTS[path].index(text)
    edits = (Edit(Span(path, start, start + len(text)), put),)
    return Finding("a-rule", Severity.ERROR, message, edits[0].span, edits=edits, safe=safe)


TEXTS = {"a.tf": "one two\n", "b.tf": "three\n"}


def report(*findings: Finding) -> Report:
    return Report(findings, (), 0, 2, 0, 0, ())


def text(tree: Tree, path: str) -> str:
    source = tree.text(path)
    assert isinstance(source, Source)
    return source.text


def test_an_edit_that_does_not_help_is_taken_back_and_the_others_stay() -> None:
    def lint(tree: Tree) -> Report:
        found = [finding("a.tf", "one", "1", message="never better")]
        if "three" in text(tree, "b.tf"):
            found.append(finding("b.tf", "three", "3", message="mended"))
        return report(*found)

    done = mending.mend(DictTree(TEXTS), lint, lambda _one: True, unsafe=False)
    assert done.texts == {"b.tf": "3\n"}
    assert done.fixed == 1


@pytest.mark.parametrize(("where", "texts"), [("b.tf", {"a.tf": "1 two\n"}), ("a.tf", {})])
def test_a_repair_may_show_what_is_wrong_elsewhere_but_nothing_at_its_own_place(
    where: str, texts: dict[str, str]
) -> None:
    def lint(tree: Tree) -> Report:
        if "one" in text(tree, "a.tf"):
            return report(finding("a.tf", "one", "1", message="mended"))
        return report(Finding("another-rule", Severity.ERROR, "shown now", Span(where, 0, 1)))

    assert mending.mend(DictTree(TEXTS), lint, lambda _one: True, unsafe=False).texts == texts


def test_edits_that_help_are_made_however_many_do_not() -> None:
    words = [f"w{number}" for number in range(60)]
    tree = DictTree({f"{word}.tf": word for word in words})
    runs = []

    def lint(tree: Tree) -> Report:
        runs.append(1)
        found = []
        for number, word in enumerate(words):
            here = text(tree, f"{word}.tf")
            if number % 20 == 0 or here == word:
                span = Span(f"{word}.tf", 0, len(word))
                found.append(Finding("a-rule", Severity.ERROR, "m", span, edits=(Edit(span, "x"),), safe=True))
        return report(*found)

    done = mending.mend(tree, lint, lambda _one: True, unsafe=False)
    assert sorted(done.texts) == sorted(f"{word}.tf" for number, word in enumerate(words) if number % 20)
    assert len(runs) < 60


def test_an_edit_that_breaks_a_file_is_taken_back() -> None:
    def lint(tree: Tree) -> Report:
        if "one" not in text(tree, "a.tf"):
            return report(Finding("unparsable", Severity.ERROR, "broken", Span("a.tf", 0, 1)))
        return report(finding("a.tf", "one", "{"), finding("a.tf", "two", "2", message="n")._replace(edits=()))

    done = mending.mend(DictTree(TEXTS), lint, lambda _one: True, unsafe=False)
    assert done.texts == {}
    assert len(done.left.findings) == 2


def test_repairs_to_be_looked_at_are_made_only_on_demand() -> None:
    def lint(tree: Tree) -> Report:
        return report(*([finding("a.tf", "one", "1", safe=False)] if "one" in text(tree, "a.tf") else []))

    assert mending.mend(DictTree(TEXTS), lint, lambda _one: True, unsafe=False).texts == {}
    assert mending.mend(DictTree(TEXTS), lint, lambda _one: True, unsafe=True).texts == {"a.tf": "1 two\n"}
    assert mending.mend(DictTree(TEXTS), lint, lambda _one: False, unsafe=True).texts == {}


def test_edits_that_touch_wait_for_the_next_round() -> None:
    def lint(tree: Tree) -> Report:
        here = text(tree, "a.tf")
        found = []
        for word, put in (("one two", "1 2"), ("one", "1"), ("two", "2")):
            if word in here:
                span = Span("a.tf", here.index(word), here.index(word) + len(word))
                found.append(Finding(f"{word}", Severity.ERROR, word, span, edits=(Edit(span, put),), safe=True))
        return report(*found)

    assert mending.mend(DictTree(TEXTS), lint, lambda _one: True, unsafe=False).texts == {"a.tf": "1 2\n"}


def test_what_follows_a_place_that_is_repaired_itself_waits_and_follows_the_repaired() -> None:
    """Two files say `three`'s name wrongly, and `three` is wrong itself: nothing takes the name that goes."""

    def lint(tree: Tree) -> Report:
        here, there = text(tree, "a.tf").split(), text(tree, "b.tf").strip()
        found = [] if there == "3" else [finding("b.tf", "three", "3")]
        for word, start in zip(here, (0, 4), strict=True):
            if word != there:
                span = Span("a.tf", text(tree, "a.tf").index(word), text(tree, "a.tf").index(word) + len(word))
                related = (Related(Span("b.tf", 0, len(there)), "the name"),)
                found.append(
                    Finding(
                        "follows",
                        Severity.ERROR,
                        str(start),
                        span,
                        related=related,
                        edits=(Edit(span, there),),
                        safe=True,
                    )
                )
        return report(*sorted(found, key=lambda one: one.span))

    assert mending.mend(DictTree(TEXTS), lint, lambda _one: True, unsafe=False).texts == {
        "a.tf": "3 3\n",
        "b.tf": "3\n",
    }


@pytest.mark.parametrize("refused", [False, True])
def test_of_two_places_that_would_follow_each_other_one_follows(refused: bool) -> None:
    def lint(tree: Tree) -> Report:
        here, there = text(tree, "a.tf").partition(" ")[0], text(tree, "b.tf").strip()
        if here == there:
            return report()
        left, right = Span("a.tf", 0, len(here)), Span("b.tf", 0, len(there))
        one = Finding(
            "one", Severity.ERROR, here, left, related=(Related(right, "r"),), edits=(Edit(left, there),), safe=True
        )
        put = "nothing" if refused else here
        other = Finding(
            "two", Severity.ERROR, "n", right, related=(Related(left, "l"),), edits=(Edit(right, put),), safe=True
        )
        return report(one, other)

    assert mending.mend(DictTree(TEXTS), lint, lambda _one: True, unsafe=False).texts == {"a.tf": "three two\n"}


@pytest.mark.parametrize(("name", "edits"), [("acme-terraform-locks", 1), ("acme-terraform-locks;", 0)])
def test_what_may_mean_more_than_itself_is_put_nowhere(folder: Path, name: str, edits: int) -> None:
    (folder / "main.tf").write_text(FIXED.replace("acme-terraform-locks", name))
    (folder / "variables.tf").write_text('variable "lock_table_arn" {}\n')
    arn = "arn:aws:dynamodb:eu-west-1:111111111111:table/acme-terraform-lock"
    (folder / "terraform.tfvars").write_text(f'lock_table_arn = "{arn}"\n')
    assert main(["check", "--fix", "--unsafe-fixes", "--exit-zero"]) == 0
    assert (folder / "terraform.tfvars").read_text() == f'lock_table_arn = "{arn}{"s" * edits}"\n'
