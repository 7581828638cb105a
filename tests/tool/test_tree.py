import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tflint_locks.source import Source, Unreadable
from tflint_locks.tree import SIZE_CAP, DictTree, DiskTree, Without

git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def lay(root: Path, *paths: str) -> Path:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {path}\n")
    return root


def init(root: Path, *add: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", "init", "-q", str(root)], check=True, env=environment)
    if add:
        subprocess.run(["git", "-C", str(root), "add", "-f", *add], check=True, env=environment)


def test_outside_git_everything_is_walked_but_what_tools_keep_there(tmp_path: Path) -> None:
    lay(
        tmp_path,
        "main.tf",
        "a/b.tf",
        ".terraform/x.tf",
        "a/.terragrunt-cache/y.tf",
        "node_modules/z.tf",
        ".venv/v.tf",
        ".env",
    )
    assert DiskTree(str(tmp_path)).paths() == (".env", "a/b.tf", "main.tf")


@git
def test_in_a_work_tree_what_git_ignores_or_no_longer_has_is_not_there(tmp_path: Path) -> None:
    lay(tmp_path, "kept.tf", "untracked.tf", "ignored.tf", "deleted.tf", "ünï.tf")
    (tmp_path / ".gitignore").write_text("ignored.tf\n")
    init(tmp_path, "kept.tf", "deleted.tf")
    (tmp_path / "deleted.tf").unlink()
    assert DiskTree(str(tmp_path)).paths() == (".gitignore", "kept.tf", "untracked.tf", "ünï.tf")


@git
def test_below_a_work_tree_git_is_asked_too(tmp_path: Path) -> None:
    lay(tmp_path, "infra/main.tf", "infra/ignored.tf")
    (tmp_path / ".gitignore").write_text("ignored.tf\n")
    init(tmp_path)
    assert DiskTree(str(tmp_path / "infra")).paths() == ("main.tf",)


@git
def test_git_variables_and_hooks_of_the_work_tree_are_not_obeyed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = lay(tmp_path / "work", "main.tf")
    other = lay(tmp_path / "other", "other.tf")
    for folder in (work, other):
        init(folder, ".")
    trap = work / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    subprocess.run(["git", "-C", str(work), "config", "core.fsmonitor", str(trap)], check=True)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert "main.tf" in DiskTree(str(work)).paths()
    assert not (tmp_path / "sprung").exists()


@git
def test_a_work_tree_that_git_settings_put_elsewhere_hides_no_file(tmp_path: Path) -> None:
    work = lay(tmp_path / "work", "main.tf")
    init(work)
    other = lay(tmp_path / "other", "other.tf")
    subprocess.run(["git", "-C", str(work), "config", "core.worktree", str(other)], check=True)
    assert "main.tf" in DiskTree(str(work)).paths()


def test_where_git_refuses_the_folder_is_walked(tmp_path: Path) -> None:
    lay(tmp_path, "main.tf")
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")
    assert "main.tf" in DiskTree(str(tmp_path)).paths()


def test_where_git_is_missing_the_folder_is_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, "main.tf", ".git/config")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert DiskTree(str(tmp_path)).paths() == ("main.tf",)


@pytest.mark.parametrize(
    ("path", "given", "read"),
    [
        ("examples/x/main.tf", (), False),
        ("examples/x/main.tf", ("",), False),
        ("examples/x/main.tf", ("examples/x",), True),
        ("examples/x/main.tf", ("examples",), True),
        ("examples/x/main.tf", ("examples/x/main.tf",), True),
        ("examples/y/main.tf", ("examples/x",), False),
        ("examples/x/fixtures/main.tf", ("examples/x",), False),
        ("a/tests/main.tf", (), False),
        ("a/test_data/main.tf", (), False),
        ("a/testdata/main.tf", (), False),
        ("a/vendor/b/main.tf", (), False),
        ("a/latest/main.tf", (), True),
        ("envs/test/main.tf", (), True),
        ("infra/test/main.tf", (), True),
        ("test.tf", (), True),
        ("examples.tf", (), True),
    ],
)
def test_folders_set_aside(tmp_path: Path, path: str, given: tuple[str, ...], read: bool) -> None:
    lay(tmp_path, path, "infra/staging/main.tf", "examples/x/other.tf")
    assert (path in DiskTree(str(tmp_path), given).paths()) is read


