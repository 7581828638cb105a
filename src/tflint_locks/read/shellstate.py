"""What is known at one point of a script: variables, directory, functions, the branch taken, what was seen so far."""

from collections.abc import Callable

from tflint_locks.facts import ToolVersion
from tflint_locks.read.fork import Bit, Fields, Fork, Raw, is_shape, raw, single_hole
from tflint_locks.read.shell import Function, Node
from tflint_locks.record import NamedTuple, field, record
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole

# Identities of the two holes that paths begin with.
ROOT = "<repository>"  # the absolute path of the repository's root
STARTED = "$PWD"  # the directory that the script is started in

# What stands for the program where a file is written: anew, or at its end.
WRITES = frozenset({">", ">>"})

DIRECTORY = "/"  # the key of the current directory among the variables; no name has a slash
PREVIOUS = "/-"
STACK = "/~"
ARGUMENTS = "/@"

_NARROWED = 100
# Variables that people give whatever the default in the file: they say which environment is meant.
ASKED = regex(
    r"(?i)(?:(?:tf|deploy|target|aws|app)_?)?(?:env(?:ironment)?|stage|workspace|account|tier|profile)"
    r"(?:_?(?:name|id))?"
)


class Variable(NamedTuple):
    """A variable's content (None when it is certainly unset), whether commands see it, and whether it is readonly."""

    content: Raw | None
    exported: bool = False
    fixed: bool = False


class Guard(NamedTuple):
    """A branch: it is taken when the text of ``identity`` is among ``texts``, or when it is not."""

    identity: str
    texts: tuple[str, ...]
    positive: bool


class Seen(NamedTuple):
    """One command as met, before its forks are settled; ``words`` begin with the program.

    ``kind`` is that of a call of another file: ``words`` then begin with what is called, ``given`` are named inputs,
    and ``after`` is how many commands were met before.
    """

    words: tuple[Raw, ...]
    spans: tuple[Span, ...]
    directory: Raw
    environment: tuple[tuple[str, Raw], ...]
    span: Span
    frame: str
    guards: tuple[Guard, ...]
    loose: bool
    domains: dict[str, tuple[str, ...]]
    kind: str = ""
    given: tuple[tuple[str, Raw], ...] = ()
    after: int = 0


class SeenFile(NamedTuple):
    """One written file as met."""

    path: Raw
    directory: Raw
    span: Span
    frame: str
    domains: dict[str, tuple[str, ...]]


class SeenName(NamedTuple):
    """One assignment of a scalar as met."""

    name: str
    content: Raw
    span: Span
    frame: str
    domains: dict[str, tuple[str, ...]]


@record
class Run:
    """The run of one script through the reader's eyes."""

    path: str
    place: Callable[[int, int], Span]
    text: str
    marks: dict[int, tuple[int, Raw]]
    evaluate: Callable[["Run", tuple[Node, ...]], None]
    masked: str = ""
    assigned: frozenset[str] = frozenset()
    compared: frozenset[str] = frozenset()
    exported: frozenset[str] = frozenset()
    layers: list[dict[str, Variable]] = field(default_factory=lambda: [{}])
    narrowed: list[dict[str, tuple[str, ...]]] = field(default_factory=lambda: [{}])
    functions: dict[str, Function] = field(default_factory=dict)
    locals: list[dict[str, Variable | None]] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    loose: int = 0
    left: str = ""
    sourced: bool = False
    frame: str = ""
    calls: dict[str, int] = field(default_factory=dict)
    depth: int = 0
    budget: int = 30_000
    seen: list[Seen] = field(default_factory=list)
    called: list[Seen] = field(default_factory=list)
    versions: list[ToolVersion] = field(default_factory=list)
    aliases: dict[str, tuple[Raw, ...]] = field(default_factory=dict)
    files: list[SeenFile] = field(default_factory=list)
    names: list[SeenName] = field(default_factory=list)
    piped: Raw | None = None
    defaults: dict[tuple[str, Span], None] = field(default_factory=dict)
    version: int = 0
    environment: tuple[int, tuple[tuple[str, Raw], ...]] = (-1, ())
    domains: tuple[int, dict[str, tuple[str, ...]]] = (-1, {})


def lookup(run: Run, name: str) -> Variable | None:
    """Return a variable as it stands here, None where nothing was said of it."""
    for layer in reversed(run.layers):
        if name in layer:
            return layer[name]
    return None


