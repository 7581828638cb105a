"""Terragrunt's units as configurations and deployments, so that every rule may judge them as it does root modules."""

import posixpath
from collections.abc import Iterable, Iterator

from tflint_locks.read.terragrunt import NAMES
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.backends import block_settings, flag_setting, merged
from tflint_locks.resolve.configurations import (
    Deployment,
    any_workspace,
    assigned,
    loaded_var_files,
    project_pattern,
    workspace_value,
)
from tflint_locks.resolve.deployments import relevant
from tflint_locks.resolve.drafts import Workshop, header
from tflint_locks.resolve.environments import Environments
from tflint_locks.resolve.invocations import Flag, Invocation
from tflint_locks.resolve.model import Configuration, Setting, Unit
from tflint_locks.resolve.modules import Module
from tflint_locks.resolve.reading import Reading
from tflint_locks.resolve.scope import Given
from tflint_locks.resolve.terragrunt_backend import Stated
from tflint_locks.resolve.terragrunt_units import Monorepo, UnitDraft
from tflint_locks.resolve.terragrunt_world import inputs_of, place_of
from tflint_locks.source import Span
from tflint_locks.value import Literal, Result, Value, known, part, shown, span_of, text_of

_BACKEND_FLAG = "-backend-config="
_VAR_FILE_FLAG = "-var-file="
_FALSE = frozenset({"false", "0", "f", "F", "FALSE", "False"})
_SAID = ("bucket", "region", "dynamodb_table", "use_lockfile")


class _Plan(NamedTuple):
    """What making configurations needs; ``chosen`` where something chooses workspaces, ``read`` which modules ask."""

    shop: Workshop
    environments: Environments
    chosen: bool
    read: dict[str, bool]


def configured(repo: Monorepo, shop: Workshop, run: Iterable[Invocation], environments: Environments) -> list[Unit]:
    """Return the units of a repository, each with its configuration where it has one."""
    plan = _Plan(shop, environments, any_workspace(run), {})
    return [_unit(plan, draft) for draft in repo.units]


def _unit(plan: _Plan, draft: UnitDraft) -> Unit:
    shop = plan.shop
    module = shop.program.modules.get(draft.module) if draft.module is not None else None
    stated = draft.stated
    made = None
    if stated is not None and not draft.skipped and not stated.disabled:
        made = _configuration(plan, draft, stated, module)
    elif stated is None and not draft.skipped and module is not None and draft.module != draft.directory:
        made = _of_module(plan, draft, module)
    source = stated.kind if stated else "module" if module and (module.backend or module.remote) else ""
    table = next((one for one in stated.settings if one.name == "dynamodb_table"), None) if stated else None
    renamed = stated.renamed if stated else None
    if table and renamed and table.name_span == renamed.name_span:
        table = None
    return Unit(
        draft.context.path,
        draft.directory,
        made,
        source,
        stated.header if stated else None,
        draft.module,
        renamed,
        table,
        draft.dependencies,
        draft.files,
        draft.header,
        draft.skipped,
        included=len(draft.files) > 1,
        settled=not draft.open_reasons,
        unlocking=tuple(_unlocking(draft)),
    )


# ---------------------------------------------------------------- configurations


def _configuration(plan: _Plan, draft: UnitDraft, stated: Stated, module: Module | None) -> Configuration:
    reasons = [*draft.open_reasons, *stated.reasons]
    layers: list[Setting] = []
    if stated.kind == "remote_state" and not stated.generated:
        if module and module.backend:
            layers += block_settings(module.backend, plan.shop.program.text(module.backend.path), "block", None)
        elif module is None:
            reasons += [] if _is_whole(stated) else ["the module's own backend block is not here"]
    layers += stated.settings
    more, unknown = _flags(draft)
    layers += more
    reasons += unknown
    if stated.type is None:
        reasons.append(f"the type of the backend is not known ({stated.header.path})")
    return _made(plan, draft, layers, (stated.type or "unknown", stated.header), reasons)


def _is_whole(stated: Stated) -> bool:
    return {"bucket", "key"} <= {one.name for one in stated.settings}


def _of_module(plan: _Plan, draft: UnitDraft, module: Module) -> Configuration | None:
    """Return the configuration that the module's own block makes; Terragrunt adds nothing to it."""
    declared = module.backend
    if declared is None:
        return None
    layers = [*block_settings(declared, plan.shop.program.text(declared.path), "block", None)]
    more, unknown = _flags(draft)
    layers += more
    reasons = [*draft.open_reasons, *unknown]
    if not {"bucket", "key"} <= merged(layers).keys():
        reasons.append("the block is partial and the unit gives neither bucket nor key")
    kind = declared.block.labels[0].text if declared.block.labels else "local"
    return _made(plan, draft, layers, (kind, header(declared)), reasons)


def _made(
    plan: _Plan, draft: UnitDraft, layers: list[Setting], stated: tuple[str, Span], reasons: list[str]
) -> Configuration:
    settings = merged(layers)
    kind, where = stated
    unknown = plan.chosen or _asks_workspace(plan, draft) or "workspace_key_prefix" in settings
    return Configuration(
        project=project_pattern(posixpath.dirname(where.path), plan.environments),
        root=draft.directory,
        environment=plan.environments.of_path(draft.directory),
        type=kind,
        tool="terragrunt",
        settings=settings,
        layers=tuple(layers),
        basis="terragrunt",
        closed=not reasons,
        open_reasons=tuple(dict.fromkeys(reasons)),
        anchor=where,
        block=where,
        files=(where.path,),
        var_files=(),
        command=None,
        workspace=workspace_value(unknown=unknown),
        notes=(),
    )


