"""Documents that name another bucket, key, region or lock item than the state's, or an init that cannot reach it."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related
from tflint_locks.resolve.documented_inits import Incomplete, incomplete_inits
from tflint_locks.resolve.documents import LOCK_ID, REGION, STATE_KEY
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.outdated import outdated_match
from tflint_locks.resolve.phrases import listed
from tflint_locks.resolve.roles import STATE_BUCKET
from tflint_locks.resolve.stale import stale

# Kind -> the message, and what stands under the right places.
_MESSAGES = {
    STATE_BUCKET: ("default", "the bucket terraform keeps the state in"),
    STATE_KEY: ("key", "the key terraform writes"),
    REGION: ("region", "the backend's region"),
    LOCK_ID: ("lock-item", "the key terraform writes"),
}


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each place of the state that a document names and no backend has."""
    for found in stale(repository):
        if found.kind in _MESSAGES:
            message, shown_as = _MESSAGES[found.kind]
            yield outdated_match(repository, found, shown_as, message)
    for init in incomplete_inits(repository):
        yield _init(init)


def _init(found: Incomplete) -> Match:
    words = {
        "directory": found.directory,
        "missing": listed([f"`{name}`" for name in found.missing]),
        "like": found.like,
        "effect": "the init asks for the values, or fails where nobody can answer"
        if found.missing
        else "who follows the document is told that the folder does not exist",
    }
    related = [Related(found.block, "the block that leaves it out")] if found.block else []
    related += [Related(span, "here too") for span in found.others]
    message = "init" if found.missing else "directory"
    return Match(found.span, words, tuple(related), message=message, label="documented here")
