"""What the expressions of an Azure pipeline give at one place: parameters, variables, conditions, loops and templates.

Of template expressions it knows names, texts, comparisons of two of them, and loops over a list; any other is a hole.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping

from tflint_locks.read.fork import Raw, forked, raw, single_hole, text_of_raw
from tflint_locks.read.pipeline import (
    Files,
    Gathered,
    Source,
    add_name,
    content,
    include,
    opened,
    repository,
    span_at,
    spent,
    unknown,
)
from tflint_locks.read.shellstate import Guard
from tflint_locks.read.yaml import Node, child, entries
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal

# Template and runtime expressions, and macros.
MARK = regex(r"\$\{\{.*?\}\}|\$\[.*?\]|\$\([A-Za-z_][\w.]*\)", re.DOTALL)
_NAMED = regex(r"(?:parameters|variables)(?:\.|\[')([\w.-]+)(?:'\])?|([\w-]+(?:\.[\w-]+)?)")
_TEXT = regex(r"'((?:[^']|'')*)'")
_TEST = regex(r"(eq|ne)\(\s*([^(),]+?)\s*,\s*([^(),]+?)\s*\)")
_EACH = regex(r"each\s+([\w-]+)\s+in\s+parameters\.([\w-]+)")
_PLACES = frozenset({"build.sourcesdirectory", "system.defaultworkingdirectory", "build.repository.localpath"})
_DEPTH = 10
MOST_ITEMS = 500
MOST_TURNS = 30


class Around(NamedTuple):
    """What is known at one place: parameters (scalars and lists), variables, folder, and what is gathered."""

    source: Source
    files: Files
    gathered: Gathered
    parameters: Mapping[str, Raw]
    lists: Mapping[str, tuple[Source, Node]]
    variables: Mapping[str, Raw]
    scope: str = ""
    windows: bool = False
    conditional: bool = False
    depth: int = 0
    guard: Guard | None = None


class _Answer(NamedTuple):
    """Whether one of the conditions before an ``else`` holds, the last of them, and whether that one does itself."""

    holds: bool | None
    condition: str
    now: bool | None


_NO = _Answer(holds=False, condition="", now=False)


class _Declared(NamedTuple):
    """One declared parameter: its name, default and the values it may have."""

    name: str
    default: Node | None
    values: Node | None


def content_of(around: Around, node: Node) -> Raw:
    """Return a scalar with its expressions filled in."""
    return content(
        around.source,
        node,
        lambda text: [found.span() for found in MARK.finditer(text)],
        lambda text, span: filled(around, text, span),
    )


def filled(around: Around, text: str, span: Span | None) -> Raw:
    """Return what one expression or ``$(…)`` gives."""
    if text.startswith("$("):
        name = text[2:-1].lower()
        if name in _PLACES:
            return repository()
        return around.variables.get(name) or unknown(f"$({text[2:-1]})", "set outside the file", span)
    return _expression(around, text.removeprefix("${{").removeprefix("$[").rstrip("}]").strip(), text, span)


def _expression(around: Around, text: str, written: str, span: Span | None) -> Raw:
    if found := _TEXT.fullmatch(text):
        return raw((Literal(found[1].replace("''", "'"), span),))
    found = _NAMED.fullmatch(text)
    known: Raw | None = None
    if found and text.startswith("variables"):
        known = repository() if found[1].lower() in _PLACES else around.variables.get(found[1].lower())
    elif found:
        known = around.parameters.get(found[1] or found[2])
    return known if known is not None else unknown(" ".join(written.split())[:200], "an expression", span)


def _holds(around: Around, condition: str) -> bool | None:
    """Tell whether a comparison of two known texts holds, None where that is not known."""
    found = _TEST.fullmatch(condition.strip())
    if not found:
        return None
    left, right = (text_of_raw(_expression(around, side, side, None)) for side in (found[2], found[3]))
    if left is None or right is None:
        return None
    return (left.lower() == right.lower()) == (found[1] == "eq")


def _inserted(
    around: Around, items: list[tuple[Node, Node]], before: _Answer = _NO
) -> Iterator[tuple[Around, Node, str, bool]]:
    """Yield what stands under ``if``, ``else`` and ``each``: surroundings, content, the open condition, its answer."""
    for key, value in items[:MOST_ITEMS]:
        text = key.text.strip()
        if not text.startswith("${{"):
            continue
        text = text[3:].removesuffix("}}").strip()
        if found := _EACH.match(text):
            yield from ((one, value, "", True) for one in _each(around, found[1], found[2]))
        elif text.startswith("insert"):
            yield around, value, "", True
        elif text == "else":
            if before.holds is not True:
                yield _open(around, before, said=False), value, before.condition, False
        elif text.startswith(("if ", "elseif ")):
            before = _answer(around, text, before)
            if before.now is not False:
                yield _open(around, before, said=True), value, before.condition, True


def _open(around: Around, answer: _Answer, *, said: bool) -> Around:
    """Return the surroundings of what stands under a condition, or under the ``else`` behind it."""
    if answer.holds is not None:
        return around
    asked = _asked(around, answer.condition)
    guard = Guard(asked[0].identity, (asked[1],), asked[2] == said) if asked else None
    return around._replace(conditional=True, guard=around.guard or guard)


def _asked(around: Around, condition: str) -> tuple[Hole, str, bool] | None:
    """Return what a comparison asks for: the hole, the text, and whether it is to be that; None where it is no such."""
    found = _TEST.fullmatch(condition.strip())
    sides = [_expression(around, side, side, None) for side in (found[2], found[3])] if found else []
    for word, other in (sides, sides[::-1]) if sides else ():
        hole, text = single_hole(word), text_of_raw(other)
        if found and hole and text is not None:
            near = next((one for one in hole.domain if one.lower() == text.lower()), text)
            return hole, near, found[1] == "eq"
    return None


def _answer(around: Around, text: str, before: _Answer) -> _Answer:
    """Return what is known after an ``if``, or an ``elseif`` that stands behind others."""
    condition = text.partition(" ")[2]
    holds = _holds(around, condition)
    if text.startswith("if "):
        return _Answer(holds, condition, holds)
    if before.holds is True:
        return before._replace(now=False)
    if before.holds is None:
        return _Answer(None, condition, False if holds is False else None)
    return _Answer(holds, condition, holds)


def _after(around: Around, item: Node, before: _Answer) -> _Answer:
    """Return what is known behind an item of a list whose first key is an expression."""
    for key, _ in item.pairs[:MOST_ITEMS]:
        text = key.text.strip()[3:].removesuffix("}}").strip()
        before = _answer(around, text, before) if text.startswith(("if ", "elseif ")) else before
    return before


def _each(around: Around, name: str, of: str) -> Iterator[Around]:
    """Yield the surroundings of each turn of a loop over a list of texts or maps."""
    source, node = around.lists.get(of, (around.source, None))
    if node is None or node.kind != "list":
        yield around
        return
    for item in node.items[:MOST_TURNS]:
        if spent(around.gathered):
            return
        there = around._replace(source=source)
        if item.kind == "scalar":
            given = {name: content_of(there, item)}
        else:
            given = {f"{name}.{key.text}": content_of(there, one) for key, one in entries(item) if one.kind == "scalar"}
        yield around._replace(parameters={**around.parameters, **given})


def listed(around: Around, node: Node | None) -> Iterator[tuple[Around, Node]]:
    """Yield the items of a list of stages, jobs or steps, those that expressions put in among them."""
    stack = _siblings(around, node.items if node and node.kind == "list" else [])
    for _ in range(MOST_ITEMS):
        if not stack:
            return
        here, item, seen = stack.pop()
        if spent(here.gathered):
            return
        first = item.pairs[0][0].text.strip() if item.kind == "map" and item.pairs else ""
        if item.kind == "scalar" and item.text.strip().startswith("${{"):
            name = item.text.strip()[3:-2].strip().removeprefix("parameters.")
            source, value = here.lists.get(name, (here.source, None))
            stack.extend(_siblings(here._replace(source=source), value.items if value else []))
        elif first.startswith("${{"):
            found = [_siblings(one, value.items) for one, value, _, _ in _inserted(here, item.pairs, seen)]
            stack.extend(one for items in reversed(found) for one in items)
        else:
            yield here, item


def _siblings(around: Around, items: list[Node]) -> list[tuple[Around, Node, _Answer]]:
    """Return the items of a list, last first, each with what is known of the conditions before it."""
    found: list[tuple[Around, Node, _Answer]] = []
    seen = _NO
    for item in items[:MOST_ITEMS]:
        found.append((around, item, seen))
        asks = item.kind == "map" and item.pairs and item.pairs[0][0].text.strip().startswith("${{")
        seen = _after(around, item, seen) if asks else _NO
    return found[::-1]


def with_parameters(
    around: Around,
    node: Node | None,
    given: Mapping[str, Raw],
    lists: Mapping[str, tuple[Source, Node]],
    *,
    root: bool = False,
) -> Around:
    """Return the surroundings with declared parameters: given ones, else defaults, which in a root are only likely."""
    scalars, many = dict(given), dict(lists)
    pairs = list(entries(node)) if node and node.kind == "map" else []
    for name, value in pairs:
        _declare(around, _Declared(name.text, value, None), scalars, many, root=root)
    for item in node.items[:MOST_ITEMS] if node and node.kind == "list" else ():
        name_, default = child(item, "name"), child(item, "default")
        if name_ and name_.kind == "scalar":
            said = _Declared(name_.text, default, child(item, "values"))
            _declare(around, said, scalars, many, root=root)
    return around._replace(parameters=scalars, lists=many)


def _declare(
    around: Around, said: _Declared, scalars: dict[str, Raw], many: dict[str, tuple[Source, Node]], *, root: bool
) -> None:
    name, default, values = said
    if name in scalars or name in many:
        return
    if default and default.kind == "list":
        many[name] = (around.source, default)
    elif default and default.kind == "scalar" and not root:
        scalars[name] = content_of(around, default)
    else:
        domain = tuple(item.text for item in values.items if item.kind == "scalar") if values else ()
        likely = default.text if default and default.kind == "scalar" else None
        scalars[name] = raw((Hole(f"${{{{ parameters.{name} }}}}", None, "a parameter", likely, domain),))


def with_variables(around: Around, node: Node | None) -> Around:
    """Return the surroundings with the variables of a pipeline, stage or job, those of templates among them."""
    if node is None or around.depth > _DEPTH:
        return around
    found = dict(around.variables)
    if node.kind == "map":
        _set_from_map(around, node, found, "", answer=True)
    before = _NO
    for item in node.items[:MOST_ITEMS] if node.kind == "list" else ():
        here = around._replace(variables=found)
        _set_from_item(here, item, found, before)
        before = _after(here, item, before)
    return around._replace(variables=found)


def _set_from_map(around: Around, node: Node, found: dict[str, Raw], condition: str, *, answer: bool) -> None:
    for name, value in node.pairs[:MOST_ITEMS]:
        if value.kind == "scalar" and not name.text.startswith("${{"):
            _set(around, name.text, value, found, condition=condition, answer=answer)
    for here, value, open_, said in _inserted(around, node.pairs):
        if value.kind == "map" and not condition:
            _set_from_map(here, value, found, open_ if here.conditional else "", answer=said)


def _set_from_item(  # noqa: PLR0913 (one item, and the condition it stands under)
    around: Around,
    item: Node,
    found: dict[str, Raw],
    before: _Answer = _NO,
    *,
    condition: str = "",
    answer: bool = True,
) -> None:
    name, value, template = child(item, "name"), child(item, "value"), child(item, "template")
    if name and value and name.kind == value.kind == "scalar":
        _set(around, name.text, value, found, condition=condition, answer=answer)
    elif template and template.kind == "scalar":
        for there, node in templates_of(around, item, template):
            found.update(with_variables(there, child(node, "variables")).variables)
    for here, inner, open_, said in _inserted(around, item.pairs, before) if not condition else ():
        undecided = open_ if here.conditional else ""
        for one in inner.items[:MOST_ITEMS]:
            _set_from_item(here, one, found, condition=undecided, answer=said)
        if inner.kind == "map":
            _set_from_map(here, inner, found, undecided, answer=said)


def _set(  # noqa: PLR0913 (one variable, and the condition it is set under)
    around: Around, name: str, node: Node, found: dict[str, Raw], *, condition: str, answer: bool
) -> None:
    """Set a variable; under a condition that is open, it depends on it."""
    value = content_of(around._replace(variables=found), node)
    low = name.lower()
    add_name(around.gathered, name, value, span_at(around.source, node), around.scope or around.source.path)
    around.gathered.exported.add(shell_name(name))
    if condition:
        before = found.get(low, unknown(f"$({name})", "set under a condition"))
        made = _either(around, condition, value if answer else before, before if answer else value)
        value = made if made is not None else unknown(f"$({name})", "set under a condition")
    found[low] = value


def _either(around: Around, condition: str, yes: Raw, no: Raw) -> Raw | None:
    """Return a word that depends on a condition: on what it asks for where it compares."""
    asked = _asked(around, condition)
    if asked is None:
        return forked(condition, [("true", yes)], no)
    hole, text, same = asked
    yes, no = (yes, no) if same else (no, yes)
    if text in hole.domain:
        return forked(hole.identity, [(one, yes if one == text else no) for one in hole.domain], None)
    return forked(hole.identity, [(text, yes)], no)


def shell_name(name: str) -> str:
    """Return a variable's name as the shell of a step sees it."""
    return name.upper().replace(".", "_").replace(" ", "_")


def templates_of(around: Around, item: Node, template: Node) -> Iterator[tuple[Around, Node]]:
    """Yield the template that an item names, with the parameters it gives."""
    target, _, repository_ = template.text.partition("@")
    if (repository_ and repository_ != "self") or "$" in target or around.depth >= _DEPTH:
        return
    folder = posixpath.dirname(around.source.path)
    path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
    include(around.gathered, "template", path, span_at(around.source, template))
    given: dict[str, Raw] = {}
    lists: dict[str, tuple[Source, Node]] = {}
    for name, value in entries(child(item, "parameters")):
        whole = value.text.strip()[3:-2].strip() if value.text.strip().startswith("${{") else ""
        if value.kind == "list":
            lists[name.text] = (around.source, value)
        elif whole.removeprefix("parameters.") in around.lists:
            lists[name.text] = around.lists[whole.removeprefix("parameters.")]
        elif value.kind == "scalar":
            given[name.text] = content_of(around, value)
    for found, text in around.files(path):
        source = opened(found, text)
        if isinstance(source, Source):
            there = around._replace(source=source, depth=around.depth + 1, parameters={}, lists={})
            yield with_parameters(there, child(source.root, "parameters"), given, lists), source.root
