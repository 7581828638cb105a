"""Naming templates from the settings: ``<project>-terraform-locks-<env>`` as a value with holes, compared as a glob.

No text of people becomes a regular expression: what a template leaves open is a hole, what it names is known or has
the few texts it may be.
"""

from collections.abc import Iterable, Iterator

from tflint_locks.record import NamedTuple
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.roles import LOCK_TABLE, STATE_BUCKET
from tflint_locks.resolve.stated import backend_account
from tflint_locks.resolve.used import all_used
from tflint_locks.resolve.words import aliases, fold, words
from tflint_locks.settings import conventions_of
from tflint_locks.value import Hole, Literal, Piece, Value, compare, text_of


class Broken(NamedTuple):
    """A value that breaks the conventions for its subject; ``wanted`` is the first as far as it can be filled in."""

    configuration: Configuration
    subject: str
    value: Value
    templates: tuple[str, ...]
    wanted: Value


def broken(repository: Repository) -> Iterator[Broken]:
    """Yield the names that certainly break a convention of the settings."""
    if not repository.settings.conventions:
        return
    for configuration in repository.configurations:
        for subject, templates in conventions_of(repository.settings, configuration.environment).items():
            value = _value(configuration, subject)
            wanted = [filled(template, repository, configuration) for template in templates] if value else []
            if value and all(compare(value, one) is False for one in wanted):
                yield Broken(configuration, subject, value, templates, wanted[0])


def _value(configuration: Configuration, subject: str) -> Value | None:
    if configuration.type != "s3" or not configuration.closed:
        return None
    if subject == "state_key":
        return configuration.value("key")
    role = STATE_BUCKET if subject == "state_bucket" else LOCK_TABLE
    return next((one.name for one in all_used([configuration], role)), None)


def filled(template: str, repository: Repository, configuration: Configuration) -> Value:
    """Return a template as a value: known where the configuration says what stands there, holes elsewhere."""
    pieces: list[Piece] = []
    rest = template
    while rest:
        at = min((index for index in (rest.find("<"), rest.find("*")) if index >= 0), default=len(rest))
        if at:
            pieces.append(Literal(rest[:at]))
        rest = rest[at:]
        word, rest = (rest[:1], rest[1:]) if rest[:1] == "*" else _word(rest)
        if word:
            pieces.append(_piece(word, len(pieces), repository, configuration))
    return tuple(pieces)


def _word(rest: str) -> tuple[str, str]:
    head, found, tail = rest.partition(">")
    return (head[1:], tail) if found else ("", "")


def _piece(word: str, index: int, repository: Repository, configuration: Configuration) -> Piece:
    """Return what a word of the template stands for; ``*`` and what is not known are holes of their own."""
    texts: Iterable[str] = ()
    if word == "project":
        name = repository.settings.project
        texts = (name,) if name else project_names(repository, configuration)
    elif word == "env":
        texts = _environment_texts(repository, configuration)
    elif word == "region":
        texts = _region_texts(repository, configuration)
    elif word == "account":
        texts = _account_texts(repository, configuration)
    found = tuple(dict.fromkeys(texts))
    if len(found) == 1:
        return Literal(found[0])
    return Hole(word if word != "*" else f"*{index}", domain=found)


def _environment_texts(repository: Repository, configuration: Configuration) -> tuple[str, ...]:
    """Return the environment's name and its aliases; the settings' own aliases count too."""
    environment = configuration.environment
    if environment is None:
        return ()
    stated = [s.aliases for s in repository.settings.environments if s.name == environment]
    return (environment, *(alias for names in stated for alias in names), *aliases(fold(environment)))


def _region_texts(repository: Repository, configuration: Configuration) -> tuple[str, ...]:
    stated = [s.region for s in repository.settings.environments if s.name == configuration.environment and s.region]
    own = text_of(configuration.value("region"))
    return tuple(stated) or ((own,) if own else ())


def _account_texts(repository: Repository, configuration: Configuration) -> tuple[str, ...]:
    stated = [s.account for s in repository.settings.environments if s.name == configuration.environment and s.account]
    own = backend_account(configuration)
    return tuple(stated) or ((own.account,) if own else ())


def project_names(repository: Repository, configuration: Configuration) -> tuple[str, ...]:
    """Return what the project may be called: the word prefixes that its lock tables and buckets have in common.

    Two distinct names at least; never the folder's or repository's name. The longest is not always what is meant: all
    names may go on with ``-terraform``.
    """
    mine = [one for one in repository.configurations if one.project == configuration.project]
    names = {text for role in (LOCK_TABLE, STATE_BUCKET) for one in all_used(mine, role) if (text := text_of(one.name))}
    if len(names) < 2:  # noqa: PLR2004 (one name has no prefix in common with another)
        return ()
    shared: list[str] = []
    for column in zip(*(words(name) for name in sorted(names)), strict=False):
        if len(set(column)) > 1:
            break
        shared.append(column[0])
    return tuple(_prefixes(min(names), shared))


def _prefixes(name: str, shared: list[str]) -> Iterator[str]:
    """Yield the beginnings of a name that end with one of the shared words, separators kept, the longest first."""
    ends = [0]
    for word in shared:
        at = name.lower().find(word, ends[-1])
        if at < 0:
            break
        ends.append(at + len(word))
    return (name[:end] for end in reversed(ends[1:]))
