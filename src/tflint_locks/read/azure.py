"""Azure pipelines to facts: each job's scripts and Terraform tasks, with variables, parameters and templates filled in.

Of template expressions it knows names, texts, comparisons of two of them, and loops over a list; any other is a hole.
"""

import itertools
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tflint_locks.facts import ScriptFile, ToolVersion
from tflint_locks.read.fork import Raw, forked, raw, single_hole, text_of_raw
from tflint_locks.read.pipeline import (
    RELEVANT,
    Draft,
    Files,
    Gathered,
    Source,
    add_made,
    add_name,
    add_scalar,
    add_word,
    content,
    facts,
    follow,
    include,
    into,
    no_files,
    opened,
    repository,
    span_at,
    spent,
    step_of,
    unknown,
)
from tflint_locks.read.script import Step, masked
from tflint_locks.read.shellstate import Guard
from tflint_locks.read.yaml import Node, child, entries
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal

_MARK = regex(r"\$\{\{.*?\}\}|\$\[.*?\]|\$\([A-Za-z_][\w.]*\)", re.DOTALL)
_NAMED = regex(r"(?:parameters|variables)(?:\.|\[')([\w.-]+)(?:'\])?|([\w-]+(?:\.[\w-]+)?)")
_TEXT = regex(r"'((?:[^']|'')*)'")
_TEST = regex(r"(eq|ne)\(\s*([^(),]+?)\s*,\s*([^(),]+?)\s*\)")
_EACH = regex(r"each\s+([\w-]+)\s+in\s+parameters\.([\w-]+)")
_PLACES = frozenset({"build.sourcesdirectory", "system.defaultworkingdirectory", "build.repository.localpath"})
_TASK = regex(r"(?:[\w-]+\.)*(?:Pipeline)?Terraform(?:TaskV\d|Task|CLI)@\d", re.IGNORECASE)
_INSTALLER = regex(r"(?:[\w-]+\.)*(?:Pipeline)?(?:TerraformInstaller|TofuInstaller)@\d", re.IGNORECASE)
_SHELLS = regex(
    r"(?:bash|cmdline|azurecli|awsshellscript|shellscript|(?:azure)?powershell|awspowershellmodulescript)@\d",
    re.IGNORECASE,
)
_BACKEND = (("bucket", ("backendawsbucketname", "backendawsbucket")), ("key", ("backendawskey",)),
            ("region", ("backendawsregion",)))  # fmt: skip
_DEPTH = 10
_ITEMS = 500
_EACHES = 30
_JOBS = 300


class _Around(NamedTuple):
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


def read_azure(path: str, text: str, files: Files = no_files) -> ScriptFile:
    """Read a pipeline or template, with the templates it takes in as far as ``files`` gives them; never raises."""
    source = opened(path, text)
    if isinstance(source, ScriptFile):
        return source
    gathered = Gathered()
    around = _Around(source, files, gathered, {}, {}, {})
    around = _with_parameters(around, child(source.root, "parameters"), {}, {}, root=True)
    used: set[str] = set()
    for index, (scope, steps) in enumerate(_jobs(around, source.root, used)):
        if index >= _JOBS:
            break
        if scope:
            follow(path, gathered, steps)
    return facts(source, gathered)


# ---------------------------------------------------------------- expressions


def _content(around: _Around, node: Node) -> Raw:
    """Return a scalar with its expressions filled in."""
    return content(
        around.source,
        node,
        lambda text: [found.span() for found in _MARK.finditer(text)],
        lambda text, span: _filled(around, text, span),
    )


def _filled(around: _Around, text: str, span: Span | None) -> Raw:
    if text.startswith("$("):
        name = text[2:-1].lower()
        if name in _PLACES:
            return repository()
        return around.variables.get(name) or unknown(f"$({text[2:-1]})", "set outside the file", span)
    return _expression(around, text.removeprefix("${{").removeprefix("$[").rstrip("}]").strip(), text, span)


def _expression(around: _Around, text: str, written: str, span: Span | None) -> Raw:
    if found := _TEXT.fullmatch(text):
        return raw((Literal(found[1].replace("''", "'"), span),))
    found = _NAMED.fullmatch(text)
    known: Raw | None = None
    if found and text.startswith("variables"):
        known = repository() if found[1].lower() in _PLACES else around.variables.get(found[1].lower())
    elif found:
        known = around.parameters.get(found[1] or found[2])
    return known if known is not None else unknown(" ".join(written.split())[:200], "an expression", span)


