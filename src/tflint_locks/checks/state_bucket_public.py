"""State buckets that are public, or that nothing keeps from becoming so."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.protections import bucket_match, holding, protected, refused

# Blocks public access to every bucket of an account.
_ACCOUNT = "aws_s3_account_public_access_block"


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each state bucket with a public ACL, or without a whole public access block."""
    whole_account = any(kind == _ACCOUNT for module in repository.modules.values() for kind, _ in module.resources)
    for bucket in holding(repository, "bucket"):
        acl = refused(repository, bucket, "private")
        if acl:
            yield bucket_match(bucket, acl, 3, "acl")
            continue
        answer = protected(repository, bucket, "public-access-block")
        if answer.holds is False and not whole_account:
            yield bucket_match(bucket, answer.span, 3, "weak" if answer.span else "default")
