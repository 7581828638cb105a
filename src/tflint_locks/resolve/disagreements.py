"""Places that name another lock table or state bucket than the configurations they are paired with.

A place is yielded only when every configuration's value is known for certain and it can equal none of them.
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from tflint_locks.arn import parse_arn
from tflint_locks.facts import ScriptFile
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.by_default import as_given
from tflint_locks.resolve.by_name import ByName, by_name, may_be
from tflint_locks.resolve.grants import may_write, reads_only, statements_at
from tflint_locks.resolve.mentions import bare_name
from tflint_locks.resolve.model import Configuration, Definition, Mention, Pair, Repository
from tflint_locks.resolve.remote import only_read_remotely
from tflint_locks.resolve.roles import (
    LOCK_TABLE,
    names_lock_table,
    names_state_bucket,
    names_terraform_locks,
    qualifiers,
    says_terraform,
)
from tflint_locks.resolve.twin_scripts import strayed
from tflint_locks.resolve.used import Used, distinct, used
from tflint_locks.resolve.words import near, words
from tflint_locks.source import Source, Span
from tflint_locks.value import Value, compare, known_text, matches, text_of

KINDS = {LOCK_TABLE: "table"}
# Words of names that stand in for a real one on somebody's machine or in a test.
_STAND_INS = frozenset(
    "local localstack localhost mock mocked fake dummy example sample test tests testing tmp".split()
)
# Words of a variable that holds the name of before, for a migration.
_PAST = frozenset("old previous former legacy deprecated prior original retired".split())
_SEPARATORS = "-_./"


class Disagreement(NamedTuple):
    """A mention, the pair it stands in, and what the paired configurations use; ``created`` where it makes the thing.

    ``granted`` where a policy grants it for writing; ``akin`` where its name is near or another environment's; ``idle``
    where it is the default of a module that nothing in the repository runs.
    """

    mention: Mention
    pair: Pair
    expected: tuple[Used, ...]
    created: Definition | None
    granted: bool = False
    akin: bool = False
    idle: bool = False


class _Names(NamedTuple):
    """What the configurations of a repository use in one role, by the name's text, and what is made, by its place.

    A name with holes has no text.
    """

    used: Mapping[Configuration, Used | None]
    users: Mapping[str | None, list[Used]]
    made: Mapping[Span, Definition]


@lru_cache(maxsize=2)
def disagreements(repository: Repository, role: str) -> tuple[Disagreement, ...]:
    """Return the mentions of one role that certainly disagree; several rules ask."""
    names = _names(repository, role)
    mine = (pair for pair in repository.pairs if pair.mention.role == role)
    every = (_disagreement(repository, pair, names) for pair in mine)
    certain = [found for found in every if found and not _innocent(repository, found, names)]
    return (*certain, *_of_twins(repository, role, {found.mention.span for found in certain}))


def _of_twins(repository: Repository, role: str, blamed: set[Span]) -> Iterator[Disagreement]:
    """Yield what a script makes under another name than its twin for another system, whose name is used."""
    for made, twin, users in strayed(repository, role, _kind(role)):
        mention = next((one for one in repository.mentions if one.span == made.span and one.role == role), None)
        if mention is not None and made.span not in blamed:
            evidence = f"{made.span.path} and {twin.span.path} are one script for two systems"
            pair = Pair(mention, tuple(user.configuration for user in users), evidence)
            yield Disagreement(mention, pair, tuple(distinct(users)), made)


def _names(repository: Repository, role: str) -> _Names:
    found = {configuration: used(configuration, role) for configuration in repository.configurations}
    users: dict[str | None, list[Used]] = defaultdict(list)
    for one in found.values():
        if one is not None:
            users[text_of(one.name)].append(one)
    made = {one.span: one for one in reversed(repository.definitions) if one.kind == _kind(role)}
    return _Names(found, users, made)


def _disagreement(repository: Repository, pair: Pair, names: _Names) -> Disagreement | None:
    mention = pair.mention
    expected = [names.used[configuration] for configuration in pair.configurations]
    known = [one for one in expected if one is not None]
    named = as_given(repository, mention.value, mention.root)
    if len(known) < len(expected) or any(compare(named, one.name) is not False for one in known):
        return None
    created, granted = names.made.get(mention.span), _is_granted(repository, mention)
    found = Disagreement(mention, pair, tuple(distinct(known)), created, granted)
    akin = is_near(repository, mention.value, found.expected) or _is_a_siblings(found, names)
    return found._replace(akin=akin, idle=_is_idle(repository, mention))


def _is_idle(repository: Repository, mention: Mention) -> bool:
    """Tell whether a place is the default of a variable below a root without backend and provider, called by none."""
    root = repository.modules.get(mention.root) if mention.root is not None else None
    if root is None or root.backend or root.remote or root.providers:
        return False
    module = repository.modules.get(posixpath.dirname(mention.span.path))
    return module is not None and any(
        declared.path == mention.span.path and declared.block.start <= mention.span.start < declared.block.end
        for declared in module.variables.values()
    )


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


def _innocent(repository: Repository, found: Disagreement, names: _Names) -> bool:
    mention = found.mention
    return (
        any(user.configuration.project != mention.project for user in _users(names, mention))
        or (found.created is not None and not _replaces(repository, found))
        or (found.created is None and not _says_enough(repository, found))
        or _may_be_a_part(repository, found)
        or _is_corrected_beside(repository, found)
        or reads_only(repository, mention.span, mention.role)
        or (mention.source == "variable" and only_read_remotely(repository, mention))
        or _shares_a_policy(repository, found)
        or _is_a_neighbours(repository, found, names)
    )


def _users(names: _Names, mention: Mention) -> list[Used]:
    """Return what certainly is the name that a mention has."""
    text = text_of(mention.value)
    found = names.users.get(text, [])
    return found if text is not None else [one for one in found if compare(one.name, mention.value) is True]


# ---------------------------------------------------------------- what creates a table or bucket


def _replaces(repository: Repository, found: Disagreement) -> bool:
    """Tell whether what is made is certainly meant for these configurations: of their environment, near, alone."""
    mention = found.mention
    if any(configuration.environment != mention.environment for configuration in found.pair.configurations):
        return False
    if not is_near(repository, mention.value, found.expected):
        return False
    made = made_by_name(repository, _kind(mention.role))
    return not any(
        definition.environment in {None, mention.environment}
        for one in found.expected
        for definition in may_be(made, one.name)
    )


@lru_cache(maxsize=2)
def made_by_name(repository: Repository, kind: str) -> ByName[Definition]:
    """Return the tables or buckets that are made, to be looked up by name."""
    return by_name((one.name, one) for one in repository.definitions if one.kind == kind)


def is_near(repository: Repository, value: Value, expected: Iterable[Used]) -> bool:
    """Tell whether a name is near one of those used."""
    text = text_of(value)
    names = (text_of(one.name) for one in expected)
    return text is not None and any(name is not None and near(text, name, repository.environments) for name in names)


# ---------------------------------------------------------------- what names one


def _says_enough(repository: Repository, found: Disagreement) -> bool:
    """Tell whether a place that creates nothing certainly means these configurations' table or bucket."""
    mention = found.mention
    if mention.source != "policy" and _PAST & set(words(mention.evidence)):
        return False
    if mention.source == "input":
        return is_near(repository, mention.value, found.expected)
    if found.akin:
        return True
    if set(words(known_text(mention.value))) & _STAND_INS:
        return False
    if mention.source == "variable":
        in_script = isinstance(repository.facts.get(mention.span.path), ScriptFile)
        return _is_terraforms(mention) and not in_script and not qualifiers(mention.evidence, repository.environments)
    return _is_asked_in_ci(repository, found) or (mention.source == "policy" and _named_for(mention))


