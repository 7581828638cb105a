"""Drafts become configurations: their environment, project, workspace, and the variables set from outside."""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Mapping

from tflint_locks.facts import Assignments
from tflint_locks.hcl import HclError, expression, read_json
from tflint_locks.record import record
from tflint_locks.resolve.backends import literal_result, merged
from tflint_locks.resolve.drafts import Draft, Workshop, anchor, header
from tflint_locks.resolve.environments import Environments, only
from tflint_locks.resolve.folders import below
from tflint_locks.resolve.invocations import Invocation, chosen_workspace, join, normal
from tflint_locks.resolve.model import Configuration
from tflint_locks.resolve.modules import Module
from tflint_locks.resolve.reading import read_named
from tflint_locks.resolve.scope import Given
from tflint_locks.resolve.words import environment_words, fold, is_known_environment, words
from tflint_locks.value import Hole, Result, Value, bind, hole, known, literal, split, text_of

ENVIRONMENT_VARIABLES = frozenset(
    {"environment", "env", "stage", "env_name", "environment_name", "deployment_environment"}
)
_WRITES = frozenset({"plan", "apply", "destroy", "import", "refresh", "console"})


@record
class Deployment:
    """One root module in one environment: its configurations and what is set for it from outside."""

    project: str | None
    root: str | None
    environment: str | None
    given: Given
    configurations: tuple[Configuration, ...]


def auto_var_files(paths: Iterable[str], root: str) -> list[str]:
    """Return the var files Terraform loads by itself in a directory, lowest precedence first (DOMAIN §3.1)."""
    here = [path for path in paths if posixpath.dirname(path) == root]
    first = [
        path
        for name in ("terraform.tfvars", "terraform.tfvars.json")
        for path in here
        if posixpath.basename(path) == name
    ]
    rest = sorted(path for path in here if path.endswith((".auto.tfvars", ".auto.tfvars.json")))
    return [*first, *rest]


def loaded_var_files(shop: Workshop, root: str) -> list[str]:
    """Return the var files Terraform loads by itself in a root module."""
    if root not in shop.loaded:
        shop.loaded[root] = auto_var_files(shop.assigned.inside.get(root, ()), root)
    return shop.loaded[root]


def is_plain_var_file(path: str, modules: Mapping[str, Module]) -> bool:
    """Tell whether a file holds variables and is loaded only when somebody names it."""
    folder, name = posixpath.split(path)
    loaded = ".auto.tfvars" in name or name.startswith("terraform.tfvars")
    return name.endswith((".tfvars", ".tfvars.json")) and not (loaded and folder in modules)


def assigned(shop: Workshop, path: str) -> dict[str, Result]:
    """Return the variables one var file sets."""
    file = read_named(shop.reading, shop.program.tree, path)
    if file is None:
        return {}
    text = shop.program.text(path)
    return {
        attribute.name: _literal(file, text, attribute.value_start, attribute.value_end)
        for attribute in file.attributes
    }


def _literal(file: Assignments, text: str, start: int, end: int) -> Result:
    try:
        node = read_json(text, start, end) if file.literal else expression(text, start, end)
    except HclError:
        return hole(text[start:end])
    return literal_result(file.path, node)


def var_files_of(shop: Workshop, draft: Draft) -> tuple[list[str], bool]:
    """Return the var files the commands after an init name, and whether one of them cannot be known."""
    found: list[str] = []
    unknown = False
    for invocation in draft.followers:
        for flag in invocation.all("var-file"):
            path = _one_file(shop, draft, bind(flag.value, draft.texts))
            unknown = unknown or path is None
            if path and path not in found:
                found.append(path)
    return found, unknown


def _one_file(shop: Workshop, draft: Draft, value: Value) -> str | None:
    place = join(literal(draft.root) if draft.root else (), value)
    if known(place):
        path = normal(place)
        return path if path in shop.reading.paths else None
    return None


