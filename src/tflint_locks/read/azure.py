"""Azure pipelines to facts: the scripts and Terraform tasks of each job, with expressions and templates filled in."""

import itertools
import re
from collections.abc import Iterator, Mapping

from tflint_locks.facts import ScriptFile, ToolVersion
from tflint_locks.read.azure_expressions import (
    MARK,
    MOST_ITEMS,
    MOST_TURNS,
    Around,
    content_of,
    filled,
    listed,
    shell_name,
    templates_of,
    with_parameters,
    with_variables,
)
from tflint_locks.read.fork import Raw, forked, text_of_raw
from tflint_locks.read.pipeline import (
    RELEVANT,
    Draft,
    Files,
    Gathered,
    add_made,
    add_name,
    add_scalar,
    add_word,
    facts,
    follow,
    into,
    no_files,
    opened,
    repository,
    span_at,
    step_of,
    unknown,
)
from tflint_locks.read.script import Step, masked
from tflint_locks.read.yaml import Node, child, entries
from tflint_locks.regex import regex
from tflint_locks.source import Span

_TASK = regex(r"(?:[\w-]+\.)*(?:Pipeline)?Terraform(?:TaskV\d|Task|CLI)@\d", re.IGNORECASE)
_INSTALLER = regex(r"(?:[\w-]+\.)*(?:Pipeline)?(?:TerraformInstaller|TofuInstaller)@\d", re.IGNORECASE)
_SHELLS = regex(
    r"(?:bash|cmdline|azurecli|awsshellscript|shellscript|(?:azure)?powershell|awspowershellmodulescript)@\d",
    re.IGNORECASE,
)
_BACKEND = (("bucket", ("backendawsbucketname", "backendawsbucket")), ("key", ("backendawskey",)),
            ("region", ("backendawsregion",)))  # fmt: skip
_JOBS = 300


def read_azure(path: str, text: str, files: Files = no_files) -> ScriptFile:
    """Read a pipeline or template, with the templates it takes in as far as ``files`` gives them; never raises."""
    source = opened(path, text)
    if isinstance(source, ScriptFile):
        return source
    gathered = Gathered()
    around = Around(source, files, gathered, {}, {}, {})
    around = with_parameters(around, child(source.root, "parameters"), {}, {}, root=True)
    used: set[str] = set()
    for index, (scope, steps) in enumerate(_jobs(around, source.root, used)):
        if index >= _JOBS:
            break
        if scope:
            follow(path, gathered, steps)
    return facts(source, gathered)


# ---------------------------------------------------------------- stages and jobs


def _jobs(around: Around, root: Node, used: set[str]) -> Iterator[tuple[str, list[Step]]]:
    """Yield each job of a pipeline or template: its scope and steps."""
    around = _with_pool(with_variables(around, child(root, "variables")), root)
    extends = child(root, "extends")
    template = child(extends, "template")
    if extends and template and template.kind == "scalar":
        for there, node in templates_of(around, extends, template):
            yield from _jobs(there, node, used)
    for here, stage in listed(around, child(root, "stages")):
        named = child(stage, "template")
        if named and named.kind == "scalar":
            for there, node in templates_of(here, stage, named):
                yield from _jobs(there, node, used)
        else:
            inner = with_variables(here, child(stage, "variables"))
            inner = _with_pool(inner._replace(scope=_scope(inner, child(stage, "stage"))), stage)
            yield from _of_stage(inner, stage, used)
    yield from _of_stage(around, root, used)
    if child(root, "steps"):
        yield _job(around, root, used)


def _of_stage(around: Around, stage: Node, used: set[str]) -> Iterator[tuple[str, list[Step]]]:
    for here, job in listed(around, child(stage, "jobs")):
        template = child(job, "template")
        if template and template.kind == "scalar":
            for there, node in templates_of(here, job, template):
                yield from _of_stage(with_variables(there, child(node, "variables")), node, used)
        else:
            yield _job(here, job, used)


def _scope(around: Around, name: Node | None) -> str:
    """Return the scope of a stage or job below the one around it."""
    text = (text_of_raw(content_of(around, name)) or name.text) if name and name.kind == "scalar" else ""
    return "/".join(part for part in (around.scope, text) if part)


def _with_pool(around: Around, node: Node) -> Around:
    pool = child(node, "pool")
    image = getattr(child(pool, "vmImage") or pool, "text", "")
    return around._replace(windows="windows" in image.lower()) if pool else around


