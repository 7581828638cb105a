"""Lock tables that the repository creates under another name."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.expected import environment_word, notes_of
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import environments_of, listed, quoted
from tflint_locks.resolve.tables import Undefined, undefined
from tflint_locks.value import text_of


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each lock table in use that is created under another name."""
    return (_match(found) for found in undefined(repository))


def _match(found: Undefined) -> Match:
    one = found.used
    names = list(dict.fromkeys(quoted(definition.name) for definition in found.definitions))
    return Match(
        one.span,
        {
            "table": quoted(one.name),
            "environment": environment_word([one.configuration.environment]),
            "created": listed(names),
        },
        tuple(Related(definition.span, "created here") for definition in found.definitions),
        environments=environments_of(one.configuration),
        notes=tuple(notes_of([one])),
        severity=None if found.certain else Severity.WARNING,
        replacement=_replacement(found),
    )


def _replacement(found: Undefined) -> str | None:
    span, text = found.used.span, text_of(found.used.name) or ""
    names = {text_of(definition.name) for definition in found.definitions}
    return names.pop() if len(names) == 1 and span.end - span.start == len(text) else None
