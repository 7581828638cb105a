"""Terraform and OpenTofu files, tfvars and backend files to facts; says nothing of who uses them."""

from tflint_locks.facts import Assignments, Fault, Remark, TerraformFile
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
from tflint_locks.regex import regex
from tflint_locks.source import Span

# How many labels a block type carries, and so how deep its JSON objects nest.
_LABELS = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "backend": 1}
_JSON_BLOCKS = {
    "": frozenset({"terraform", "variable", "locals", "resource", "data", "module", "output", "provider"}),
    "terraform": frozenset({"backend", "cloud", "required_providers"}),
    "resource": frozenset({"attribute", "inline_policy", "replica"}),
    "data": frozenset({"statement"}),
    "statement": frozenset({"principals", "not_principals", "condition"}),
}
_MARKS = regex(r"^(?:#+|//+|/\*+)\s*|\s*\*/$")


def read_terraform(path: str, text: str) -> TerraformFile:
    """Read a ``.tf`` or ``.tofu`` file, or its JSON form."""
    literal = path.endswith(".json")
    file = _json_file(text) if literal else parse(text)
    blocks = tuple(item for item in file.items if isinstance(item, Block))
    return TerraformFile(path, blocks, literal, _remarks(path, text, file), _faults(path, file))


def read_assignments(path: str, text: str) -> Assignments:
    """Read a file of top-level assignments: tfvars, or a backend file of any extension."""
    literal = path.endswith(".json")
    file = _json_file(text, blocks=False) if literal else parse(text)
    attributes = tuple(item for item in file.items if isinstance(item, Attribute))
    blocks = tuple(item for item in file.items if isinstance(item, Block))
    return Assignments(path, attributes, blocks, literal, _remarks(path, text, file), _faults(path, file))


def _remarks(path: str, text: str, file: File) -> tuple[Remark, ...]:
    return tuple(Remark(_said(text[start:end]), Span(path, start, end)) for start, end in file.comments)


def _said(comment: str) -> str:
    """Return a comment without its marks."""
    if comment.startswith("#") and not comment.endswith("*/"):  # nearly all: no pattern needed
        return comment.lstrip("#").lstrip()
    return _MARKS.sub("", comment)


def _faults(path: str, file: File) -> tuple[Fault, ...]:
    return tuple(Fault(fault.message, Span(path, fault.start, fault.end), fault.template) for fault in file.faults)


def _json_file(text: str, *, blocks: bool = True) -> File:
    try:
        tree = read_json(text)
    except HclError as error:
        return File((), (), (HclFault(error.message, error.start, error.end, template=False),))
    return File(_json_items(tree, "" if blocks else None), (), ())


def _json_items(tree: Expression, kind: str | None) -> tuple[Attribute | Block, ...]:
    """Return the members of a JSON object as attributes and, where the schema of ``kind`` says so, blocks."""
    items: list[Attribute | Block] = []
    nested = _JSON_BLOCKS.get(kind, frozenset()) if kind is not None else frozenset()
    for member in _members(tree):
        label, value = member
        if label.text == "//":
            continue
        if label.text in nested:
            items.extend(_json_blocks(label, value, (), _LABELS.get(label.text, 0)))
        else:
            items.append(Attribute(label.text, label.start, label.end, value.start, value.end))
    return tuple(items)


def _json_blocks(kind: Label, value: Expression, labels: tuple[Label, ...], depth: int) -> list[Block]:
    if isinstance(value, Tuple):
        return [block for item in value.items for block in _json_blocks(kind, item, labels, depth)]
    if depth:
        return [
            block
            for label, inner in _members(value)
            for block in _json_blocks(kind, inner, (*labels, label), depth - 1)
        ]
    header = labels[-1].end if labels else kind.end
    return [Block(kind.text, kind.start, kind.end, header, value.end, labels, _json_items(value, kind.text))]


def _members(tree: Expression) -> list[tuple[Label, Expression]]:
    if not isinstance(tree, Object):
        return []
    return [(_label(key), value) for key, value in tree.items if isinstance(key, Template)]


def _label(key: Template) -> Label:
    text = key.parts[0] if key.parts else None
    if isinstance(text, Text):
        return Label(text.value, text.start, text.end)
    return Label("", key.start, key.end)
