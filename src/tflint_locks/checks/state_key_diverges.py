"""Root modules whose state for one environment is written under two keys of one bucket."""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from tflint_locks.finding import Match, Related
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.environments import Environments
from tflint_locks.resolve.model import Configuration, Repository, Setting
from tflint_locks.resolve.phrases import environments_of, quoted, root_of
from tflint_locks.resolve.runs import automated_paths, may_go_together
from tflint_locks.resolve.settings_states import settings_states
from tflint_locks.resolve.words import fold, is_known_environment, words
from tflint_locks.source import Span
from tflint_locks.value import Literal, Value, compare, known, shown, span_of, text_of

# Words of a key that say nothing of what the state is of.
_PLAIN = frozenset({"terraform", "tf", "tfstate", "state", "infra", "infrastructure", "main", "env", "environments"})
# Words of states that are made beside the environment's own, and pass.
_PASSING = frozenset(
    "pr mr preview review ephemeral temp tmp test tests testing integration e2e ci sandbox feature branch".split()
)
_FEW = 2
# A root module with so many configurations is used for several things.
_MANY = 100


class _State(NamedTuple):
    """Where one configuration puts a root module's state; ``rank`` tells which of two is the odd one out."""

    configuration: Configuration
    bucket: Value
    key: Value
    span: Span
    rank: int


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each pair of keys, at the one fewer people use."""
    names = Environments({fold(name): name for name in repository.environments}, repository.settings)
    groups: dict[str, list[_State]] = defaultdict(list)
    for configuration in repository.configurations:
        state = _state(repository, configuration)
        if state:
            groups[configuration.root].append(state)
    for found in groups.values():
        if len(found) > _MANY:
            continue
        for left, right in combinations(found, 2):
            if _diverge(left, right, names) and not _is_used_often(found, left):
                odd, other = sorted((left, right), key=lambda one: _order(found, one))
                yield _match(odd, other, settings_states(repository))
        yield from _overridden(found)


def _order(found: list[_State], one: _State) -> tuple[int, int, Span]:
    """Return what sorts the odd one out first: whose file nobody names, who overrides by hand, whose key is rarer."""
    users = {_path(other) for other in found if _same_key(other, one)}
    return one.rank, len(users), one.span


def _path(state: _State) -> str:
    command = state.configuration.command
    return command.span.path if command else state.span.path


def _same_key(left: _State, right: _State) -> bool:
    return shown(left.key) == shown(right.key)


def _state(repository: Repository, configuration: Configuration) -> _State | None:
    bucket, key = configuration.value("bucket"), configuration.value("key")
    if configuration.type != "s3" or not configuration.closed or bucket is None or key is None:
        return None
    command = configuration.command
    if not may_go_together(repository, command):
        return None
    setting = configuration.settings["key"]
    if command is None:
        rank = 0
    elif setting.origin in {"flag", "written"}:
        rank = 2 if command.span.path in automated_paths(repository) else 1
    else:
        rank = 3
    return _State(configuration, bucket, key, span_of(key) or setting.span, rank)


def _diverge(left: _State, right: _State, names: Environments) -> bool:
    """Tell whether two configurations certainly write the same thing under two keys."""
    one, other = left.configuration, right.configuration
    if compare(left.key, right.key) is not False or compare(one.workspace, other.workspace) is False:
        return False
    buckets = compare(left.bucket, right.bucket)
    if buckets is False or {one.basis, other.basis} == {"completed"} or _in_one_script(one, other):
        return False
    if not _same_purpose(left, right, names):
        return False
    same_environment = one.environment is not None and one.environment == other.environment
    sure = buckets is True and known(left.key) and known(right.key)
    return _same_variables(one, other, names) or (same_environment and sure)


def _in_one_script(one: Configuration, other: Configuration) -> bool:
    """Tell whether one job or function gives both keys: whoever wrote it had both before them."""
    return bool(one.command and other.command and one.command.place == other.command.place)


def _same_variables(one: Configuration, other: Configuration, names: Environments) -> bool:
    """Tell whether two configurations are planned with the same var files; one may have those of more environments."""
    mine, theirs = set(one.var_files), set(other.var_files)
    if not mine & theirs:
        return False
    return all(names.of_path(path) is not None for path in mine ^ theirs)


def _same_purpose(left: _State, right: _State, names: Environments) -> bool:
    """Tell whether the words of two keys, but for environments, do not speak of different things."""
    mine, theirs = _purpose(left.key, names), _purpose(right.key, names)
    if (_words(left.key) ^ _words(right.key)) & _PASSING:
        return False
    return not mine or not theirs or bool(mine & theirs)


def _purpose(key: Value, names: Environments) -> set[str]:
    return {
        word for word in _words(key) if word not in _PLAIN and fold(word) not in names.names and not _is_stage(word)
    }


def _words(key: Value) -> set[str]:
    return set(words(" ".join(piece.text for piece in key if isinstance(piece, Literal))))


def _is_stage(word: str) -> bool:
    return is_known_environment(word)


def _is_used_often(found: Iterable[_State], left: _State) -> bool:
    """Tell whether a root module is used for several things in one environment: its keys differ on purpose."""
    same = [one for one in found if one.configuration.environment == left.configuration.environment]
    keys = {shown(one.key) for one in same if compare(one.bucket, left.bucket) is True}
    return len(keys) > _FEW


def _match(odd: _State, other: _State, settings: Mapping[tuple[str, str], tuple[Span, ...]]) -> Match:
    stated = settings.get((text_of(odd.bucket) or "", posixpath.normpath(text_of(odd.key) or "")), ())
    return Match(
        odd.span,
        {
            "root": root_of(odd.configuration),
            "value": quoted(odd.key),
            "expected": quoted(other.key),
            "other": other.span.path,
        },
        (
            Related(other.span, "the other key"),
            *_commands(odd, other),
            *(Related(span, "settings name it too") for span in stated),
        ),
        environments=environments_of(odd.configuration) or environments_of(other.configuration),
    )


def _commands(*states: _State) -> Iterator[Related]:
    for state in states:
        command = state.configuration.command
        if command and not (command.span.path == state.span.path and command.span.start <= state.span.start):
            yield Related(command.span, "initialised here")


# ---------------------------------------------------------------- a block whose key CI overrides


def _overridden(found: list[_State]) -> Iterator[Match]:
    """Yield complete blocks that differ from what the only init of their bucket is given in the key alone."""
    for state in found:
        block = {layer.name: layer for layer in state.configuration.layers if layer.origin == "block"}
        if not _is_whole(block) or not _differs_in_key_alone(state, block):
            continue
        rivals = {
            shown(one.key) for one in found if compare(one.bucket, state.bucket) is not False and known(one.bucket)
        }
        if len(rivals) == 1:
            own = block["key"]
            value = own.value if isinstance(own.value, tuple) else ()
            words_ = {"root": root_of(state.configuration), "value": quoted(value), "expected": quoted(state.key)}
            yield Match(
                span_of(value) or own.span,
                {**words_, "other": state.span.path},
                (Related(state.span, "given to init here"),),
                message="block",
                environments=environments_of(state.configuration),
            )


def _is_whole(block: dict[str, Setting]) -> bool:
    return all(
        isinstance(block.get(name), Setting) and text_of(block[name].value) for name in ("bucket", "key", "region")
    )


def _differs_in_key_alone(state: _State, block: dict[str, Setting]) -> bool:
    """Tell whether init is given the block's own bucket, region and lock again, and another key."""
    settings = state.configuration.settings
    key = settings["key"]
    if (
        key.origin != "flag"
        or settings["bucket"].origin != "flag"
        or compare(_scalar(block["key"]), state.key) is not False
    ):
        return False
    return all(
        compare(_scalar(setting), _scalar(settings[name])) is True for name, setting in block.items() if name != "key"
    )


def _scalar(setting: Setting) -> Value:
    return setting.value if isinstance(setting.value, tuple) else ()
