"""Where a run works: the root folder, the paths given, and the settings that hold there."""

import os
from collections.abc import Sequence

from tflint_locks.record import NamedTuple
from tflint_locks.settings import SETTINGS_FILE, Settings, SettingsError
from tflint_locks.tree import read_bytes


class UsageError(Exception):
    """Arguments that cannot be followed."""


class Place(NamedTuple):
    """The root folder, and the paths given, relative to it."""

    root: str
    given: tuple[str, ...]


def find_place(paths: Sequence[str], root: str | None) -> Place:
    """Find the root of some paths; raises UsageError where a path is missing or lies outside."""
    for path in (*paths, *([root] if root else [])):
        if not os.path.exists(path):
            raise UsageError(f"{path}: no such file or folder")
    real = [os.path.realpath(path) for path in paths]
    folder = os.path.realpath(root) if root else _root_above(real[0])
    given = []
    for path, shown in zip(real, paths, strict=True):
        inside = os.path.relpath(path, folder).replace(os.sep, "/")
        if inside == ".." or inside.startswith("../"):
            raise UsageError(f"{shown}: outside the root {folder}")
        given.append("" if inside == "." else inside)
    return Place(folder, tuple(given))


def _root_above(path: str) -> str:
    """Return the nearest folder with ``.git``, else the nearest with settings, else the path's own.

    Never the home folder or ``/``: what lies there speaks of no repository.
    """
    start = path if os.path.isdir(path) else os.path.dirname(path)
    above = list(_above(start))
    for mark in (".git", SETTINGS_FILE):
        for folder in above:
            if os.path.lexists(os.path.join(folder, mark)):
                return folder
    return start


def _above(folder: str) -> "Sequence[str]":
    home = os.path.realpath(os.path.expanduser("~"))
    found = []
    while os.path.dirname(folder) != folder:
        if folder != home:
            found.append(folder)
        folder = os.path.dirname(folder)
    return found


def find_settings(place: Place) -> str | None:
    """Return the settings file nearest to what is given, up to the root and never above; None where there is none.

    Raises SettingsError for a file that looks like one and is not read.
    """
    folder = os.path.commonpath([os.path.join(place.root, path) for path in place.given or ("",)])
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    while True:
        path = os.path.join(folder, SETTINGS_FILE)
        if os.path.lexists(path):
            return path
        if os.path.lexists(path.removesuffix("yaml") + "yml"):
            raise SettingsError(f"{SETTINGS_FILE.removesuffix('yaml')}yml: the settings are called {SETTINGS_FILE}")
        if os.path.normpath(folder) == place.root or os.path.dirname(folder) == folder:
            return None
        folder = os.path.dirname(folder)


def settings_of(place: Place, config: str | None, rules: frozenset[str]) -> Settings:
    """Read the settings given, or those found; raises SettingsError."""
    path = config or find_settings(place)
    if path is None:
        return Settings()
    real = os.path.realpath(path) if config else path
    inside = os.path.relpath(real, place.root).replace(os.sep, "/")
    below = not inside.startswith("../")
    shown = config or inside
    content = read_bytes(real)
    if isinstance(content, str):
        raise SettingsError(f"{shown}: {content}")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise SettingsError(f"{shown}: not UTF-8") from None
    from tflint_locks.settings_file import read_settings

    folder = inside.rpartition("/")[0] if below and not config else ""
    return read_settings(inside if below else shown, text, rules, folder)
