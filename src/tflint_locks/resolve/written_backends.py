"""Backend files and blocks that a script writes before an init: their settings, with the places in the script.

The text is parsed as HCL with a name in place of each hole; what comes of it is brought back to the pieces.
"""

import posixpath
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from tflint_locks.facts import Command
from tflint_locks.hcl import Block, parse
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.backends import SECRETS, block_settings, text_settings
from tflint_locks.resolve.folders import above
from tflint_locks.resolve.invocations import Invocation, after_first, join, normal
from tflint_locks.resolve.model import Setting
from tflint_locks.resolve.modules import Declared, Module, blocks
from tflint_locks.resolve.placeholders import with_holes
from tflint_locks.resolve.reading import Reading
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Piece, Result, Value, bind, hole, joined, known, literal, part, text_of

_SIGNS = frozenset({">", ">>"})
_CONFIGURATION = (".tf", ".tofu")
# A letter that nobody writes, on both sides of a hole's number: a name in HCL, and text in a string.
_MARK = "\ua66e"
_NAMES = frozenset({"bucket", "dynamodb_table"})
_MARKED = regex(f"{_MARK}[0-9]+{_MARK}")
_START = "$PWD"
# More than any script writes before one init.
_FILES = 30


class WrittenFile(NamedTuple):
    """A file as it is when an init runs: what was written to it, in order.

    ``open`` where it may hold more than that, or other things; ``added`` where what was there before stays.
    """

    texts: tuple[Value, ...]
    span: Span
    open: bool
    added: bool
    loose: bool


class WrittenBlock(NamedTuple):
    """A backend block that is written to a file: its type, settings, and where its header stands."""

    type: str
    settings: list[Setting]
    header: Span
    name: str
    open: bool
    loose: bool


def hand_files_on(reading: Reading) -> None:
    """Give each init the files that are written before it in its place, and take the writing from the commands."""
    for path, file in reading.scripts.items():
        if any(command.tool in _SIGNS for command in file.commands):
            reading.scripts[path] = file._replace(commands=tuple(_with_files(file.commands)))


def _with_files(commands: Iterable[Command]) -> Iterator[Command]:
    written: dict[tuple[str, str], list[Command]] = defaultdict(list)
    for command in commands:
        if command.tool in _SIGNS:
            written[command.place].append(command)
        elif written[command.place] and any(text_of(word.value) == "init" for word in command.words[:3]):
            yield command._replace(files=tuple(written[command.place][-_FILES:]))
        else:
            yield command


def roots_written(
    run: Iterable[Invocation], modules: Mapping[str, Module], called: frozenset[str]
) -> dict[str, Module]:
    """Return the directories of Terraform files that have no backend block but one written before an init."""
    found: dict[str, Module] = {}
    for init in run:
        if init.command.files and any(written_blocks(init, {})):
            root = next((place for place in _places(init) if place in modules), None)
            if root is not None and root not in called and not (modules[root].backend or modules[root].remote):
                found[root] = modules[root]
    return found


def _places(init: Invocation) -> Iterator[str]:
    """Yield where an init may run: where it is known, else as seen from the folders above its script."""
    value = _from_start(init.directory)
    if known(value):
        for folder in [""] if value is init.directory else ["", *above(init.command.span.path)]:
            place = posixpath.normpath(posixpath.join(folder, text_of(value) or "."))
            yield "" if place == "." else place


def _from_start(value: Value) -> Value:
    first = value[0] if value else None
    return after_first(value) if isinstance(first, Hole) and first.identity == _START else value


# ---------------------------------------------------------------- which files


def written_file(init: Invocation, path: Value, texts: Mapping[str, str]) -> WrittenFile | None:
    """Return a file that an init names as it was written before, None where it was not."""
    wanted = _spot(bind(init.directory, texts), bind(path, texts))
    return None if wanted is None else _as_written(init, _spots(init, texts), wanted, texts)


_Spot: TypeAlias = "tuple[str, ...] | None"


