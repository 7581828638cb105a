"""States that commands apply one root module into for several environments: each takes the other's resources away."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.configurations import ENVIRONMENT_VARIABLES
from tflint_locks.resolve.environment_places import names_of
from tflint_locks.resolve.environments import Environments
from tflint_locks.resolve.invocations import Invocation, join
from tflint_locks.resolve.model import Configuration, Repository, State
from tflint_locks.resolve.runs import Run, given_at, in_sequence, is_init, is_live_here
from tflint_locks.resolve.words import KNOWN, fold
from tflint_locks.resolve.writers import key_span, writers
from tflint_locks.source import Source, Span
from tflint_locks.tree import text_in
from tflint_locks.value import Value, compare, known, literal, shown, span_of, split, text_of

_APPLIES = frozenset({"apply", "destroy"})
# Environments on a person's machine.
_NO_ENVIRONMENTS = frozenset({"local", "localstack", "localhost", "minio", "offline"})
_CHOOSES = regex(r"\bworkspace[ \t]{1,8}(?:select|new)\b|\bTF_WORKSPACE\b")
_DOCUMENTS = (".md", ".mdx", ".txt", ".rst", ".adoc")
_MOST_RUNS = 5000
# Configurations with each of their inits, by where the init stands and the place it runs in.
_Inits: TypeAlias = Mapping[tuple[Span, tuple[str, str]], list[tuple[Command, Configuration]]]


class Applied(NamedTuple):
    """One environment that a root module is applied for: where that is said, and where the state was chosen."""

    environment: str
    span: Span
    init: Span
    configuration: Configuration


class Shared(NamedTuple):
    """A state with the environments that its one root module is applied for, one of each, by name."""

    state: State
    applied: tuple[Applied, ...]


class _Said(NamedTuple):
    environment: str
    span: Span


def shared_states(repository: Repository) -> Iterator[Shared]:
    """Yield each state that commands certainly apply one root module into for two environments or more."""
    run = [state for state in repository.states if state.certain and any(one.command for one in state.configurations)]
    owned = {id(one): state for state in run for one in writers(state)}
    roots = {id(state): {one.root for one in state.configurations} for state in owned.values()}
    found: dict[int, dict[str, Applied]] = defaultdict(dict)
    for applied in _all_applied(repository, owned):
        found[id(owned[id(applied.configuration)])].setdefault(applied.environment, applied)
    by_id = {id(state): state for state in owned.values()}
    for identity, of_state in found.items():
        if len(of_state) > 1 and len(roots[identity]) == 1 and not _may_choose_workspace(repository):
            yield Shared(by_id[identity], tuple(of_state[name] for name in sorted(of_state)))


def _all_applied(repository: Repository, owned: Mapping[int, State]) -> Iterator[Applied]:
    inits: dict[tuple[Span, tuple[str, str]], list[tuple[Command, Configuration]]] = defaultdict(list)
    for state in {id(state): state for state in owned.values()}.values():
        for one in state.configurations:
            for command in (one.command, *one.twins):
                if command is not None and id(one) in owned:
                    inits[command.span, command.place].append((command, one))
    names = names_of(repository)
    names.names.update({word: word for word in map(fold, KNOWN) if word not in names.names})
    for sequence in in_sequence(repository) if inits else ():
        if is_alive(repository, sequence[0].invocation.command):
            yield from _in_one(repository, sequence[:_MOST_RUNS], inits, names)


def is_alive(repository: Repository, command: Command) -> bool:
    """Tell whether the file that a command runs from runs at all: a CI job that some event starts, or a script."""
    path, scope = command.place
    file = repository.facts.get(path)
    if not isinstance(file, ScriptFile) or file.called_only or not is_live_here(repository, path):
        return False
    jobs = [job for job in file.jobs if job.scope == scope.partition("[")[0]]
    return all(set(job.events) - {"workflow_call"} for job in jobs) if jobs else not file.jobs


def _in_one(repository: Repository, sequence: list[Run], inits: _Inits, names: Environments) -> Iterator[Applied]:
    """Follow the commands of one place: an init chooses the state, a plan may say the environment for the apply."""
    holding: dict[str, list[tuple[Run, Configuration]]] = {}
    planned: dict[str, _Said | None] = {}
    for run in sequence:
        place = shown(run.invocation.directory)
        if is_init(run):
            holding[place], planned[place] = _set_up(run, inits), None
        elif run.invocation.subcommand in {"plan", *_APPLIES} and len(holding.get(place, ())) == 1:
            init, configuration = holding[place][0]
            said = _said(repository, run, configuration, names)
            if run.invocation.subcommand == "plan":
                planned[place] = said
                continue
            said = (planned[place] or said) if run.invocation.arguments else said
            if said and _is_certain(repository, run, configuration):
                yield Applied(said.environment, said.span, init.span, configuration)


def _set_up(run: Run, inits: _Inits) -> list[tuple[Run, Configuration]]:
    """Return the configurations that an init may set up, those of the same choices only."""
    chosen = {choice.identity: choice.texts for choice in run.invocation.command.choices}
    return [
        (run, configuration)
        for command, configuration in inits.get((run.span, run.invocation.command.place), ())
        if all(chosen.get(choice.identity, choice.texts) == choice.texts for choice in command.choices)
    ]


# ---------------------------------------------------------------- what a command says of its environment


def _said(repository: Repository, run: Run, configuration: Configuration, names: Environments) -> _Said | None:
    """Return the one environment that a command's variables and var files name; None where they name several."""
    variables = repository.modules[configuration.root].variables
    found = [*_by_files(run, names)]
    for name, value in _given(run.invocation):
        environment = names.names.get(fold(text_of(value) or ""))
        if name in ENVIRONMENT_VARIABLES and name in variables and environment:
            found.append(_Said(environment, span_of(value) or run.span))
    if len({said.environment for said in found}) != 1 or fold(found[0].environment) in _NO_ENVIRONMENTS:
        return None
    return found[0]