def stated_environments(shop: Workshop, drafts: Iterable[Draft]) -> list[str]:
    """Return the words stated as an environment in var files and as choices of commands."""
    found = [text for draft in drafts for text in draft.texts.values() if is_known_environment(text)]
    for path, file in shop.reading.assignments.items():
        if not path.endswith((".tfvars", ".tfvars.json")):
            continue
        text = shop.program.text(path)
        for attribute in file.attributes:
            if attribute.name in ENVIRONMENT_VARIABLES:
                value = text_of(_literal(file, text, attribute.value_start, attribute.value_end))
                found.extend([value] if value else [])
    return found


def environment_of(draft: Draft, var_files: list[str], shop: Workshop, environments: Environments) -> str | None:
    """Return the environment of a draft, by the strongest evidence there is (DESIGN §5)."""
    decided = only(environments.of_path(path) for path in draft.files)
    chosen = only(environments.of_text(text) for text in draft.texts.values())
    by_vars = only(environments.of_path(path) for path in var_files)
    return (
        decided
        or chosen
        or by_vars
        or environments.of_path(draft.root)
        or _stated(draft, var_files, shop, environments)
    )


def _stated(draft: Draft, var_files: list[str], shop: Workshop, environments: Environments) -> str | None:
    for path in (*reversed(var_files), *reversed(loaded_var_files(shop, draft.root))):
        values = assigned(shop, path)
        for name in ENVIRONMENT_VARIABLES & values.keys():
            text = text_of(values[name])
            if text:
                return environments.of_text(text)
    return None


def paired_var_files(shop: Workshop, root: str, environment: str | None, environments: Environments) -> list[str]:
    """Return the var files near a root that name the environment in their path."""
    if environment is None:
        return []
    above = posixpath.dirname(root)
    near = {*below(shop.assigned, root), *(shop.assigned.beside.get(above, ()) if above else ())}
    return [
        path
        for path in sorted(near)
        if is_plain_var_file(path, shop.program.modules) and environments.of_path(path[len(root) :]) == environment
    ]


def given_for(shop: Workshop, root: str, var_files: Iterable[str], *, unknown: bool, draft: Draft | None) -> Given:
    """Return what is set from outside for a root module (DOMAIN §3.1)."""
    variables: dict[str, Result] = {}
    for path in (*loaded_var_files(shop, root), *var_files):
        variables.update(assigned(shop, path))
    unsettled: set[str] = set()
    for invocation in draft.followers if draft else ():
        unknown = _flags(shop, invocation, draft, variables, unsettled) or unknown
    return Given(variables, frozenset(unsettled), unknown, _WORKSPACE, None)


_WORKSPACE: Value = (Hole("terraform.workspace", why="chosen outside the repository"),)


def _flags(
    shop: Workshop, invocation: Invocation, draft: Draft | None, variables: dict[str, Result], unsettled: set[str]
) -> bool:
    """Apply ``-var``, ``-var-file`` and ``TF_VAR_`` of one command; tell whether an unknown word may set anything."""
    texts = draft.texts if draft else {}
    unnamed = False
    for flag in invocation.flags:
        value = bind(flag.value, texts)
        if flag.name == "var-file" and draft and (path := _one_file(shop, draft, value)):
            variables.update(assigned(shop, path))
        elif flag.name == "var":
            name, *rest = split(value, "=", 1)
            text = text_of(name)
            unnamed = unnamed or text is None
            if text and rest:
                variables[text] = rest[0]
    _environment_variables(invocation, texts, variables, unsettled)
    return unnamed or (bool(invocation.unknown) and invocation.subcommand in _WRITES)


def _environment_variables(
    invocation: Invocation, texts: Mapping[str, str], variables: dict[str, Result], unsettled: set[str]
) -> None:
    for variable, value in invocation.environment.items():
        if variable.startswith("TF_VAR_") and (set_ := variable[7:]) not in variables:
            bound = bind(value, texts)
            if known(bound):
                variables[set_] = bound
            else:
                unsettled.add(set_)


