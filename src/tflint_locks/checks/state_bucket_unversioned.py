"""State buckets that keep no earlier versions of a state."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.protections import holding, missing_at, protected, shown_at


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each state bucket without versioning."""
    for bucket in holding(repository, "bucket"):
        answer = protected(repository, bucket, "versioning")
        if answer.holds is False:
            yield Match(
                answer.span or shown_at(bucket),
                {"bucket": quoted(bucket.name)},
                (Related(bucket.header, "the bucket is made here"),) if answer.span else (),
                cause=answer.span or missing_at(bucket, 1),
                environments=(bucket.environment,) if bucket.environment else (),
            )
