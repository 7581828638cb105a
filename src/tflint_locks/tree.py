"""The files below the root: which there are, and their text, read safely.

Knows nothing of what the files mean. The repository may be hostile: nothing outside the root is opened, no link is
followed without looking where it leads, and git runs without its hooks or not at all.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from tflint_locks.git import GitError, ask, work_tree_of
from tflint_locks.settings import covers
from tflint_locks.source import Source, Span, Unreadable

SIZE_CAP = 4 * 1024 * 1024
NEVER_WALKED = frozenset({".git", ".terraform", ".terragrunt-cache", "node_modules", ".venv"})
ASIDE = frozenset({"examples", "fixtures", "testdata", "vendor"})
# A folder ``test`` among these is an environment, not a test.
ENVIRONMENT_WORDS = frozenset(
    "dev develop development int integration qa uat acc acceptance stg stage staging preprod nonprod prod production "
    "prd live sandbox demo perf".split()
)
ENVIRONMENT_FOLDERS = frozenset("env envs environment environments live stages accounts workspaces stacks".split())


class Tree(Protocol):
    """Where paths and texts come from: the disk, a dict in tests, a disk overlaid by an editor."""

    @property
    def links(self) -> Mapping[str, str]:
        """Links that stay inside the root, files and directories, and the path each leads to."""

    @property
    def outward(self) -> frozenset[str]:
        """Directories with a link leading out of the root, or that cannot be listed: what they hold cannot be known."""

    @property
    def unlisted(self) -> frozenset[str]:
        """Folders that cannot be listed: what lies below them is not read."""

    def paths(self) -> Iterable[str]:
        """Return the paths of all files, relative to the root, with ``/``, sorted."""

    def text(self, path: str) -> Source | Unreadable:
        """Return a file's text, or why it cannot be read."""


def text_in(tree: Tree, path: str) -> str:
    """Return the text of a file, empty where it cannot be read."""
    source = tree.text(path)
    return source.text if isinstance(source, Source) else ""


def text_at(tree: Tree, span: Span) -> str:
    """Return what stands at a place, empty where its file cannot be read."""
    return text_in(tree, span.path)[span.start : span.end]


class DictTree:
    """A tree of texts at hand; bytes are decoded as a file's would be."""

    def __init__(
        self,
        files: Mapping[str, str | bytes],
        links: Mapping[str, str] | None = None,
        unreadable: Mapping[str, str] | None = None,
    ) -> None:
        """Take path -> text; ``links`` lead from a path to another, ``unreadable`` says why a path cannot be read."""
        self._files = files
        self._unreadable = unreadable or {}
        self.links: Mapping[str, str] = links or {}
        self.outward: frozenset[str] = frozenset()
        self.unlisted: frozenset[str] = frozenset()

    def paths(self) -> Iterable[str]:
        """Return the paths, sorted."""
        links = (link for link, target in self.links.items() if target in self._files)
        return sorted({*self._files, *self._unreadable, *links})

    def text(self, path: str) -> Source | Unreadable:
        """Return the text at a path or link."""
        content = self._files.get(self.links.get(path, path))
        if content is None:
            return Unreadable(path, self._unreadable.get(path, "not there"))
        return Source(path, content) if isinstance(content, str) else _decoded(path, content)


