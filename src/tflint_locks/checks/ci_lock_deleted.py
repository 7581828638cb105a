"""Commands that delete the lock item of a state from its table, or its lock file from the bucket."""

import re
from collections import defaultdict
from collections.abc import Iterator

from tflint_locks.facts import Command
from tflint_locks.finding import Match, Related, Severity
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.definitions import reaches_aws
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.roles import names_lock_table
from tflint_locks.resolve.unasked import commands, given_by_person, is_started_by_hand
from tflint_locks.source import Span
from tflint_locks.value import Literal, Value, known, literal, text_of

# The end of a LockID that is the digest of a state, no lock; and what leaves such items out.
_DIGEST = regex(r"-md5[\"'\\}\s]")
# A LockID that is wholly known; Terraform's are `bucket/key`, others are the team's own items.
_ITEM_ID = regex(r'"S"\s{0,20}:\s{0,20}"([^"\0$]{1,1000})"')
_LEFT_OUT = regex(r"!|\bnot\b", re.IGNORECASE)


class _Deletion(NamedTuple):
    span: Span
    what: Value
    automated: bool
    asked: bool
    kind: str
    fixed: bool  # the same lock whoever starts it


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each file that deletes locks, with every place where it does."""
    tables = {text for one in repository.configurations if (text := text_of(one.value("dynamodb_table") or ()))}
    groups: dict[str, dict[Span, _Deletion]] = defaultdict(dict)
    digests = {
        command.span.path for _, command, _ in commands(repository) if command.tool == "aws" and _asks_digests(command)
    }
    for _, command, automated in commands(repository):
        found = _deletion(command, automated=automated, tables=tables) if command.tool == "aws" else None
        if found and (found.kind == "file" or found.fixed or found.span.path not in digests):
            groups[found.span.path].setdefault(found.span, found)
    for path, places in groups.items():
        yield _match(list(places.values()), by_hand=is_started_by_hand(repository, path, places))


def _deletion(command: Command, *, automated: bool, tables: set[str]) -> _Deletion | None:
    words = [word.value for word in command.words]
    texts = [text_of(word) or "" for word in words]
    if not reaches_aws(command):
        return None
    if "delete-item" in texts:
        key, table = _option(words, texts, "--key"), _option(words, texts, "--table-name")
        name = text_of(table) or ""
        own = _ITEM_ID.search(_literals(key))
        if _DIGEST.search(_literals(key)) or (own and "/" not in own[1]):
            return None
        if "LockID" in _literals(key) or name in tables or names_lock_table(name):
            return _Deletion(
                command.span, table, automated, given_by_person(key) and "lock" in _asked(key), "item", known(key)
            )
    elif "rm" in texts or "delete-object" in texts or "delete-objects" in texts:
        file = next((word for word in words if ".tflock" in _literals(word)), None)
        if file is not None:
            return _Deletion(command.span, file, automated, asked=False, kind="file", fixed=known(file))
    return None


def _asks_digests(command: Command) -> bool:
    """Tell whether a command lists the digests of states only, so that what it finds are no locks."""
    text = " ".join(_literals(word.value) for word in command.words)
    return "-md5" in text and re.search(r"\b(?:scan|query)\b", text) is not None and not _LEFT_OUT.search(text)


def _option(words: list[Value], texts: list[str], name: str) -> Value:
    """Return the value of an option, which follows it or stands behind ``=``."""
    for at, text in enumerate(texts):
        if text == name and at + 1 < len(words):
            return words[at + 1]
        if text.startswith(name + "="):
            return literal(text[len(name) + 1 :])
    return ()


def _literals(value: Value) -> str:
    return "".join(piece.text if isinstance(piece, Literal) else "\0" for piece in value)


def _asked(value: Value) -> str:
    """Return the names of a value's holes: one that a person gives for this is called after the lock."""
    return " ".join("" if isinstance(piece, Literal) else piece.identity.lower() for piece in value)


def _match(found: list[_Deletion], *, by_hand: bool) -> Match:
    first = min(found, key=lambda one: (one.asked, one.span.start))
    asked = first.asked or not first.automated or (by_hand and not any(one.fixed for one in found))
    return Match(
        first.span,
        {"what": quoted(first.what)},
        tuple(Related(one.span, "deleted here too") for one in found if one is not first),
        message=first.kind,
        severity=Severity.NOTE if asked else Severity.WARNING if by_hand else None,
        notes=(f"{len(found)} commands of this file delete locks",) if len(found) > 1 else (),
    )
