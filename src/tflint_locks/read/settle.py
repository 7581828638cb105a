"""What was met in a script, settled for each way through it, as facts."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tflint_locks.facts import Choice, Command, Name, Word, Written
from tflint_locks.read.fork import (
    Domains,
    Field,
    Fields,
    Fork,
    Raw,
    Way,
    fields,
    normal_path,
    scalar,
    text_of_raw,
    ways,
)
from tflint_locks.read.program import TOOLS
from tflint_locks.read.shellstate import ROOT, Run, Seen
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Value, known, span_of

_COMMANDS = 4000
_SELECTING = frozenset({"TF", "AWS", "TG"})
_ASIDE = frozenset(
    """import state output fmt validate show providers version taint untaint graph console get login logout
    force-unlock metadata""".split()
)
# Options that take the word after them, so that a variable there is one word.
_TAKES_WORD = frozenset(
    {"-backend-config", "-var-file", "-var", "-out", "-target", "-state", "-replace", "select", "new", "delete"}
)


class _Item(NamedTuple):
    order: int
    seen: Seen


def commands_of(runs: Sequence[Run], scope: str) -> tuple[Command, ...]:
    """Return the commands: those of terraform once for each way through, each of aws for its own choices."""
    items = [_Item(index, seen) for index, seen in enumerate(seen for run in runs for seen in run.seen)]
    cloud = [item for item in items if _is_cloud(item.seen)]
    local = [item for item in items if not _is_cloud(item.seen)]
    found = [(index, command) for item in cloud for index, command in _on_ways([item], scope)]
    found.extend(_on_ways(local, scope))
    found.sort(key=lambda pair: pair[0])
    return tuple(command for _, command in found[:_COMMANDS])


def _is_cloud(seen: Seen) -> bool:
    return (text_of_raw(seen.words[0]) or "").rsplit("/", 1)[-1] == "aws"


def _on_ways(items: list[_Item], scope: str) -> list[tuple[int, Command]]:
    """Return the commands on every way, each way once."""
    texts = _choices(items)
    known_ways: set[tuple[Command, ...]] = set()
    found: list[tuple[int, Command]] = []
    names: set[str] = set()
    made_at_all = 0
    for count, way in enumerate(ways(texts)):
        if made_at_all > _COMMANDS:
            break
        made = [
            (item.order, command) for item in items if _taken(item.seen, way) and (command := _command(item.seen, way))
        ]
        made_at_all += len(made)
        key = tuple(command for _, command in made)
        if key in known_ways:
            continue
        known_ways.add(key)
        name = scope + _label(way)
        name = f"{name}#{count}" if name in names else name
        names.add(name)
        found.extend((index + count * _COMMANDS, command._replace(scope=name)) for index, command in made)
    return found


def _label(way: Way) -> str:
    shown = [f"{identity.split('@')[0].strip('${} ')}={text}" for identity, text in way.items() if text is not None]
    return f"[{','.join(shown)}]" if shown else ""


def _choices(items: list[_Item]) -> dict[str, tuple[str | None, ...]]:
    """Return the texts of every identity that the words of the commands, or which of several inits runs, rest on."""
    texts: dict[str, dict[str | None, None]] = {}
    for item in items:
        for word in _words(item.seen):
            _forks_in(word, texts)
    _inits(items, texts)
    for item in items:
        for guard in item.seen.guards:
            if guard.identity in texts:
                texts[guard.identity].update(dict.fromkeys(guard.texts))
    return {identity: tuple(options) for identity, options in texts.items()}


def _words(seen: Seen) -> Iterable[Raw]:
    """Yield what decides a configuration; commands that only look at or move resources open no ways of their own."""
    if any(text_of_raw(word) in _ASIDE for word in seen.words[1:4]):
        return
    yield from seen.words
    yield seen.directory
    for name, content in seen.environment:
        if name.split("_", 1)[0] in _SELECTING:
            yield content


def _forks_in(word: Raw, texts: dict[str, dict[str | None, None]]) -> None:
    for bit in word:
        if isinstance(bit.piece, Fork):
            options = texts.setdefault(bit.piece.identity, {})
            for text, content in bit.piece.options:
                options[text] = None
                _forks_in(content, texts)
            if bit.piece.otherwise is not None:
                options[None] = None
                _forks_in(bit.piece.otherwise, texts)
        elif isinstance(bit.piece, Fields):
            for item in bit.piece.items:
                _forks_in(item, texts)


def _inits(items: list[_Item], texts: dict[str, dict[str | None, None]]) -> None:
    """Add the identities that decide which of several ``init`` commands runs."""
    branches: dict[str, set[tuple[tuple[str, ...], bool]]] = {}
    for item in items:
        if any(text_of_raw(word) == "init" for word in item.seen.words[1:4]):
            for guard in item.seen.guards:
                branches.setdefault(guard.identity, set()).add((guard.texts, guard.positive))
    for identity, taken in branches.items():
        if len(taken) > 1:
            options = texts.setdefault(identity, {})
            for labels, positive in taken:
                options.update(dict.fromkeys(labels if positive else (None,)))


def _taken(seen: Seen, way: Way) -> bool:
    return all((way[guard.identity] in guard.texts) == guard.positive for guard in seen.guards if guard.identity in way)


def _command(seen: Seen, way: Way) -> Command | None:
    split = [
        (field, span, alone)
        for word, span in zip(seen.words, seen.spans, strict=True)
        for field, span, alone in _split(word, span, way, seen.domains)
    ]
    if not split:
        return None
    tool = "".join(piece.text if isinstance(piece, Literal) else piece.likely or "" for piece in split[0][0].value)
    tool = tool.rsplit("/", 1)[-1]
    if tool not in TOOLS:
        return None
    words = tuple(Word(field.value, span) for field, span, _ in split[1:])
    texts = [_text(word.value) for word in words]
    unknown = any(field.open and not _takes(texts, index, tool) for index, (field, _, _) in enumerate(split[1:]))
    place = _directory(seen.directory, way, seen.domains)
    environment = tuple((name, scalar(content, way, seen.domains)) for name, content in seen.environment)
    loose = seen.loose or any(guard.identity not in way for guard in seen.guards)
    choices = _choices_in([word.value for word in words] + [place] + [value for _, value in environment])
    return Command(tool, words, place, environment, seen.span, "", choices, unknown, loose)


def _takes(texts: list[str], index: int, tool: str) -> bool:
    before = texts[index - 1] if index else ""
    return before in _TAKES_WORD or (tool == "aws" and before.startswith("--"))


def _split(word: Raw, span: Span, way: Way, domains: Domains) -> list[tuple[Field, Span, bool]]:
    found = fields(word, way, domains)
    if len(found) == 1:
        return [(found[0], span, True)]
    return [(field, span_of(field.value) or span, False) for field in found]


def _text(value: Value) -> str:
    return "".join(piece.text for piece in value if isinstance(piece, Literal)) if known(value) else ""


def _directory(content: Raw, way: Way, domains: Domains) -> Value:
    """Return a directory relative to the root; one that does not begin there keeps its first hole."""
    path = normal_path(scalar(content, way, domains))
    if path and isinstance(path[0], Hole) and path[0].identity == ROOT:
        return path[2:] if len(path) > 1 and path[1] == Literal("/") else path[1:]
    return path


def _choices_in(values: list[Value]) -> tuple[Choice, ...]:
    found: dict[str, Choice] = {}
    for value in values:
        for piece in value:
            if isinstance(piece, Hole) and piece.domain:
                found.setdefault(piece.identity, Choice(piece.identity, piece.domain))
    return tuple(found.values())


def written_of(runs: Sequence[Run], scope: str) -> tuple[Written, ...]:
    """Return the files that are written."""
    return tuple(
        Written(scalar(item.path, {}, item.domains), _directory(item.directory, {}, item.domains), item.span, scope)
        for run in runs
        for item in run.files
    )


def names_of(runs: Sequence[Run], scope: str) -> tuple[Name, ...]:
    """Return the scalars bound to names that may name a table, bucket, key, region or account, once each."""
    found = {
        Name(item.name, value, item.span, scope): None
        for run in runs
        for item in run.names
        if tells(value := scalar(item.content, {}, item.domains))
    }
    return tuple(found)


def tells(value: Value) -> bool:
    """Tell whether a value says anything: a text, or which few it can be."""
    return any(piece.text if isinstance(piece, Literal) else piece.domain for piece in value)
