"""Lock items and state objects that aws commands of scripts and CI name, where no configuration makes them."""

from collections.abc import Iterator

from tflint_locks.facts import Command
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.definitions import forks, operation, reaches_aws
from tflint_locks.resolve.lock_items import unwritten
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.runs import scripts
from tflint_locks.resolve.words import words
from tflint_locks.resolve.written_states import written_states
from tflint_locks.source import Source, Span
from tflint_locks.value import Value, known, span_of, text_of

_ITEM_COMMANDS = frozenset({"delete-item", "get-item", "update-item", "put-item"})
_OBJECT_COMMANDS = frozenset(
    {"delete-object", "get-object", "head-object", "get-object-tagging", "list-object-versions"}
)
_LOCK_ID = regex(r"""["']?LockID["']?\s*[:=]\s*\{\s*["']?S["']?\s*[:=]\s*["']?([^"'{}]{1,1024})["']?\s*\}""")
_URL = regex(r"s3://([^/\s]{3,63})/(\S{1,1024})")
_STATE_ENDINGS = (".tfstate", ".tflock")
# Words of copies: what is kept aside is no state that terraform writes.
_COPIES = frozenset(
    "backup backups bak archive archived archives old snapshot snapshots copy previous restore tmp temp".split()
)


class Named(NamedTuple):
    """A lock item (``lock-item``) or state object (``object``) that a command names and no configuration makes.

    ``near`` are what may be meant, each with the place of its key.
    """

    kind: str
    text: str
    span: Span
    near: tuple[tuple[str, Span], ...]


def named_states(repository: Repository) -> Iterator[Named]:
    """Yield each place in scripts and CI once."""
    seen: set[tuple[Span, str]] = set()
    for file in scripts(repository):
        for command in file.commands:
            if command.tool == "aws" and reaches_aws(command):
                for found in (one for fork in forks(command) for one in _named(repository, fork)):
                    if (found.span, found.text) not in seen:
                        seen.add((found.span, found.text))
                        yield found


def _named(repository: Repository, command: Command) -> Iterator[Named]:
    service, does, options, rest = operation(command)
    if service == "dynamodb" and does in _ITEM_COMMANDS:
        yield from _item(repository, options)
    elif service == "s3" and does in ("rm", "cp", "mv", "presign") and rest:
        yield from _url(repository, does, rest)
    elif service == "s3api" and does in _OBJECT_COMMANDS:
        bucket, key = text_of(options.get("--bucket", ())), text_of(options.get("--key", ()))
        if bucket and key:
            yield from _object(repository, bucket, key, _place(repository, options["--key"], key))


def _item(repository: Repository, options: dict[str, Value]) -> Iterator[Named]:
    stated, table = options.get("--key", ()), options.get("--table-name", ())
    lock_id = _lock_id(text_of(stated) or "")
    if not lock_id or not known(table) or not _is_whole(repository):
        return
    near = unwritten(repository.configurations, lock_id, text_of(table) or None, repository.environments)
    span = _place(repository, stated, lock_id)
    if near and span and not set(words(lock_id)) & _COPIES:
        yield Named("lock-item", lock_id, span, tuple(near))


def _lock_id(text: str) -> str | None:
    """Return the LockID of a key in JSON or the CLI's shorthand."""
    import json  # what few commands need

    try:
        found = json.loads(text)["LockID"]["S"]
    except (ValueError, KeyError, TypeError, RecursionError):
        match = _LOCK_ID.search(text)
        return match[1].strip() if match else None
    return found if isinstance(found, str) else None


def _url(repository: Repository, does: str, rest: list[Value]) -> Iterator[Named]:
    """Yield the object a command reads or removes; a copy within S3 is a migration, whose source is of yesterday."""
    urls = [text for value in rest if (text := text_of(value)) and text.startswith("s3://")]
    first = text_of(rest[0]) or ""
    match = _URL.fullmatch(first)
    if match and (does in ("rm", "presign") or len(urls) == 1):
        yield from _object(repository, match[1], match[2], _place(repository, rest[0], first))


def _object(repository: Repository, bucket: str, key: str, span: Span | None) -> Iterator[Named]:
    if not key.endswith(_STATE_ENDINGS) or not span or set(words(key)) & _COPIES or not _is_whole(repository):
        return
    if not any(text_of(one.bucket) == bucket for one in written_states(repository).states):
        return
    ending = ".tflock" if key.endswith(".tflock") else ""
    near = unwritten(
        repository.configurations, f"{bucket}/{key.removesuffix('.tflock')}", None, repository.environments
    )
    if near:
        yield Named("object", f"{bucket}/{key}", span, tuple((text + ending, place) for text, place in near))


def _is_whole(repository: Repository) -> bool:
    return written_states(repository).whole


def _place(repository: Repository, value: Value, text: str) -> Span | None:
    """Return where a text stands within the place of a value, the whole place where it is written otherwise."""
    span = span_of(value)
    source = repository.tree.text(span.path) if span else None
    if span is None or not isinstance(source, Source):
        return None
    at = source.text.find(text, span.start, span.end)
    return Span(span.path, at, at + len(text)) if at >= 0 else span
