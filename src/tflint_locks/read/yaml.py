"""YAML text to a tree in which every scalar knows where it stands, read from libyaml's event stream within a budget.

Knows nothing of what a document means; a scalar is its text, whatever type YAML would give it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

_DEPTH = 60
_NODES = 200_000
_MERGES = 10


class YamlError(Exception):
    """The text is no YAML, or more than is read; ``offset`` is where."""

    def __init__(self, message: str, offset: int) -> None:
        """Keep a phrase in lower case and a character offset."""
        super().__init__(message)
        self.message = message
        self.offset = offset


class Node:
    """A scalar, list or map, with the offsets of its text.

    ``kind`` is ``scalar``, ``list`` or ``map``. A scalar's range is its content without quotes; of a block scalar, all
    of it with the ``|``. ``style`` is the scalar's first mark (``'``, ``"``, ``|``, ``>``) or empty. An alias is its
    anchor's node itself, so a tree may meet one node several times. ``tag`` is what the text says of its type
    (``!Ref``), empty without.
    """

    __slots__ = ("end", "items", "kind", "pairs", "start", "style", "tag", "text")

    def __init__(self, kind: str, start: int, end: int, text: str = "", style: str = "") -> None:
        """Begin a node that has no items, no pairs and no tag yet."""
        self.kind = kind
        self.start = start
        self.end = end
        self.text = text
        self.style = style
        self.items: list[Node] = []
        self.pairs: list[tuple[Node, Node]] = []
        self.tag = ""


def read_yaml(text: str) -> Node:
    """Read the first document of a text; raises YamlError with its place."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        # libyaml does not count a byte order mark; a line end in its place keeps every offset.
        counted = "\n" + text[1:] if text.startswith("\ufeff") else text
        return _build(text, iter(loader(counted).get_event, None))
    except UnicodeEncodeError as error:
        message = "not a character"
        raise YamlError(message, error.start) from None
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        offset = place.index if place else getattr(error, "position", 0)
        raise YamlError(_phrase(error), min(max(offset, 0), len(text))) from None


def _phrase(error: Exception) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    return str(problem)


def _build(text: str, events: Iterable[Any]) -> Node:
    root = Node("list", 0, 0)
    stack: list[tuple[Node, Node | None]] = [(root, None)]
    anchors: dict[str, Node] = {}
    count = 0
    for event in events:
        count += 1
        name = type(event).__name__
        if name == "DocumentEndEvent":
            break
        if name in {"MappingEndEvent", "SequenceEndEvent"}:
            stack.pop()[0].end = event.end_mark.index
            continue
        node = _node(text, event, name, anchors)
        if node is None:
            continue
        if count > _NODES or len(stack) > _DEPTH:
            message = "more nodes than are read" if count > _NODES else "nested too deeply"
            raise YamlError(message, node.start)
        _add(stack, node)
        if name in {"MappingStartEvent", "SequenceStartEvent"}:
            stack.append((node, None))
    return root.items[0] if root.items else Node("scalar", 0, 0)


def _node(text: str, event: Any, name: str, anchors: dict[str, Node]) -> Node | None:
    """Return the node an event begins, None for events that begin none."""
    start, end = event.start_mark.index, event.end_mark.index
    if name == "AliasEvent":
        return anchors.get(event.anchor) or Node("scalar", start, end)
    if name == "ScalarEvent":
        node = _scalar(text, event.value, event.style or "", start, end)
    elif name in {"MappingStartEvent", "SequenceStartEvent"}:
        node = Node("map" if name[0] == "M" else "list", start, end)
    else:
        return None
    node.tag = event.tag or ""
    if event.anchor:
        anchors[event.anchor] = node
    return node


def _scalar(text: str, value: str, style: str, start: int, end: int) -> Node:
    """Return a scalar; its event's range may begin at an anchor or a tag."""
    if text[start : start + 1] in {"&", "!"}:
        start = _after_properties(text, start, end)
    if style in {"'", '"', "|", ">"}:
        found = text.find(style, start, end)
        start = found if found >= 0 else start
        if style in {"'", '"'}:
            return Node("scalar", start + 1, max(end - 1, start + 1), value, style)
    return Node("scalar", start, end, value, style)