def _holds(around: _Around, condition: str) -> bool | None:
    """Tell whether a comparison of two known texts holds, None where that is not known."""
    found = _TEST.fullmatch(condition.strip())
    if not found:
        return None
    left, right = (text_of_raw(_expression(around, side, side, None)) for side in (found[2], found[3]))
    if left is None or right is None:
        return None
    return (left.lower() == right.lower()) == (found[1] == "eq")


def _inserted(
    around: _Around, items: list[tuple[Node, Node]], before: _Answer = _NO
) -> Iterator[tuple[_Around, Node, str, bool]]:
    """Yield what stands under ``if``, ``else`` and ``each``: surroundings, content, the open condition, its answer."""
    for key, value in items[:_ITEMS]:
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


def _open(around: _Around, answer: _Answer, *, said: bool) -> _Around:
    """Return the surroundings of what stands under a condition, or under the ``else`` behind it."""
    if answer.holds is not None:
        return around
    asked = _asked(around, answer.condition)
    guard = Guard(asked[0].identity, (asked[1],), asked[2] == said) if asked else None
    return around._replace(conditional=True, guard=around.guard or guard)


def _asked(around: _Around, condition: str) -> tuple[Hole, str, bool] | None:
    """Return what a comparison asks for: the hole, the text, and whether it is to be that; None where it is no such."""
    found = _TEST.fullmatch(condition.strip())
    sides = [_expression(around, side, side, None) for side in (found[2], found[3])] if found else []
    for word, other in (sides, sides[::-1]) if sides else ():
        hole, text = single_hole(word), text_of_raw(other)
        if found and hole and text is not None:
            near = next((one for one in hole.domain if one.lower() == text.lower()), text)
            return hole, near, found[1] == "eq"
    return None


def _answer(around: _Around, text: str, before: _Answer) -> _Answer:
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


def _after(around: _Around, item: Node, before: _Answer) -> _Answer:
    """Return what is known behind an item of a list whose first key is an expression."""
    for key, _ in item.pairs[:_ITEMS]:
        text = key.text.strip()[3:].removesuffix("}}").strip()
        before = _answer(around, text, before) if text.startswith(("if ", "elseif ")) else before
    return before


def _each(around: _Around, name: str, of: str) -> Iterator[_Around]:
    """Yield the surroundings of each turn of a loop over a list of texts or maps."""
    source, node = around.lists.get(of, (around.source, None))
    if node is None or node.kind != "list":
        yield around
        return
    for item in node.items[:_EACHES]:
        if spent(around.gathered):
            return
        there = around._replace(source=source)
        if item.kind == "scalar":
            given = {name: _content(there, item)}
        else:
            given = {f"{name}.{key.text}": _content(there, one) for key, one in entries(item) if one.kind == "scalar"}
        yield around._replace(parameters={**around.parameters, **given})


def _listed(around: _Around, node: Node | None) -> Iterator[tuple[_Around, Node]]:
    """Yield the items of a list of stages, jobs or steps, those that expressions put in among them."""
    stack = _siblings(around, node.items if node and node.kind == "list" else [])
    for _ in range(_ITEMS):
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


def _siblings(around: _Around, items: list[Node]) -> list[tuple[_Around, Node, _Answer]]:
    """Return the items of a list, last first, each with what is known of the conditions before it."""
    found: list[tuple[_Around, Node, _Answer]] = []
    seen = _NO
    for item in items[:_ITEMS]:
        found.append((around, item, seen))
        asks = item.kind == "map" and item.pairs and item.pairs[0][0].text.strip().startswith("${{")
        seen = _after(around, item, seen) if asks else _NO
    return found[::-1]


# ---------------------------------------------------------------- parameters and variables


def _with_parameters(
    around: _Around,
    node: Node | None,
    given: Mapping[str, Raw],
    lists: Mapping[str, tuple[Source, Node]],
    *,
    root: bool = False,
) -> _Around:
    """Return the surroundings with declared parameters: given ones, else defaults, which in a root are only likely."""
    scalars, many = dict(given), dict(lists)
    pairs = list(entries(node)) if node and node.kind == "map" else []
    for name, value in pairs:
        _declare(around, _Declared(name.text, value, None), scalars, many, root=root)
    for item in node.items[:_ITEMS] if node and node.kind == "list" else ():
        name_, default = child(item, "name"), child(item, "default")
        if name_ and name_.kind == "scalar":
            said = _Declared(name_.text, default, child(item, "values"))
            _declare(around, said, scalars, many, root=root)
    return around._replace(parameters=scalars, lists=many)


