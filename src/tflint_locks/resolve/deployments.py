"""Root modules as they are deployed, and what their modules define, grant and mention."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tflint_locks.hcl import Attribute
from tflint_locks.resolve.configurations import (
    Deployment,
    given_for,
    is_plain_var_file,
    loaded_var_files,
    paired_var_files,
    var_files_of,
)
from tflint_locks.resolve.drafts import Draft, Workshop
from tflint_locks.resolve.environments import Environments
from tflint_locks.resolve.folders import below
from tflint_locks.resolve.model import Configuration
from tflint_locks.resolve.modules import Declared, Module, argument, calls
from tflint_locks.resolve.protections import COMPANIONS
from tflint_locks.resolve.readers import REMOTE_STATE
from tflint_locks.resolve.roles import role_of_name
from tflint_locks.resolve.scope import Instance, Program, called_module, children
from tflint_locks.resolve.statements import speaks_of_state

_KINDS = frozenset({"aws_dynamodb_table", "aws_dynamodb_global_table", "aws_s3_bucket", *COMPANIONS})
_MAX_INSTANCES = 2000


def deployments(
    shop: Workshop,
    made: Iterable[tuple[Draft, Configuration]],
    roots: Iterable[str],
    projects: Mapping[str, str],
    environments: Environments,
) -> list[Deployment]:
    """Return one deployment for each root module, environment and choice of var files, also without a backend."""
    groups: dict[tuple[str, str | None], list[tuple[Draft, Configuration]]] = defaultdict(list)
    for draft, configuration in made:
        groups[configuration.root, configuration.environment].append((draft, configuration))
    found = [
        _deployment(shop, projects, environments, chosen)
        for members in groups.values()
        for chosen in _by_var_files(members)
    ]
    configured = {root for root, _ in groups}
    bare = [root for root in roots if root not in configured]
    return found + [_bare(shop, root, projects, environments) for root in bare]


def _by_var_files(
    members: list[tuple[Draft, Configuration]],
) -> list[list[tuple[Draft, Configuration]]]:
    """Part an environment's members by the var files they name; one that names none tells nothing beside others."""
    parts: dict[tuple[str, ...], list[tuple[Draft, Configuration]]] = defaultdict(list)
    for draft, configuration in members:
        parts[configuration.var_files].append((draft, configuration))
    if len(parts) > 1:
        parts.pop((), None)
    return list(parts.values())


def _deployment(
    shop: Workshop,
    projects: Mapping[str, str],
    environments: Environments,
    members: list[tuple[Draft, Configuration]],
) -> Deployment:
    draft, configuration = members[0]
    root, environment = configuration.root, configuration.environment
    named, unknown = var_files_of(shop, draft)
    files = named or paired_var_files(shop, root, environment, environments)
    given = given_for(shop, root, files, unknown=unknown and (bool(named) or not files), draft=draft)
    if not files:
        given.unsettled = given.unsettled | _settable(shop, root)
    if named and unknown:
        may_change = _settable(shop, root, named)
        given.variables = {name: value for name, value in given.variables.items() if name not in may_change}
    return Deployment(projects[root], root, environment, given, tuple(made for _, made in members))


def _bare(shop: Workshop, root: str, projects: Mapping[str, str], environments: Environments) -> Deployment:
    given = given_for(shop, root, (), unknown=False, draft=None)
    given.unsettled = given.unsettled | _settable(shop, root)
    return Deployment(projects.get(root), root, environments.of_path(root), given, ())


def _settable(shop: Workshop, root: str, named: Iterable[str] = ()) -> frozenset[str]:
    """Return the variables that a var file somebody may name, besides those named already, would set."""
    loaded = {*loaded_var_files(shop, root), *named}
    return frozenset(
        attribute.name
        for path in below(shop.assigned, root)
        if path not in loaded and is_plain_var_file(path, shop.program.modules)
        for attribute in shop.reading.assignments[path].attributes
    )


def relevant(program: Program) -> frozenset[str]:
    """Return the directories whose modules define, grant or name tables and buckets, and all that call them."""
    callers: dict[str, set[str]] = defaultdict(set)
    for directory, module in program.modules.items():
        for _, target in calls(module, program.text):
            callers[target].add(directory)
    found = {directory for directory, module in program.modules.items() if _speaks(program, module)}
    stack = list(found)
    while stack:
        for caller in callers[stack.pop()] - found:
            found.add(caller)
            stack.append(caller)
    return frozenset(found)


def _speaks(program: Program, module: Module) -> bool:
    if any(kind in _KINDS for kind, _ in module.resources) or any(kind == REMOTE_STATE for kind, _ in module.data):
        return True
    inside = (item for declared in module.calls.values() for item in declared.block.items)
    given = (item.name for item in inside if isinstance(item, Attribute))
    if any(role_of_name(name) for name in (*module.variables, *module.locals, *given)):
        return True
    if any(
        "backend" in _source(program, declared) or "state" in _source(program, declared)
        for declared in module.calls.values()
    ):
        return True
    return any(speaks_of_state(program.text(path)) for path in module.paths)


def _source(program: Program, declared: Declared) -> str:
    found = argument(declared, "source")
    if found is None:
        return ""
    return program.text(found.path)[found.attribute.value_start : found.attribute.value_end].lower()


def instances(program: Program, deployment: Deployment, wanted: frozenset[str]) -> Iterator[Instance]:
    """Yield the instances of a deployment's modules that are worth looking at."""
    module = program.modules.get(deployment.root or "")
    if module is None or deployment.root not in wanted:
        return
    stack = [Instance(program, module, deployment.given)]
    for _ in range(_MAX_INSTANCES):
        if not stack:
            return
        current = stack.pop()
        yield current
        for name, declared in current.module.calls.items():
            target = called_module(current, declared)
            if target is not None and target.directory in wanted:
                stack.extend(children(current, name))