def _is_asked_in_ci(repository: Repository, found: Disagreement) -> bool:
    """Tell whether CI asks for Terraform's table or bucket where it runs Terraform too, and nothing makes that one."""
    mention = found.mention
    file = repository.facts.get(mention.span.path)
    says = names_terraform_locks if mention.role == LOCK_TABLE else names_state_bucket
    if mention.source != "command" or not isinstance(file, ScriptFile) or file.kind != "ci":
        return False
    if not says(known_text(mention.value)):
        return False
    made = may_be(made_by_name(repository, _kind(mention.role)), mention.value)
    return any(command.tool != "aws" for command in file.commands) and next(made, None) is None


def _is_terraforms(mention: Mention) -> bool:
    """Tell whether a name or its value says Terraform, or is an ARN handed to a module: others keep locks too."""
    handed = "." not in mention.evidence
    return handed or says_terraform(mention.evidence) or says_terraform(known_text(mention.value))


def _may_be_a_part(repository: Repository, found: Disagreement) -> bool:
    """Tell whether a variable may hold a name's first or last words: ``${LOCK_TABLE}-staging``; an ARN is whole."""
    mention = found.mention
    text = text_of(mention.value)
    if mention.source != "variable" or text is None or found.granted or _stands_in_an_arn(repository, mention.span):
        return False
    names = (text_of(one.name) or "" for one in found.expected)
    return any(_begins_with(name, text) or _begins_with(name[::-1], text[::-1]) for name in names)


def _begins_with(name: str, text: str) -> bool:
    """Tell whether a name begins with a text, which ends where a word does."""
    return name.startswith(text) and bool({text[-1:], name[len(text) : len(text) + 1]} & set(_SEPARATORS))


def _stands_in_an_arn(repository: Repository, span: Span) -> bool:
    source = repository.tree.text(span.path)
    return isinstance(source, Source) and source.text[max(span.start - 1, 0) : span.start] in (":", "/")


