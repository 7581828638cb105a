"""The settings of one repository as plain data; ``settings_file`` reads them from YAML.

Knows no YAML: a run without a settings file uses ``Settings()`` and imports nothing more.
"""

from tflint_locks.record import NamedTuple

SETTINGS_FILE = ".tflint-locks.yaml"
OFF = "off"


class SettingsError(Exception):
    """A settings file that cannot be used; the text names the file and, where known, the line."""


class EnvironmentSettings(NamedTuple):
    """One environment as the settings describe it; files and directories are globs relative to the root."""

    name: str
    aliases: tuple[str, ...] = ()
    backend_files: tuple[str, ...] = ()
    var_files: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    account: str | None = None


class Settings(NamedTuple):
    """What a repository's people decided.

    ``rules`` are (rule id, ``off``, ``note``, ``warning`` or ``error``). ``conventions`` are (``lock-table``,
    ``state-bucket`` or ``state-key``, template); a template is text with ``<project>``, ``<env>``, ``<region>``,
    ``<account>`` and ``*``.
    """

    path: str | None = None
    project: str | None = None
    rules: tuple[tuple[str, str], ...] = ()
    exclude: tuple[str, ...] = ()
    conventions: tuple[tuple[str, str], ...] = ()
    environments: tuple[EnvironmentSettings, ...] = ()


def covers(glob: str, path: str) -> bool:
    """Tell whether a glob covers a path, itself or through a folder above it.

    ``*`` and ``?`` stay within one segment, ``**`` spans any number of them. A glob without ``/`` (but at its end)
    matches a name at any depth; others start at the root.
    """
    pattern = glob.strip("/").split("/")
    if len(pattern) == 1:
        return any(_segment(pattern[0], name) for name in path.split("/"))
    return _segments(pattern, path.split("/"))


def _segments(pattern: list[str], names: list[str]) -> bool:
    """Match whole segments; what is left of ``names`` lies below the folder that matched."""
    reach = {0}
    for part in pattern:
        if part == "**":
            reach = set(range(min(reach), len(names) + 1))
        else:
            reach = {index + 1 for index in reach if index < len(names) and _segment(part, names[index])}
        if not reach:
            return False
    return True


def _segment(pattern: str, name: str) -> bool:
    """Match ``*`` and ``?`` within one name, going back to the last star only, so never in exponential time."""
    at = place = 0
    star = kept = -1
    while place < len(name):
        if at < len(pattern) and pattern[at] == "*":
            star, kept = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", name[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            kept += 1
            at, place = star + 1, kept
        else:
            return False
    return pattern[at:].strip("*") == ""
