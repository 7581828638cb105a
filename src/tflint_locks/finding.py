"""Findings: what a run reports, apart from how it is shown. Knows no rule and no renderer."""

from enum import StrEnum

from tflint_locks.record import NamedTuple
from tflint_locks.source import Span


class Severity(StrEnum):
    """How bad a finding is, in SARIF's words."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Related(NamedTuple):
    """Another place a finding speaks of, with its own words."""

    span: Span
    message: str


class Edit(NamedTuple):
    """Replace the text under ``span`` with ``text``."""

    span: Span
    text: str


class Match(NamedTuple):
    """What a check yields: places and values; the rule's YAML has the words.

    ``at`` is the place shown; ``cause`` the span an edit would change (``at`` when None). ``words`` fill
    the ``{…}`` of the message; a word ``effect`` stands for the rule's. ``message`` picks one where the rule
    has several. ``label`` is what is written under the primary place. ``severity`` lowers the rule's own.
    ``replacement`` is the text that would repair ``cause``; ``edits`` are those a repair needs elsewhere besides, or in
    its place. ``unsafe`` where this repair is to be looked at though the rule's are certain.
    """

    at: Span
    words: dict[str, str]
    related: tuple[Related, ...] = ()
    cause: Span | None = None
    message: str = "default"
    label: str = ""
    environments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    severity: Severity | None = None
    replacement: str | None = None
    edits: tuple[Edit, ...] = ()
    unsafe: bool = False


class Finding(NamedTuple):
    """One reported fault with its primary place, every other place, and the repair."""

    rule: str
    severity: Severity
    message: str
    span: Span
    also: tuple[str, ...] = ()
    label: str = ""
    environments: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    notes: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    safe: bool = False


class Report(NamedTuple):
    """The result of one run: findings in order of place, faults of the tool itself, and what could be judged.

    ``suppressed`` counts what comments, settings and the baseline silence; ``complaints`` are what a person should know
    of the run besides, such as entries of the baseline that nothing needs any more.
    """

    findings: tuple[Finding, ...]
    errors: tuple[str, ...]
    suppressed: int
    files: int
    total: int
    closed: int
    environments: tuple[str, ...]
    open_reasons: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    known: int = 0