def content_of(run: Run, name: str) -> Raw | None:
    """Return a variable's content, None where it is unset or nothing was said of it."""
    variable = lookup(run, name)
    return variable.content if variable else None


def assign(
    run: Run, name: str, content: Raw | None, *, exported: bool | None = None, fixed: bool | None = None
) -> None:
    """Set a variable here; it stays exported and readonly once it was."""
    before = lookup(run, name)
    if exported is None:
        exported = bool(before and before.exported)
    if fixed is None:
        fixed = bool(before and before.fixed)
    run.layers[-1][name] = Variable(content, exported, fixed)
    run.version += 1


def forget(run: Run, start: int) -> None:
    """Note that from here on any variable may hold something else, as after a sourced file.

    Readonly ones stay, and so do places counted from the script's own and what is not known anyway.
    """
    run.sourced = True
    visible: dict[str, Variable] = {}
    for layer in run.layers:
        visible.update(layer)
    run.budget -= len(visible)
    for name, variable in visible.items():
        if name.isidentifier() and not variable.fixed and variable.content:
            content = _forgotten(name + mark(run, start), variable.content)
            if content is not None:
                assign(run, name, content)


_SOURCED = "may be set by a sourced file"


def _forgotten(identity: str, content: Raw) -> Raw | None:
    """Return what a variable holds after something may have set it, None where that changes nothing."""
    first = content[0].piece
    if isinstance(first, Fields):
        return start_arguments((), (0, identity))
    if isinstance(first, Hole) and first.identity in {ROOT, STARTED}:
        return None
    hole = single_hole(content)
    if hole:
        return hole_word(identity, _SOURCED, likely=hole.likely) if hole.why == _SOURCED else None
    texts = [bit.piece.text for bit in content if not isinstance(bit.piece, Hole | Fork | Fields)]
    return hole_word(identity, _SOURCED, likely="".join(texts) or None if len(texts) == len(content) else None)


def domain_of(run: Run, identity: str) -> tuple[str, ...]:
    """Return the texts that an identity can have here, empty where that is not known."""
    for layer in reversed(run.narrowed):
        if identity in layer:
            found = layer[identity]
            return () if any(map(is_shape, found)) else found
    return ()


def narrow(run: Run, identity: str, texts: tuple[str, ...]) -> None:
    """Note that an identity has one of these texts from here on."""
    if texts and (identity in run.narrowed[-1] or sum(map(len, run.narrowed)) < _NARROWED):
        run.narrowed[-1][identity] = texts
        run.version += 1


def domains_here(run: Run) -> dict[str, tuple[str, ...]]:
    """Return everything that is known of identities here."""
    if run.domains[0] != run.version:
        merged: dict[str, tuple[str, ...]] = {}
        for layer in run.narrowed:
            merged.update(layer)
        run.domains = (run.version, merged)
    return run.domains[1]


def unknown(run: Run, identity: str, start: int, end: int, why: str) -> Raw:
    """Return a word of which nothing is known."""
    return (Bit(Hole(identity, run.place(start, end), why), quoted=True),)


def is_open(run: Run, word: Raw) -> bool:
    """Tell whether nothing at all is known of a word: no text, no domain."""
    hole = single_hole(word)
    if hole is None or hole.identity in {ROOT, STARTED}:
        return False
    return not hole.domain and not domain_of(run, hole.identity)


def known_texts(run: Run, word: Raw) -> tuple[str, tuple[str, ...]]:
    """Return the identity a word wholly rests on and its texts as far as they are known."""
    hole = single_hole(word)
    if hole:
        return hole.identity, domain_of(run, hole.identity) or hole.domain
    return "", ()


def directory(run: Run) -> Raw:
    """Return the current directory."""
    return content_of(run, DIRECTORY) or ()


def arguments(run: Run) -> Fields:
    """Return the positional parameters."""
    content = content_of(run, ARGUMENTS)
    if content and isinstance(content[0].piece, Fields):
        return content[0].piece
    return Fields((), (0, ""))


def start_arguments(items: tuple[Raw, ...], rest: tuple[int, str] | None) -> Raw:
    """Return the content of the positional parameters."""
    return (Bit(Fields(items, rest), quoted=True),)


def hole_word(identity: str, why: str, span: Span | None = None, *, likely: str | None = None) -> Raw:
    """Return a word of one hole."""
    return raw((Hole(identity, span, why, likely),))


def mark(run: Run, start: int) -> str:
    """Return what tells the holes that arise at one place, in one call, from all others."""
    return f"@{start}{run.frame}"