def _spots(init: Invocation, texts: Mapping[str, str]) -> list[tuple[_Spot, Command]]:
    """Return what is written before an init on its way, each with its place."""
    return [
        (_spot(bind(command.directory, texts), bind(command.words[0].value, texts)), command)
        for command in _before(init, texts)
    ]


def _as_written(
    init: Invocation, spots: Iterable[tuple[_Spot, Command]], wanted: _Spot, texts: Mapping[str, str]
) -> WrittenFile | None:
    found: WrittenFile | None = None
    for spot, command in spots:
        if spot == wanted:
            found = _after(found, command, loose=command.conditional and not init.command.conditional, texts=texts)
    return found


def _before(init: Invocation, texts: Mapping[str, str]) -> Iterator[Command]:
    """Yield what is written before an init on its way."""
    for command in init.command.files:
        if all(texts.get(choice.identity, choice.texts[0]) in choice.texts for choice in command.choices):
            yield command


def _after(found: WrittenFile | None, command: Command, *, loose: bool, texts: Mapping[str, str]) -> WrittenFile:
    """Return what a file is after one more writing."""
    text = (bind(command.words[1].value, texts),) if len(command.words) > 1 else ()
    unsure = not text or (loose and found is not None)
    if command.tool == ">>" or unsure:
        before = found or WrittenFile((), command.span, open=False, added=True, loose=loose)
        return before._replace(texts=(*before.texts, *text), open=before.open or unsure)
    return WrittenFile(text, command.span, open=False, added=False, loose=loose)


def _spot(directory: Value, path: Value) -> _Spot:
    """Return what tells one place from another: a path and the holes in it; None where it says too little."""
    place = join(directory, path)
    text = normal(place)
    return None if text is None else (text, *(piece.identity for piece in place if isinstance(piece, Hole)))


def written_blocks(init: Invocation, texts: Mapping[str, str]) -> Iterator[WrittenBlock]:
    """Yield the backend blocks that are written into the directory an init runs in."""
    spots = _spots(init, texts)
    names: dict[str, None] = {}
    for _, command in spots:
        name = (text_of(bind(command.words[0].value, texts)[-1:]) or "").rpartition("/")[2]
        if name.endswith(_CONFIGURATION) and len(command.words) > 1:
            names[name] = None
    place = bind(init.directory, texts)
    for name in names:
        wanted = _spot(place, literal(name))
        file = _as_written(init, spots, wanted, texts) if wanted else None
        if file:
            yield from _blocks_in(file, name)


@lru_cache(maxsize=256)
def _blocks_in(file: WrittenFile, name: str) -> tuple[WrittenBlock, ...]:
    return tuple(_read_blocks(file, name))


def _read_blocks(file: WrittenFile, name: str) -> Iterator[WrittenBlock]:
    page = _laid(joined(file.texts), file.span)
    found = parse(page.text)
    for outer in found.items:
        if isinstance(outer, Block) and outer.type == "terraform":
            for block in blocks(outer, "backend"):
                settings, missed = _mapped(block_settings(Declared("", block), page.text, "block", None), page)
                kind = block.labels[0].text if block.labels and _MARK not in block.labels[0].text else ""
                header = _place(page, block.start, block.header_end + 1)
                unsure = file.open or missed or bool(found.faults) or not kind
                yield WrittenBlock(kind, settings, header, name, unsure, file.loose)


def settings_of(file: WrittenFile) -> tuple[list[Setting], bool]:
    """Return the settings of a written backend file, and whether it may have more than these."""
    page = _laid(joined(file.texts), file.span)
    found = parse(page.text)
    settings, missed = _mapped(text_settings("", page.text, found.items), page)
    return settings, missed or file.open or bool(found.faults)


# ---------------------------------------------------------------- text and pieces


class _Page(NamedTuple):
    """A text with a name in place of each hole: where its pieces begin, and what stands for what has no place."""

    text: str
    starts: Sequence[int]
    pieces: Value
    span: Span


