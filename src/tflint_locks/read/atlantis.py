"""Atlantis configuration to facts: each project with the workflow that runs it, as the commands Atlantis runs.

A workflow may stand in the server's ``repos.yaml``, which is looked for in the same repository. What a project runs
whose workflow is nowhere is not known.
"""

import posixpath
from collections.abc import Iterator, Mapping

from tflint_locks.facts import ScriptFile, ToolVersion
from tflint_locks.read.fork import Raw, raw
from tflint_locks.read.pipeline import (
    RELEVANT,
    Draft,
    Files,
    Gathered,
    Source,
    add_made,
    add_scalar,
    add_text,
    add_word,
    facts,
    follow,
    include,
    no_files,
    opened,
    place_of,
    repository,
    span_at,
    spent,
    step_of,
    unknown,
)
from tflint_locks.read.script import Step
from tflint_locks.read.yaml import Node, child, entries
from tflint_locks.record import NamedTuple
from tflint_locks.source import Span
from tflint_locks.value import Literal

_PROJECTS = 1000
_STEPS = 100
_ARGUMENTS = 200
_SERVER = ("repos.yaml", "repos.yml", "**/repos.yaml", "**/repos.yml")
# What Atlantis runs for a step of its own, and for a stage that a workflow does not state.
_OWN = {"init": "init -input=false", "plan": "plan -input=false", "apply": "apply -input=false"}
_STAGES = ("plan", "apply")
_DEFAULTS = {"plan": ("init", "plan"), "apply": ("apply",)}


class _Flow(NamedTuple):
    """A workflow and the file it stands in."""

    source: Source
    node: Node


class _Project(NamedTuple):
    """One project: its folder as written, its workspace, and what its steps see."""

    name: str
    folder: str
    workspace: Raw
    tool: str
    span: Span
    environment: Mapping[str, Raw]


class _File(NamedTuple):
    """The file with the workflows there are; ``usual`` is the one of projects that name none.

    ``selects`` is true where it knows workspaces other than the default one: only then is a project's worth saying.
    """

    source: Source
    gathered: Gathered
    files: Files
    flows: Mapping[str, _Flow]
    usual: str
    selects: bool


def read_atlantis(path: str, text: str, files: Files = no_files) -> ScriptFile:
    """Read ``atlantis.yaml``; never raises. A server's ``repos.yaml`` alone runs nothing here."""
    source = opened(path, text)
    if isinstance(source, ScriptFile):
        return source
    gathered = Gathered()
    projects = child(source.root, "projects")
    if projects:
        flows, usual = _flows(source)
        missing = any(_text(child(node, "workflow"), "default") not in flows for node in projects.items[:_PROJECTS])
        if missing:
            include(gathered, "atlantis", "repos.yaml", Span(path, projects.start, projects.start))
            server, usual = _server(files)
            flows = {**server, **flows}
        nodes = [node for node in projects.items[:_PROJECTS] if node.kind == "map"]
        selects = any(_text(child(node, "workspace"), "default") != "default" for node in nodes)
        here = _File(source, gathered, files, flows, usual, selects)
        for node in nodes:
            _follow_project(here, node)
    return facts(source, gathered)


def _text(node: Node | None, otherwise: str = "") -> str:
    return node.text if node and node.kind == "scalar" and node.text else otherwise


def _flows(source: Source) -> tuple[dict[str, _Flow], str]:
    """Return the workflows of a file, and the one that the server gives every repository."""
    found = {name.text: _Flow(source, node) for name, node in entries(child(source.root, "workflows"))}
    usual = "default"
    for item in (child(source.root, "repos") or Node("list", 0, 0)).items[:_STEPS]:
        if _text(child(item, "id")) in {"/.*/", "/*/"}:
            usual = _text(child(item, "workflow"), usual)
    return found, usual


def _server(files: Files) -> tuple[dict[str, _Flow], str]:
    """Return the workflows of the server's configuration, where the repository has just one."""
    texts = {path: text for pattern in _SERVER for path, text in files(pattern)}
    found = [source for path, text in texts.items() if isinstance(source := opened(path, text), Source)]
    found = [source for source in found if child(source.root, "workflows")]
    return _flows(found[0]) if len(found) == 1 else ({}, "default")


def _follow_project(here: _File, node: Node) -> None:
    project = _project(here, node)
    name = _text(child(node, "workflow"), here.usual)
    flow = here.flows.get(name)
    if flow is None and name != "default":
        return
    version = child(node, "terraform_version")
    if version and version.kind == "scalar":
        text, span = version.text.lstrip("v"), span_at(here.source, version)
        here.gathered.versions[ToolVersion(project.tool, text, project.folder, span)] = None
    folder = repository(project.folder, project.span)
    if "*" in project.folder:
        folder = unknown(f"dir of {project.name}", "a pattern", project.span)
    follow(here.source.path, here.gathered, list(_steps(here, flow, project, folder)))


