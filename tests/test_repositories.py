"""Small whole repositories in the layouts people have: what a run says of each stands in its ``expected.txt``.

``UPDATE=1`` writes the files anew; read the difference before you keep it.
"""

import os
from pathlib import Path

import pytest

from tflint_locks.catalog import Catalog, load_catalog
from tflint_locks.engine import lint
from tflint_locks.places import Places
from tflint_locks.render.concise import concise_lines
from tflint_locks.resolve import load
from tflint_locks.settings import SETTINGS_FILE, Settings
from tflint_locks.settings_file import read_settings
from tflint_locks.tree import DictTree

EXPECTED = "expected.txt"
REPOSITORIES = sorted(path for path in (Path(__file__).parent / "repositories").iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def read_files(folder: Path) -> dict[str, bytes]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file() and file != folder / EXPECTED)
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def findings_of(folder: Path, catalog: Catalog) -> str:
    files = read_files(folder)
    settings = Settings()
    if SETTINGS_FILE in files:
        settings = read_settings(SETTINGS_FILE, files[SETTINGS_FILE].decode(), frozenset(catalog))
    tree = DictTree(files)
    report = lint(tree, catalog, settings, load)
    assert report.errors == ()
    lines = [*concise_lines(report, Places(tree)), f"{report.closed} of {report.total} configurations known"]
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("folder", REPOSITORIES, ids=lambda folder: str(folder.name))
def test_a_repository_raises_what_its_list_says(folder: Path, catalog: Catalog) -> None:
    found = findings_of(folder, catalog)
    if os.environ.get("UPDATE"):
        (folder / EXPECTED).write_text(found, "utf-8")
    assert found == (folder / EXPECTED).read_text("utf-8")


def test_there_are_repositories() -> None:
    assert len(REPOSITORIES) >= 6