def _after_properties(text: str, start: int, end: int) -> int:
    """Return where a node's content begins: after its anchor and tag."""
    for _ in range(2):
        if text[start : start + 1] not in {"&", "!"}:
            break
        while start < end and not text[start].isspace():
            start += 1
        while start < end and text[start].isspace():
            start += 1
    return start


def _add(stack: list[tuple[Node, Node | None]], node: Node) -> None:
    parent, key = stack[-1]
    if parent.kind == "list":
        parent.items.append(node)
    elif key is None:
        stack[-1] = (parent, node)
    else:
        parent.pairs.append((key, node))
        stack[-1] = (parent, None)


def entries(node: Node | None) -> Iterator[tuple[Node, Node]]:
    """Yield a map's entries, then those it merges in that it does not have; nothing for other nodes."""
    seen: set[str] = set()
    queue = [node] if node else []
    for _ in range(_MERGES):
        if not queue:
            return
        current = queue.pop(0)
        for key, value in current.pairs:
            if key.text == "<<" and key.kind == "scalar" and not key.style:
                queue.extend(value.items[:_MERGES] if value.kind == "list" else [value])
            elif key.text not in seen:
                seen.add(key.text)
                yield key, value


def child(node: Node | None, name: str) -> Node | None:
    """Return a map's entry of that name, merged ones too."""
    merges = False
    for key, value in node.pairs if node else ():
        if key.text == name:
            return value
        merges = merges or key.text == "<<"
    return next((value for key, value in entries(node) if key.text == name), None) if merges else None


def origin(text: str, node: Node) -> tuple[list[int], list[int]]:
    """Map a scalar's text to where it stands: from ``first[i]`` on its characters follow ``second[i]`` one by one."""
    if text.startswith(node.text, node.start):
        return [0], [node.start]
    texts: list[int] = [0]
    places: list[int] = [node.start]
    if node.style in {"|", ">"}:
        _block(text, node, texts, places)
    else:
        _flow(text, node, texts, places)
    return texts, places


def _block(text: str, node: Node, texts: list[int], places: list[int]) -> None:
    """Map a block scalar line by line: each line's content is found again in order."""
    at = text.find("\n", node.start) + 1
    offset = 0
    while 0 < at < node.end and offset < len(node.text):
        stop = text.find("\n", at, node.end)
        stop = node.end if stop < 0 else stop
        content = text[at:stop].strip(" \r\n")
        found = node.text.find(content, offset, offset + (stop - at) + 1 + _FOLDED) if content else -1
        if found >= 0:
            texts.append(found)
            places.append(text.find(content, at, stop))
            offset = found + len(content)
            # The line end itself follows its line.
        at = stop + 1


_FOLDED = 200


def _flow(text: str, node: Node, texts: list[int], places: list[int]) -> None:
    """Map a quoted or plain scalar character by character, over escapes and folded lines."""
    at = node.start
    for offset, char in enumerate(node.text):
        at = _over(text, at, node, char)
        if at >= node.end:
            return
        if places[-1] + offset - texts[-1] != at:
            texts.append(offset)
            places.append(at)
        at += _size(text, at, node.style, char)


def _over(text: str, at: int, node: Node, char: str) -> int:
    """Step over what stands for no character: the blanks of a folded line, an escaped line end."""
    while at < node.end and text[at] != char and (text[at].isspace() or text.startswith(("\\\n", "\\\r"), at)):
        if char.isspace() and text[at].isspace():
            break
        at += 1 if text[at].isspace() else 2
    return at


def _size(text: str, at: int, style: str, char: str) -> int:
    """Return how many characters of the text stand for this one."""
    if style == "'" and text.startswith("''", at):
        return 2
    if style == '"' and text[at] == "\\":
        return _ESCAPES.get(text[at + 1 : at + 2], 2)
    return 0 if text[at] != char else 1


_ESCAPES = {"x": 4, "u": 6, "U": 10}
