"""What stands around a step of a workflow or action: what its expressions can name, and what its conditions say."""

import posixpath
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from tflint_locks.read.expand import join_path
from tflint_locks.read.expression_values import evaluate, identity_of, is_true, unknown
from tflint_locks.read.fork import REF, Bit, Raw, is_shape, name_of_ref, raw, single_fork, single_hole
from tflint_locks.read.script import Origin, placed
from tflint_locks.read.shellstate import ROOT, Guard
from tflint_locks.read.yaml import Node, child, entries, origin
from tflint_locks.record import NamedTuple
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal

_LONGEST = 2000
_VARIABLES = 100
# What differs from file to file though it is named alike.
_OWN = ("steps.", "needs.", "matrix.", "env.", "inputs.", "job.", "strategy.")


class Around(NamedTuple):
    """What expressions can name at one place: variables, inputs, the matrix of the job, what steps and jobs hand on.

    ``known`` are the texts left to an identity by the condition of the job. ``frame`` tells the holes of a called file
    from its caller's; ``prefix`` is the folder that the job checks the repository out into.
    """

    path: str
    text: str
    environment: Mapping[str, Raw]
    inputs: Mapping[str, Raw]
    matrix: Mapping[str, Raw]
    outputs: Mapping[str, Raw]
    known: Mapping[str, tuple[str, ...]]
    folder: Raw
    shell: str
    frame: str
    prefix: str


def with_defaults(around: Around, node: Node | None) -> Around:
    """Return the surroundings with the folder and shell that ``defaults`` of a workflow or job state."""
    run = child(child(node, "defaults"), "run")
    folder, shell = child(run, "working-directory"), child(run, "shell")
    around = into(around, folder)
    return around._replace(shell=shell.text) if shell else around


def into(around: Around, folder: Node | None) -> Around:
    """Return the surroundings in another working directory, which is counted from the repository's root."""
    if not folder or folder.kind != "scalar" or not folder.text:
        return around
    root = raw((Hole(ROOT, None, "the repository's place"),))
    return around._replace(folder=join_path(root, content(around, folder)))


def environment_of(around: Around, node: Node | None) -> dict[str, Raw]:
    """Return the variables around with those that an ``env`` sets."""
    found = dict(around.environment)
    for name, value in entries(node):
        if value.kind == "scalar" and len(found) < _VARIABLES:
            found[name.text] = content(around, value)
    return found


class Condition(NamedTuple):
    """What a condition says: whether it can never or must always hold, and the branches it makes.

    ``whole`` is true where the branches are all it says; ``loose`` where it may not hold.
    """

    never: bool = False
    always: bool = True
    guards: tuple[Guard, ...] = ()
    whole: bool = True
    loose: bool = False


def condition_of(around: Around, node: Node | None) -> Condition:
    """Judge the condition of a job or step."""
    if not node or node.kind != "scalar" or len(node.text) > _LONGEST:
        return Condition(always=node is None, whole=node is None, loose=node is not None)
    text = node.text.strip()
    if text.startswith("${{") and text.endswith("}}") and text.count("${{") == 1:
        text = text[3:-2]
    elif "${{" in text:
        return Condition(always=False, whole=False, loose=True)
    word = evaluate(text, partial(_lookup, around), None)
    true = is_true(word)
    if true is not None:
        return Condition(never=not true)
    guards, whole = _guards(word)
    return Condition(False, False, guards, whole, True)  # noqa: FBT003 - fields


def _guards(word: Raw) -> tuple[tuple[Guard, ...], bool]:
    """Return the branches a condition makes, and whether they are all it says."""
    found: list[Guard] = []
    while fork := single_fork(word):
        open_ = [(text, content) for text, content in fork.options if is_true(content) is not False]
        last = fork.otherwise if fork.otherwise is not None and is_true(fork.otherwise) is not False else None
        if (last is not None) == bool(open_):
            return tuple(found), False
        texts = tuple(text for text, _ in (open_ or fork.options))
        found.append(Guard(fork.identity, texts, positive=last is None))
        rest = [content for _, content in open_] if last is None else [last]
        if all(is_true(content) for content in rest):
            return tuple(found), True
        if len(rest) > 1:
            return tuple(found), False
        word = rest[0]
    return tuple(found), False


def left_texts(guards: Iterable[Guard]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield the texts that conditions which hold leave to an identity."""
    return ((guard.identity, guard.texts) for guard in guards if guard.positive)


def expressions(text: str) -> list[tuple[int, int]]:
    """Return the ranges of the ``${{ … }}`` of a text."""
    found: list[tuple[int, int]] = []
    start = text.find("${{")
    while start >= 0:
        end = text.find("}}", start)
        if end < 0:
            break
        found.append((start, end + 2))
        start = text.find("${{", end)
    return found


def content(around: Around, node: Node) -> Raw:
    """Return a scalar's content with its expressions worked out."""
    text = node.text
    place = placed(around.path, Origin(*origin(around.text, node)))
    bits: list[Bit] = []
    at = 0
    for start, end in expressions(text):
        if start > at:
            bits.append(Bit(Literal(text[at:start], place(at, start)), quoted=True))
        bits.extend(expression(around, text[start + 3 : end - 2], place(start, end)))
        at = end
    if at < len(text) or not bits:
        bits.append(Bit(Literal(text[at:], place(at, len(text))), quoted=True))
    return tuple(bits)


def expression(around: Around, written: str, span: Span | None) -> Raw:
    """Return what an expression is, as far as it is known."""
    return evaluate(written, partial(_lookup, around), span)


def _lookup(around: Around, name: str, span: Span | None) -> Raw | None:
    """Return what a dotted name is, None where nothing in the file says."""
    if name.startswith("github."):
        return _of_github(around, name, span)
    kind, _, rest = name.partition(".")
    source = _SOURCES.get(kind)
    found = source(around).get(name if kind in {"steps", "needs"} else rest) if source else None
    if found is not None:
        return _here(around, found, span)
    return unknown(f"{name}@{around.path}", span) if around.frame and name.startswith(_OWN) else None


_SOURCES: dict[str, Callable[[Around], Mapping[str, Raw]]] = {
    "env": lambda around: around.environment,
    "inputs": lambda around: around.inputs,
    "matrix": lambda around: around.matrix,
    "steps": lambda around: around.outputs,
    "needs": lambda around: around.outputs,
}


def _of_github(around: Around, name: str, span: Span | None) -> Raw | None:
    if name == "github.workspace":
        return raw((Hole(ROOT, span, "the repository's place"),))
    if name == "github.action_path":
        folder = posixpath.dirname(around.path)
        return raw((Hole(ROOT, span, "the repository's place"), Literal(f"/{folder}" if folder else "")))
    if name.startswith("github.event.inputs."):
        given = name.removeprefix("github.event.")
        return _lookup(around, given, span) or unknown(given, span)
    texts = around.known.get(identity_of(name), ())
    if name == "github.ref_name" and len(refs := around.known.get(REF, ())) == 1:
        texts = tuple(filter(None, (name_of_ref(refs[0]),)))
    return raw((Literal(texts[0], span),)) if len(texts) == 1 and not is_shape(texts[0]) else None


def _here(around: Around, word: Raw, span: Span | None) -> Raw:
    """Return a word as it is where it is named: a hole that can be but one text is that text."""
    hole = single_hole(word)
    if hole is None:
        return word
    domain = around.known.get(hole.identity, hole.domain)
    if any(map(is_shape, domain)):
        domain = hole.domain
    if len(domain) == 1:
        return raw((Literal(domain[0], span),))
    return raw((hole._replace(span=span, domain=domain),))
