"""What the steps of a job hand to later ones through ``$GITHUB_OUTPUT`` and ``$GITHUB_ENV``.

Only an ``echo "name=value" >> $FILE`` tells; a step that writes there in any other way may have set anything.
"""

from collections.abc import Mapping

from tflint_locks.read import shell
from tflint_locks.read.expand import expand, plain
from tflint_locks.read.fork import Bit, Raw
from tflint_locks.read.shellstate import Run, assign, hole_word
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Literal

OUTPUT, ENVIRONMENT = "GITHUB_OUTPUT", "GITHUB_ENV"
_NAME = regex(r"[A-Za-z_][\w-]*")
_FORMAT = regex(r"([A-Za-z_][\w-]*)=%s(?:\\n)?")
# Variables of these names cannot be meant by a script; branches and subshells treat them like all others.
_MARK = ":"


def hand_on(run: Run, node: shell.Simple, file: str) -> None:
    """Note what a command appends to a file that later steps read."""
    name, content = _handed(run, node)
    if name:
        assign(run, file + _MARK + name, content)
    else:
        assign(run, file + _MARK, hole_word(file, "written when it runs"))


def _handed(run: Run, node: shell.Simple) -> tuple[str, Raw]:
    head = plain(node.words[0]) if node.words else ""
    words = node.words[1:]
    if head == "echo":
        while words and plain(words[0]) in {"-n", "-e", "-E"}:
            words = words[1:]
        return _named(
            tuple(bit for index, word in enumerate(words) for bit in (*_BLANK[: index > 0], *expand(run, word)))
        )
    found = _FORMAT.fullmatch(plain(words[0])) if head == "printf" and len(words) == 2 else None  # noqa: PLR2004
    return (found[1], expand(run, words[1])) if found else ("", ())


_BLANK = (Bit(Literal(" "), quoted=True),)


def _named(word: Raw) -> tuple[str, Raw]:
    """Part ``name=value``; no name where it is not known."""
    name = ""
    for index, bit in enumerate(word):
        if not isinstance(bit.piece, Literal):
            break
        before, sign, after = bit.piece.text.partition("=")
        name += before
        if sign:
            rest = (Bit(_cut(bit.piece, len(before) + 1, after), quoted=True), *word[index + 1 :])
            return (name, rest) if _NAME.fullmatch(name) else ("", ())
    return "", ()


def _cut(piece: Literal, low: int, text: str) -> Literal:
    span = piece.span
    if span and span.end - span.start == len(piece.text):
        span = Span(span.path, span.start + low, span.end)
    return Literal(text, span)


def handed_on(run: Run, script: shell.Script, file: str) -> Mapping[str, Raw] | None:
    """Return what a step hands on in one of the files, None where it may be anything."""
    if file not in run.text:
        return {}
    said = run.masked.count(file) - sum(run.masked[start:end].count(file) for start, end in script.comments)
    found = {
        name[len(file) + 1 :]: item.content for name, item in run.layers[0].items() if name.startswith(file + _MARK)
    }
    if "" in found or said != _writes(script, file):
        return None
    return {name: content for name, content in found.items() if content is not None}


def _writes(script: shell.Script, file: str) -> int:
    """Return how many commands append to the file and do nothing else with it."""
    count = 0
    stack = list(script.body)
    while stack:
        node = stack.pop()
        stack.extend(shell.children(node))
        if isinstance(node, shell.Simple):
            says = bool(node.words) and plain(node.words[0]) in {"echo", "printf"}
            targets = [item.target.parts for item in node.redirects if says and item.operator == ">>"]
            count += sum(len(parts) == 1 and getattr(parts[0], "name", "") == file for parts in targets)
            count += _ends_well(node) * _NEVER
    return count


# What no text says so many times.
_NEVER = 10**9


def _ends_well(node: shell.Simple) -> bool:
    """Tell whether a command ends the step early though it succeeds: what was handed on till then is not followed."""
    texts = [plain(word) for word in node.words]
    return texts[:1] == ["exit"] and texts[1:] in ([], ["0"], [""])
