"""Access keys written into a backend."""

from collections.abc import Iterator, Mapping

from tflint_locks.finding import Match, Related, Severity
from tflint_locks.resolve.backends import MASK
from tflint_locks.resolve.endpoints import store
from tflint_locks.resolve.model import Configuration, Repository, Setting
from tflint_locks.resolve.phrases import environments_of
from tflint_locks.value import text_of

_PAIR = ("access_key", "secret_key")


def check(repository: Repository) -> Iterator[Match]:
    """Yield each secret key once; an access key without one as a note."""
    seen = set()
    for configuration in repository.configurations:
        if configuration.type != "s3" or store(configuration) == "local":
            continue
        for settings in (configuration.settings, *_by_file(configuration)):
            access, secret = (_written(settings, name) for name in _PAIR)
            stated = secret if access and secret else access if "secret_key" not in configuration.settings else None
            if access and stated and stated.span not in seen:
                seen.add(stated.span)
                yield _match(configuration, access, secret)


def _by_file(configuration: Configuration) -> Iterator[Mapping[str, Setting]]:
    """Yield what each file states: keys that a later one overrides are written there all the same."""
    for path in dict.fromkeys(setting.span.path for setting in configuration.layers):
        yield {setting.name: setting for setting in configuration.layers if setting.span.path == path}


def _written(settings: Mapping[str, Setting], name: str) -> Setting | None:
    """Return a setting whose value is a literal that may be real."""
    found = settings.get(name)
    return found if found and text_of(found.value) == MASK and not found.origin.startswith("environment") else None


def _match(configuration: Configuration, access: Setting, secret: Setting | None) -> Match:
    found = environments_of(configuration)
    if secret is None:
        return Match(access.span, {}, message="alone", environments=found, severity=Severity.NOTE)
    return Match(
        secret.span, {"other": access.span.path}, (Related(access.span, "with this access key"),), environments=found
    )
