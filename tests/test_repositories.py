"""Small whole repositories in the layouts people have: what a run says of each stands in its ``expected.txt``.

Below each finding, indented, are its other places. ``UPDATE=1`` writes the files anew; read the difference before you
keep it.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from tflint_locks.cli import main

EXPECTED = "expected.txt"
REPOSITORIES = sorted(path for path in (Path(__file__).parent / "repositories").iterdir() if path.is_dir())


def said_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return each finding in its one-line form with its other places below it, and what the run says at its end."""
    status = main(["check", "--root", str(folder), "--format", "concise"])
    concise = capsys.readouterr()
    main(["check", "--root", str(folder), "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert report["errors"] == []
    assert status == bool(report["summary"]["error"] + report["summary"]["warning"])
    lines = []
    for line, finding in zip(concise.out.splitlines(), report["findings"], strict=True):
        others = [f"    {one['path']}:{one['line']}:{one['column']}: {one['message']}" for one in finding["related"]]
        lines += [line, *others]
    summary = concise.err.strip().partition("; ")[2]
    return "".join(f"{line}\n" for line in [*lines, summary])


@pytest.mark.parametrize("folder", REPOSITORIES, ids=lambda folder: str(folder.name))
def test_a_repository_raises_what_its_list_says(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(EXPECTED))
    found = said_of(copy, capsys)
    if os.environ.get("UPDATE"):
        (folder / EXPECTED).write_text(found, "utf-8")
    assert found == (folder / EXPECTED).read_text("utf-8")


@pytest.mark.parametrize("folder", REPOSITORIES, ids=lambda folder: str(folder.name))
def test_only_one_repository_has_nothing_wrong(folder: Path) -> None:
    lines = (folder / EXPECTED).read_text("utf-8").splitlines()
    assert (len(lines) == 1) is (folder.name == "nothing-wrong")
