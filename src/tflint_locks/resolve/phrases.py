"""How things of the repository are called in messages."""

from tflint_locks.resolve.model import Configuration
from tflint_locks.value import Result, shown


def root_of(configuration: Configuration) -> str:
    """Return a root module for a sentence, quoted where it has a path."""
    return f"`{configuration.root}`" if configuration.root else "the root module"


def quoted(value: Result) -> str:
    """Return a scalar as written, in backticks."""
    return f"`{shown(value)}`" if isinstance(value, tuple) else "`…`"


def environments_of(configuration: Configuration) -> tuple[str, ...]:
    """Return the environments a finding about one configuration belongs to."""
    return (configuration.environment,) if configuration.environment else ()


def listed(words: list[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1] if words else "") if part)