def _asks_workspace(plan: _Plan, draft: UnitDraft) -> bool:
    """Tell whether a unit's module asks for its workspace."""
    program, name = plan.shop.program, draft.module
    if name is None:
        return False
    if name not in plan.read:
        plan.read[name] = any("terraform.workspace" in program.text(path) for path in program.modules[name].paths)
    return plan.read[name]


def _unlocking(draft: UnitDraft) -> Iterator[tuple[str, Span]]:
    """Yield the commands that are certainly run without locks, with the flag's place: the last flag counts."""
    for arguments in draft.arguments:
        said = [word for word in arguments.words if (text_of(word) or "").lstrip("-").startswith("lock=")]
        where = span_of(said[-1]) if said else None
        if where and arguments.known and (text_of(said[-1]) or "").partition("=")[2] in _FALSE:
            yield from ((command, where) for command in arguments.commands)


def _flags(draft: UnitDraft) -> tuple[list[Setting], list[str]]:
    """Return what ``extra_arguments`` add to init's backend, and why there may be more."""
    found: list[Setting] = []
    reasons: list[str] = []
    for arguments in draft.arguments:
        if "init" not in arguments.commands and "?" not in arguments.commands:
            continue
        if not arguments.known:
            reasons.append(f"what extra_arguments add to init is not known ({draft.context.path})")
        for word in arguments.words:
            made = _flag(word)
            if made:
                found.append(made)
            elif "-backend-config" in shown(word):
                reasons.append(f"init is given a backend file ({draft.context.path})")
    return found, reasons


def _flag(word: Value) -> Setting | None:
    first = word[0] if word else None
    if not isinstance(first, Literal) or not first.text.startswith(_BACKEND_FLAG):
        return None
    head = part((first,), len(_BACKEND_FLAG), len(first.text))
    value, where = (*head, *word[1:]), span_of(word)
    return flag_setting(Flag("backend-config", value, where)) if where else None


# ---------------------------------------------------------------- deployments


def unit_deployments(
    repo: Monorepo, shop: Workshop, units: list[Unit], environments: Environments
) -> Iterator[Deployment]:
    """Yield one deployment for each unit whose module says something of tables, buckets or policies."""
    wanted = relevant(shop.program)
    for draft, unit in zip(repo.units, units, strict=True):
        if draft.module is None or draft.module not in wanted or draft.skipped:
            continue
        made = unit.configuration
        environment = made.environment if made else environments.of_path(draft.directory)
        configurations = (made,) if made else ()
        project = made.project if made else None
        yield Deployment(project, draft.module, environment, _given(repo, shop, draft), configurations)


def _given(repo: Monorepo, shop: Workshop, draft: UnitDraft) -> Given:
    """Return the variables a unit gives its module: inputs, then var files, which win over the environment."""
    given = inputs_of(repo.world, draft.context)
    variables: dict[str, Result] = dict(given) if isinstance(given, dict) else {}
    open_ = not isinstance(given, dict)
    for path in (*loaded_var_files(shop, draft.module or ""), *loaded_var_files(shop, draft.directory)):
        variables.update(assigned(shop, path))
    for value in _named_files(draft):
        path_ = place_of(value, draft.directory) if known(value) or text_of(value[1:]) else None
        if path_ is not None and path_ in shop.reading.paths:
            variables.update(assigned(shop, path_))
        else:
            open_ = True
    return Given(variables, open=open_, workspace=workspace_value(unknown=True))


def _named_files(draft: UnitDraft) -> Iterator[Value]:
    """Yield the var files that ``extra_arguments`` name."""
    for arguments in draft.arguments:
        yield from arguments.var_files
        for word in arguments.words:
            first = word[0] if word else None
            if isinstance(first, Literal) and first.text.startswith(_VAR_FILE_FLAG):
                yield (*part((first,), len(_VAR_FILE_FLAG), len(first.text)), *word[1:])


# ---------------------------------------------------------------- for the whole repository


def files_of_units(units: Iterable[Unit], reading: Reading) -> frozenset[str]:
    """Return the files that units are put together from, those that these read, and those too broken to tell."""
    files = reading.terragrunt.items()
    read = {path for path, file in files if file.faults or posixpath.basename(path) not in NAMES}
    return frozenset(read | {path for unit in units for path in unit.files})


def representatives(configurations: Iterable[Configuration]) -> list[Configuration]:
    """Keep one of the units that say the same of bucket and table in one environment: a thousand share one file."""
    kept: dict[object, Configuration] = {}
    for one in configurations:
        said = (one.project, one.environment, one.closed, *(_said(one, name) for name in _SAID))
        kept.setdefault(said if one.basis == "terragrunt" else id(one), one)
    return list(kept.values())


def _said(configuration: Configuration, name: str) -> object:
    setting = configuration.settings.get(name)
    if setting is None:
        return None
    value = setting.value
    return setting.span, shown(value) if isinstance(value, tuple) else str(value)
