"""From the facts of every file to one repository the rules can look at."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tflint_locks.facts import Command, Facts
from tflint_locks.record import NamedTuple, replaced
from tflint_locks.resolve import mentions as mentioned
from tflint_locks.resolve.calls import follow_calls
from tflint_locks.resolve.configurations import (
    Deployment,
    configuration_of,
    environment_of,
    is_plain_var_file,
    projects,
    stated_environments,
    var_files_of,
    workspaces,
)
from tflint_locks.resolve.defaults import unsettled_defaults
from tflint_locks.resolve.definitions import forks, from_command, from_terraform, reaches_aws
from tflint_locks.resolve.deployments import deployments, instances, relevant
from tflint_locks.resolve.document_files import read_documents
from tflint_locks.resolve.drafts import Draft, Workshop, by_word, is_backend_file, make_drafts, shared_files
from tflint_locks.resolve.environments import Environments, establish, grouped
from tflint_locks.resolve.folders import by_folder
from tflint_locks.resolve.invocations import Invocation, invocations
from tflint_locks.resolve.model import Configuration, Definition, Mention, Reader, Repository, Statement, Trait
from tflint_locks.resolve.modules import calls, read_modules
from tflint_locks.resolve.pairs import pairs, states
from tflint_locks.resolve.pipelines import join_pipelines
from tflint_locks.resolve.protections import companions_of
from tflint_locks.resolve.readers import readers_of
from tflint_locks.resolve.reading import Reading, read_tree
from tflint_locks.resolve.scope import Instance, Program
from tflint_locks.resolve.spoken import spoken_in, whole_names
from tflint_locks.resolve.statements import from_policy_file, statements_of
from tflint_locks.resolve.static import static_given
from tflint_locks.resolve.written_backends import hand_files_on, roots_written
from tflint_locks.settings import Settings
from tflint_locks.tree import Tree
from tflint_locks.value import known, text_of

if TYPE_CHECKING:
    from tflint_locks.resolve.terragrunt_units import Monorepo


def load(tree: Tree, settings: Settings) -> Repository:
    """Read a tree and work out its configurations, definitions, mentions, pairs and states."""
    reading = read_tree(tree)
    join_pipelines(reading, tree)
    unsettled_defaults(reading, tree)
    follow_calls(reading, tree)
    hand_files_on(reading)
    program = Program(read_modules(reading.terraform.values()), tree)
    commands = [command for file in reading.scripts.values() for command in file.commands]
    run = list(invocations(commands))
    units = _units(reading, program)
    called = _called(program) | (units.modules if units else frozenset())
    shop = _workshop(program, reading, run, called)
    drafts = make_drafts(shop, run)
    environments = _environments(shop, settings, drafts, units)
    made, names = _configurations(shop, drafts, run, environments)
    found = deployments(shop, made, _roots(program, called), names, environments)
    every = [configuration for _, configuration in made]
    if not units:
        return _repository(shop, found, every, environments, commands)
    from tflint_locks.resolve.terragrunt_configurations import configured, files_of_units, unit_deployments

    deployed = configured(units, shop, run, environments)
    every += [unit.configuration for unit in deployed if unit.configuration]
    found += unit_deployments(units, shop, deployed, environments)
    repository = _repository(shop, found, every, environments, commands)
    used_paths = repository.used_paths | files_of_units(deployed, reading)
    return replaced(repository, units=tuple(deployed), used_paths=used_paths)


def _units(reading: Reading, program: Program) -> "Monorepo | None":
    """Return the units of Terragrunt, None where there is no file of it."""
    if not reading.terragrunt:
        return None
    from tflint_locks.resolve.terragrunt_units import monorepo

    return monorepo(reading, program)


def _called(program: Program) -> frozenset[str]:
    return frozenset(
        target
        for directory, module in program.modules.items()
        for _, target in calls(module, program.text)
        if target != directory
    )


def _roots(program: Program, called: frozenset[str]) -> list[str]:
    return [directory for directory in program.modules if directory not in called]


def _workshop(program: Program, reading: Reading, run: list[Invocation], called: frozenset[str]) -> Workshop:
    roots = {
        directory: module
        for directory, module in program.modules.items()
        if (module.backend or module.remote or (module.plain and module.plain.backend)) and directory not in called
    }
    written = roots_written(run, program.modules, called)
    roots.update(written)
    candidates = [path for path, file in reading.assignments.items() if is_backend_file(file)]
    tofu = any(invocation.tool == "tofu" for invocation in run) or any(v.tool == "tofu" for v in reading.versions)
    backends = by_folder(candidates)
    return Workshop(
        program,
        reading,
        roots,
        candidates,
        tofu,
        by_folder(reading.assignments),
        backends,
        shared_files(backends, program.modules),
        by_word(roots),
        static_given,
        written=written.keys(),
    )


def _environments(shop: Workshop, settings: Settings, drafts: list[Draft], units: "Monorepo | None") -> Environments:
    files = {path for draft in drafts for path in draft.files}
    files |= {path for path in shop.reading.assignments if is_plain_var_file(path, shop.program.modules)} | set(
        shop.candidates
    )
    roots = [*shop.roots, *(unit.directory for unit in units.units)] if units else shop.roots
    return establish(settings, files, roots, stated_environments(shop, drafts))


def _configurations(
    shop: Workshop, drafts: list[Draft], run: list[Invocation], environments: Environments
) -> tuple[list[tuple[Draft, Configuration]], dict[str, str]]:
    names = projects(drafts, shop.roots, environments)
    of_root = workspaces(shop, run)
    made = []
    for draft in drafts:
        var_files, _ = var_files_of(shop, draft)
        environment = environment_of(draft, var_files, shop, environments)
        configuration = configuration_of(
            draft,
            shop,
            project=names[draft.root],
            environment=environment,
            var_files=var_files,
            workspace=of_root[draft.root],
        )
        made.append((draft, configuration))
    return made, names


def _repository(
    shop: Workshop,
    found: list[Deployment],
    configurations: list[Configuration],
    environments: Environments,
    commands: list[Command],
) -> Repository:
    outside = _Outside(shop, configurations)
    if any(configuration.type == "s3" for configuration in configurations):
        shop.reading.documents.update(read_documents(shop.program.tree, shop.reading.paths))
    for deployment in found:
        if deployment.project is None and deployment.root is not None:
            deployment.project = outside.project(*shop.program.modules[deployment.root].paths)
    gathered = _gathered(shop, found, environments, commands, outside)
    gathered.mentions.extend(mentioned.from_statements(gathered.statements, _lock_tables(configurations)))
    made = (one for one in gathered.definitions if one.source == "command" and one.proven)
    gathered.mentions.extend(map(mentioned.from_definition, made))
    mentions = _distinct_mentions(gathered.mentions)
    return Repository(
        tree=shop.program.tree,
        facts=_facts(shop.reading),
        unreadable=tuple(shop.reading.unreadable),
        faults=shop.reading.faults(),
        remarks=shop.reading.remarks(),
        configurations=tuple(configurations),
        definitions=_distinct(gathered.definitions),
        mentions=mentions,
        pairs=tuple(pairs(mentions, _representatives(configurations))),
        states=tuple(states(configurations)),
        statements=tuple(gathered.statements),
        environments=grouped(environments.names),
        used_paths=_used(shop, found, configurations),
        versions=tuple(shop.reading.versions),
        modules=dict(shop.program.modules),
        settings=environments.settings,
        companions=tuple(gathered.companions),
        readers=tuple(gathered.readers),
    )


class _Gathered(NamedTuple):
    """What Terraform's files, policies, stacks and commands say beside the configurations."""

    definitions: list[Definition]
    statements: list[Statement]
    mentions: list[Mention]
    companions: list[Trait]
    readers: list[Reader]


