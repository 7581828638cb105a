"""State buckets that are public, or that nothing keeps from becoming so."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related
from tflint_locks.resolve.model import Definition, Repository
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.protections import holding, missing_at, protected, refused, shown_at
from tflint_locks.source import Span

# Blocks public access to every bucket of an account.
_ACCOUNT = "aws_s3_account_public_access_block"


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each state bucket with a public ACL, or without a whole public access block."""
    whole_account = any(kind == _ACCOUNT for module in repository.modules.values() for kind, _ in module.resources)
    for bucket in holding(repository, "bucket"):
        acl = refused(repository, bucket, "private")
        if acl:
            yield _match(bucket, acl, "acl")
            continue
        answer = protected(repository, bucket, "public-access-block")
        if answer.holds is False and not whole_account:
            yield _match(bucket, answer.span, "weak" if answer.span else "default")


def _match(bucket: Definition, place: Span | None, message: str) -> Match:
    return Match(
        place or shown_at(bucket),
        {"bucket": quoted(bucket.name)},
        (Related(bucket.header, "the bucket is made here"),) if place else (),
        cause=place or missing_at(bucket, 3),
        message=message,
        environments=(bucket.environment,) if bucket.environment else (),
    )