def test_a_text_is_kept_as_it_is_decoded(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_bytes(b"\xef\xbb\xbfa = 1\r\n")
    assert DiskTree(str(tmp_path)).text("a.tf") == Source("a.tf", "\ufeffa = 1\r\n")


def test_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.tf").write_bytes(b"\xe9")
    with (tmp_path / "large.tf").open("wb") as file:
        file.truncate(SIZE_CAP + 1)
    tree = DiskTree(str(tmp_path))
    assert tree.text("latin.tf") == Unreadable("latin.tf", "not UTF-8")
    assert tree.text("large.tf") == Unreadable("large.tf", "over the size cap")
    assert tree.text("missing.tf") == Unreadable("missing.tf", "not there")
    assert tree.text("../outside.tf") == Unreadable("../outside.tf", "outside the root")
    assert isinstance(tree.text("nul\0.tf"), Unreadable)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    file = lay(tmp_path, "a.tf") / "a.tf"
    file.chmod(0)
    assert DiskTree(str(tmp_path)).text("a.tf") == Unreadable("a.tf", "no permission")


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.tf")
    tree = DiskTree(str(tmp_path))
    assert tree.paths() == ()
    assert tree.text("pipe.tf") == Unreadable("pipe.tf", "not a regular file")


def test_a_text_is_read_once(tmp_path: Path) -> None:
    file = lay(tmp_path, "a.tf") / "a.tf"
    tree = DiskTree(str(tmp_path))
    before = tree.text("a.tf")
    file.write_text("changed")
    assert tree.text("a.tf") is before


def test_a_link_inside_is_read_as_its_target_and_one_outside_opens_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    root = lay(tmp_path / "root", "common/backend.tf", "dev/main.tf", "prod/main.tf")
    (root / "dev/backend.tf").symlink_to("../common/backend.tf")
    (root / "prod/secret.tf").symlink_to(tmp_path / "secret")
    (root / "dev/modules").symlink_to("../common")
    (root / "dev/loop.tf").symlink_to("loop.tf")
    (root / "dev/gone.tf").symlink_to("nowhere.tf")
    tree = DiskTree(str(root))
    assert tree.paths() == ("common/backend.tf", "dev/backend.tf", "dev/main.tf", "prod/main.tf")
    assert tree.links == {"dev/backend.tf": "common/backend.tf", "dev/modules": "common"}
    assert tree.outward == {"prod"}
    assert tree.text("dev/backend.tf") == Source("dev/backend.tf", "# common/backend.tf\n")
    assert tree.text("prod/secret.tf") == Unreadable("prod/secret.tf", "outside the root")


@git
def test_a_tracked_file_behind_a_folder_made_a_link_is_not_read(tmp_path: Path) -> None:
    outside = lay(tmp_path / "outside", "main.tf")
    root = lay(tmp_path / "root", "a/main.tf", "b.tf")
    init(root, ".")
    shutil.rmtree(root / "a")
    (root / "a").symlink_to(outside)
    tree = DiskTree(str(root))
    assert "a/main.tf" not in tree.paths()
    assert tree.text("a/main.tf") == Unreadable("a/main.tf", "outside the root")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are text")
def test_a_name_that_is_not_utf8_is_shown_escaped_and_read(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.tf")).write_text("a = 1\n")
    tree = DiskTree(str(tmp_path))
    assert tree.paths() == ("\\xff.tf",)
    assert tree.text("\\xff.tf") == Source("\\xff.tf", "a = 1\n")


def test_folders_nested_too_deep_to_name_do_not_end_the_run(tmp_path: Path) -> None:
    lay(tmp_path, "main.tf")
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=folder)
        inner = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(folder)
    tree = DiskTree(str(tmp_path))
    assert tree.paths() == ("main.tf",)
    assert len(tree.outward) == 1
    subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


def test_a_dict_is_a_tree() -> None:
    tree = DictTree({"b.tf": "b", "a.tf": b"\xff"}, {"c.tf": "b.tf"})
    assert tree.paths() == ["a.tf", "b.tf", "c.tf"]
    assert tree.text("a.tf") == Unreadable("a.tf", "not UTF-8")
    assert tree.text("c.tf") == Source("c.tf", "b")


def test_a_tree_without_some_globs() -> None:
    tree = Without(DictTree({"a/x.tf": "", "b/x.tf": ""}), ("a",))
    assert tree.paths() == ["b/x.tf"]
    assert tree.text("a/x.tf") == Unreadable("a/x.tf", "excluded by the settings")
