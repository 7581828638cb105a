"""How things of the repository are called in messages."""

from tflint_locks.resolve.model import Configuration
from tflint_locks.resolve.placeholders import PREFIX
from tflint_locks.value import Hole, Literal, Piece, Result, shown

_MOST = 4


def root_of(configuration: Configuration) -> str:
    """Return a root module for a sentence, quoted where it has a path."""
    return f"`{configuration.root}`" if configuration.root else "the root module"


def quoted(value: Result) -> str:
    """Return a scalar as written, in backticks; a hole is called by its name, a placeholder is shown as it stands."""
    return f"`{shown(tuple(map(_named, value)))}`" if isinstance(value, tuple) else "`…`"


def _named(piece: Piece) -> Piece:
    if isinstance(piece, Hole) and piece.identity.startswith(PREFIX):
        return Literal(piece.identity.removeprefix(PREFIX))
    return piece._replace(identity=named(piece)) if isinstance(piece, Hole) else piece


def named(gap: Hole) -> str:
    """Return what a hole is called, without the mark that tells it from others of its name."""
    name, _, place = gap.identity.rpartition("@")
    return name if name.strip("$") and place[:1].isdigit() and " " not in place else gap.identity


def environments_of(configuration: Configuration) -> tuple[str, ...]:
    """Return the environments a finding about one configuration belongs to."""
    return (configuration.environment,) if configuration.environment else ()


def listed(words: list[str], last: str = "and") -> str:
    """Return ``a, b and c``; of more than four the first three, and how many there are besides."""
    if len(words) > _MOST:
        words = [*words[: _MOST - 1], f"{len(words) - _MOST + 1} more"]
    return f" {last} ".join(part for part in (", ".join(words[:-1]), words[-1] if words else "") if part)