def _declare(
    around: _Around, said: _Declared, scalars: dict[str, Raw], many: dict[str, tuple[Source, Node]], *, root: bool
) -> None:
    name, default, values = said
    if name in scalars or name in many:
        return
    if default and default.kind == "list":
        many[name] = (around.source, default)
    elif default and default.kind == "scalar" and not root:
        scalars[name] = _content(around, default)
    else:
        domain = tuple(item.text for item in values.items if item.kind == "scalar") if values else ()
        likely = default.text if default and default.kind == "scalar" else None
        scalars[name] = raw((Hole(f"${{{{ parameters.{name} }}}}", None, "a parameter", likely, domain),))


def _with_variables(around: _Around, node: Node | None) -> _Around:
    """Return the surroundings with the variables of a pipeline, stage or job, those of templates among them."""
    if node is None or around.depth > _DEPTH:
        return around
    found = dict(around.variables)
    if node.kind == "map":
        _set_from_map(around, node, found, "", answer=True)
    before = _NO
    for item in node.items[:_ITEMS] if node.kind == "list" else ():
        here = around._replace(variables=found)
        _set_from_item(here, item, found, before)
        before = _after(here, item, before)
    return around._replace(variables=found)


def _set_from_map(around: _Around, node: Node, found: dict[str, Raw], condition: str, *, answer: bool) -> None:
    for name, value in node.pairs[:_ITEMS]:
        if value.kind == "scalar" and not name.text.startswith("${{"):
            _set(around, name.text, value, found, condition=condition, answer=answer)
    for here, value, open_, said in _inserted(around, node.pairs):
        if value.kind == "map" and not condition:
            _set_from_map(here, value, found, open_ if here.conditional else "", answer=said)


