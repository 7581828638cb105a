"""State buckets that take requests without TLS."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.protections import holding, unprotected
from tflint_locks.source import Source

_WORD = "securetransport"


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each state bucket where nothing in the repository speaks of the transport."""
    if any(holding(repository, "bucket")) and not _is_spoken_of(repository):
        yield from unprotected(repository, "transport", 4)


def _is_spoken_of(repository: Repository) -> bool:
    """Tell whether any file that was read names the condition by which TLS is asked for."""
    sources = (repository.tree.text(path) for path in repository.facts)
    return any(not isinstance(source, Source) or _WORD in source.text.lower() for source in sources)
