"""Backends in another region than the settings say of their environment, or in another environment's account."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.edits import written
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.stated import backend_account
from tflint_locks.settings import EnvironmentSettings
from tflint_locks.source import Span
from tflint_locks.value import compare, literal, shown, span_of


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each account or region of a backend that the settings contradict."""
    decided = {one.name: one for one in repository.settings.environments if one.account or one.region}
    known = [(one, decided[one.environment or ""]) for one in repository.configurations if one.environment in decided]
    judged = [pair for pair in known if pair[0].type == "s3"]
    accounts = {one.account for configuration, _ in judged if (one := backend_account(configuration))}
    others = {one.account: one.name for one in decided.values() if one.account}
    for configuration, environment in judged:
        found = [*_region(configuration, environment)]
        if len(accounts) > 1:  # one account may keep the states of all
            found += _account(configuration, environment, others)
        for match in found:
            whole = f"`{written(repository.tree, match.at)}`" == match.words["value"]
            yield match if whole else match._replace(replacement=None)


def _region(configuration: Configuration, environment: EnvironmentSettings) -> Iterator[Match]:
    value = configuration.value("region")
    if value and environment.region and compare(value, literal(environment.region)) is False:
        span = span_of(value) or configuration.settings["region"].span
        yield _match(span, "region", shown(value), environment.region, environment.name)


def _account(configuration: Configuration, environment: EnvironmentSettings, others: dict[str, str]) -> Iterator[Match]:
    """Yield where a backend states the account of another environment; one of none may keep the states of all."""
    stated = backend_account(configuration)
    if stated and environment.account and others.get(stated.account, environment.name) != environment.name:
        yield _match(stated.span, "account", stated.account, environment.account, environment.name)


def _match(span: Span, what: str, value: str, expected: str, environment: str) -> Match:
    words = {"what": what, "value": f"`{value}`", "expected": f"`{expected}`", "environment": environment}
    return Match(span, words, environments=(environment,), replacement=expected)
