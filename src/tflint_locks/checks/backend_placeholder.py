"""Backend values still to be filled in, where a sibling is filled in or a command uses them as they are."""

import re
from collections.abc import Iterator

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.model import Configuration, Repository, Setting
from tflint_locks.resolve.phrases import environments_of
from tflint_locks.resolve.written import may_be_written
from tflint_locks.source import Source
from tflint_locks.value import known

_SECRETS = frozenset({"access_key", "secret_key", "token", "sse_customer_key"})
# Stricter than what is taken for a hole: `todo-app` and `replacement` are names.
_CERTAIN = re.compile(
    r"<[^<>]+>|\{\{.{0,200}?\}\}|__[A-Z][A-Z0-9_]*__|%[A-Z][A-Z0-9_]*%|^\$[A-Za-z_]\w*|[-_/]\$[A-Za-z_]\w*|\bYOUR[-_]|\byour[-_]"
    r"|\b(?i:replace|change)[-_]?(?i:me|this)\b|REPLACE[-_]?(?:ME|THIS|WITH)|CHANGE[-_]?(?:ME|THIS)|FILL[-_]?ME|^TODO$|^X{4,}$"
)


def check(repository: Repository) -> Iterator[Match]:
    """Yield each value once."""
    filled = [item for item in repository.configurations if item.type == "s3" and not _open_values(repository, item)]
    seen = set()
    for configuration in repository.configurations:
        for setting in _open_values(repository, configuration) if configuration.type == "s3" else ():
            if setting.span not in seen and not may_be_written(repository, setting.span.path):
                seen.add(setting.span)
                yield from _match(repository, configuration, setting, filled)


def _open_values(repository: Repository, configuration: Configuration) -> list[Setting]:
    """Return the placeholders a configuration ends up with."""
    return [
        setting
        for setting in configuration.settings.values()
        if setting.origin in ("block", "override", "file") and setting.name not in _SECRETS and not setting.fault
        if isinstance(setting.value, tuple) and not known(setting.value) and _CERTAIN.search(_text(repository, setting))
    ]


def _text(repository: Repository, setting: Setting) -> str:
    source = repository.tree.text(setting.span.path)
    return source.text[setting.span.start : setting.span.end] if isinstance(source, Source) else ""


def _match(
    repository: Repository, configuration: Configuration, setting: Setting, filled: list[Configuration]
) -> Iterator[Match]:
    """Yield what a filled-in sibling proves forgotten, or a command uses; where all are open it is a template."""
    sibling = next((one for one in filled if one.project == configuration.project and _states(one, setting)), None)
    if sibling is None and configuration.command is None:
        return
    words = {"name": setting.name, "value": _text(repository, setting)}
    related: tuple[Related, ...] = ()
    if sibling:
        other = sibling.settings[setting.name].span
        words["other"] = other.path
        related = (Related(other, "filled in here"),)
    yield Match(
        setting.span,
        words,
        related,
        message="sibling" if sibling else "default",
        environments=environments_of(configuration),
        severity=None if filled else Severity.NOTE,
    )


def _states(configuration: Configuration, setting: Setting) -> bool:
    return (
        configuration.value(setting.name) is not None
        and configuration.settings[setting.name].span.path != setting.span.path
    )
