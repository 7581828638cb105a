"""Expressions in a backend that Terraform certainly runs: it takes literal values only (DOMAIN §2.2, §3.2)."""

from collections.abc import Iterable, Iterator

from tflint_locks.finding import Match, Related
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.backends import SECRETS
from tflint_locks.resolve.model import Configuration, Repository, Setting
from tflint_locks.resolve.phrases import environments_of
from tflint_locks.resolve.tools import certainly_terraform, signs_of_tofu
from tflint_locks.resolve.written import may_be_written
from tflint_locks.source import Span
from tflint_locks.tree import text_at

_REFERENCE = regex(r"(?<![\w-])[A-Za-z_][\w-]*+\s*+[.\[(]|\$\{~?\s*[A-Za-z_]|^[A-Za-z_][\w-]*$")
_LONGEST = 60
_FAULTS = frozenset({"expression", "literal-template"})


class _Found(NamedTuple):
    """An expression that some configuration ends up with, and the text under it."""

    setting: Setting
    configuration: Configuration
    text: str


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each block or file, at its first expression."""
    places: dict[Span | str, dict[Span, _Found]] = {}
    for found in _found(repository):
        setting = found.setting
        place = found.configuration.block if setting.origin == "block" else setting.span.path
        places.setdefault(place or setting.span.path, {}).setdefault(setting.span, found)
    for there in places.values():
        yield _match([there[span] for span in sorted(there)])


def _found(repository: Repository) -> Iterator[_Found]:
    tofu = signs_of_tofu(repository)
    replaced = _replaced(repository.configurations)
    for configuration in repository.configurations:
        for setting in _expressions(configuration):
            if setting.span in replaced or may_be_written(repository, setting.span.path):
                continue
            text = text_at(repository.tree, setting.span)
            if _REFERENCE.search(text) and certainly_terraform(repository, configuration, tofu):
                yield _Found(setting, configuration, text)


def _expressions(configuration: Configuration) -> Iterator[Setting]:
    """Yield the arguments that terraform would have to evaluate."""
    if configuration.type == "s3" and not (configuration.command and not configuration.closed):
        yield from (one for one in configuration.settings.values() if one.fault in _FAULTS)


def _replaced(configurations: Iterable[Configuration]) -> set[Span]:
    """Return what a later file or flag replaces in some configuration: a bare init there goes on with what one gave."""
    return {
        layer.span
        for configuration in configurations
        for layer in configuration.layers
        if layer.fault in _FAULTS and configuration.settings.get(layer.name) is not layer
    }


def _match(there: list[_Found]) -> Match:
    setting, configuration, text = there[0]
    return Match(
        setting.span,
        {"name": setting.name, "value": _shown(setting.name, text)},
        tuple(Related(other.setting.span, "nor is this") for other in there[1:]),
        message="json" if setting.fault == "literal-template" else "default",
        environments=environments_of(configuration),
    )


def _shown(name: str, text: str) -> str:
    """Return what is written, short; nothing of a secret, of which a part may stand beside the expression."""
    if name in SECRETS:
        return "…"
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