class DiskTree:
    """The files below a folder of the disk; each is read at most once."""

    def __init__(self, root: str, given: Iterable[str] = ()) -> None:
        """Take the root folder and the paths given (relative to it), below which nothing above them is left out."""
        self.root = os.path.realpath(root)
        folders = {path if os.path.isdir(os.path.join(self.root, path)) else path.rpartition("/")[0] for path in given}
        self._given = sorted(folders - {""}, key=len, reverse=True)
        self._texts: dict[str, Source | Unreadable] = {}
        self._names: dict[str, str] = {}
        self._inside = {self.root: True}
        self._links: dict[str, str] = {}
        self._outward: set[str] = set()
        self._unlisted: set[str] = set()
        self._listed: tuple[str, ...] | None = None

    @property
    def links(self) -> Mapping[str, str]:
        """Links that stay inside the root and the path each leads to."""
        self.paths()
        return self._links

    @property
    def outward(self) -> frozenset[str]:
        """Directories with a link leading out of the root, or that cannot be listed."""
        self.paths()
        return frozenset(self._outward | self._unlisted)

    @property
    def unlisted(self) -> frozenset[str]:
        """Folders that cannot be listed."""
        self.paths()
        return frozenset(self._unlisted)

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all regular files and of links to files, sorted; listed once."""
        if self._listed is None:
            work_tree = work_tree_of(self.root)
            names = _git_paths(self.root, work_tree) if work_tree else None
            regular: set[str] = set()
            walked = _walked_paths(self.root, self._unlisted, regular) if names is None else names
            found = {_shown(name): name for name in walked}
            self._names = {path: name for path, name in found.items() if path != name}
            live = _without_aside(found, self._given)
            self._listed = tuple(sorted(path for path in live if found[path] in regular or self._is_file(path)))
        return self._listed

    def text(self, path: str) -> Source | Unreadable:
        """Return a file's text, or why it cannot be read."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def _name(self, path: str) -> str:
        return os.path.join(self.root, self._names.get(path, path))

    def _is_file(self, path: str) -> bool:
        """Tell whether a path is to be read; remembers where links lead."""
        try:
            mode = os.lstat(self._name(path)).st_mode
        except PermissionError:
            self._unlisted.add(path.rpartition("/")[0])
            return False
        except (OSError, ValueError):
            return False
        if stat.S_ISLNK(mode):
            return self._leads_to_file(path)
        return stat.S_ISREG(mode) and self._folder_is_inside(path)

    def _leads_to_file(self, path: str) -> bool:
        target = os.path.realpath(self._name(path))
        if not _below(self.root, target):
            self._outward.add(path.rpartition("/")[0])
            return False
        if not os.path.exists(target):  # dangling, or a loop of links
            return False
        self._links[path] = _shown(os.path.relpath(target, self.root))
        return os.path.isfile(target)

    def _folder_is_inside(self, path: str) -> bool:
        """Tell whether the folder of a path lies where it seems to: git lists files behind a folder made a link."""
        folder = os.path.dirname(self._name(path))
        if folder != os.path.normpath(folder) or not _below(self.root, folder):
            return os.path.realpath(folder) == os.path.normpath(folder)
        unseen: list[str] = []
        while folder not in self._inside:
            unseen.append(folder)
            folder = os.path.dirname(folder)
        inside = self._inside[folder]
        for below in reversed(unseen):
            inside = self._inside[below] = inside and not os.path.islink(below)
        return inside

    def _read(self, path: str) -> Source | Unreadable:
        name = self._name(path)
        if os.path.islink(name) or not self._folder_is_inside(path):
            name = os.path.realpath(name)
        if not _below(self.root, os.path.normpath(name)):
            return Unreadable(path, "outside the root")
        content = read_bytes(name)
        return Unreadable(path, content) if isinstance(content, str) else _decoded(path, content)


class Wrapped:
    """A tree that is as another one but for what its kinds change."""

    def __init__(self, tree: Tree) -> None:
        """Take the whole tree."""
        self._tree = tree

    @property
    def links(self) -> Mapping[str, str]:
        """The links of the whole tree."""
        return self._tree.links

    @property
    def outward(self) -> frozenset[str]:
        """The open directories of the whole tree."""
        return self._tree.outward

    @property
    def unlisted(self) -> frozenset[str]:
        """The folders of the whole tree that cannot be listed."""
        return self._tree.unlisted

    def paths(self) -> Iterable[str]:
        """Return the paths of the whole tree."""
        return self._tree.paths()

    def text(self, path: str) -> Source | Unreadable:
        """Return a file's text, or why it cannot be read."""
        return self._tree.text(path)


class Without(Wrapped):
    """A tree without the paths that globs of the settings cover."""

    def __init__(self, tree: Tree, globs: tuple[str, ...]) -> None:
        """Take the whole tree and the globs."""
        super().__init__(tree)
        self._globs = globs

    @property
    def unlisted(self) -> frozenset[str]:
        """The folders that cannot be listed and that no glob covers."""
        return frozenset(folder for folder in super().unlisted if not self._covered(folder))

    def paths(self) -> Iterable[str]:
        """Return the paths that no glob covers."""
        return [path for path in super().paths() if not self._covered(path)]

    def text(self, path: str) -> Source | Unreadable:
        """Return a file's text; a covered one is not read."""
        return Unreadable(path, "excluded by the settings") if self._covered(path) else super().text(path)

    def _covered(self, path: str) -> bool:
        return any(covers(glob, path) for glob in self._globs)


