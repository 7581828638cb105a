"""Lock tables whose key Terraform cannot use."""

from collections.abc import Iterator

from tflint_locks.finding import Edit, Match
from tflint_locks.resolve.definitions import is_lock_table
from tflint_locks.resolve.edits import written
from tflint_locks.resolve.model import Definition, Key, Repository
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.roles import LOCK_TABLE
from tflint_locks.resolve.used import is_used
from tflint_locks.tree import Tree
from tflint_locks.value import compare, literal, text_of

KEY = "LockID"


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each key attribute of a lock table that is wrong."""
    for definition in repository.definitions:
        if definition.kind == "table" and (
            is_lock_table(definition) or is_used(repository, LOCK_TABLE, definition.name)
        ):
            for key in definition.keys:
                yield from _faults(repository.tree, definition, key)


def _faults(tree: Tree, definition: Definition, key: Key) -> Iterator[Match]:
    words = {"table": quoted(definition.name), "key": quoted(key.name), "type": quoted(key.value_type)}
    environments = (definition.environment,) if definition.environment else ()
    if key.key_type == "RANGE":
        yield Match(key.span, words, message="sort", environments=environments)
        return
    name = compare(key.name, literal(KEY))
    if name is False:
        yield _renamed(tree, Match(key.span, words, environments=environments), key)
    elif name and key.type_span and text_of(key.value_type) in ("N", "B"):
        whole = written(tree, key.type_span) == text_of(key.value_type)
        match = Match(key.type_span, words, message="type", environments=environments)
        yield match._replace(replacement="S" if whole else None)


def _renamed(tree: Tree, match: Match, key: Key) -> Match:
    """Return the match with its repair, where the name stands whole at every place that has to have it."""
    places = [key.span, *([key.declared] if key.declared else [])]
    if any(written(tree, place) != text_of(key.name) for place in places):
        return match
    others = tuple(Edit(place, KEY) for place in dict.fromkeys(places) if place != key.span)
    return match._replace(replacement=KEY, edits=others)