def _steps(here: _File, flow: _Flow | None, project: _Project, folder: Raw) -> Iterator[Step]:
    for stage in _STAGES:
        environment = dict(project.environment)
        for draft in _stage(here, flow, stage, project, environment):
            if RELEVANT.search("".join(draft.texts)):
                yield step_of(draft, folder, tuple(environment.items()), project.name)


def _project(here: _File, node: Node) -> _Project:
    source = here.source
    folder = posixpath.normpath(_text(child(node, "dir"), ".").lstrip("/"))
    folder = "" if folder == "." else folder
    named, stated = child(node, "name"), child(node, "workspace")
    workspace = _raw(source, stated) if stated and stated.text else raw((Literal("default"),))
    name = _text(named) or f"{folder or '.'} {_text(stated, 'default')}"
    tool = "tofu" if _text(child(node, "terraform_distribution")) == "opentofu" else "terraform"
    environment = {
        "WORKSPACE": workspace,
        "DIR": repository(folder),
        "REPO_REL_DIR": raw((Literal(folder or "."),)),
        "ATLANTIS_TERRAFORM_VERSION": raw((Literal(""),)),  # `terraform$ATLANTIS_TERRAFORM_VERSION` is terraform
    }
    if named and named.kind == "scalar":
        environment["PROJECT_NAME"] = _raw(source, named)
    return _Project(name, folder, workspace, tool, span_at(source, child(node, "dir") or node), environment)


def _raw(source: Source, node: Node) -> Raw:
    return raw((Literal(node.text, place_of(source, node)(0, len(node.text))),))


def _stage(
    here: _File, flow: _Flow | None, stage: str, project: _Project, environment: dict[str, Raw]
) -> Iterator[Draft]:
    """Yield the steps of one stage as script; ``env`` steps are put into the environment as they are met."""
    steps = child(child(flow.node, stage), "steps") if flow else None
    if flow is None or steps is None or steps.kind != "list":
        for name in _DEFAULTS[stage]:
            yield from _own(here, name, None, project)
        return
    for item in steps.items[:_STEPS]:
        if spent(here.gathered):
            return
        pair = (item, None) if item.kind == "scalar" else next(entries(item), None)
        step, node = pair or (item, None)
        if step.text in _OWN:
            yield from _own(here, step.text, _Flow(flow.source, node or item), project)
        elif step.text == "run" and node:
            command = node if node.kind == "scalar" else child(node, "command")
            if command and command.kind == "scalar":
                draft = Draft()
                add_scalar(draft, flow.source, command, lambda _text: (), lambda _text, _span: ())
                yield draft
        elif step.text == "env" and node:
            _set(flow.source, node, environment)


def _set(source: Source, node: Node, environment: dict[str, Raw]) -> None:
    name, value = child(node, "name"), child(node, "value")
    if name and name.kind == "scalar":
        known = value is not None and value.kind == "scalar"
        environment[name.text] = (
            _raw(source, value) if known and value else unknown(f"${name.text}", "a command's output")
        )


def _own(here: _File, name: str, step: _Flow | None, project: _Project) -> Iterator[Draft]:
    """Yield what a step of Atlantis' own runs: the command, and before a plan the choice of the workspace."""
    span = span_at(*step) if step else project.span
    tool = project.tool
    workspace = next((bit.piece.text for bit in project.workspace if isinstance(bit.piece, Literal)), "default")
    if name == "plan" and here.selects:
        select = Draft()
        add_made(select, f"{tool} workspace select ", span)
        add_word(select, project.workspace, span)
        yield select
    draft = Draft()
    add_made(draft, f"{tool} {_OWN[name]}", span)
    if name == "plan" and here.files(posixpath.join(project.folder, f"env/{workspace}.tfvars")):
        add_made(draft, f" -var-file=env/{workspace}.tfvars", span)
    if step:
        _add_arguments(here, draft, step)
    yield draft


def _add_arguments(here: _File, draft: Draft, step: _Flow) -> None:
    extra = child(step.node, "extra_args")
    for item in extra.items[:_ARGUMENTS] if extra else ():
        if item.kind == "scalar" and not spent(here.gathered):
            add_made(draft, " ", span_at(step.source, item))
            add_text(draft, item.text.replace("\n", " "), place_of(step.source, item))