class Overlay(Wrapped):
    """A tree with some texts in place of its own."""

    def __init__(self, tree: Tree, texts: Mapping[str, str]) -> None:
        """Take the tree and the texts by path."""
        super().__init__(tree)
        self._texts = texts

    def text(self, path: str) -> Source | Unreadable:
        """Return the text that is to be, or the tree's."""
        here = self.links.get(path, path)
        return Source(path, self._texts[here]) if here in self._texts else super().text(path)


def read_bytes(name: str) -> bytes | str:
    """Return the content of a regular file that is no link, or why it cannot be read."""
    try:
        descriptor = os.open(name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return "not there"
    except PermissionError:
        return "no permission"
    except (OSError, ValueError):
        return "not a regular file"
    try:
        return _content(descriptor)
    except OSError as error:
        return f"not readable: {error.strerror}"
    finally:
        os.close(descriptor)


def _content(descriptor: int) -> bytes | str:
    """Read an open file up to the size cap; it may be shorter or longer than it said when it was opened."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        return "not a regular file"
    if status.st_size > SIZE_CAP:
        return "over the size cap"
    chunks: list[bytes] = []
    size = 0
    while size <= SIZE_CAP and (chunk := os.read(descriptor, min(status.st_size + 1, SIZE_CAP + 1))):
        chunks.append(chunk)
        size += len(chunk)
    return "over the size cap" if size > SIZE_CAP else b"".join(chunks)


def _decoded(path: str, content: bytes) -> Source | Unreadable:
    try:
        return Source(path, content.decode())
    except UnicodeDecodeError:
        return Unreadable(path, "not UTF-8")


def _below(root: str, name: str) -> bool:
    return name == root or name.startswith(root.rstrip(os.sep) + os.sep)


def _shown(name: str) -> str:
    r"""Return a name as the program writes it: ``/`` between segments, bytes that are no UTF-8 as ``\xff``."""
    path = name.replace(os.sep, "/")
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _git_paths(root: str, work_tree: str) -> set[str] | None:
    """Return what git tracks or would track, or None where git is missing or refuses."""
    try:
        listed = ask(root, work_tree, "ls-files", "-co", "--exclude-standard", "-z")
    except GitError:
        return None
    names = {os.fsdecode(name) for name in listed.split(b"\0") if name}
    return {name for name in names if NEVER_WALKED.isdisjoint(name.split("/"))}


def _walked_paths(root: str, unknown: set[str], regular: set[str]) -> Iterator[str]:
    """Yield all files below a folder, links as they are.

    Folders that cannot be listed go to ``unknown``, names certainly of regular files to ``regular``.
    """
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            entries = list(os.scandir(os.path.join(root, folder)))
        except OSError:
            unknown.add(_shown(folder))
            continue
        for entry in entries:
            name = f"{folder}{os.sep}{entry.name}" if folder else entry.name
            if not entry.is_dir(follow_symlinks=False):
                if entry.is_file(follow_symlinks=False):
                    regular.add(name)
                yield name
            elif entry.name not in NEVER_WALKED:
                waiting.append(name)


def _without_aside(paths: Iterable[str], given: Iterable[str]) -> list[str]:
    """Leave out examples, tests, fixtures and vendored folders, unless the path given lies in or below them."""
    listed = list(paths)
    tests = _test_environments(listed)
    asides: dict[str, bool] = {}
    return [path for path in listed if not _is_aside(path.rpartition("/")[0], given, tests, asides)]


def _is_aside(folder: str, given: Iterable[str], tests: set[str], asides: dict[str, bool]) -> bool:
    if folder not in asides:
        above = next((path for path in given if folder == path or folder.startswith(path + "/")), "")
        names = folder[len(above) :].strip("/").split("/")
        prefix = above
        asides[folder] = False
        for name in names:
            prefix = f"{prefix}/{name}".lstrip("/")
            if name in ASIDE or (name.startswith("test") and prefix not in tests):
                asides[folder] = True
    return asides[folder]


def _test_environments(paths: Iterable[str]) -> set[str]:
    """Return the folders called ``test…`` that are environments: beside ``staging`` or the like, or below ``envs``."""
    siblings: dict[str, set[str]] = {}
    for folder in {path.rpartition("/")[0] for path in paths}:
        names = folder.split("/")
        for index, name in enumerate(names):
            siblings.setdefault("/".join(names[:index]), set()).add(name)
    return {
        f"{parent}/{name}".lstrip("/")
        for parent, names in siblings.items()
        for name in names
        if name.startswith("test")
        and (parent.rpartition("/")[2] in ENVIRONMENT_FOLDERS or not ENVIRONMENT_WORDS.isdisjoint(names))
    }