def _set_from_item(  # noqa: PLR0913 (one item, and the condition it stands under)
    around: _Around,
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
        for there, node in _template(around, item, template):
            found.update(_with_variables(there, child(node, "variables")).variables)
    for here, inner, open_, said in _inserted(around, item.pairs, before) if not condition else ():
        undecided = open_ if here.conditional else ""
        for one in inner.items[:_ITEMS]:
            _set_from_item(here, one, found, condition=undecided, answer=said)
        if inner.kind == "map":
            _set_from_map(here, inner, found, undecided, answer=said)


def _set(  # noqa: PLR0913 (one variable, and the condition it is set under)
    around: _Around, name: str, node: Node, found: dict[str, Raw], *, condition: str, answer: bool
) -> None:
    """Set a variable; under a condition that is open, it depends on it."""
    value = _content(around._replace(variables=found), node)
    low = name.lower()
    add_name(around.gathered, name, value, span_at(around.source, node), around.scope or around.source.path)
    around.gathered.exported.add(_shell_name(name))
    if condition:
        before = found.get(low, unknown(f"$({name})", "set under a condition"))
        made = _either(around, condition, value if answer else before, before if answer else value)
        value = made if made is not None else unknown(f"$({name})", "set under a condition")
    found[low] = value


def _either(around: _Around, condition: str, yes: Raw, no: Raw) -> Raw | None:
    """Return a word that depends on a condition: on what it asks for where it compares."""
    asked = _asked(around, condition)
    if asked is None:
        return forked(condition, [("true", yes)], no)
    hole, text, same = asked
    yes, no = (yes, no) if same else (no, yes)
    if text in hole.domain:
        return forked(hole.identity, [(one, yes if one == text else no) for one in hole.domain], None)
    return forked(hole.identity, [(text, yes)], no)


def _shell_name(name: str) -> str:
    return name.upper().replace(".", "_").replace(" ", "_")


def _template(around: _Around, item: Node, template: Node) -> Iterator[tuple[_Around, Node]]:
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
            given[name.text] = _content(around, value)
    for found, text in around.files(path):
        source = opened(found, text)
        if isinstance(source, Source):
            there = around._replace(source=source, depth=around.depth + 1, parameters={}, lists={})
            yield _with_parameters(there, child(source.root, "parameters"), given, lists), source.root


# ---------------------------------------------------------------- stages and jobs


def _jobs(around: _Around, root: Node, used: set[str]) -> Iterator[tuple[str, list[Step]]]:
    """Yield each job of a pipeline or template: its scope and steps."""
    around = _with_pool(_with_variables(around, child(root, "variables")), root)
    extends = child(root, "extends")
    template = child(extends, "template")
    if extends and template and template.kind == "scalar":
        for there, node in _template(around, extends, template):
            yield from _jobs(there, node, used)
    for here, stage in _listed(around, child(root, "stages")):
        named = child(stage, "template")
        if named and named.kind == "scalar":
            for there, node in _template(here, stage, named):
                yield from _jobs(there, node, used)
        else:
            inner = _with_variables(here, child(stage, "variables"))
            inner = _with_pool(inner._replace(scope=_scope(inner, child(stage, "stage"))), stage)
            yield from _of_stage(inner, stage, used)
    yield from _of_stage(around, root, used)
    if child(root, "steps"):
        yield _job(around, root, used)


def _of_stage(around: _Around, stage: Node, used: set[str]) -> Iterator[tuple[str, list[Step]]]:
    for here, job in _listed(around, child(stage, "jobs")):
        template = child(job, "template")
        if template and template.kind == "scalar":
            for there, node in _template(here, job, template):
                yield from _of_stage(_with_variables(there, child(node, "variables")), node, used)
        else:
            yield _job(here, job, used)


def _scope(around: _Around, name: Node | None) -> str:
    """Return the scope of a stage or job below the one around it."""
    text = (text_of_raw(_content(around, name)) or name.text) if name and name.kind == "scalar" else ""
    return "/".join(part for part in (around.scope, text) if part)


def _with_pool(around: _Around, node: Node) -> _Around:
    pool = child(node, "pool")
    image = getattr(child(pool, "vmImage") or pool, "text", "")
    return around._replace(windows="windows" in image.lower()) if pool else around


def _job(around: _Around, job: Node, used: set[str]) -> tuple[str, list[Step]]:
    scope = _scope(around, child(job, "job") or child(job, "deployment")) or around.source.path
    while scope in used:
        scope += "'"
    used.add(scope)
    around = _with_pool(around._replace(scope=scope), job)
    around = _with_variables(around, child(job, "variables"))
    around = around._replace(variables={**around.variables, **_matrix(around, job)})
    lists = [child(job, "steps")]
    for _, strategy in entries(child(job, "strategy")) if child(job, "deployment") else ():
        lists.extend(child(part, "steps") for _, part in entries(strategy))
    checkouts = sum(child(item, "checkout") is not None for steps in lists if steps for item in steps.items[:_ITEMS])
    folder = repository() if checkouts < 2 else unknown("$(Build.SourcesDirectory)", "several repositories")  # noqa: PLR2004
    made = (step for steps in lists for step in _steps(around, steps, folder))
    return scope, list(itertools.islice(made, _ITEMS))


def _matrix(around: _Around, job: Node) -> dict[str, Raw]:
    """Return the variables of a matrix: they hang together on its rows."""
    rows = list(entries(child(child(job, "strategy"), "matrix")))[:_EACHES]
    found: dict[str, Raw] = {}
    for name in dict.fromkeys(key.text for _, row in rows for key, _ in entries(row)):
        options = [
            (
                label.text,
                _content(around, value) if value and value.kind == "scalar" else unknown(f"$({name})", "a matrix"),
            )
            for label, row in rows
            for value in [child(row, name)]
        ]
        found[name.lower()] = forked(f"matrix of {around.scope}", options, None) or unknown(f"$({name})", "a matrix")
    return found


# ---------------------------------------------------------------- steps


def _steps(around: _Around, node: Node | None, folder: Raw) -> Iterator[Step]:
    for here, item in _listed(around, node):
        template = child(item, "template")
        if template and template.kind == "scalar":
            for there, root in _template(here, item, template):
                yield from _steps(there, child(root, "steps"), folder)
        else:
            step = _step(here, item, folder)
            if step:
                yield step


def _step(around: _Around, item: Node, folder: Raw) -> Step | None:
    for name in ("bash", "script"):
        script = child(item, name)
        if script and script.kind == "scalar" and not (name == "script" and around.windows):
            return _script(around, item, script, child(item, "workingDirectory"), folder)
    for name in ("pwsh", "powershell"):
        script = child(item, name)
        if script and script.kind == "scalar":
            return _in_powershell(_script(around, item, script, child(item, "workingDirectory"), folder))
    task = getattr(child(item, "task"), "text", "")
    inputs = {name.text.lower(): value for name, value in entries(child(item, "inputs")) if value.kind == "scalar"}
    if _INSTALLER.fullmatch(task):
        _pin(around, task, inputs)
    elif _TASK.fullmatch(task):
        return _terraform(around, item, inputs, folder)
    elif _SHELLS.fullmatch(task):
        return _shell(around, item, inputs, folder)
    return None


def _shell(around: _Around, item: Node, inputs: Mapping[str, Node], folder: Raw) -> Step | None:
    """Return the inline script of a task that runs a shell."""
    script = inputs.get("inlinescript") or inputs.get("script")
    kind = getattr(inputs.get("scripttype"), "text", "bash").lower()
    if script is None or kind == "batch":
        return None
    step = _script(around, item, script, inputs.get("workingdirectory"), folder)
    powershell = kind in {"ps", "pscore"} or "powershell" in getattr(child(item, "task"), "text", "").lower()
    return _in_powershell(step) if powershell else step


def _in_powershell(step: Step | None) -> Step | None:
    """Return a step whose text is PowerShell's."""
    if step is None:
        return None
    from tflint_locks.read.powershell import parse_powershell  # what few pipelines need

    parsed, own = parse_powershell(masked(step.text, step.marks))
    return step._replace(parsed=parsed, marks={**step.marks, **own})


def _environment(around: _Around, item: Node) -> tuple[tuple[str, Raw], ...]:
    found = {_shell_name(name): value for name, value in around.variables.items()}
    for name, value in entries(child(item, "env")):
        if value.kind == "scalar":
            found[name.text] = _content(around, value)
            around.gathered.exported.add(name.text)
            add_name(around.gathered, name.text, found[name.text], span_at(around.source, value), around.scope)
    return tuple(found.items())


def _loose(around: _Around, item: Node) -> bool:
    return around.conditional or child(item, "condition") is not None


def _script(around: _Around, item: Node, script: Node, place: Node | None, folder: Raw) -> Step | None:
    environment = _environment(around, item)
    if not RELEVANT.search(script.text):
        return None
    draft = Draft()
    add_scalar(
        draft,
        around.source,
        script,
        lambda text: [found.span() for found in _MARK.finditer(text) if _is_mark(around, found.group())],
        lambda text, span: _filled(around, text, span),
    )
    here = into(folder, _content(around, place)) if place and place.kind == "scalar" and place.text else folder
    return step_of(draft, here, environment, around.scope, conditional=_loose(around, item), guard=around.guard)


def _is_mark(around: _Around, text: str) -> bool:
    """Tell a mark from a command in ``$(…)``: its name is a variable's, has a dot, or a capital as no command has."""
    name = text[2:-1]
    return not text.startswith("$(") or "." in name or not name.islower() or name.lower() in around.variables


def _terraform(around: _Around, item: Node, inputs: Mapping[str, Node], folder: Raw) -> Step | None:
    """Return what a Terraform task runs; its backend inputs are options of ``init``."""
    task = child(item, "task") or item
    command = getattr(inputs.get("command"), "text", "init")
    span = span_at(around.source, inputs.get("command") or task)
    if not re.fullmatch(r"[a-z-]+", command) or command == "custom":
        return None
    draft = Draft()
    add_made(draft, f"terraform {command}", span)
    aws = getattr(inputs.get("provider") or inputs.get("backendtype"), "text", "azurerm").lower() in {"aws", "s3"}
    if command == "init" and aws:
        _backend(around, draft, inputs, span)
    options = inputs.get("commandoptions")
    if options:
        add_made(draft, " ", span)
        line = Node("scalar", options.start, options.end, options.text, options.style)
        marks = lambda text: [found.span() for found in _MARK.finditer(text)]  # noqa: E731
        add_scalar(draft, around.source, line, marks, lambda text, place: _filled(around, text, place))
    place = inputs.get("workingdirectory")
    here = into(folder, _content(around, place)) if place and place.text else folder
    return step_of(
        draft, here, _environment(around, item), around.scope, conditional=_loose(around, item), guard=around.guard
    )


def _backend(around: _Around, draft: Draft, inputs: Mapping[str, Node], span: Span) -> None:
    for name, options in _BACKEND:
        node = next((inputs[option] for option in options if option in inputs and inputs[option].text), None)
        value = _content(around, node) if node else None
        if name == "region" and node is None and "backendserviceaws" in inputs:
            value = unknown("region of the service connection", "stated by the service connection", span)
        if value is not None:
            place = span_at(around.source, node) if node else span
            add_made(draft, f" -backend-config={name}=", place)
            add_word(draft, value, place)


def _pin(around: _Around, task: str, inputs: Mapping[str, Node]) -> None:
    node = inputs.get("terraformversion") or inputs.get("tofuversion")
    text = text_of_raw(_content(around, node)) if node else None
    if node and text and text[0].isdecimal():
        tool = "tofu" if "tofu" in task.lower() else "terraform"
        around.gathered.versions[ToolVersion(tool, text, "", span_at(around.source, node))] = None
