"""What was met in a script, settled for each way through it, as facts."""

from collections.abc import Iterable, Sequence

from tflint_locks.facts import Call, Choice, Command, Name, Word, Written
from tflint_locks.read.fork import (
    Domains,
    Field,
    Fields,
    Fork,
    Raw,
    Way,
    covers,
    fields,
    is_shape,
    normal_path,
    raw,
    scalar,
    text_of_raw,
    ways,
)
from tflint_locks.read.program import CALLERS, TOOLS, first_program, misspelt, tool_of
from tflint_locks.read.shellstate import ROOT, WRITES, Guard, Run, Seen
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Value, known, part, span_of, split

# How many commands of one job or script are followed, all its ways together; nobody writes so many.
MOST_COMMANDS = 20_000
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
    called: bool = False


def run_by(runs: Sequence[Run], scope: str) -> tuple[tuple[Command, ...], tuple[Call, ...]]:
    """Return the commands and calls: once for each way through, those of aws each for its own choices."""
    items = _items(runs)
    cloud = [item for item in items if not item.called and _is_cloud(item.seen)]
    local = [item for item in items if item.called or not _is_cloud(item.seen)]
    found = [pair for item in cloud for pair in _on_ways([item], scope)]
    found.extend(_on_ways(local, scope))
    found.sort(key=lambda pair: pair[0])
    commands: list[Command] = []
    calls: dict[Call, None] = {}
    for _, fact in found:
        if isinstance(fact, Command):
            commands.append(fact)
        elif len(calls) < _CALLED:
            calls[fact._replace(at=len(commands))] = None
    return tuple(commands[:MOST_COMMANDS]), tuple(calls)


def _items(runs: Sequence[Run]) -> list[_Item]:
    """Return what was met in the order in which it runs."""
    found: list[tuple[Seen, bool]] = []
    for run in runs:
        called = iter(run.called)
        following = next(called, None)
        for index, seen in enumerate(run.seen):
            while following and following.after <= index:
                found.append((following, True))
                following = next(called, None)
            found.append((seen, False))
        while following:
            found.append((following, True))
            following = next(called, None)
    return [_Item(index, seen, called_) for index, (seen, called_) in enumerate(found)]


def _is_cloud(seen: Seen) -> bool:
    return (text_of_raw(seen.words[0]) or "").rsplit("/", 1)[-1] == "aws"


def _on_ways(items: list[_Item], scope: str) -> list[tuple[int, Command | Call]]:
    """Return the commands and calls on every way, each way once."""
    texts = _choices(items)
    known_ways: set[tuple[Command | Call, ...]] = set()
    found: list[tuple[int, Command | Call]] = []
    names: set[str] = set()
    made_at_all = 0
    for count, way in enumerate(ways(texts)):
        if made_at_all > MOST_COMMANDS:
            break
        made = [(item.order, fact) for item in items if _taken(item.seen, way) for fact in _facts(item, way)]
        made_at_all += len(made)
        key = tuple(fact for _, fact in made)
        if key in known_ways:
            continue
        known_ways.add(key)
        name = scope + _label(way)
        name = f"{name}#{count}" if name in names else name
        names.add(name)
        found.extend((index + count * MOST_COMMANDS, fact._replace(scope=name)) for index, fact in made)
    return found


def _facts(item: _Item, way: Way) -> Iterable[Command | Call]:
    """Return what one item comes to on a way."""
    if not item.called:
        command = _command(item.seen, way)
        return (command,) if command else ()
    return _called_file(item.seen, way) if item.seen.kind else _called(item.seen, way)


# Of a way for any text but those that are asked for, as it is called in scopes.
_ANY_OTHER = "…"


def _label(way: Way) -> str:
    names = ((identity.split("@")[0].strip("${} ")[:40], text) for identity, text in way.items())
    shown = ",".join(f"{name}={_ANY_OTHER if text is None else text}" for name, text in names)
    return f"[{shown}]" if shown else ""


def _choices(items: list[_Item]) -> dict[str, tuple[str | None, ...]]:
    """Return the texts of every identity that the words of the commands, or which of several inits runs, rest on."""
    texts: dict[str, dict[str | None, None]] = {}
    for item in items:
        for word in _all_words(item.seen) if item.called else _words(item.seen):
            _forks_in(word, texts)
    _inits(items, texts)
    _asked_for(items, texts)
    for item in items:
        for guard in item.seen.guards:
            if guard.identity in texts:
                texts[guard.identity].update(dict.fromkeys(guard.texts))
    _fill_in(items, texts)
    return {identity: _distinct(tuple(options)) for identity, options in texts.items()}


