"""The files that make up a GitLab pipeline, laid over each other, with the inputs they are given."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from tflint_locks.read.fork import Raw, raw, text_of_raw
from tflint_locks.read.pipeline import Files, Gathered, Source, between, content, include, opened, span_at, unknown
from tflint_locks.read.yaml import Node, child, entries
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole

Layers: TypeAlias = "tuple[Layer, ...]"

_INPUT = regex(r"\$\[\[\s*inputs\.([\w-]+)\s*(\|[^\]]*)?\]\]")
_REMOTE = regex(r"https?://", re.IGNORECASE)
DEEPEST = 11  # levels of ``extends`` and ``!reference``, about what GitLab allows
_SOURCES = 100


class Layer(NamedTuple):
    """One node that a value is made of, in its file, with what the file's inputs are."""

    source: Source
    node: Node
    inputs: Mapping[str, Raw]


def without_header(text: str) -> str:
    """Blank out the header (``spec:`` and ``---``) of a file with inputs, so that offsets stay as they are."""
    end = text.find("\n---")
    if end < 0 or not re.match(r"(?:\s|#[^\n]*\n|---\n)*spec:", text):
        return text
    return re.sub(r"[^\n]", " ", text[: end + 4]) + text[end + 4 :]


def declared_inputs(text: str, path: str) -> dict[str, Raw]:
    """Return the inputs that a file's header declares, as holes that show their default."""
    source = opened(path, text) if without_header(text) is not text else None
    found: dict[str, Raw] = {}
    if isinstance(source, Source):
        for name, node in entries(child(child(source.root, "spec"), "inputs")):
            default, options = child(node, "default"), child(node, "options")
            domain = tuple(item.text for item in options.items if item.kind == "scalar") if options else ()
            likely = default.text if default and default.kind == "scalar" else None
            hole = Hole(f"$[[ inputs.{name.text} ]]", None, "an input", likely, domain)
            found[name.text] = raw((hole,))
    return found


def with_includes(gathered: Gathered, first: Layer, files: Files) -> Layers:
    """Return a file and all it takes in, the most specific first: the last of what it takes in wins."""
    found: list[Layer] = []
    waiting: list[tuple[Layer, tuple[str, ...]]] = [(first, (first.source.path,))]
    while waiting and len(found) < _SOURCES:
        layer, chain = waiting.pop(0)
        found.append(layer)
        taken: list[tuple[Layer, tuple[str, ...]]] = []
        for target, span, given in included_files(layer, child(layer.node, "include")):
            include(gathered, "include", target, span)
            for path, text in files(target) if len(chain) < DEEPEST else ():
                source = opened(path, without_header(text)) if path not in chain else None
                if isinstance(source, Source):
                    taken.append((Layer(source, source.root, {**declared_inputs(text, path), **given}), (*chain, path)))
        waiting[:0] = reversed(taken)
    return tuple(found)


def included_files(layer: Layer, node: Node | None) -> Iterator[tuple[str, Span, dict[str, Raw]]]:
    """Yield the files of this repository that an ``include`` names, with the inputs it gives them."""
    for item in (node.items[:_SOURCES] if node.kind == "list" else [node]) if node else ():
        local = item if item.kind == "scalar" else child(item, "local")
        if local and local.kind == "scalar" and not _REMOTE.match(local.text) and "$" not in local.text:
            given = {name.text: with_inputs(layer, value) for name, value in entries(child(item, "inputs"))}
            yield local.text.lstrip("/").removeprefix("./"), span_at(layer.source, local), given


def with_inputs(layer: Layer, node: Node) -> Raw:
    """Return a scalar with its inputs filled in."""
    if node.kind != "scalar":
        return unknown(f"list@{node.start}", "a list", span_at(layer.source, node))
    return content(layer.source, node, between("$[[", "]]"), lambda text, span: input_of(layer, text, span))


def input_of(layer: Layer, text: str, span: Span) -> Raw:
    """Return what an ``$[[ inputs.… ]]`` gives."""
    found = _INPUT.fullmatch(text)
    given = layer.inputs.get(found[1]) if found and not found[2] else None
    return given if given is not None else unknown(text[:200], "an input", span)


def part_of(layers: Layers, name: str) -> Layers:
    """Return an entry of a value: maps lie over each other, anything else hides what is below."""
    return merged(layer._replace(node=node) for layer in layers if (node := child(layer.node, name)) is not None)


def merged(layers: Iterable[Layer]) -> Layers:
    """Return the layers that are seen: all maps down to the first that is none."""
    found: list[Layer] = []
    for layer in layers:
        if layer.node.kind != "map":
            return tuple(found) or (layer,)
        found.append(layer)
    return tuple(found)


def keys_of(layers: Layers) -> Iterator[tuple[str, Layer]]:
    """Yield each name of a value's maps once, with its most specific content."""
    seen: set[str] = set()
    for layer in layers:
        for name, node in entries(layer.node):
            text = name.text
            if "$[[" in text:
                text = text_of_raw(with_inputs(layer, name)) or text
            if text not in seen:
                seen.add(text)
                yield text, layer._replace(node=node)


def layered_text(layers: Layers) -> str:
    """Return the text of a scalar, empty where it is none."""
    return layers[0].node.text if layers and layers[0].node.kind == "scalar" else ""


def layered_texts(layers: Layers) -> list[str]:
    """Return the texts of a scalar or a list."""
    if not layers:
        return []
    node = layers[0].node
    return [item.text for item in ([node] if node.kind == "scalar" else node.items) if item.kind == "scalar"]