def _by_files(run: Run, names: Environments) -> Iterator[_Said]:
    for flag in run.invocation.all("var-file"):
        environment = names.of_path(text_of(flag.value) or "") if known(flag.value) else None
        if environment:
            yield _Said(environment, [flag.span, *given_at(flag)][-1])


def _given(invocation: Invocation) -> Iterator[tuple[str, Value]]:
    """Yield the variables that a command is given one by one, by ``-var`` and by the environment."""
    for flag in invocation.all("var"):
        name, *rest = split(flag.value, "=", 1)
        if rest:
            yield text_of(name) or "", rest[0]
    for variable, value in invocation.environment.items():
        if variable.startswith("TF_VAR_"):
            yield variable[len("TF_VAR_") :], value


# ---------------------------------------------------------------- when a command certainly changes the state


def _is_certain(repository: Repository, run: Run, configuration: Configuration) -> bool:
    """Tell whether a command writes this state: all its words are known, and no step puts another key in place."""
    if run.invocation.unknown or run.invocation.all("help") or run.invocation.all("h"):
        return False
    return not _rewrites(repository, run, key_span(configuration).path)


def _rewrites(repository: Repository, run: Run, path: str) -> bool:
    """Tell whether the files that lead to a command may write the file that states the key, unless it is missing."""
    for name in {run.span.path, run.invocation.command.place[0]}:
        file = repository.facts.get(name)
        for written in file.written if isinstance(file, ScriptFile) else ():
            place = join(written.directory, written.path)
            if compare(place, literal(path)) is not False and not _is_missing(repository, written.span, path):
                return True
    return False


def _is_missing(repository: Repository, span: Span, path: str) -> bool:
    """Tell whether a file is written only where it is not there yet, as it is here."""
    before = text_in(repository.tree, span.path)[max(span.start - 300, 0) : span.start]
    return re.search(rf"!\s+-[efs]\s+[^\n]{{0,80}}{re.escape(posixpath.basename(path))}", before) is not None


@lru_cache(maxsize=1)
def _may_choose_workspace(repository: Repository) -> bool:
    """Tell whether a file of the repository that people follow or machines run speaks of choosing a workspace."""
    paths: Iterable[str] = repository.tree.paths()
    followed = [
        path for path in paths if path.endswith(_DOCUMENTS) or isinstance(repository.facts.get(path), ScriptFile)
    ]
    return any(
        isinstance(source := repository.tree.text(path), Source) and _CHOOSES.search(source.text) for path in followed
    )
