"""Terragrunt's files (``terragrunt.hcl``, ``root.hcl`` and what they include or read) to facts; evaluates nothing."""

from tflint_locks.facts import Fault, Remark, TerragruntFile
from tflint_locks.hcl import (
    Attribute,
    Block,
    Expression,
    File,
    HclError,
    Label,
    Object,
    Template,
    Text,
    Tuple,
    parse,
    read_json,
)
from tflint_locks.hcl import Fault as HclFault
from tflint_locks.read.remarks import with_quoted
from tflint_locks.source import Span

# The files that Terragrunt looks for by name; every other one is read because a file names it.
NAMES = ("terragrunt.hcl", "terragrunt.hcl.json")
# Block types and how many labels each carries in the JSON form.
_BLOCKS = {
    "locals": 0,
    "remote_state": 0,
    "terraform": 0,
    "extra_arguments": 1,
    "generate": 1,
    "dependency": 1,
    "dependencies": 0,
    "feature": 1,
    "exclude": 0,
    "unit": 1,
    "stack": 1,
}
_MARKS = " \t\r\n#/*"
_DEPTH = 4


def read_terragrunt(path: str, text: str) -> TerragruntFile:
    """Read a file in Terragrunt's language, or its JSON form, into the same shape."""
    file = _json_file(text) if path.endswith(".json") else parse(text)
    remarks = tuple(Remark(text[start:end].strip(_MARKS), Span(path, start, end)) for start, end in file.comments)
    faults = tuple(Fault(one.message, Span(path, one.start, one.end), one.template) for one in file.faults)
    return TerragruntFile(path, file.items, with_quoted(remarks, path, text), faults)


def _json_file(text: str) -> File:
    try:
        tree = read_json(text)
    except HclError as error:
        return File((), (), (HclFault(error.message, error.start, error.end, template=False),))
    return File(_items(tree, 0), (), ())


def _items(tree: Expression, depth: int) -> tuple[Attribute | Block, ...]:
    """Return the members of a JSON object: blocks where Terragrunt has blocks of that name, else attributes."""
    found: list[Attribute | Block] = []
    for key, value in tree.items if isinstance(tree, Object) else ():
        label = _label(key)
        if label is None or label.text == "//":
            continue
        labels = _labels_of(label.text, value)
        if labels is None or depth > _DEPTH or not isinstance(value, Object | Tuple):
            found.append(Attribute(label.text, label.start, label.end, value.start, value.end))
        else:
            found.extend(_blocks(label, value, (), labels, depth))
    return tuple(found)


def _labels_of(name: str, value: Expression) -> int | None:
    """Return how many labels a block has; an ``include`` has one where its members are objects."""
    if name != "include":
        return _BLOCKS.get(name)
    inner = value.items if isinstance(value, Object) else ()
    return 1 if inner and all(isinstance(member, Object) for _, member in inner) else 0


def _blocks(kind: Label, value: Expression, labels: tuple[Label, ...], more: int, depth: int) -> list[Block]:
    if isinstance(value, Tuple):
        return [block for item in value.items for block in _blocks(kind, item, labels, more, depth + 1)][:256]
    if depth > _DEPTH:
        return []
    if more and isinstance(value, Object):
        named = ((_label(key), inner) for key, inner in value.items)
        return [
            block
            for label, inner in named
            if label
            for block in _blocks(kind, inner, (*labels, label), more - 1, depth + 1)
        ]
    header = labels[-1].end if labels else kind.end
    return [Block(kind.text, kind.start, kind.end, header, value.end, labels, _items(value, depth + 1))]


def _label(key: Expression) -> Label | None:
    if not isinstance(key, Template):
        return None
    text = key.parts[0] if key.parts else None
    return Label(text.value, text.start, text.end) if isinstance(text, Text) else Label("", key.start, key.end)
