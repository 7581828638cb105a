"""Backends in another account or region than the settings say of their environment."""

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
    for configuration in repository.configurations:
        environment = decided.get(configuration.environment or "")
        if environment and configuration.type == "s3":
            for match in (*_region(configuration, environment), *_account(configuration, environment)):
                whole = f"`{written(repository.tree, match.at)}`" == match.words["value"]
                yield match if whole else match._replace(replacement=None)


def _region(configuration: Configuration, environment: EnvironmentSettings) -> Iterator[Match]:
    value = configuration.value("region")
    if value and environment.region and compare(value, literal(environment.region)) is False:
        span = span_of(value) or configuration.settings["region"].span
        yield _match(span, "region", shown(value), environment.region, environment.name)


def _account(configuration: Configuration, environment: EnvironmentSettings) -> Iterator[Match]:
    stated = backend_account(configuration)
    if stated and environment.account and stated.account != environment.account:
        yield _match(stated.span, "account", stated.account, environment.account, environment.name)


def _match(span: Span, what: str, value: str, expected: str, environment: str) -> Match:
    words = {"what": what, "value": f"`{value}`", "expected": f"`{expected}`", "environment": environment}
    return Match(span, words, environments=(environment,), replacement=expected)
