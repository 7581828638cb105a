"""Backends that do not ask for encryption."""

from collections.abc import Iterator

from tflint_locks.finding import Match
from tflint_locks.resolve.endpoints import store
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import environments_of
from tflint_locks.value import text_of

_FALSE = ("false", "0")


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each known backend in AWS that leaves `encrypt` out or sets it to false."""
    for configuration in repository.configurations:
        if configuration.type != "s3" or not configuration.closed or store(configuration) != "aws":
            continue
        if configuration.value("bucket") is None or configuration.value("key") is None:
            continue
        setting = configuration.settings.get("encrypt")
        if setting is None or setting.value is None or text_of(setting.value) in _FALSE:
            yield Match(
                configuration.place("encrypt"),
                {},
                environments=environments_of(configuration),
                notes=configuration.notes,
            )