def _laid(value: Value, span: Span) -> _Page:
    texts: list[str] = []
    starts: list[int] = []
    at = 0
    for index, piece in enumerate(value):
        text = piece.text.replace(_MARK, "?") if isinstance(piece, Literal) else f"{_MARK}{index}{_MARK}"
        starts.append(at)
        texts.append(text)
        at += len(text)
    return _Page("".join(texts), starts, value, span)


def _slice(page: _Page, start: int, end: int) -> Value:
    """Return the pieces between two offsets of a page."""
    found: list[Piece] = []
    at = max(bisect_right(page.starts, start) - 1, 0)
    while at < len(page.pieces) and page.starts[at] < end:
        piece = page.pieces[at]
        low, high = max(start - page.starts[at], 0), end - page.starts[at]
        if isinstance(piece, Hole):
            found.append(piece)
        else:
            found.extend(part((piece,), low, min(high, len(piece.text))))
        at += 1
    return tuple(found)


def _place(page: _Page, start: int, end: int) -> Span:
    """Return where a range of a page stands in the script: its pieces' places where they follow each other."""
    spans = [piece.span for piece in _slice(page, start, end) if piece.span]
    if not spans:
        return page.span
    first, last = spans[0], spans[-1]
    return Span(first.path, first.start, last.end) if last.path == first.path and last.end >= first.start else first


def _mapped(settings: Iterable[Setting], page: _Page) -> tuple[list[Setting], bool]:
    """Return the settings with the pieces and places of the script, and whether a name among them is not known."""
    found: list[Setting] = []
    missed = False
    for setting in settings:
        if _MARK in setting.name:
            missed = True
            continue
        start, end = setting.span.start, setting.span.end
        value, fault = _value(setting, page)
        if setting.name in _NAMES and isinstance(value, tuple) and value and not any(map(_says, value)):
            missed = True  # what CI or a person gives: nothing is known of the bucket or table but that there is one
            continue
        spans = [piece.span for piece in value if piece.span] if isinstance(value, tuple) else []
        place = spans[0] if len(spans) == 1 and spans[0] else _place(page, start, end)
        name = _place(page, setting.name_span.start, setting.name_span.end)
        found.append(setting._replace(value=value, fault=fault, span=place, name_span=name, origin="written"))
    return found, missed


def _says(piece: Piece) -> bool:
    return isinstance(piece, Literal) or bool(piece.domain)


def _value(setting: Setting, page: _Page) -> tuple[Result, str]:
    start, end = setting.span.start, setting.span.end
    written = page.text[start:end]
    if _MARK in written and (setting.fault or setting.name in SECRETS):
        whole = _MARKED.fullmatch(written) and setting.name not in SECRETS
        return (_slice(page, start, end) if whole else hole(setting.name, page.span, "known when it runs")), ""
    value = _remapped(setting.value, page)
    return with_holes(value) if setting.name not in SECRETS else value, setting.fault


def _remapped(result: Result, page: _Page) -> Result:
    """Return a value of a page with the script's pieces in place of its own."""
    if isinstance(result, list):
        return [_remapped(item, page) for item in result]
    if isinstance(result, dict):
        return {name: _remapped(item, page) for name, item in result.items()}
    if result is None:
        return None
    return tuple(found for piece in result for found in _pieces(piece, page))


def _pieces(piece: Piece, page: _Page) -> Value:
    span = piece.span
    if span is None:
        return (piece,)
    if isinstance(piece, Hole):
        return (piece._replace(span=_place(page, span.start, span.end)),)
    if page.text[span.start : span.end] == piece.text:
        found = _slice(page, span.start, span.end)
        return found or (Literal("", _place(page, span.start, span.end + 1)),)
    if _MARK in piece.text:
        return (Hole(page.text[span.start : span.end], page.span, "known when it runs"),)
    return (Literal(piece.text, _place(page, span.start, span.end)),)
