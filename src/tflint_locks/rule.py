"""One rule as plain data: its words and, where it is declarative, its pattern; ``rule_file`` reads it from YAML.

Knows no YAML and no relation's fields.
"""

from collections.abc import Mapping
from typing import TypeAlias

from tflint_locks.finding import Severity
from tflint_locks.record import NamedTuple

# A predicate's argument: a text or flag, a list of texts, or a mapping of further arguments.
Argument: TypeAlias = "str | bool | int | tuple[str, ...] | Mapping[str, str | int]"


class RuleError(Exception):
    """A rule that cannot be used; the text names its file and, where known, the line."""


class Predicate(NamedTuple):
    """One field of a row and what must certainly hold of it."""

    field: str
    name: str
    argument: Argument


class RelatedField(NamedTuple):
    """A field whose place is shown as related, with the words under it."""

    at: str
    message: str


class Select(NamedTuple):
    """A declarative pattern: rows of one relation for which all predicates of one alternative hold."""

    relation: str
    where: tuple[tuple[Predicate, ...], ...]
    at: str
    cause: str
    related: tuple[RelatedField, ...] = ()


class Fix(NamedTuple):
    """How a rule repairs; a declarative one says what with: a field, ``expected``, or a text.

    ``add`` is an attribute, as ``name = value``, put below the place where the row has none of that name.
    """

    replace: str = ""
    replacement: str = ""
    safe: bool = False
    add: str = ""


class Rule(NamedTuple):
    """One rule; ``messages`` has ``default`` and any variants, ``off`` means silent unless the settings turn it on."""

    id: str
    summary: str
    severity: Severity
    since: str
    messages: Mapping[str, str]
    why: str = ""
    remedy: str = ""
    effect: str = ""
    label: str = ""
    off: bool = False
    select: Select | None = None
    fix: Fix | None = None
    limits: str = ""
    references: tuple[str, ...] = ()
