"""Commands of one job that name two environments: the workspace one, the var or backend file another."""

from collections.abc import Iterable, Iterator

from tflint_locks.finding import Match, Related
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.environments import Environments
from tflint_locks.resolve.invocations import Flag
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import quoted
from tflint_locks.resolve.runs import Run, consistent, in_sequence, is_init
from tflint_locks.resolve.words import fold
from tflint_locks.source import Span
from tflint_locks.value import Value, known, shown, span_of, split, text_of


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each file or key that contradicts what was chosen before it in the same place."""
    names = Environments({fold(name): name for name in repository.environments}, repository.settings)
    told: set[tuple[Span, Span]] = set()
    for sequence in in_sequence(repository):
        for match in _contradictions(sequence, names):
            pair = (match.at, match.related[0].span)
            if pair not in told:
                told.add(pair)
                yield match


class _Chosen(NamedTuple):
    """What a command chooses for those after it: the workspace, or the state by its key; once for each choice."""

    kind: str
    environment: str
    value: Value
    span: Span
    run: Run


def _contradictions(sequence: list[Run], names: Environments) -> Iterator[Match]:
    """Follow a sequence of commands with the workspace and key that hold in each directory."""
    holding: dict[tuple[str, str], list[_Chosen]] = {}
    for run in sequence:
        place = shown(run.invocation.directory)
        if is_init(run):
            holding[place, "key"] = _with(holding.get((place, "key"), []), run, _keys(run, names))
        workspaces = [*_workspace(run, names)]
        if workspaces or _chooses(run):
            holding[place, "workspace"] = _with(holding.get((place, "workspace"), []), run, workspaces)
        files = {flag: names.of_path(text_of(flag.value) or "") for flag in run.invocation.all("var-file")}
        for kind in ("key", "workspace"):
            mine = [one for one in holding.get((place, kind), []) if consistent(one.run, run)]
            # Where one file is the environment's own, it is given over another's on purpose.
            if mine and not any(one.environment in files.values() for one in mine):
                for flag, environment in files.items():
                    if environment:
                        yield _match(run, flag, environment, mine[0])


def _with(before: list[_Chosen], run: Run, found: Iterable[_Chosen]) -> list[_Chosen]:
    """Return what holds after a command: its other choices stay beside it, what came before it does not."""
    return [*(one for one in before if one.run.span == run.span), *found]


def _chooses(run: Run) -> bool:
    return run.invocation.subcommand == "workspace" or "TF_WORKSPACE" in run.invocation.environment


def _keys(run: Run, names: Environments) -> Iterator[_Chosen]:
    """Yield the environment that both the bucket and the key of an init name."""
    given = {text_of(name): value[0] for flag in _items(run) for name, *value in [split(flag.value, "=", 1)] if value}
    key, bucket = given.get("key"), given.get("bucket")
    if not key or not bucket or not known(key) or not known(bucket):
        return
    environment = names.of_text(shown(key))
    if environment and environment == names.of_text(shown(bucket)):
        yield _Chosen("key", environment, key, span_of(key) or run.span, run)


def _items(run: Run) -> list[Flag]:
    return run.invocation.all("backend-config")


def _workspace(run: Run, names: Environments) -> Iterator[_Chosen]:
    """Yield the workspace a command runs in or selects, where it is the name of an environment and no more."""
    invocation = run.invocation
    name = invocation.environment.get("TF_WORKSPACE")
    if invocation.subcommand == "workspace" and len(invocation.arguments) > 1:
        name = invocation.arguments[1] if text_of(invocation.arguments[0]) in {"select", "new"} else name
    if name and known(name):
        environment = names.names.get(fold(shown(name)))
        if environment:
            yield _Chosen("workspace", environment, name, span_of(name) or run.span, run)


def _match(run: Run, flag: Flag, environment: str, chosen: _Chosen) -> Match:
    return Match(
        flag.span,
        {
            "file": quoted(flag.value),
            "kind": chosen.kind,
            "value": quoted(chosen.value),
            "tool": run.invocation.tool,
        },
        (Related(chosen.span, f"the {chosen.kind} names {chosen.environment}"),),
        environments=tuple(sorted({environment, chosen.environment})),
    )
