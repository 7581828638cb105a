"""Which lock tables the repository creates for a configuration, and which of them nothing uses."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from tflint_locks.resolve.by_default import as_given
from tflint_locks.resolve.definitions import is_lock_table
from tflint_locks.resolve.disagreements import disagreements, is_near
from tflint_locks.resolve.model import Definition, Repository
from tflint_locks.resolve.roles import LOCK_TABLE
from tflint_locks.resolve.used import Used, all_used, may_use
from tflint_locks.value import compare, known, text_of


class Undefined(NamedTuple):
    """A lock table that a configuration uses, with the tables that are created in its place, certainly or not."""

    used: Used
    definitions: tuple[Definition, ...]
    certain: bool = True


def lock_tables(repository: Repository) -> list[Definition]:
    """Return the tables that certainly hold Terraform's locks."""
    return [definition for definition in repository.definitions if is_lock_table(definition)]


@lru_cache(maxsize=1)
def undefined(repository: Repository) -> tuple[Undefined, ...]:
    """Return the tables that are used where the repository creates another one for the same environment."""
    return tuple(_undefined(repository))


def _undefined(repository: Repository) -> Iterator[Undefined]:
    tables = lock_tables(repository)
    blamed = {found.mention.span for found in disagreements(repository, LOCK_TABLE)}
    for one in all_used(repository.configurations, LOCK_TABLE):
        if one.configuration.basis == "terragrunt":
            continue  # Terragrunt makes the table that it is told to lock with
        paired = _paired(repository, tables, one)
        if not paired or text_of(one.account) is not None or any(definition.span in blamed for definition in paired):
            continue
        others = all(known(d.name) and _cannot_be(repository, d, one) for d in paired)
        if others and not _made_elsewhere(repository, one):
            near = [table for table in paired if is_near(repository, table.name, [one])]
            yield Undefined(one, tuple(paired), not all(table.conditional for table in near))


def _cannot_be(repository: Repository, definition: Definition, one: Used) -> bool:
    return compare(as_given(repository, definition.name, definition.root), one.name) is False


def _paired(repository: Repository, tables: Iterable[Definition], one: Used) -> list[Definition]:
    """Return the definitions of a configuration's project and environment.

    One at least must be near: who sets up accounts makes tables for others too. One without environment belongs to it
    only when it is the only one, and its configurations use but one table.
    """
    configuration = one.configuration
    same = [table for table in tables if table.project == configuration.project]
    own = [table for table in same if table.environment == configuration.environment]
    if own and configuration.environment is not None:
        return own if any(is_near(repository, table.name, [one]) for table in own) else []
    shared = [table for table in same if table.environment is None]
    if len({text_of(table.name) for table in shared}) != 1 or not is_near(repository, shared[0].name, [one]):
        return []
    return shared if _is_the_only_one(repository, one) else []


def _is_the_only_one(repository: Repository, one: Used) -> bool:
    """Tell whether the project's configurations all use one table: one that is made cannot stand for several."""
    project = one.configuration.project
    found = all_used((c for c in repository.configurations if c.project == project), LOCK_TABLE)
    return len({text_of(other.name) for other in found}) == 1


def _made_elsewhere(repository: Repository, one: Used) -> bool:
    """Tell whether any table of the repository, whatever it is for, may be the one that is used."""
    tables = (definition for definition in repository.definitions if definition.kind == "table")
    return any(compare(table.name, one.name) is not False for table in tables)


def unused(repository: Repository) -> Iterator[Definition]:
    """Yield the lock tables that no configuration uses, where all configurations are known and no other rule speaks."""
    told = {found.mention.span for found in disagreements(repository, LOCK_TABLE)}
    told |= {definition.span for found in undefined(repository) for definition in found.definitions}
    tables = lock_tables(repository)
    free = [
        known(one.name) and not any(may_use(c, LOCK_TABLE, name) for c in repository.configurations)
        for one, name in ((one, as_given(repository, one.name, one.root)) for one in tables)
    ]
    served = {one.header for one, unused in zip(tables, free, strict=True) if not unused and one.source == "command"}
    for table, is_free in zip(tables, free, strict=True):
        if is_free and table.span not in told and table.header not in served:
            yield table


def rivals(repository: Repository, table: Definition) -> list[Used]:
    """Return the near tables that configurations of the same project and environment use instead."""
    found = all_used(repository.configurations, LOCK_TABLE)
    mine = [one for one in found if _same_place(table, one)]
    return [one for one in mine if is_near(repository, table.name, [one])]


def _same_place(table: Definition, one: Used) -> bool:
    return (table.project, table.environment) == (one.configuration.project, one.configuration.environment)
