"""The settings of one repository as plain data; ``settings_file`` reads them from YAML.

Knows no YAML: a run without a settings file uses ``Settings()`` and imports nothing more.
"""

from collections.abc import Mapping

from tflint_locks.record import NamedTuple

SETTINGS_FILE = ".tflint-locks.yaml"
BASELINE_FILE = ".tflint-locks-baseline.json"
OFF = "off"


class SettingsError(Exception):
    """A settings file that cannot be used; the text names the file and, where known, the line."""


class EnvironmentSettings(NamedTuple):
    """One environment as the settings describe it; ``paths`` are globs of its files and folders from the root."""

    name: str
    aliases: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    account: str | None = None
    region: str | None = None


class Convention(NamedTuple):
    """How names of one kind are formed; a name follows one of the templates.

    ``subject`` is ``lock_table``, ``state_bucket`` or ``state_key``. A template is text with ``<project>``, ``<env>``,
    ``<region>``, ``<account>`` and ``*``. ``environment`` where it is that of one environment only.
    """

    subject: str
    templates: tuple[str, ...]
    environment: str | None = None


class RuleSettings(NamedTuple):
    """What people decided about the rules that ``pattern`` (an id, ``*`` for any part) covers.

    ``severity`` is ``off``, ``note``, ``warning`` or ``error``, None where it stays; ``paths`` are (glob, severity) for
    findings there. Nothing silences the rules where ``silenceable`` is False.
    """

    pattern: str
    severity: str | None = None
    paths: tuple[tuple[str, str], ...] = ()
    silenceable: bool = True


class IgnoreSettings(NamedTuple):
    """Findings that are silenced from the settings, for files that have no comments; ``until`` is a date or empty."""

    rules: tuple[str, ...]
    paths: tuple[str, ...]
    reason: str
    until: str
    line: int


class ToolSettings(NamedTuple):
    """Which tool runs the configurations: ``terraform`` or ``tofu``, and a constraint of its version or empty."""

    name: str
    version: str
    line: int


class Settings(NamedTuple):
    """What a repository's people decided.

    ``path`` is where they wrote it, relative to the root where it lies below it; ``origins`` say on which line each
    setting stands, by its dotted name.
    """

    path: str | None = None
    project: str | None = None
    rules: tuple[RuleSettings, ...] = ()
    exclude: tuple[str, ...] = ()
    conventions: tuple[Convention, ...] = ()
    environments: tuple[EnvironmentSettings, ...] = ()
    tool: ToolSettings | None = None
    fail_on: str | None = None
    require_reason: bool = False
    ignores: tuple[IgnoreSettings, ...] = ()
    rule_files: tuple[str, ...] = ()
    origins: tuple[tuple[str, int], ...] = ()


class Levels:
    """The severities of rules: the setting that names a rule wins over patterns, a later pattern over an earlier."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings."""
        self._rules = sorted(settings.rules, key=lambda rule: "*" not in rule.pattern and "?" not in rule.pattern)

    def of(self, rule: str, default: str) -> str:
        """Return a rule's severity, or ``off``."""
        stated = [one.severity for one in self._of(rule) if one.severity]
        return stated[-1] if stated else default

    def on_path(self, rule: str, path: str, default: str) -> str:
        """Return a rule's severity in one file; the last glob that covers the file decides."""
        stated = [level for glob, level in self.in_files(rule) if covers(glob, path)]
        return stated[-1] if stated else default

    def stated_by(self, rule: str) -> str:
        """Return the pattern that decides on a rule's severity or else says anything of it, empty where none does."""
        stated = self._of(rule)
        return next((one.pattern for one in reversed(stated) if one.severity), stated[-1].pattern if stated else "")

    def in_files(self, rule: str) -> tuple[tuple[str, str], ...]:
        """Return the globs in whose files a rule has another severity, each with that."""
        return tuple(stated for one in self._of(rule) for stated in one.paths)

    def anywhere(self, rule: str) -> bool:
        """Tell whether a rule that is off may be on in some files."""
        return any(level != OFF for _, level in self.in_files(rule))

    def silenceable(self, rule: str) -> bool:
        """Tell whether a finding of a rule may be silenced."""
        return all(one.silenceable for one in self._of(rule))

    def _of(self, rule: str) -> list[RuleSettings]:
        return [one for one in self._rules if matches(one.pattern, rule)]


def covers(glob: str, path: str) -> bool:
    """Tell whether a glob covers a path, itself or through a folder above it.

    ``*`` and ``?`` stay within one segment, ``**`` spans any number of them. A glob without ``/`` (but at its end)
    matches a name at any depth; others start at the root.
    """
    pattern = glob.strip("/").split("/")
    if "/" not in glob.rstrip("/"):
        return any(matches(pattern[0], name) for name in path.split("/"))
    return _segments(pattern, path.split("/"))


def _segments(pattern: list[str], names: list[str]) -> bool:
    """Match whole segments; what is left of ``names`` lies below the folder that matched."""
    reach = {0}
    for part in pattern:
        if part == "**":
            reach = set(range(min(reach), len(names) + 1))
        else:
            reach = {index + 1 for index in reach if index < len(names) and matches(part, names[index])}
        if not reach:
            return False
    return True


def matches(pattern: str, name: str) -> bool:
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


def rebased(glob: str, folder: str) -> str:
    """Return a glob of a settings file in a folder as one from the root."""
    if not folder:
        return glob
    return f"{folder}/{glob.lstrip('/')}" if "/" in glob.rstrip("/") else f"{folder}/**/{glob}"


def conventions_of(settings: Settings, environment: str | None) -> Mapping[str, tuple[str, ...]]:
    """Return the templates for names in an environment, by subject: its own win over the general ones."""
    general = {one.subject: one.templates for one in settings.conventions if one.environment is None}
    own = {one.subject: one.templates for one in settings.conventions if one.environment == environment}
    return {**general, **own}
