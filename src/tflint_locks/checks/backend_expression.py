"""Expressions in a backend that Terraform certainly runs: it takes literal values only (DOMAIN §2.2, §3.2)."""

import re
from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.backends import SECRETS
from tflint_locks.resolve.model import Configuration, Repository, Setting
from tflint_locks.resolve.phrases import environments_of
from tflint_locks.resolve.tools import certainly_terraform, signs_of_tofu
from tflint_locks.resolve.written import may_be_written
from tflint_locks.source import Source

_REFERENCE = re.compile(r"(?<![\w-])[A-Za-z_][\w-]*+\s*+[.\[(]|\$\{~?\s*[A-Za-z_]|^[A-Za-z_][\w-]*$")
_LONGEST = 60


def check(repository: Repository) -> Iterator[Match]:
    """Yield each attribute once, however many configurations it reaches."""
    seen = set()
    tofu = signs_of_tofu(repository)
    for configuration in repository.configurations:
        for setting in configuration.layers if configuration.type == "s3" else ():
            if setting.fault not in ("expression", "literal-template") or setting.span in seen:
                continue
            seen.add(setting.span)
            if certainly_terraform(repository, configuration, tofu) and not may_be_written(
                repository, setting.span.path
            ):
                yield from _match(repository, configuration, setting)


def _match(repository: Repository, configuration: Configuration, setting: Setting) -> Iterator[Match]:
    source = repository.tree.text(setting.span.path)
    text = source.text[setting.span.start : setting.span.end] if isinstance(source, Source) else ""
    if _REFERENCE.search(text):
        where = "file" if setting.origin == "file" else "block"
        yield Match(
            setting.span,
            {"name": setting.name, "value": _shown(setting.name, text), "where": where},
            message="json" if setting.fault == "literal-template" else "default",
            environments=environments_of(configuration),
        )


def _shown(name: str, text: str) -> str:
    """Return what is written, short; nothing of a secret, of which a part may stand beside the expression."""
    if name in SECRETS:
        return "…"
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
