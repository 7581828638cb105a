"""Lock tables whose key Terraform cannot use."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.definitions import is_lock_table
from tflint_locks.resolve.model import Definition, Key, Repository
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.roles import LOCK_TABLE
from tflint_locks.resolve.used import is_used
from tflint_locks.value import compare, literal, text_of

KEY = "LockID"


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each key attribute of a lock table that is wrong."""
    for definition in repository.definitions:
        if definition.kind == "table" and (
            is_lock_table(definition) or is_used(repository, LOCK_TABLE, definition.name)
        ):
            for key in definition.keys:
                yield from _faults(definition, key)


def _faults(definition: Definition, key: Key) -> Iterator[Match]:
    words = {"table": quoted(definition.name), "key": quoted(key.name), "type": quoted(key.value_type)}
    environments = (definition.environment,) if definition.environment else ()
    if key.key_type == "RANGE":
        yield Match(key.span, words, message="sort", environments=environments)
        return
    name = compare(key.name, literal(KEY))
    if name is False:
        yield Match(key.span, words, environments=environments, replacement=KEY if _whole(key) else None)
    elif name and key.type_span and text_of(key.value_type) in ("N", "B"):
        yield Match(key.type_span, words, message="type", environments=environments)


def _whole(key: Key) -> bool:
    return key.span.end - key.span.start == len(text_of(key.name) or "")