def _distinct(options: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Return the texts without the shapes that stand for another of them: it is on their way too."""
    if not any(text and is_shape(text) for text in options):
        return options
    return tuple(text for text in options if not any(covers(text, other) for other in options))


def _asked_for(items: list[_Item], texts: dict[str, dict[str | None, None]]) -> None:
    """Add the few texts of a hole that a branch asks for: what one command names and another needs goes together."""
    asked = {guard.identity for item in items for guard in item.seen.guards} - texts.keys()
    for item in items if asked else ():
        for word in _all_words(item.seen) if item.called else _words(item.seen):
            for bit in word:
                if isinstance(bit.piece, Hole) and bit.piece.domain and bit.piece.identity in asked:
                    texts.setdefault(bit.piece.identity, dict.fromkeys(bit.piece.domain))


def _fill_in(items: list[_Item], texts: dict[str, dict[str | None, None]]) -> None:
    """Put the texts that a hole can have in place of its way for any other text."""
    open_ = {identity for identity, options in texts.items() if None in options}
    for word in (word for item in items if open_ for word in _all_words(item.seen)):
        for bit in word:
            if isinstance(bit.piece, Hole) and bit.piece.domain and bit.piece.identity in open_:
                options = texts[bit.piece.identity]
                options.pop(None, None)
                options.update(dict.fromkeys(bit.piece.domain))


def _all_words(seen: Seen) -> Iterable[Raw]:
    """Yield all that a call gives to what it calls."""
    yield from seen.words
    yield seen.directory
    yield from (content for _, content in (*seen.given, *seen.environment))


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
    branches: dict[str, dict[tuple[tuple[str | None, ...], bool], None]] = {}
    for item in items:
        if item.called or _sets_up(item.seen):
            for guard in item.seen.guards:
                # In the branch for all other texts, what is known there tells which those are.
                left = guard.texts if guard.positive else item.seen.domains.get(guard.identity, (None,))
                branches.setdefault(guard.identity, {})[left, guard.positive] = None
    for identity, taken in branches.items():
        if len(taken) > 1:
            options = texts.setdefault(identity, {})
            for labels, _ in taken:
                options.update(dict.fromkeys(labels))


def _sets_up(seen: Seen) -> bool:
    """Tell whether a command is an init, or writes a file for one."""
    return text_of_raw(seen.words[0]) in WRITES or any(text_of_raw(word) == "init" for word in seen.words[1:4])


def _taken(seen: Seen, way: Way) -> bool:
    return all(_holds(guard, way[guard.identity]) == guard.positive for guard in seen.guards if guard.identity in way)


def _holds(guard: Guard, text: str | None) -> bool:
    return text in guard.texts or any(covers(shape, text) for shape in guard.texts)


def _command(seen: Seen, way: Way) -> Command | None:
    split = [
        (field, span, alone)
        for word, span in zip(seen.words, seen.spans, strict=True)
        for field, span, alone in _split(word, span, way, seen.domains)
    ]
    if not split:
        return None
    tool = _tool(split[0][0].value)
    if tool not in TOOLS | WRITES and not misspelt(tool, [raw(field.value) for field, _, _ in split[1:2]]):
        return None
    words = tuple(Word(field.value, span) for field, span, _ in split[1:])
    texts = [_text(word.value) for word in words]
    unknown = any(field.open and not _takes(texts, index, tool) for index, (field, _, _) in enumerate(split[1:]))
    place = _directory(seen.directory, way, seen.domains)
    environment = tuple((name, scalar(content, way, seen.domains)) for name, content in seen.environment)
    loose = seen.loose or any(guard.identity not in way for guard in seen.guards)
    choices = _choices_in([word.value for word in words] + [place] + [value for _, value in environment])
    return Command(tool, words, place, environment, seen.span, "", choices, unknown, loose)


def _tool(value: Value) -> str:
    """Return the program that a word starts; what is only likely to stand there may be of several words."""
    text = "".join(piece.text if isinstance(piece, Literal) else piece.likely or "" for piece in value)
    name = tool_of(text)
    return name if name in TOOLS or known(value) else first_program(text)


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
    return without_root(scalar(content, way, domains))


def without_root(value: Value) -> Value:
    """Return a path relative to the repository's root where it begins there."""
    path = normal_path(value)
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


_CALLED = 2000


def _called_file(seen: Seen, way: Way) -> Iterable[Call]:
    """Yield the call of a script, workflow or action."""
    split = [
        Word(field.value, span)
        for word, span in zip(seen.words, seen.spans, strict=True)
        for field, span, _ in _split(word, span, way, seen.domains)
    ]
    if not split:
        return
    place = _directory(seen.directory, way, seen.domains)
    given = tuple((name, scalar(content, way, seen.domains)) for name, content in seen.given)
    environment = tuple((name, scalar(content, way, seen.domains)) for name, content in seen.environment)
    values = [*(word.value for word in split), place, *(value for _, value in (*given, *environment))]
    loose = seen.loose or any(guard.identity not in way for guard in seen.guards)
    yield Call(
        seen.kind, split[0].value, "", tuple(split[1:]), given, place, environment, seen.span, "",
        _choices_in(values), loose,
    )  # fmt: skip


def _called(seen: Seen, way: Way) -> Iterable[Call]:
    """Yield what a command of ``make``, ``just`` or ``task`` runs, one call for each target of ``make``."""
    split = [
        (field, span)
        for word, span in zip(seen.words, seen.spans, strict=True)
        for field, span, _ in _split(word, span, way, seen.domains)
    ]
    kind = CALLERS.get(_text(split[0][0].value).rsplit("/", 1)[-1], "") if split else ""
    order = _order(kind, [Word(field.value, span) for field, span in split[1:]])
    place = _directory(seen.directory, way, seen.domains)
    environment = tuple((name, scalar(content, way, seen.domains)) for name, content in seen.environment)
    loose = seen.loose or any(guard.identity not in way for guard in seen.guards)
    names = order.names if kind == "make" else order.names[:1]
    values = [order.target, place, *(value for _, value in (*order.given, *environment))]
    words = () if kind == "make" else tuple(order.names[1:])
    choices = _choices_in([*values, *(word.value for word in words)])
    for name in names or (Word((), seen.span),):
        if known(name.value) and kind:
            yield Call(
                kind, order.target, _text(name.value), words, tuple(order.given), place, environment, seen.span,
                "", choices, loose,
            )  # fmt: skip


class _Order(NamedTuple):
    """The words of ``make`` and its like: the folder or file, the names and arguments, what variables are given."""

    target: Value
    names: list[Word]
    given: list[tuple[str, Value]]


_GIVEN = regex(r"([A-Za-z_][\w.-]*)(?:::?:?|\?|)=")
_FOLDER = frozenset({"-C", "--directory", "-d", "--dir", "--working-directory"})
_FILE = frozenset({"-f", "--file", "--makefile", "--justfile", "--taskfile", "-t"})
# Options that take the word after them.
_VALUED = frozenset({"-I", "-o", "-W", "--include-dir", "--set", "--shell", "--shell-arg", "--output", "--concurrency"})


def _order(kind: str, words: list[Word]) -> _Order:
    folder: Value = ()
    file: Value = ()
    order = _Order((), [], [])
    rest = iter(words)
    for word in rest:
        text = _text(word.value)
        name, *value = split(word.value, "=", 1) if text.startswith("--") else (word.value,)
        option = _text(name)
        if option in _FOLDER or option in _FILE:
            given = value[0] if value else getattr(next(rest, None), "value", ())
            folder, file = (given, file) if option in _FOLDER else (folder, given)
        elif text[:2] in {"-C", "-f"} and kind == "make":
            folder, file = (part(word.value, 2, len(text)), file) if text[1] == "C" else (
                folder, part(word.value, 2, len(text)))  # fmt: skip
        elif option in _VALUED:
            next(rest, None)
        elif text == "--" and kind == "task":
            break
        elif not text.startswith("-") and not _given(kind, word, order):
            order.names.append(word)
    target = (*folder, Literal("/"), *file) if folder and file else folder or file
    return order._replace(target=target)


def _given(kind: str, word: Word, order: _Order) -> bool:
    """Keep a variable that is given on the command line; ``just`` takes them before the recipe only."""
    first = word.value[0] if word.value else None
    found = _GIVEN.match(first.text) if isinstance(first, Literal) else None
    if not found or (kind == "just" and order.names):
        return False
    order.given.append((found[1], split(word.value, "=", 1)[1]))
    return True


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
