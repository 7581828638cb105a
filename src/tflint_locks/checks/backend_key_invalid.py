"""State keys and workspace prefixes that Terraform refuses (DOMAIN §1.3)."""

import re
from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.edits import verbatim
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.phrases import environments_of, quoted
from tflint_locks.tree import Tree
from tflint_locks.value import Literal, Value, text_of

_TEXTS = {"starts": "starts with `/`", "ends": "ends with `/`", "double": "contains `//`"}


def check(repository: Repository) -> Iterator[Match]:
    """Yield the keys and prefixes of closed configurations."""
    for configuration in repository.configurations:
        if configuration.type == "s3" and configuration.closed:
            for name in ("key", "workspace_key_prefix"):
                fault = _fault(configuration, name)
                if fault:
                    yield _match(repository.tree, configuration, name, fault)


def _fault(configuration: Configuration, name: str) -> str | None:
    value = configuration.value(name)
    if value is None or configuration.settings[name].fault:
        return None
    if _edge(value, 0).startswith("/"):
        return "starts"
    if _edge(value, -1).endswith("/"):
        return "ends"
    doubled = name == "key" and any("//" in piece.text for piece in value if isinstance(piece, Literal))
    # OpenTofu takes `//`; a configuration without a command may be run by either.
    return "double" if doubled and configuration.tool == "terraform" else None


def _edge(value: Value, index: int) -> str:
    piece = value[index]
    return piece.text if isinstance(piece, Literal) else ""


def _repair(name: str, value: Value, fault: str) -> str | None:
    """Return the value without the slashes that are too many; a key that ends with one lacks a name."""
    text = text_of(value) or ""
    if name == "key" and fault == "ends":
        return None
    return re.sub("//+", "/", text).strip("/") or None


def _match(tree: Tree, configuration: Configuration, name: str, fault: str) -> Match:
    setting, value = configuration.settings[name], configuration.value(name)
    return Match(
        setting.span,
        {"name": name, "value": quoted(setting.value), "fault": _TEXTS[fault]},
        environments=environments_of(configuration),
        notes=configuration.notes,
        replacement=_repair(name, value, fault) if value and verbatim(tree, value) == setting.span else None,
    )
