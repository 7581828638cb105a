"""Commands whose program is a tool's name with one slip of the hand: no such program is found."""

import posixpath
from collections.abc import Iterator

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.finding import Match
from tflint_locks.read.program import TOOLS
from tflint_locks.resolve.edits import written
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import quoted
from tflint_locks.source import Span
from tflint_locks.value import literal, text_of

# What takes something away once the shell finds the program.
_TAKES = frozenset({"destroy", "-destroy", "force-unlock", "rm"})
_LETTERS = {"terraform": frozenset("terafom"), "terragrunt": frozenset("teragunt"), "tofu": frozenset("tofu")}


def check(repository: Repository) -> Iterator[Match]:
    """Yield each place once, though several ways lead to it."""
    found: dict[Span, Command] = {}
    for file in repository.facts.values():
        if isinstance(file, ScriptFile):
            found.update((c.span, c) for c in file.commands if c.tool not in TOOLS)
    if not found:
        return
    names = {posixpath.basename(path) for path in repository.tree.paths()}
    for span, command in found.items():
        if command.tool not in names:
            at = Span(span.path, span.start, span.start + len(command.tool))
            meant = _meant(command.tool)
            words = {"command": quoted(literal(command.tool)), "tool": meant}
            whole = written(repository.tree, at) == command.tool
            takes = any(text_of(word.value) in _TAKES for word in command.words)
            yield Match(at, words, replacement=meant if whole else None, unsafe=takes)


def _meant(name: str) -> str:
    """Return the tool whose letters a misspelt name has."""
    return min(_LETTERS, key=lambda tool: (len(_LETTERS[tool] ^ set(name)), abs(len(tool) - len(name))))
