"""Words of a script whose text depends on the way the script took, and what they are on one such way.

A script that says ``TABLE=a`` in one branch and ``TABLE=b`` in the other gives ``$TABLE`` a ``Fork``: one content
for each text of the branch's identity. A *way* maps identities to texts; on it every fork is a plain value, and the
same choice holds for every word. Knows nothing of shell grammar.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import TypeAlias

from tflint_locks.record import NamedTuple, record
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Piece, Value, known, literal, matches, sliced

# Bounds that no honest script meets: pieces of one word, forks within forks, ways through one file, words of one word.
_WEIGHT = 500
_RANK = 6
_WAYS = 64
_FIELDS = 400


class Fork(NamedTuple):
    """One content for each text of ``identity``; ``otherwise`` for any further text, None where there is none.

    A text with stars stands for every text of that shape: what ``startsWith`` or a shell's pattern asks for.
    """

    identity: str
    options: tuple[tuple[str, "Raw"], ...]
    otherwise: "Raw | None"
    rank: int
    weight: int
    span: Span | None = None


class Fields(NamedTuple):
    """The elements of an array or the arguments of a call, each a word of its own.

    ``rest`` stands for arguments that are not known: how many of them were shifted away, and a mark that tells one
    unknown shift from another.
    """

    items: tuple["Raw", ...]
    rest: tuple[int, str] | None = None


class Bit(NamedTuple):
    """A piece of a word and whether quotes keep it from being split."""

    piece: Piece | Fork | Fields
    quoted: bool


Raw: TypeAlias = tuple[Bit, ...]
Way: TypeAlias = Mapping[str, "str | None"]
Domains: TypeAlias = Mapping[str, tuple[str, ...]]

# Identities of what a GitHub run is started for: the full ref, and its name without ``refs/heads/``.
REF = "${{ github.ref }}"
REF_NAME = "${{ github.ref_name }}"
_BLANK = regex(r"[ \t\n\r]+")


def raw(value: Value, *, quoted: bool = True) -> Raw:
    """Return a value as a word without forks."""
    return tuple(Bit(piece, quoted) for piece in value)


def text_of_raw(word: Raw) -> str | None:
    """Return the text of a word that is wholly known, else None."""
    texts = [bit.piece.text for bit in word if isinstance(bit.piece, Literal)]
    return "".join(texts) if len(texts) == len(word) else None


def single_hole(word: Raw) -> Hole | None:
    """Return the hole a word consists of, if it is nothing else."""
    bits = [bit for bit in word if not (isinstance(bit.piece, Literal) and not bit.piece.text)]
    return bits[0].piece if len(bits) == 1 and isinstance(bits[0].piece, Hole) else None


def single_fork(word: Raw) -> Fork | None:
    """Return the fork a word consists of, if it is nothing else."""
    bits = [bit for bit in word if not (isinstance(bit.piece, Literal) and not bit.piece.text)]
    return bits[0].piece if len(bits) == 1 and isinstance(bits[0].piece, Fork) else None


def bounded(word: Raw, identity: str, span: Span | None) -> Raw:
    """Return the word, or a hole of that identity where it has grown beyond any use."""
    if _weight(word) <= _WEIGHT:
        return word
    return (Bit(Hole(identity, span, "too long to follow"), quoted=False),)


def forked(
    identity: str, options: Iterable[tuple[str, Raw]], otherwise: Raw | None, span: Span | None = None
) -> Raw | None:
    """Return a word that depends on ``identity``; None where forks lie too deep within each other."""
    chosen = tuple(options)
    contents = [content for _, content in chosen] + ([otherwise] if otherwise is not None else [])
    rank = 1 + max((_rank(content) for content in contents), default=0)
    weight = 1 + sum(_weight(content) for content in contents)
    if rank > _RANK or weight > _WEIGHT:
        return None
    return (Bit(Fork(identity, chosen, otherwise, rank, weight, span), quoted=True),)


def _weight(word: Raw) -> int:
    """Return how many pieces a word comes to, whatever way is taken."""
    weight = len(word)
    for bit in word:
        if isinstance(bit.piece, Fork):
            weight += bit.piece.weight
        elif isinstance(bit.piece, Fields):
            weight += sum(len(item) for item in bit.piece.items)
    return weight


def _rank(word: Raw) -> int:
    ranks = [0]
    for bit in word:
        if isinstance(bit.piece, Fork):
            ranks.append(bit.piece.rank)
        elif isinstance(bit.piece, Fields):
            ranks.extend(_rank(item) for item in bit.piece.items)
    return max(ranks)


def requoted(word: Raw, *, quoted: bool) -> Raw:
    """Return the word as it is split where it is used: the elements of an array stay words of their own."""
    return tuple(Bit(bit.piece, quoted) for bit in word)


def identities(word: Raw) -> Iterator[str]:
    """Yield the identities of the forks in a word, those within others too."""
    for bit in word:
        if isinstance(bit.piece, Fork):
            yield bit.piece.identity
            for _, content in bit.piece.options:
                yield from identities(content)
            if bit.piece.otherwise is not None:
                yield from identities(bit.piece.otherwise)
        elif isinstance(bit.piece, Fields):
            for item in bit.piece.items:
                yield from identities(item)


def settled(word: Raw, way: Way, domains: Domains) -> list[Bit]:
    """Replace each fork by what it is on the way, and each hole whose text the way or its domain tells."""
    bits: list[Bit] = []
    for bit in word:
        if isinstance(bit.piece, Fork):
            bits.extend(Bit(inner.piece, bit.quoted) for inner in _chosen(bit.piece, way, domains))
        elif isinstance(bit.piece, Hole):
            bits.append(Bit(_narrowed(bit.piece, way, domains), bit.quoted))
        else:
            bits.append(bit)
    return bits


def _chosen(fork: Fork, way: Way, domains: Domains) -> list[Bit]:
    texts = (way[fork.identity],) if fork.identity in way else domains.get(fork.identity, ())
    if len(texts) == 1:
        for text, content in fork.options:
            if text == texts[0] or covers(text, texts[0]):
                return settled(content, way, domains)
        if fork.otherwise is not None and not any(covers(texts[0], text) for text, _ in fork.options):
            return settled(fork.otherwise, way, domains)
    return [Bit(_unsettled(fork), quoted=True)]


def covers(shape: str | None, text: str | None) -> bool:
    """Tell whether a text with stars stands for another text, or for all that another such text stands for."""
    if shape is None or text is None or "*" not in shape or shape == text:
        return False
    return matches(shape, literal(text)) is True


def is_shape(text: str) -> bool:
    """Tell whether a text of an identity stands for many."""
    return "*" in text


def _unsettled(fork: Fork) -> Hole:
    texts = [text_of_raw(content) for _, content in fork.options]
    whole = fork.otherwise is None and all(text is not None for text in texts)
    domain = tuple(dict.fromkeys(text for text in texts if text is not None)) if whole else ()
    return Hole(fork.identity + "?", fork.span, "depends on the branch taken", None, domain)


def _narrowed(hole: Hole, way: Way, domains: Domains) -> Piece:
    text = way.get(hole.identity)
    if text is None and hole.identity == REF_NAME:
        refs = domains.get(REF, ())
        text = name_of_ref(way.get(REF) or (refs[0] if len(refs) == 1 else ""))
    if text is not None:
        return hole if is_shape(text) else Literal(text, hole.span)
    domain = domains.get(hole.identity, hole.domain)
    if any(map(is_shape, domain)):
        return hole
    if len(domain) == 1:
        return Literal(domain[0], hole.span)
    return hole._replace(domain=domain)


def name_of_ref(ref: str) -> str | None:
    """Return the name of a branch or tag from its full ref, None where it is neither."""
    found = re.match(r"refs/(?:heads|tags)/(?=.)", ref)
    return ref[found.end() :] if found else None


def scalar(word: Raw, way: Way, domains: Domains) -> Value:
    """Return a word as one value; the elements of an array joined with blanks."""
    pieces: list[Piece] = []
    for bit in settled(word, way, domains):
        if isinstance(bit.piece, Fields):
            for index, value in enumerate(fields((bit,), way, domains)):
                pieces.extend(((Literal(" "),) if index else ()) + value.value)
        elif not isinstance(bit.piece, Fork):
            pieces.append(bit.piece)
    return tuple(pieces)


class Field(NamedTuple):
    """One word after splitting; ``open`` where it may be several words or none."""

    value: Value
    open: bool


@record
class _Splitting:
    """The fields so far and the one being read: ``begun`` once something stands in it, ``free`` while all is open."""

    found: list[Field]
    pieces: list[Piece]
    begun: bool = False
    free: bool = True


def fields(word: Raw, way: Way, domains: Domains) -> list[Field]:
    """Split a word as the shell does: at the blanks of what stands outside quotes, and between array elements."""
    state = _Splitting([], [])
    for bit in settled(word, way, domains):
        if isinstance(bit.piece, Fields):
            _spread(bit.piece, state, way, domains)
        elif isinstance(bit.piece, Literal) and not bit.quoted:
            _split(bit.piece, state)
        elif not isinstance(bit.piece, Fork):
            free = isinstance(bit.piece, Hole) and not bit.quoted and not bit.piece.domain
            _put(state, (bit.piece,), free=free)
    _finish(state)
    return state.found[:_FIELDS]


def _put(state: _Splitting, pieces: Value, *, free: bool) -> None:
    state.pieces.extend(pieces)
    state.begun = True
    state.free = state.free and free


def _finish(state: _Splitting) -> None:
    if state.begun:
        state.found.append(Field(tuple(state.pieces), state.free))
    state.pieces.clear()
    state.begun, state.free = False, True


def _split(piece: Literal, state: _Splitting) -> None:
    at = 0
    for blank in _BLANK.finditer(piece.text):
        if blank.start() > at:
            _put(state, (sliced(piece, at, blank.start()),), free=False)
        _finish(state)
        at = blank.end()
    if at < len(piece.text):
        _put(state, (sliced(piece, at, len(piece.text)),), free=False)


def _spread(array: Fields, state: _Splitting, way: Way, domains: Domains) -> None:
    for index, item in enumerate(array.items[:_FIELDS]):
        if index:
            _finish(state)
        for place, field in enumerate(fields(item, way, domains)):
            if place:
                _finish(state)
            _put(state, field.value, free=field.open)
    if array.rest is not None:
        _finish(state)
        rest = Hole(f"$@{array.rest[1]}", None, "arguments of the script")
        state.found.append(Field((rest,), open=True))


def ways(texts: Mapping[str, tuple[str | None, ...]]) -> list[dict[str, str | None]]:
    """Return every combination of texts, leaving out the identities that would make them too many."""
    chosen: dict[str, tuple[str | None, ...]] = {}
    count = 1
    for identity, domain in texts.items():
        if domain and count * len(domain) <= _WAYS:
            chosen[identity] = domain
            count *= len(domain)
    return [dict(zip(chosen, combination, strict=True)) for combination in product(*chosen.values())]


def normal_path(value: Value) -> Value:
    """Resolve ``.``, ``..`` and doubled slashes in a path; ``..`` after a part that is not known becomes a hole."""
    absolute = bool(value) and isinstance(value[0], Literal) and value[0].text.startswith("/")
    parts: list[Value] = []
    for part in _parts(value):
        text = "".join(piece.text for piece in part if isinstance(piece, Literal)) if known(part) else None
        if text in {"", "."}:
            continue
        if text == ".." and parts and not _stays(parts[-1]):
            parts.pop()
        else:
            parts.append(part)
    pieces: list[Piece] = [Literal("/")] if absolute else []
    for index, part in enumerate(parts):
        pieces.extend(((Literal("/"),) if index else ()) + part)
    return tuple(pieces)


def _stays(part: Value) -> bool:
    """Tell whether ``..`` cannot undo this part of a path: it is ``..`` itself, or may be several directories."""
    if known(part):
        return "".join(piece.text for piece in part if isinstance(piece, Literal)) == ".."
    return any(isinstance(piece, Hole) and not piece.domain for piece in part)


def _parts(value: Value) -> list[Value]:
    parts: list[list[Piece]] = [[]]
    for piece in value:
        if isinstance(piece, Hole):
            parts[-1].append(piece)
            continue
        at = 0
        for index, chunk in enumerate(piece.text.split("/")):
            if index:
                parts.append([])
            if chunk:
                parts[-1].append(sliced(piece, at, at + len(chunk)))
            at += len(chunk) + 1
    return [tuple(part) for part in parts]
