"""Names that break a convention of the settings."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.conventions import Broken, broken
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import environments_of, quoted
from tflint_locks.value import span_of, text_of

_ATTRIBUTES = {"lock-table": "dynamodb_table", "state-bucket": "bucket", "state-key": "key"}


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each lock table, state bucket or state key that breaks its convention."""
    return (_match(found) for found in broken(repository))


def _match(found: Broken) -> Match:
    setting = found.configuration.settings[_ATTRIBUTES[found.subject]]
    return Match(
        span_of(found.value) or setting.span,
        {
            "subject": found.subject.replace("-", " "),
            "value": quoted(found.value),
            "template": f"`{found.template}`",
            "wanted": quoted(found.wanted),
        },
        message="default" if text_of(found.wanted) is None else "known",
        environments=environments_of(found.configuration),
    )