def _is_corrected_beside(repository: Repository, found: Disagreement) -> bool:
    """Tell whether a script names the right one too: it moves from one to the other, or looks for both."""
    mention = found.mention
    file = repository.facts.get(mention.span.path)
    if not isinstance(file, ScriptFile):
        return False
    return any(
        file.kind != "settings" or other.environment == mention.environment
        for one in found.expected
        for other in may_be(_named_in(repository, mention.role)[mention.span.path], one.name)
    )


@lru_cache(maxsize=2)
def _named_in(repository: Repository, role: str) -> Mapping[str, ByName[Mention]]:
    """Return the mentions of each file, to be looked up by name."""
    found: dict[str, list[Mention]] = defaultdict(list)
    for mention in repository.mentions:
        if mention.role == role:
            found[mention.span.path].append(mention)
    return {path: by_name((one.value, one) for one in mentions) for path, mentions in found.items()}


def _named_for(mention: Mention) -> bool:
    names = names_lock_table if mention.role == LOCK_TABLE else names_state_bucket
    return names(known_text(mention.value))


def _is_a_siblings(found: Disagreement, names: _Names) -> bool:
    """Tell whether the name is that of another environment of the project."""
    return bool(_siblings(found, names))


def _siblings(found: Disagreement, names: _Names) -> list[Configuration]:
    """Return the other configurations of the project that use the name."""
    mine = found.pair.configurations
    users = (one.configuration for one in _users(names, found.mention))
    return [user for user in users if user.project == found.mention.project and user not in mine]


def _shares_a_policy(repository: Repository, found: Disagreement) -> bool:
    """Tell whether the policy that grants the place also grants what the configurations use, or may."""
    role = found.mention.role
    policies = {(one.role, one.span.path) for one in statements_at(repository, found.mention.span)}
    granted = _granted(repository, role)
    found_in = [granted[policy] for policy in policies if policy in granted]
    return any(_covers(names, one.name) for names in found_in for one in found.expected)


class _Granted(NamedTuple):
    """The names that one policy grants to be written: plain texts, and those with holes or wildcards."""

    plain: Mapping[str, Value]
    globs: tuple[Value, ...]


@lru_cache(maxsize=2)
def _granted(repository: Repository, role: str) -> Mapping[tuple[str, str], _Granted]:
    """Return the tables or buckets that may be written, by role and file of the statements that grant them."""
    found: dict[tuple[str, str], list[Value]] = defaultdict(list)
    for statement in repository.statements:
        if may_write(statement, role):
            names = (_name_granted(role, resource) for resource in statement.resources or ())
            found[statement.role, statement.span.path].extend(name for name in names if name is not None)
    return {policy: _sorted_out(names) for policy, names in found.items()}


def _name_granted(role: str, resource: Value) -> Value | None:
    if text_of(resource) == "*":
        return resource
    return bare_name(role, resource)[0] if parse_arn(resource) is not None else None


def _sorted_out(names: list[Value]) -> _Granted:
    plain = {text: name for name in names if (text := text_of(name)) is not None and not set("*?") & set(text)}
    return _Granted(plain, tuple(dict.fromkeys(name for name in names if text_of(name) not in plain)))


def _covers(granted: _Granted, name: Value) -> bool:
    """Tell whether what a policy grants is, or may be, a name that configurations use."""
    text = text_of(name)
    patterns = granted.globs if text is not None else (*granted.globs, *granted.plain.values())
    return text in granted.plain or any(matches(pattern, name) is not False for pattern in patterns)


def _is_a_neighbours(repository: Repository, found: Disagreement, names: _Names) -> bool:
    """Tell whether the ARN carries another environment's account, not this one's: a grant on purpose (GUARDS)."""
    account = text_of(found.mention.account)
    if account is None:
        return False
    using = {configuration.environment for configuration in _siblings(found, names)}
    theirs = {a for environment in using for a in accounts(repository, found.mention, environment)}
    mine = accounts(repository, found.mention, found.mention.environment)
    return account in theirs and bool(mine) and account not in mine


def accounts(repository: Repository, mention: Mention, environment: str | None) -> set[str]:
    """Return the accounts an environment is known to have: from the settings, and from its other ARNs of this kind."""
    stated = {s.account for s in repository.settings.environments if s.name == environment and s.account}
    named = _accounts_named(repository).get((environment, mention.project), {})
    return stated or {
        account for account, spans in named.items() if any(not _overlap(span, mention.span) for span in spans)
    }


@lru_cache(maxsize=1)
def _accounts_named(repository: Repository) -> Mapping[tuple[str | None, str | None], Mapping[str, list[Span]]]:
    """Return the accounts in the ARNs of each environment and project, with where those are written."""
    found: dict[tuple[str | None, str | None], dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for mention in repository.mentions:
        if (account := text_of(mention.account)) is not None:
            found[mention.environment, mention.project][account].append(mention.span)
    return found


def _overlap(left: Span, right: Span) -> bool:
    return left.path == right.path and left.start < right.end and right.start < left.end