# ---------------------------------------------------------------- projects and workspaces


def projects(drafts: Iterable[Draft], roots: Mapping[str, Module], environments: Environments) -> dict[str, str]:
    """Return each root's project: roots that differ only in an environment, or share a backend file, are one."""
    names = {root: project_pattern(root, environments) for root in roots}
    users: dict[str, list[str]] = defaultdict(list)
    for draft in drafts:
        for path in draft.files:
            users[path].append(draft.root)
    for shared in users.values():
        first = names[shared[0]]
        merge = {names[root] for root in shared}
        names = {root: first if name in merge else name for root, name in names.items()}
    return names


def project_pattern(root: str, environments: Environments) -> str:
    """Return a root's path with its environment words replaced by ``*``."""
    segments = []
    for segment in root.split("/"):
        if environment_words(segment, environments.names):
            segments.append("-".join("*" if fold(word) in environments.names else word for word in words(segment)))
        else:
            segments.append(segment)
    return "/".join(segments)


def workspaces(shop: Workshop, commands: Iterable[Invocation]) -> dict[str, Value]:
    """Return the workspace of each root: a hole as soon as anything may choose one (DESIGN §4)."""
    chosen = any_workspace(commands)
    found: dict[str, Value] = {}
    for root, module in shop.roots.items():
        read = any("terraform.workspace" in shop.program.text(path) for path in module.paths)
        found[root] = _WORKSPACE if chosen or read else literal("default")
    return found


def any_workspace(commands: Iterable[Invocation]) -> bool:
    """Tell whether any command chooses a workspace."""
    return any(_chooses(invocation) for invocation in commands)


def workspace_value(*, unknown: bool) -> Value:
    """Return the default workspace, a hole where another may be chosen."""
    return _WORKSPACE if unknown else literal("default")


def _chooses(invocation: Invocation) -> bool:
    return (
        invocation.subcommand == "workspace"
        and text_of(invocation.arguments[0] if invocation.arguments else ()) in ("select", "new")
    ) or "TF_WORKSPACE" in invocation.environment


def workspace_of(draft: Draft, of_root: Value, *, prefixed: bool) -> Value:
    """Return the workspace of a draft; one its own commands select is known."""
    given = chosen_workspace(draft.invocation) if draft.invocation else None
    if draft.any_workspace:
        return _WORKSPACE
    if given is not None:
        return bind(given, draft.texts)
    for invocation in draft.followers:
        stated = chosen_workspace(invocation)
        if stated is not None:
            chosen = bind(stated, draft.texts)
            return _WORKSPACE if "/" in (text_of(chosen) or "") else chosen
    return _WORKSPACE if prefixed else of_root


def configuration_of(  # noqa: PLR0913 (what a configuration is made of)
    draft: Draft, shop: Workshop, *, project: str, environment: str | None, var_files: list[str], workspace: Value
) -> Configuration:
    """Return the configuration a draft stands for."""
    settings = merged(draft.layers)
    reasons = list(dict.fromkeys(draft.open_reasons))
    workspace = workspace_of(draft, workspace, prefixed="workspace_key_prefix" in settings)
    return Configuration(
        project=project,
        root=draft.root,
        environment=environment,
        type=draft.type,
        tool=_tool(draft, shop),
        settings=settings,
        layers=tuple(draft.layers),
        basis=draft.basis,
        closed=not reasons,
        open_reasons=tuple(reasons),
        anchor=anchor(draft, shop),
        block=header(draft.block) if draft.block else draft.written,
        files=tuple(draft.files),
        var_files=tuple(var_files),
        command=draft.invocation.command if draft.invocation else None,
        twins=tuple(twin.command for twin in draft.twins),
        workspace=workspace,
        notes=tuple(draft.notes),
    )


def _tool(draft: Draft, shop: Workshop) -> str | None:
    if draft.invocation:
        return draft.invocation.tool
    return "tofu" if shop.roots[draft.root].has_tofu else None
