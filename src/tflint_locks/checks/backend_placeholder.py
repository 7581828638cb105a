"""Backend values still to be filled in, where a sibling is filled in or a command uses them as they are."""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tflint_locks.facts import ScriptFile
from tflint_locks.finding import Match, Related, Severity
from tflint_locks.regex import regex
from tflint_locks.resolve.model import Configuration, Repository, Setting
from tflint_locks.resolve.phrases import environments_of
from tflint_locks.resolve.written import may_be_written
from tflint_locks.tree import text_at, text_in
from tflint_locks.value import known

if TYPE_CHECKING:
    from tflint_locks.source import Span

_SECRETS = frozenset({"access_key", "secret_key", "token", "sse_customer_key"})
# Stricter than what is taken for a hole: `todo-app` and `replacement` are names.
_CERTAIN = regex(
    r"<[^<>]+>|\{\{.{0,200}?\}\}|__[A-Z][A-Z0-9_]*__|%[A-Z][A-Z0-9_]*%|^\$[A-Za-z_]\w*|[-_/]\$[A-Za-z_]\w*|\bYOUR[-_]|\byour[-_]"
    r"|\b(?i:replace|change)[-_]?(?i:me|this)\b|REPLACE[-_]?(?:ME|THIS|WITH)|CHANGE[-_]?(?:ME|THIS)|FILL[-_]?ME|^TODO$|^X{4,}$"
)

_TEMPLATES = frozenset({"template", "templates"})


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each file or block with values to fill in."""
    groups: dict[Span | str, list[Match]] = defaultdict(list)
    for configuration, match in _each(repository):
        block = configuration.block
        within = block is not None and block.path == match.at.path
        groups[block if block and within else match.at.path].append(match)
    for group in groups.values():
        first = next((one for one in group if one.message == "sibling"), group[0])
        rest = [Related(one.at, "to be filled in too") for one in group if one is not first]
        yield first._replace(
            related=(*first.related, *rest), notes=(f"{len(group)} values of it are to be filled in",) if rest else ()
        )


def _each(repository: Repository) -> Iterator[tuple[Configuration, Match]]:
    """Yield the match of each value once, with a configuration that uses it."""
    filled = [item for item in repository.configurations if item.type == "s3" and not _open_values(repository, item)]
    seen = set()
    for configuration in repository.configurations:
        for setting in _open_values(repository, configuration) if configuration.type == "s3" else ():
            if setting.span in seen or _is_filled_in(repository, setting):
                continue
            seen.add(setting.span)
            if not _is_rendered(repository, setting):
                yield from ((configuration, one) for one in _match(repository, configuration, setting, filled))


def _is_filled_in(repository: Repository, setting: Setting) -> bool:
    """Tell whether a script writes the file that a value stands in, or the value itself, with what it knows then."""
    path = setting.span.path
    return isinstance(repository.facts.get(path), ScriptFile) or may_be_written(repository, path)


def _open_values(repository: Repository, configuration: Configuration) -> list[Setting]:
    """Return the placeholders a configuration ends up with."""
    return [
        setting
        for setting in configuration.settings.values()
        if setting.origin in ("block", "override", "file") and setting.name not in _SECRETS and not setting.fault
        if isinstance(setting.value, tuple)
        and not known(setting.value)
        and _CERTAIN.search(text_at(repository.tree, setting.span))
    ]


def _is_rendered(repository: Repository, setting: Setting) -> bool:
    """Tell whether a value in double braces stands in a template that a program of the repository fills in."""
    text = text_in(repository.tree, setting.span.path)
    folders = setting.span.path.split("/")[:-1]
    return "{{" in text_at(repository.tree, setting.span) and ("{%" in text or not _TEMPLATES.isdisjoint(folders))


def _match(
    repository: Repository, configuration: Configuration, setting: Setting, filled: list[Configuration]
) -> Iterator[Match]:
    """Yield what a filled-in sibling proves forgotten, or a command uses; where all are open it is a template."""
    sibling = next((one for one in filled if one.project == configuration.project and _states(one, setting)), None)
    if sibling is None and configuration.command is None:
        return
    words = {"name": setting.name, "value": text_at(repository.tree, setting.span)}
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
