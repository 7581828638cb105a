"""Settings files (``.env``, YAML, JSON): the names they give to tables, buckets, keys, regions and accounts.

Nothing is run. Only settings whose name speaks of such a place are kept, never a secret; the name is the whole way to
the value (``environments.staging.lock_table``).
"""

from collections.abc import Iterator

from tflint_locks.facts import Name, ScriptFile
from tflint_locks.read.remarks import line_remarks
from tflint_locks.read.yaml import Node, YamlError, entries, read_yaml
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Piece, Value

# The last key of a setting that may name a place of the state.
_SPEAKS = regex(r"(?i)table|bucket|dynamo|ddb|region|account|(?:^|[_.-])key$|state|lock")
_SECRET = regex(r"(?i)secret|access|token|password|passwd|credential|private|api_?key|ssh|signing|encrypt")
_ASSIGNED = regex(r"[ \t]{0,20}(?:export[ \t]{1,20})?([A-Za-z_]\w{1,80})[ \t]{0,8}=[ \t]{0,8}(.*)")
_OPEN = regex(r"\$\{[^{}\n]{0,200}\}|\$[A-Za-z_]\w{0,80}|\{\{[^{}\n]{0,200}\}\}|%[A-Za-z_]{2,60}%")
_NODES = 20_000
_DEPTH = 12
_LONGEST = 300


def read_env(path: str, text: str) -> ScriptFile:
    """Read ``NAME=value`` lines; never raises."""
    names: list[Name] = []
    at = 0
    for line in text.splitlines(keepends=True):
        if (found := _ASSIGNED.match(line[:2000])) and _is_kept(found.group(1)):
            start, end = _content(line, found.start(2), len(line.rstrip()))
            names.append(_name(path, text, found.group(1), at + start, at + end))
        at += len(line)
    return _facts(path, text, names)


def _content(line: str, start: int, end: int) -> tuple[int, int]:
    """Return the range of a value without quotes, or up to the comment behind it."""
    end = max(end, start)
    mark = line[start : start + 1]
    if mark in {"'", '"'}:
        close = line.find(mark, start + 1, end)
        return (start + 1, close) if close > 0 else (start + 1, end)
    comment = line.find(" #", start, end)
    stop = comment if comment >= 0 else end
    return start, start + len(line[start:stop].rstrip())


def read_settings(path: str, text: str) -> ScriptFile:
    """Read the scalars of a YAML or JSON file; never raises: what is neither says nothing."""
    try:
        root = read_yaml(text)
    except (YamlError, RecursionError):
        return _facts(path, text, [])
    names = [
        _name(path, text, name, node.start, node.end)
        for name, node in _scalars(root)
        if node.style not in {"|", ">"} and text[node.start : node.end] == node.text
    ]
    return _facts(path, text, names)


def _scalars(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield the scalars that speak of a place of the state, with the keys that lead to them."""
    stack: list[tuple[str, Node, int]] = [("", root, 0)]
    left = _NODES
    while stack and left:
        left -= 1
        way, node, depth = stack.pop()
        if node.kind == "scalar":
            if _is_kept(way) and node.text:
                yield way, node
        elif depth < _DEPTH:
            inner = [(f"{way}.{key.text[:80]}" if way else key.text[:80], value) for key, value in entries(node)]
            inner += [(way, item) for item in node.items[:_NODES]]
            stack.extend((name, value, depth + 1) for name, value in reversed(inner))


def _is_kept(way: str) -> bool:
    leaf = way.rpartition(".")[2]
    return _SPEAKS.search(leaf) is not None and not _SECRET.search(leaf)


def _name(path: str, text: str, name: str, start: int, end: int) -> Name:
    return Name(name, _value(path, text, start, min(end, start + _LONGEST)), Span(path, start, end), path)


def _value(path: str, text: str, start: int, end: int) -> Value:
    """Return a value; what other variables give is a hole."""
    pieces: list[Piece] = []
    at = start
    for found in _OPEN.finditer(text, start, end):
        if found.start() > at:
            pieces.append(Literal(text[at : found.start()], Span(path, at, found.start())))
        pieces.append(Hole(found.group(), Span(path, *found.span()), "a variable"))
        at = found.end()
    if at < end or not pieces:
        pieces.append(Literal(text[at:end], Span(path, at, end)))
    return tuple(pieces)


def _facts(path: str, text: str, names: list[Name]) -> ScriptFile:
    return ScriptFile(path, (), (), tuple(names), line_remarks(path, text), (), kind="settings")