def _gathered(
    shop: Workshop,
    found: list[Deployment],
    environments: Environments,
    commands: list[Command],
    outside: "_Outside",
) -> _Gathered:
    gathered = _Gathered([], [], [], [], [])
    for deployment, instance in _all_instances(shop, found):
        gathered.definitions.extend(from_terraform(instance, deployment, environments))
        gathered.statements.extend(statements_of(instance, deployment))
        gathered.companions.extend(companions_of(instance))
        root = deployment.root or ""
        gathered.readers.extend(readers_of(instance, deployment.project, root, deployment.environment))
        gathered.mentions.extend(mentioned.from_variables(instance, deployment))
    for path in shop.reading.policies:
        environment = environments.of_path(path)
        gathered.statements.extend(from_policy_file(shop.program, path, outside.project(path), environment))
    if shop.reading.templates:
        _read_stacks(shop, environments, outside, gathered.definitions, gathered.statements)
    gathered.definitions.extend(_created(commands, environments, outside))
    gathered.mentions.extend(_spoken(shop, commands, environments, outside))
    return gathered


def _distinct_mentions(named: list[Mention]) -> tuple[Mention, ...]:
    """Keep the first of the mentions that say the same in one place."""
    kept = {(m.span, m.role, m.source, m.environment, m.project, m.value): m for m in reversed(named)}
    return tuple(kept.values())[::-1]


def _representatives(configurations: list[Configuration]) -> list[Configuration]:
    """Keep one of the units that say the same."""
    if all(one.basis != "terragrunt" for one in configurations):
        return configurations
    from tflint_locks.resolve.terragrunt_configurations import representatives

    return representatives(configurations)


