"""How things of the repository are called in messages."""

from typing import TYPE_CHECKING

from tflint_locks.regex import regex
from tflint_locks.resolve.model import Configuration
from tflint_locks.resolve.placeholders import PREFIX
from tflint_locks.value import Hole, Literal, Piece, Result, Value, shown

if TYPE_CHECKING:
    import re

_MOST = 4
# What computes a value whose identity is too long to keep whole (``results.identity``), and the signature of its parts.
_SIGNED = regex(r"([a-z]\w{0,60}|[-!=<>&|+*/%]{1,2})\(#[0-9a-f]{24}\)")
_COMPUTED = {"if": "one of two values", "index": "an element of a list"}
# Of a command in a message, more than says which it is.
_LONG_COMMAND = 60


def root_of(configuration: Configuration) -> str:
    """Return a root module for a sentence, quoted where it has a path."""
    return f"`{configuration.root}`" if configuration.root else "the root module"


def quoted(value: Result) -> str:
    """Return a scalar as written, in backticks; a hole is called by its name, a placeholder is shown as it stands."""
    return f"`{told(value)}`" if isinstance(value, tuple) else "`…`"


def told(value: Value) -> str:
    """Return a value for people: holes in angle brackets by their names, a placeholder as it stands."""
    return shown(tuple(map(_named, value)))


def _named(piece: Piece) -> Piece:
    if isinstance(piece, Hole) and piece.identity.startswith(PREFIX):
        return Literal(piece.identity.removeprefix(PREFIX))
    return piece._replace(identity=named(piece)) if isinstance(piece, Hole) else piece


def named(gap: Hole) -> str:
    """Return what a hole is called, without the mark that tells it from others of its name."""
    name, _, place = gap.identity.rpartition("@")
    return called(name if name.strip("$") and place[:1].isdecimal() and " " not in place else gap.identity)


def called(identity: str) -> str:
    """Return an identity in words: what computes a value, not the signature of its parts; a long command cut."""
    if identity.startswith("$(") and len(identity) > _LONG_COMMAND:
        return f"{' '.join(identity[:_LONG_COMMAND].split())}…)"
    return _SIGNED.sub(_in_words, identity) if "(#" in identity else identity


def _in_words(found: "re.Match[str]") -> str:
    name = found[1]
    return _COMPUTED.get(name) or (f"{name}(…)" if name[0].isalpha() else "a calculation")


def environments_of(configuration: Configuration) -> tuple[str, ...]:
    """Return the environments a finding about one configuration belongs to."""
    return (configuration.environment,) if configuration.environment else ()


def listed(words: list[str], last: str = "and") -> str:
    """Return ``a, b and c``; of more than four the first three, and how many there are besides."""
    if len(words) > _MOST:
        words = [*words[: _MOST - 1], f"{len(words) - _MOST + 1} more"]
    return f" {last} ".join(part for part in (", ".join(words[:-1]), words[-1] if words else "") if part)
