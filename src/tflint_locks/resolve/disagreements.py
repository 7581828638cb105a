"""Places that name another lock table or state bucket than the configurations they are paired with.

A place is named here only when every configuration's value is known for certain and it can equal none of them (DESIGN §5).
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tflint_locks.arn import parse_arn
from tflint_locks.resolve.grants import may_write, reads_only, statements_at, written
from tflint_locks.resolve.mentions import bare_name
from tflint_locks.resolve.model import Configuration, Definition, Mention, Pair, Repository
from tflint_locks.resolve.roles import LOCK_TABLE, names_lock_table, names_state_bucket, qualifiers
from tflint_locks.resolve.used import Used, distinct, used
from tflint_locks.resolve.words import near
from tflint_locks.source import Span
from tflint_locks.value import Value, compare, matches, text_of

KINDS = {LOCK_TABLE: "table"}


class Disagreement(NamedTuple):
    """A mention, the pair it stands in, and what the paired configurations use; ``created`` where it makes the thing."""

    mention: Mention
    pair: Pair
    expected: tuple[Used, ...]
    created: Definition | None


def disagreements(repository: Repository, role: str) -> Iterator[Disagreement]:
    """Yield the mentions of one role that certainly disagree."""
    for pair in repository.pairs:
        if pair.mention.role != role:
            continue
        found = _disagreement(repository, pair)
        if found and not _innocent(repository, found):
            yield found


def _disagreement(repository: Repository, pair: Pair) -> Disagreement | None:
    mention = pair.mention
    expected = [used(configuration, mention.role) for configuration in pair.configurations]
    known = [one for one in expected if one is not None]
    if len(known) < len(expected) or any(compare(mention.value, one.name) is not False for one in known):
        return None
    created = next((d for d in repository.definitions if d.span == mention.span and d.kind == _kind(mention.role)), None)
    return Disagreement(mention, pair, tuple(distinct(known)), created)


def _kind(role: str) -> str:
    return KINDS.get(role, "bucket")


def _innocent(repository: Repository, found: Disagreement) -> bool:
    mention = found.mention
    return (
        _is_of_another_project(repository, mention)
        or (found.created is not None and not _replaces(repository, found))
        or (found.created is None and not _says_enough(repository, found))
        or reads_only(repository, mention.span, mention.role)
        or _shares_a_policy(repository, found)
        or _is_a_neighbours(repository, found)
    )


def _is_of_another_project(repository: Repository, mention: Mention) -> bool:
    others = (c for c in repository.configurations if c.project != mention.project)
    return any(_uses(configuration, mention) is True for configuration in others)


def _uses(configuration: Configuration, mention: Mention) -> bool | None:
    found = used(configuration, mention.role)
    return compare(found.name, mention.value) if found else None


# ---------------------------------------------------------------- what creates a table or bucket


def _replaces(repository: Repository, found: Disagreement) -> bool:
    """Tell whether a table or bucket is certainly made for these configurations: of their environment, near, the only one."""
    mention = found.mention
    if any(configuration.environment != mention.environment for configuration in found.pair.configurations):
        return False
    if not is_near(repository, mention.value, found.expected):
        return False
    return not any(_serves(definition, found) for definition in repository.definitions)


def _serves(definition: Definition, found: Disagreement) -> bool:
    """Tell whether another definition may be the one these configurations use."""
    if definition.kind != _kind(found.mention.role) or definition.environment not in (None, found.mention.environment):
        return False
    return any(compare(definition.name, one.name) is not False for one in found.expected)


def is_near(repository: Repository, value: Value, expected: Iterable[Used]) -> bool:
    """Tell whether a name is near one of those used (DESIGN §5)."""
    text = text_of(value)
    names = (text_of(one.name) for one in expected)
    return text is not None and any(name is not None and near(text, name, repository.environments) for name in names)


# ---------------------------------------------------------------- what names one


def _says_enough(repository: Repository, found: Disagreement) -> bool:
    """Tell whether a place that creates nothing certainly means these configurations' table or bucket."""
    mention = found.mention
    if is_near(repository, mention.value, found.expected) or _is_a_siblings(repository, found):
        return True
    if mention.source == "variable":
        extra = qualifiers(mention.evidence, repository.environments)
        return not extra and _named_for(mention)
    return _named_for(mention)


def _named_for(mention: Mention) -> bool:
    names = names_lock_table if mention.role == LOCK_TABLE else names_state_bucket
    return mention.source == "variable" or names(written(mention.value))


def _is_a_siblings(repository: Repository, found: Disagreement) -> bool:
    """Tell whether the name is that of another environment of the project."""
    return any(_uses(sibling, found.mention) is True for sibling in _siblings(repository, found))


def _siblings(repository: Repository, found: Disagreement) -> list[Configuration]:
    mine = found.pair.configurations
    return [c for c in repository.configurations if c.project == found.mention.project and c not in mine]


def _shares_a_policy(repository: Repository, found: Disagreement) -> bool:
    """Tell whether the policy that grants the place also grants what the configurations use, or may."""
    using = list(statements_at(repository, found.mention.span))
    return any(
        _covers(resource, found)
        for statement in repository.statements
        if any(statement.role == one.role and statement.span.path == one.span.path for one in using)
        and may_write(statement, found.mention.role)
        for resource in statement.resources or ()
    )


def _covers(resource: Value, found: Disagreement) -> bool:
    """Tell whether a granted resource is, or may be, what one of the configurations uses."""
    if text_of(resource) == "*":
        return True
    if parse_arn(resource) is None:
        return False
    name, _, _ = bare_name(found.mention.role, resource)
    return name is not None and any(matches(name, one.name) is not False for one in found.expected)


def _is_a_neighbours(repository: Repository, found: Disagreement) -> bool:
    """Tell whether the ARN carries another environment's account, not this one's: a grant on purpose (GUARDS)."""
    account = text_of(found.mention.account)
    if account is None:
        return False
    using = {c.environment for c in _siblings(repository, found) if _uses(c, found.mention) is True}
    theirs = {a for environment in using for a in accounts(repository, found.mention, environment)}
    mine = accounts(repository, found.mention, found.mention.environment)
    return account in theirs and bool(mine) and account not in mine


def accounts(repository: Repository, mention: Mention, environment: str | None) -> set[str]:
    """Return the accounts an environment is known to have: from the settings, and from its other ARNs of this kind."""
    stated = {s.account for s in repository.settings.environments if s.name == environment and s.account}
    return stated or {
        account
        for other in repository.mentions
        if other.environment == environment and other.project == mention.project and not _overlap(other.span, mention.span)
        if (account := text_of(other.account)) is not None
    }


def _overlap(left: Span, right: Span) -> bool:
    return left.path == right.path and left.start < right.end and right.start < left.end
