"""The recipes of a Makefile's rules as the shell gets them, each line with where it comes from."""

from collections.abc import Iterator, Sequence
from functools import partial

from tflint_locks.read.fork import Bit, Fork, Raw, bounded
from tflint_locks.read.makefile import Makefile, Rule, Verdict, reference
from tflint_locks.read.makeline import chunks
from tflint_locks.read.script import Step
from tflint_locks.read.shellstate import Guard
from tflint_locks.record import field, record
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal

_MOST_LINES = 2000

# What the shell would read anew where a variable holds it.
_SPOKEN = regex(r"""[\s'"\\$`&|;<>()#]|^\s*\w+=|^\s*(?:if|then|else|fi|for|do|done|cd|export)\b""")
_PREFIX = regex(r"[ \t]*[@+-][@+ \t-]*")


@record
class _Building:
    """The text of a shell's lines as they grow, the ranges filled in, and where each stretch comes from."""

    texts: list[str] = field(default_factory=list)
    size: int = 0
    marks: dict[int, tuple[int, Raw]] = field(default_factory=dict)
    # (offset in the text, offset in the file, length, the reference it stands for)
    stretches: list[tuple[int, int, tuple[int, int] | None]] = field(default_factory=list)

    def put(self, text: str, origin: int, outer: tuple[int, int] | None) -> None:
        """Add text that stands at ``origin``, or that a reference at ``outer`` gives."""
        self.stretches.append((self.size, origin, outer))
        self.texts.append(text)
        self.size += len(text)


def recipe_steps(makefile: Makefile, rule: Rule, scope: str) -> Iterator[Step]:
    """Yield the shell's part of each line of a recipe."""
    environment = _environment(makefile) if rule.recipe else []
    building: _Building | None = None
    for start, end, verdicts in rule.recipe[:_MOST_LINES]:
        if building is None or not makefile.one_shell:
            building = _Building()
        first = _PREFIX.match(makefile.text, start, end)
        _build(makefile, building, first.end() if first else start, end)
        building.put("\n", min(end, len(makefile.text) - 1), None)
        if not makefile.one_shell:
            yield _step(makefile, building, verdicts, scope, environment)
    if building is not None and makefile.one_shell:
        yield _step(makefile, building, (), scope, environment)


def _step(
    makefile: Makefile,
    building: _Building,
    verdicts: tuple[Verdict, ...],
    scope: str,
    environment: Sequence[tuple[str, Raw]],
) -> Step:
    text = "".join(building.texts)
    guard = next((one for one in verdicts if isinstance(one, Guard)), None)
    place = partial(_place, makefile.path, building.stretches)
    return Step(
        text, place, building.marks, makefile.folder, environment, scope, bool(verdicts), guard,
        False, frozenset(name for name, _ in environment),  # noqa: FBT003 - a field
    )  # fmt: skip


def _place(path: str, stretches: list[tuple[int, int, tuple[int, int] | None]], start: int, end: int) -> Span:
    first, last = _stretch(stretches, start), _stretch(stretches, max(start, end - 1))
    if first == last and first[2] and first[1] == first[2][0]:
        return Span(path, *first[2])  # what a reference gives may be longer than it
    if first == last or (first[2] is None and last[2] is None):
        low, high = first[1] + start - first[0], last[1] + max(start, end - 1) - last[0]
        return Span(path, low, max(low, high + 1) if end > start else low)
    low = first[2][0] if first[2] else first[1] + start - first[0]
    high = last[2][1] if last[2] else last[1] + end - last[0]
    return Span(path, low, max(low, high))


def _stretch(
    stretches: list[tuple[int, int, tuple[int, int] | None]], at: int
) -> tuple[int, int, tuple[int, int] | None]:
    low, high = 0, len(stretches) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if stretches[middle][0] <= at:
            low = middle
        else:
            high = middle - 1
    return stretches[low] if stretches else (0, 0, None)


def _build(makefile: Makefile, building: _Building, start: int, end: int) -> None:
    """Add one line of a recipe to the text of its shell."""
    text = makefile.text
    for part in chunks(text, start, end):
        if part.kind == "text":
            building.put(text[part.start : part.end], part.start, None)
        elif part.kind == "dollar":
            building.put("$", part.start + 1, None)
        else:
            outer = (part.start, part.end)
            for bit in bounded(reference(makefile, part, 0), text[part.start : part.end][:80], None):
                _put(makefile, building, bit, outer)
        makefile.budget[0] -= 1
        if makefile.budget[0] < 0:
            return


def _put(makefile: Makefile, building: _Building, bit: Bit, outer: tuple[int, int]) -> None:
    """Add what a reference gives: as text where the shell would read it anew, else as a range filled in."""
    piece = bit.piece
    if isinstance(piece, Literal):
        if building.size == 0 and _PREFIX.fullmatch(piece.text):
            return
        if _SPOKEN.search(piece.text):
            own = piece.span and piece.span.path == makefile.path
            building.put(piece.text, piece.span.start if own and piece.span else outer[0], outer)
            return
        if not piece.text:
            return
    elif isinstance(piece, Fork) and _speaks(piece):
        bit = Bit(Hole(f"{piece.identity}?{outer[0]}", None, "depends on a condition"), quoted=False)
    shown = piece.text if isinstance(piece, Literal) else makefile.text[outer[0] : outer[1]][:80] or "$"
    at = building.size
    building.put(shown, outer[0], outer)
    building.marks[at] = (at + len(shown), (Bit(bit.piece, quoted=False),))


def _speaks(fork: Fork) -> bool:
    contents = [*(content for _, content in fork.options), *([fork.otherwise] if fork.otherwise else [])]
    return any(
        (isinstance(bit.piece, Literal) and _SPOKEN.search(bit.piece.text) is not None)
        or (isinstance(bit.piece, Fork) and _speaks(bit.piece))
        for content in contents
        for bit in content
    )


def _environment(makefile: Makefile) -> list[tuple[str, Raw]]:
    """Return the variables that the shells of recipes see."""
    names = list(makefile.variables) if makefile.everything else list(makefile.exported)
    found = [(name, makefile.value(name)) for name in names[:200] if name.isidentifier()]
    return [(name, tuple(Bit(bit.piece, quoted=True) for bit in value)) for name, value in found]
