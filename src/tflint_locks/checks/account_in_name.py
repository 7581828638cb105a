"""Buckets and lock tables whose name has another environment's account in it."""

from collections.abc import Iterator

from tflint_locks.finding import Match, Related
from tflint_locks.regex import regex
from tflint_locks.resolve.environment_places import Known, known_places, owner
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.roles import LOCK_TABLE, STATE_BUCKET
from tflint_locks.resolve.used import Used, all_used
from tflint_locks.source import Span
from tflint_locks.value import text_of

_ACCOUNT = regex(r"(?<!\d)\d{12}(?!\d)")
_WORDS = {LOCK_TABLE: "lock table", STATE_BUCKET: "state bucket"}


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each name, where a sibling's has its own account in the same place."""
    places = known_places(repository)
    if len(places.accounts) < 2:  # noqa: PLR2004 (nothing could be another's)
        return
    for role, kind in _WORDS.items():
        every = list(all_used((one for one in repository.configurations if one.type == "s3"), role))
        for one in every:
            yield from _judged(one, every, places, kind)


def _judged(one: Used, every: list[Used], places: Known, kind: str) -> Iterator[Match]:
    mine, text = one.configuration.environment, text_of(one.name) or ""
    found = _ACCOUNT.search(text)
    theirs = owner(places.accounts, found.group(), mine) if found and mine else None
    if found is None or mine is None or theirs is None or len(places.accounts[mine]) != 1:
        return
    if len(text) != one.span.end - one.span.start or not any(_is_proof(other, one, places) for other in every):
        return
    right, place = next(iter(places.accounts[mine].items()))
    span = Span(one.span.path, one.span.start + found.start(), one.span.start + found.end())
    yield Match(
        span,
        {
            "kind": kind,
            "name": f"`{text}`",
            "value": f"`{found.group()}`",
            "environment": mine,
            "other": theirs[0],
            "expected": f"`{right}`",
        },
        (Related(place, f"{mine}'s account"), Related(theirs[1], f"{theirs[0]}'s account")),
        environments=tuple(sorted((mine, theirs[0]))),
        replacement=right,
    )


def _is_proof(other: Used, one: Used, places: Known) -> bool:
    """Tell whether a sibling of the project has its own environment's account, and no other name's, in its name."""
    if other.configuration.project != one.configuration.project or other.configuration is one.configuration:
        return False
    environment, text = other.configuration.environment, text_of(other.name) or ""
    found = _ACCOUNT.search(text)
    if found is None or environment is None or found.group() in (text_of(one.name) or ""):
        return False  # one bucket for all lies in one account
    return found.group() in places.accounts.get(environment, {})