def _read_stacks(
    shop: Workshop,
    environments: Environments,
    outside: "_Outside",
    definitions: list[Definition],
    statements: list[Statement],
) -> None:
    """Add what CloudFormation templates make and grant."""
    from tflint_locks.resolve.cloudformation import definitions_of, stack_of, statements_of_stack

    for path, template in shop.reading.templates.items():
        stack = stack_of(template, shop.program.tree, outside.project(path), environments.of_path(path))
        definitions.extend(definitions_of(stack, environments))
        statements.extend(statements_of_stack(stack))


def _lock_tables(configurations: list[Configuration]) -> frozenset[str]:
    """Return the names of the lock tables that configurations certainly use."""
    values = [configuration.value("dynamodb_table") for configuration in configurations]
    return frozenset(text.rpartition("/")[2] for value in values if (text := text_of(value)))


def _all_instances(shop: Workshop, found: list[Deployment]) -> Iterator[tuple[Deployment, Instance]]:
    wanted = relevant(shop.program)
    for deployment in found:
        for instance in instances(shop.program, deployment, wanted):
            yield deployment, instance


class _Outside:
    """The project of a file that lies in no root module: the only one, or the one whose names it speaks of."""

    def __init__(self, shop: Workshop, configurations: Iterable[Configuration]) -> None:
        self._shop = shop
        self._words: dict[str, set[str]] = defaultdict(set)
        self._projects: set[str] = set()
        self._found: dict[tuple[str, ...], str | None] = {}
        for configuration in configurations:
            if configuration.type != "s3":
                continue
            self._projects.add(configuration.project)
            said = [text_of(configuration.value(name)) for name in ("bucket", "dynamodb_table")]
            for word in (*said, configuration.root if "/" in configuration.root else None):
                if word:
                    self._words[word].add(configuration.project)
        self._names = whole_names(self._words)

    def project(self, *paths: str) -> str | None:
        """Return the project some files belong to, None where that cannot be told."""
        if len(self._projects) == 1:
            return next(iter(self._projects))
        if paths not in self._found:
            self._found[paths] = self._spoken_of("\n".join(self._shop.program.text(path) for path in paths))
        return self._found[paths]

    def _spoken_of(self, text: str) -> str | None:
        """Return the only project that a text speaks of."""
        found: set[str] = set()
        for name in spoken_in(self._names, text):
            found |= self._words[name]
            if len(found) > 1:
                return None
        return next(iter(found), None)


def _created(commands: list[Command], environments: Environments, outside: _Outside) -> Iterator[Definition]:
    """Yield what aws commands create; a script that others call creates what they tell it to."""
    called = {command.span for command in commands if command.caller}
    for command in commands:
        if command.tool == "aws" and reaches_aws(command):
            for fork in forks(command):
                definition = from_command(fork, environments, outside.project(command.span.path))
                if definition and (fork.caller or fork.span not in called or known(definition.name)):
                    yield definition


def _spoken(
    shop: Workshop, commands: list[Command], environments: Environments, outside: _Outside
) -> Iterator[Mention]:
    for command in commands:
        if command.tool == "aws" and reaches_aws(command):
            for fork in forks(command):
                used = mentioned.from_command(fork, environments, outside.project(command.span.path))
                if used:
                    yield used
    for path, file in shop.reading.scripts.items():
        for name in file.names:
            named = mentioned.from_name(name, environments, outside.project(path))
            if named:
                yield named


def _distinct(definitions: list[Definition]) -> tuple[Definition, ...]:
    return tuple({(d.span, d.name, d.environment, d.header): d for d in definitions}.values())


def _facts(reading: Reading) -> dict[str, Facts]:
    facts: dict[str, Facts] = {}
    for files in (
        reading.templates,
        reading.documents,
        reading.policies,
        reading.scripts,
        reading.assignments,
        reading.terraform,
        reading.terragrunt,
    ):
        facts.update(files)
    return facts


def _used(shop: Workshop, found: list[Deployment], configurations: list[Configuration]) -> frozenset[str]:
    """Return the paths that a root module, a module it calls, or an invocation uses."""
    used = {path for configuration in configurations for path in (*configuration.files, *configuration.var_files)}
    stack = [deployment.root or "" for deployment in found if deployment.configurations]
    seen: set[str] = set()
    while stack:
        directory = stack.pop()
        module = shop.program.modules.get(directory)
        if module is None or directory in seen:
            continue
        seen.add(directory)
        used.update(module.paths)
        stack.extend(target for _, target in calls(module, shop.program.text))
    return frozenset(used)