def _job(around: Around, job: Node, used: set[str]) -> tuple[str, list[Step]]:
    scope = _scope(around, child(job, "job") or child(job, "deployment")) or around.source.path
    while scope in used:
        scope += "'"
    used.add(scope)
    around = _with_pool(around._replace(scope=scope), job)
    around = with_variables(around, child(job, "variables"))
    around = around._replace(variables={**around.variables, **_matrix(around, job)})
    lists = [child(job, "steps")]
    for _, strategy in entries(child(job, "strategy")) if child(job, "deployment") else ():
        lists.extend(child(part, "steps") for _, part in entries(strategy))
    checkouts = sum(
        child(item, "checkout") is not None for steps in lists if steps for item in steps.items[:MOST_ITEMS]
    )
    folder = repository() if checkouts < 2 else unknown("$(Build.SourcesDirectory)", "several repositories")  # noqa: PLR2004
    made = (step for steps in lists for step in _steps(around, steps, folder))
    return scope, list(itertools.islice(made, MOST_ITEMS))


def _matrix(around: Around, job: Node) -> dict[str, Raw]:
    """Return the variables of a matrix: they hang together on its rows."""
    rows = list(entries(child(child(job, "strategy"), "matrix")))[:MOST_TURNS]
    found: dict[str, Raw] = {}
    for name in dict.fromkeys(key.text for _, row in rows for key, _ in entries(row)):
        options = [
            (
                label.text,
                content_of(around, value) if value and value.kind == "scalar" else unknown(f"$({name})", "a matrix"),
            )
            for label, row in rows
            for value in [child(row, name)]
        ]
        found[name.lower()] = forked(f"matrix of {around.scope}", options, None) or unknown(f"$({name})", "a matrix")
    return found


# ---------------------------------------------------------------- steps


def _steps(around: Around, node: Node | None, folder: Raw) -> Iterator[Step]:
    for here, item in listed(around, node):
        template = child(item, "template")
        if template and template.kind == "scalar":
            for there, root in templates_of(here, item, template):
                yield from _steps(there, child(root, "steps"), folder)
        else:
            step = _step(here, item, folder)
            if step:
                yield step


def _step(around: Around, item: Node, folder: Raw) -> Step | None:
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


def _shell(around: Around, item: Node, inputs: Mapping[str, Node], folder: Raw) -> Step | None:
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


def _environment(around: Around, item: Node) -> tuple[tuple[str, Raw], ...]:
    found = {shell_name(name): value for name, value in around.variables.items()}
    for name, value in entries(child(item, "env")):
        if value.kind == "scalar":
            found[name.text] = content_of(around, value)
            around.gathered.exported.add(name.text)
            add_name(around.gathered, name.text, found[name.text], span_at(around.source, value), around.scope)
    return tuple(found.items())


def _loose(around: Around, item: Node) -> bool:
    return around.conditional or child(item, "condition") is not None


def _script(around: Around, item: Node, script: Node, place: Node | None, folder: Raw) -> Step | None:
    environment = _environment(around, item)
    if not RELEVANT.search(script.text):
        return None
    draft = Draft()
    add_scalar(
        draft,
        around.source,
        script,
        lambda text: [found.span() for found in MARK.finditer(text) if _is_mark(around, found.group())],
        lambda text, span: filled(around, text, span),
    )
    here = into(folder, content_of(around, place)) if place and place.kind == "scalar" and place.text else folder
    return step_of(draft, here, environment, around.scope, conditional=_loose(around, item), guard=around.guard)


def _is_mark(around: Around, text: str) -> bool:
    """Tell a mark from a command in ``$(…)``: its name is a variable's, has a dot, or a capital as no command has."""
    name = text[2:-1]
    return not text.startswith("$(") or "." in name or not name.islower() or name.lower() in around.variables


def _terraform(around: Around, item: Node, inputs: Mapping[str, Node], folder: Raw) -> Step | None:
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
        marks = lambda text: [found.span() for found in MARK.finditer(text)]  # noqa: E731
        add_scalar(draft, around.source, line, marks, lambda text, place: filled(around, text, place))
    place = inputs.get("workingdirectory")
    here = into(folder, content_of(around, place)) if place and place.text else folder
    return step_of(
        draft, here, _environment(around, item), around.scope, conditional=_loose(around, item), guard=around.guard
    )


def _backend(around: Around, draft: Draft, inputs: Mapping[str, Node], span: Span) -> None:
    for name, options in _BACKEND:
        node = next((inputs[option] for option in options if option in inputs and inputs[option].text), None)
        value = content_of(around, node) if node else None
        if name == "region" and node is None and "backendserviceaws" in inputs:
            value = unknown("region of the service connection", "stated by the service connection", span)
        if value is not None:
            place = span_at(around.source, node) if node else span
            add_made(draft, f" -backend-config={name}=", place)
            add_word(draft, value, place)


def _pin(around: Around, task: str, inputs: Mapping[str, Node]) -> None:
    node = inputs.get("terraformversion") or inputs.get("tofuversion")
    text = text_of_raw(content_of(around, node)) if node else None
    if node and text and text[0].isdecimal():
        tool = "tofu" if "tofu" in task.lower() else "terraform"
        around.gathered.versions[ToolVersion(tool, text, "", span_at(around.source, node))] = None
