"""Defaults in scripts of variables that another file of the repository sets: they may not hold, so they become holes.

Does not follow which file runs which: a variable set for commands anywhere else may reach the script.
"""

import re
from collections import Counter
from collections.abc import Mapping

from tflint_locks.facts import ScriptFile
from tflint_locks.regex import regex
from tflint_locks.resolve.reading import Reading
from tflint_locks.source import Source, Span
from tflint_locks.tree import Tree
from tflint_locks.value import Hole, Literal, Piece, Value

# Files that set variables for scripts though no reader follows them; scripts and workflows that are read are no part.
_SETTING = regex(
    r"(?:^|/)(?:(?:GNU)?[Mm]akefile[^/]*|[^/]*\.mk|\.env[^/]*|[^/]*\.env|[^/]*\.(?:sh|bash)|[Jj]ustfile|Jenkinsfile[^/]*"
    r"|Taskfile\.ya?ml|\.gitlab-ci[^/]*\.ya?ml|buildspec[^/]*\.ya?ml|Dockerfile[^/]*|\.github/workflows/[^/]+)$"
)


def unsettled_defaults(reading: Reading, tree: Tree) -> None:
    """Turn each default of a variable that another file sets into a hole that shows it as likely."""
    asked = {name for file in reading.scripts.values() for name, _ in file.defaults}
    if not asked:
        return
    setting = Counter(name for file in reading.scripts.values() for name in file.exported & asked)
    setting.update(dict.fromkeys(_set_elsewhere(reading, tree, asked), 1))
    for path, file in reading.scripts.items():
        names = {span: name for name, span in file.defaults if setting[name] > (name in file.exported)}
        if names:
            reading.scripts[path] = _opened(file, names)


def _set_elsewhere(reading: Reading, tree: Tree, asked: set[str]) -> set[str]:
    """Return the names that a file without facts sets, to anything but their own value."""
    names = "|".join(sorted(asked))
    pattern = re.compile(rf"""(?:^|(?<=[\s;"']))({names})(?:\s*[:?]?=|:\s)\s*(?!["']?\$[{{(]?\1\b)""", re.MULTILINE)
    found: set[str] = set()
    for path in reading.paths:
        if path not in reading.scripts and _SETTING.search(path):
            source = tree.text(path)
            if isinstance(source, Source):
                found.update(pattern.findall(source.text))
    return found


def _opened(file: ScriptFile, names: Mapping[Span, str]) -> ScriptFile:
    """Return the file with holes in place of some defaults."""
    commands = tuple(
        command._replace(
            words=tuple(word._replace(value=_value(word.value, names)) for word in command.words),
            directory=_value(command.directory, names),
            environment=tuple((name, _value(value, names)) for name, value in command.environment),
        )
        for command in file.commands
    )
    calls = tuple(
        call._replace(
            words=tuple(word._replace(value=_value(word.value, names)) for word in call.words),
            given=tuple((name, _value(value, names)) for name, value in call.given),
            directory=_value(call.directory, names),
            environment=tuple((name, _value(value, names)) for name, value in call.environment),
        )
        for call in file.calls
    )
    written = tuple(
        item._replace(path=_value(item.path, names), directory=_value(item.directory, names)) for item in file.written
    )
    stated = tuple(name._replace(value=_value(name.value, names)) for name in file.names)
    return file._replace(commands=commands, written=written, names=stated, calls=calls)


def _value(value: Value, names: Mapping[Span, str]) -> Value:
    return tuple(_piece(piece, names) for piece in value)


def _piece(piece: Piece, names: Mapping[Span, str]) -> Piece:
    """Return a hole for a piece that is a default or, split into words or at slashes, a part of one."""
    if not isinstance(piece, Literal) or not piece.span:
        return piece
    for span, name in names.items():
        if span.start <= piece.span.start and piece.span.end <= span.end:
            part = "" if piece.span == span else f"@{piece.span.start - span.start}"
            return Hole(f"${name}{part}", piece.span, "may be set by another file", piece.text or None)
    return piece
