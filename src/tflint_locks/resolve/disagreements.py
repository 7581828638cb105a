"""Places that name another lock table or state bucket than the configurations they are paired with.

A place is yielded only when every configuration's value is known for certain and it can equal none of them.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tflint_locks.arn import parse_arn
from tflint_locks.facts import ScriptFile
from tflint_locks.resolve.grants import may_write, reads_only, statements_at, written
from tflint_locks.resolve.mentions import bare_name
from tflint_locks.resolve.model import Configuration, Definition, Mention, Pair, Repository
from tflint_locks.resolve.roles import LOCK_TABLE, names_lock_table, names_state_bucket, qualifiers
from tflint_locks.resolve.used import Used, distinct, used
from tflint_locks.resolve.words import near, words
from tflint_locks.source import Source, Span
from tflint_locks.value import Value, compare, matches, text_of

KINDS = {LOCK_TABLE: "table"}
# Words of names that stand in for a real one on somebody's machine or in a test.
_STAND_INS = frozenset(
    "local localstack localhost mock mocked fake dummy example sample test tests testing tmp".split()
)


class Disagreement(NamedTuple):
    """A mention, the pair it stands in, and what the paired configurations use; ``created`` where it makes the thing.

    ``granted`` where a policy grants it for writing; ``akin`` where its name is near or another environment's.
    """

    mention: Mention
    pair: Pair
    expected: tuple[Used, ...]
    created: Definition | None
    granted: bool = False
    akin: bool = False


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
    created = next(
        (d for d in repository.definitions if d.span == mention.span and d.kind == _kind(mention.role)), None
    )
    found = Disagreement(mention, pair, tuple(distinct(known)), created, _is_granted(repository, mention))
    return found._replace(akin=is_near(repository, mention.value, found.expected) or _is_a_siblings(repository, found))


def _is_granted(repository: Repository, mention: Mention) -> bool:
    """Tell whether a policy grants a writer what is named, the whole name and not a part of it."""
    granting = (one for one in statements_at(repository, mention.span) if may_write(one, mention.role))
    return any(
        name is not None and compare(name, mention.value) is True
        for statement in granting
        for resource in statement.resources or ()
        for name in [bare_name(mention.role, resource)[0]]
    )


def _kind(role: str) -> str:
    return KINDS.get(role, "bucket")


def _innocent(repository: Repository, found: Disagreement) -> bool:
    mention = found.mention
    return (
        _is_of_another_project(repository, mention)
        or (found.created is not None and not _replaces(repository, found))
        or (found.created is None and not _says_enough(repository, found))
        or _may_be_a_part(repository, found)
        or _is_corrected_beside(repository, found)
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
    """Tell whether what is made is certainly meant for these configurations: of their environment, near, alone."""
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
    """Tell whether a name is near one of those used."""
    text = text_of(value)
    names = (text_of(one.name) for one in expected)
    return text is not None and any(name is not None and near(text, name, repository.environments) for name in names)


# ---------------------------------------------------------------- what names one


def _says_enough(repository: Repository, found: Disagreement) -> bool:
    """Tell whether a place that creates nothing certainly means these configurations' table or bucket."""
    mention = found.mention
    if found.akin:
        return True
    if set(words(written(mention.value))) & _STAND_INS:
        return False
    if mention.source == "variable":
        in_script = isinstance(repository.facts.get(mention.span.path), ScriptFile)
        return not in_script and not qualifiers(mention.evidence, repository.environments)
    return mention.source == "policy" and _named_for(mention)


def _may_be_a_part(repository: Repository, found: Disagreement) -> bool:
    """Tell whether a variable may hold the beginning or end of the name: ``${LOCK_TABLE}-staging``; an ARN is whole."""
    mention = found.mention
    text = text_of(mention.value)
    if mention.source != "variable" or text is None or found.granted or _stands_in_an_arn(repository, mention.span):
        return False
    names = (text_of(one.name) or "" for one in found.expected)
    return any(name.startswith(text) or name.endswith(text) for name in names)


def _stands_in_an_arn(repository: Repository, span: Span) -> bool:
    source = repository.tree.text(span.path)
    return isinstance(source, Source) and source.text[max(span.start - 1, 0) : span.start] in (":", "/")


def _is_corrected_beside(repository: Repository, found: Disagreement) -> bool:
    """Tell whether a script names the right one too: it moves from one to the other, or looks for both."""
    mention = found.mention
    if not isinstance(repository.facts.get(mention.span.path), ScriptFile):
        return False
    return any(
        other.role == mention.role
        and other.span.path == mention.span.path
        and any(compare(other.value, one.name) is not False for one in found.expected)
        for other in repository.mentions
    )


def _named_for(mention: Mention) -> bool:
    names = names_lock_table if mention.role == LOCK_TABLE else names_state_bucket
    return names(written(mention.value))


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
        if other.environment == environment
        and other.project == mention.project
        and not _overlap(other.span, mention.span)
        if (account := text_of(other.account)) is not None
    }


def _overlap(left: Span, right: Span) -> bool:
    return left.path == right.path and left.start < right.end and right.start < left.end
