"""State buckets that take requests without TLS."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.protections import holding, missing_at, protected, shown_at
from tflint_locks.source import Source

_WORD = "securetransport"


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each state bucket where nothing in the repository speaks of the transport."""
    buckets = list(holding(repository, "bucket"))
    if not buckets or _is_spoken_of(repository):
        return
    for bucket in buckets:
        if protected(repository, bucket, "transport").holds is False:
            yield Match(
                shown_at(bucket),
                {"bucket": quoted(bucket.name)},
                cause=missing_at(bucket, 4),
                environments=(bucket.environment,) if bucket.environment else (),
            )


def _is_spoken_of(repository: Repository) -> bool:
    """Tell whether any file that was read names the condition by which TLS is asked for."""
    sources = (repository.tree.text(path) for path in repository.facts)
    return any(not isinstance(source, Source) or _WORD in source.text.lower() for source in sources)
