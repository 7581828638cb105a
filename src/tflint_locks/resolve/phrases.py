"""How things of the repository are called in messages."""

from tflint_locks.resolve.model import Configuration
from tflint_locks.value import Result, shown

_MOST = 4


def root_of(configuration: Configuration) -> str:
    """Return a root module for a sentence, quoted where it has a path."""
    return f"`{configuration.root}`" if configuration.root else "the root module"


def quoted(value: Result) -> str:
    """Return a scalar as written, in backticks."""
    return f"`{shown(value)}`" if isinstance(value, tuple) else "`…`"


def environments_of(configuration: Configuration) -> tuple[str, ...]:
    """Return the environments a finding about one configuration belongs to."""
    return (configuration.environment,) if configuration.environment else ()


def listed(words: list[str], last: str = "and") -> str:
    """Return ``a, b and c``; of more than four the first three, and how many there are besides."""
    if len(words) > _MOST:
        words = [*words[: _MOST - 1], f"{len(words) - _MOST + 1} more"]
    return f" {last} ".join(part for part in (", ".join(words[:-1]), words[-1] if words else "") if part)
