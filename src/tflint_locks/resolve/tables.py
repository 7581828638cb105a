"""Which lock tables the repository creates for a configuration, and which of them nothing uses."""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from tflint_locks.record import NamedTuple
from tflint_locks.resolve.by_default import as_given
from tflint_locks.resolve.by_name import ByName, Names, by_name, may_be, names_of, near_to
from tflint_locks.resolve.definitions import is_lock_table
from tflint_locks.resolve.disagreements import disagreements, is_near, made_by_name
from tflint_locks.resolve.model import Definition, Repository
from tflint_locks.resolve.roles import LOCK_TABLE
from tflint_locks.resolve.used import Used, all_used, may_be_used
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
def lock_tables_by_name(repository: Repository) -> ByName[Definition]:
    """Return the lock tables, to be looked up by name."""
    return by_name((table.name, table) for table in lock_tables(repository))


@lru_cache(maxsize=1)
def undefined(repository: Repository) -> tuple[Undefined, ...]:
    """Return the tables that are used where the repository creates another one for the same environment."""
    return tuple(_undefined(repository))


def _undefined(repository: Repository) -> Iterator[Undefined]:
    tables = _Tables(repository)
    blamed = {found.mention.span for found in disagreements(repository, LOCK_TABLE)}
    for one in all_used(repository.configurations, LOCK_TABLE):
        if one.configuration.basis == "terragrunt":
            continue  # Terragrunt makes the table that it is told to lock with
        if next(may_be(made_by_name(repository, "table"), one.name), None) is not None:
            continue  # whatever that table is for, it may be the one that is used
        paired = tables.paired(one)
        if not paired or text_of(one.account) is not None or any(definition.span in blamed for definition in paired):
            continue
        others = all(known(d.name) and _cannot_be(repository, d, one) for d in paired)
        if others:
            near = [table for table in paired if is_near(repository, table.name, [one])]
            yield Undefined(one, tuple(paired), not all(table.conditional for table in near))


def _cannot_be(repository: Repository, definition: Definition, one: Used) -> bool:
    return compare(as_given(repository, definition.name, definition.root), one.name) is False


class _Tables:
    """The lock tables of a repository by project and environment, and the names that each project uses."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._made: dict[tuple[str | None, str | None], list[Definition]] = defaultdict(list)
        self._names: dict[tuple[str | None, str | None], Names] = {}
        self._used: dict[str, set[str | None]] = defaultdict(set)
        for table in lock_tables(repository):
            self._made[table.project, table.environment].append(table)
        for one in all_used(repository.configurations, LOCK_TABLE):
            self._used[one.configuration.project].add(text_of(one.name))

    def paired(self, one: Used) -> list[Definition]:
        """Return the definitions of a configuration's project and environment.

        One at least must be near: who sets up accounts makes tables for others too. One without environment belongs to
        it only when it is the only one, and its configurations use but one table: it cannot stand for several.
        """
        configuration = one.configuration
        own = self._made.get((configuration.project, configuration.environment), [])
        if own and configuration.environment is not None:
            return own if self._is_near_one(one, configuration.environment) else []
        shared = self._made.get((configuration.project, None), [])
        if len({text_of(table.name) for table in shared}) != 1 or not self._is_near_one(one, None):
            return []
        return shared if len(self._used[configuration.project]) == 1 else []

    def _is_near_one(self, one: Used, environment: str | None) -> bool:
        place, text = (one.configuration.project, environment), text_of(one.name)
        if place not in self._names:
            texts = (made for table in self._made[place] if (made := text_of(table.name)) is not None)
            self._names[place] = names_of(texts, self._repository.environments)
        return text is not None and bool(near_to(self._names[place], text))


def unused(repository: Repository) -> Iterator[Definition]:
    """Yield the lock tables that no configuration uses, where all configurations are known and no other rule speaks."""
    told = {found.mention.span for found in disagreements(repository, LOCK_TABLE)}
    told |= {definition.span for found in undefined(repository) for definition in found.definitions}
    tables = lock_tables(repository)
    free = [
        known(one.name) and not may_be_used(repository, LOCK_TABLE, name)
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
