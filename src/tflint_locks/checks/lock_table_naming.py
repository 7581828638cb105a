"""Names that break a convention of the settings."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.conventions import Broken, broken
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import environments_of, listed, quoted
from tflint_locks.value import span_of, text_of

_ATTRIBUTES = {"lock_table": "dynamodb_table", "state_bucket": "bucket", "state_key": "key"}


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each lock table, state bucket or state key that breaks its convention."""
    return (_match(found) for found in broken(repository))


def _match(found: Broken) -> Match:
    setting = found.configuration.settings[_ATTRIBUTES[found.subject]]
    return Match(
        span_of(found.value) or setting.span,
        {
            "subject": found.subject.replace("_", " "),
            "value": quoted(found.value),
            "template": listed([f"`{template}`" for template in found.templates], "or"),
            "wanted": quoted(found.wanted),
        },
        message="default" if text_of(found.wanted) is None or len(found.templates) > 1 else "known",
        environments=environments_of(found.configuration),
    )
