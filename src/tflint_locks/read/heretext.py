"""The text that a command of a script writes: a here-document's, or what ``echo`` and ``printf`` say."""

import re
from itertools import islice

from tflint_locks.read import shell
from tflint_locks.read.expand import expand, expand_parts, plain
from tflint_locks.read.fork import Bit, Fields, Raw
from tflint_locks.read.shellstate import Run
from tflint_locks.regex import regex
from tflint_locks.value import Literal, part

_BACKEND_NAME = regex(r"(?i)backend|state|override[^/]*\.t(?:f|ofu)$|\.(?:hcl|conf|config)$")
_BLOCK = regex(r"\bbackend[ \t]+\"")
_SETTING = regex(r"^[ \t]*(?:bucket|key|dynamodb_table|use_lockfile)[ \t]*=", re.MULTILINE)
_ANY = regex(r"^[ \t]*\w+[ \t]*=", re.MULTILINE)
_LONGEST = 10_000
_FORMAT = regex(r"%s|%%|\\.|[^%\\]+|%|\\")
_ESCAPE = regex(r"\\.|[^\\]+|\\")
_ESCAPED = {"\\n": "\n", "\\t": "\t", '\\"': '"', "\\\\": "\\", "%%": "%"}


def written_text(run: Run, node: shell.Simple, name: str) -> Raw | None:
    """Return what a command writes to a file of that name: empty where it is not known, None where it is no backend's.

    What is not known counts only where the name says that the file is of a backend.
    """
    text = run.piped if run.piped is not None else printed_text(run, node)
    if text is None:
        return () if _BACKEND_NAME.search(name) and not name.endswith(".lock.hcl") else None
    said = "".join(bit.piece.text for bit in text if isinstance(bit.piece, Literal))
    wanted = _BLOCK if name.endswith((".tf", ".tofu")) else _ANY if _BACKEND_NAME.search(name) else _SETTING
    return text if wanted.search(said) else None


def backend_text(run: Run, node: shell.Simple) -> Raw | None:
    """Return what a command says if it says something of a backend."""
    text = printed_text(run, node)
    said = "".join(bit.piece.text for bit in text or () if isinstance(bit.piece, Literal))
    return text if _SETTING.search(said) or _BLOCK.search(said) else None


def printed_text(run: Run, node: shell.Simple) -> Raw | None:
    """Return what ``cat`` and ``tee`` take from a here-document, or ``echo`` and ``printf`` say; None if not known."""
    heads = [plain(word) for word in node.words[:2]]
    if heads[:1] == ["sudo"]:
        node = node._replace(words=node.words[1:])
        heads = heads[1:]
    head = heads[0] if heads else ""
    bits = None
    if head in {"cat", "tee"}:
        alone = head == "tee" or all(plain(word) == "-" for word in node.words[1:])
        bits = (_here_string(run, node) or _here_document(run, node)) if alone else None
    elif head == "echo":
        bits = _echoed(run, node.words[1:])
    elif head == "printf":
        bits = _formatted(run, node.words[1:])
    if bits is None or any(isinstance(bit.piece, Fields) for bit in bits):
        return None
    return tuple(bit._replace(quoted=True) for bit in bits)


def _here_string(run: Run, node: shell.Simple) -> Raw | None:
    """Return the text of a command's ``<<<``."""
    found = [redirect for redirect in node.redirects if redirect.operator == "<<<"]
    return (*expand(run, found[-1].target), Bit(Literal("\n"), quoted=True)) if found else None


def _here_document(run: Run, node: shell.Simple) -> Raw | None:
    """Return the text of the last here-document of a command."""
    found = [redirect for redirect in node.redirects if redirect.operator in {"<<", "<<-"} and redirect.body]
    if not found:
        return None
    start, end = found[-1].body
    if end - start > _LONGEST:
        return None
    run.budget -= 1 + (end - start) // 1000
    literal = any(isinstance(item, shell.Text) and item.quoted for item in found[-1].target.parts)
    parts: tuple[shell.Part, ...] | None = (shell.Text(run.masked[start:end], start, end, quoted=True),)
    if not literal:
        parts = shell.parse_here_document(run.masked, start, end)
    return None if parts is None else expand_parts(run, parts)


def _echoed(run: Run, words: tuple[shell.Word, ...]) -> Raw | None:
    """Return what ``echo`` says; None where a shell may or may not heed an escape."""
    options = ""
    while words and (text := plain(words[0])).startswith("-") and set(text[1:]) <= set("neE") and len(text) > 1:
        options, words = options + text[1:], words[1:]
    bits: list[Bit] = []
    for index, word in enumerate(words):
        bits.extend([Bit(Literal(" "), quoted=True)] if index else [])
        bits.extend(expand(run, word))
    bits = _whole(bits)
    if "e" in options:
        bits = [found for bit in bits for found in _unescaped(bit)]
    elif any(isinstance(bit.piece, Literal) and "\\" in bit.piece.text for bit in bits):
        return None
    return (*bits, *(() if "n" in options else (Bit(Literal("\n"), quoted=True),)))


def _formatted(run: Run, words: tuple[shell.Word, ...]) -> Raw | None:
    """Return what ``printf`` says, its format used again while texts are left; None for any but ``%s``."""
    form = _whole(list(expand(run, words[0]))) if words and not plain(words[0]).startswith("-") else []
    pieces = [bit.piece for bit in form]
    if len(pieces) != 1 or not isinstance(pieces[0], Literal):
        return None
    tokens = [(found.group(), found.span()) for found in _FORMAT.finditer(pieces[0].text)]
    if any(text in {"%", "\\"} or (text[0] == "\\" and text not in _ESCAPED) for text, _ in tokens):
        return None
    rest = iter(words[1:])
    size = sum(text == "%s" for text, _ in tokens)
    bits: list[Bit] = []
    for _ in range(max(1, -(-(len(words) - 1) // size)) if size else 1):
        for text, (low, high) in tokens:
            if text == "%s":
                bits.extend(bit for word in islice(rest, 1) for bit in expand(run, word))
            else:
                cut = part((pieces[0],), low, high)
                bits.extend(Bit(Literal(_ESCAPED[text]) if text in _ESCAPED else piece, quoted=True) for piece in cut)
    return tuple(bits)


def _unescaped(bit: Bit) -> list[Bit]:
    """Return a piece with its escapes as what they stand for."""
    if not isinstance(bit.piece, Literal) or "\\" not in bit.piece.text:
        return [bit]
    found: list[Bit] = []
    for match in _ESCAPE.finditer(bit.piece.text):
        text = _ESCAPED.get(match.group())
        pieces = part((bit.piece,), *match.span())
        found.extend(Bit(Literal(text) if text else piece, quoted=True) for piece in pieces)
    return found


def _whole(bits: list[Bit]) -> list[Bit]:
    """Join pieces that stand beside each other in the script, so that an escape is in one of them."""
    found: list[Bit] = []
    for bit in bits:
        last = found[-1].piece if found else None
        piece = bit.piece
        if (
            isinstance(piece, Literal)
            and isinstance(last, Literal)
            and piece.span
            and last.span
            and last.span.end == piece.span.start
            and last.span.end - last.span.start == len(last.text)
            and piece.span.end - piece.span.start == len(piece.text)
        ):
            whole = Literal(last.text + piece.text, last.span._replace(end=piece.span.end))
            found[-1] = Bit(whole, quoted=True)
        else:
            found.append(bit)
    return found
