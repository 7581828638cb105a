"""Commands as terraform and tofu take them: arguments from every source in order, directory, backend items.

DOMAIN §2.2 is the source of the order and of what counts as a flag.
"""

import itertools
import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from tflint_locks.facts import Choice, Command, Word
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.phrases import told
from tflint_locks.source import Span
from tflint_locks.value import (
    Hole,
    Literal,
    Piece,
    Value,
    bind,
    joined,
    known,
    literal,
    part,
    split,
    text_of,
)

# Flags that take a value, which may follow as a word of its own.
_VALUED = frozenset({"backend-config", "var-file", "var", "chdir", "lock-timeout", "plugin-dir", "from-module",
                     "target",
                     "replace", "out", "state", "state-out", "backup", "parallelism", "lock", "input"})  # fmt: skip
_BARE = frozenset({"lock", "input"})  # written without a value they are true
_MAX_FORKS = 64
# What readers call the absolute path of the repository's root.
_REPOSITORY = "<repository>"


class Flag(NamedTuple):
    """One flag with its value; ``value`` is empty where it has none."""

    name: str
    value: Value
    span: Span


class Invocation(NamedTuple):
    """One command as the tool takes it.

    ``environment`` are its variables; ``arguments`` the words that are no flags, the subcommand first.
    ``unknown`` lists words that may be anything.
    """

    command: Command
    tool: str
    subcommand: str
    directory: Value
    flags: tuple[Flag, ...]
    arguments: tuple[Value, ...]
    unknown: tuple[Word, ...]
    environment: Mapping[str, Value]

    def all(self, name: str) -> list[Flag]:
        """Return the flags of one name in command order."""
        return [flag for flag in self.flags if flag.name == name]


def chosen_workspace(invocation: Invocation) -> Value | None:
    """Return the workspace a command selects or makes, or is given by ``TF_WORKSPACE``; None where it chooses none."""
    if invocation.subcommand != "workspace":
        given = invocation.environment.get("TF_WORKSPACE")
        return None if given is None or text_of(given) == "" else given  # empty is as good as unset
    words = [*invocation.arguments, *(word.value for word in invocation.unknown)]
    return words[1] if len(words) > 1 and text_of(words[0]) in ("select", "new") else None


def invocations(commands: Iterable[Command]) -> Iterator[Invocation]:
    """Yield terraform and tofu commands, once for each assignment of their choices."""
    for command in commands:
        if command.tool in ("terraform", "tofu"):
            for fork in _forks(command):
                found = _invocation(fork)
                if found:
                    yield found


# What Terragrunt hands on, of those commands that read, lock or write a state.
_HANDED_ON = frozenset("apply destroy import plan refresh state taint untaint force-unlock".split())


def handed_on(commands: Iterable[Command]) -> Iterator[Invocation]:
    """Yield terragrunt's commands as terraform gets them: without ``run --all``, ``run-all`` or ``-all``.

    Units say where they run, so the directory is where Terragrunt is started.
    """
    for command in commands:
        if command.tool == "terragrunt":
            for fork in _forks(command):
                texts = [text_of(word.value) or "" for word in fork.words]
                names = [text.removesuffix("-all") for text in texts]
                at = next((index for index, name in enumerate(names) if name in _HANDED_ON), None)
                found = _invocation(fork._replace(words=fork.words[at:])) if at is not None else None
                if found and at is not None:
                    yield found._replace(command=fork, subcommand=names[at])


def _forks(command: Command) -> Iterator[Command]:
    """Bind the choices of a command in every combination, or leave them holes beyond 64."""
    used = _used_holes(command)
    choices = [choice for choice in command.choices if choice.identity in used]
    size = 1
    for choice in choices:
        size *= len(choice.texts)
    if not choices or size > _MAX_FORKS:
        yield command
        return
    for texts in itertools.product(*(choice.texts for choice in choices)):
        yield bound(command, dict(zip((choice.identity for choice in choices), texts, strict=True)))


def _used_holes(command: Command) -> set[str]:
    values = [command.directory, *(word.value for word in command.words), *(value for _, value in command.environment)]
    return {piece.identity for value in values for piece in value if isinstance(piece, Hole)}


def bound(command: Command, texts: Mapping[str, str]) -> Command:
    """Return the command with some holes filled."""
    return command._replace(
        words=tuple(word._replace(value=bind(word.value, texts)) for word in command.words),
        directory=bind(command.directory, texts),
        environment=tuple((name, bind(value, texts)) for name, value in command.environment),
        choices=tuple(Choice(identity, (text,)) for identity, text in texts.items()),
    )


def _invocation(command: Command) -> Invocation | None:
    environment = dict(command.environment)
    words = list(command.words)
    directory = command.directory
    if words and (chdir := _prefixed(words[0].value, "-chdir=")) is not None:
        directory, words = join(directory, chdir), words[1:]
    if not words:
        return None
    subcommand = text_of(words[0].value)
    if subcommand is None or subcommand.startswith("-"):
        return None
    before = _from_environment(environment, subcommand, command.span)
    flags, arguments, unknown = _parse([*before, *words[1:]])
    if command.unknown_words:
        unknown = (*unknown, Word((Hole("words", why="words that are not known"),), command.span))
    return Invocation(command, command.tool, subcommand, directory, flags, arguments, unknown, environment)


def _from_environment(environment: Mapping[str, Value], subcommand: str, span: Span) -> list[Word]:
    """Return the words of ``TF_CLI_ARGS_<subcommand>`` and ``TF_CLI_ARGS``, which precede those typed."""
    found: list[Word] = []
    for name in (f"TF_CLI_ARGS_{subcommand}", "TF_CLI_ARGS"):
        found.extend(Word(value, span) for value in shell_words(environment.get(name, ())))
    return found


def shell_words(value: Value) -> list[Value]:
    """Split a value into words as Terraform does: quotes keep blanks and are dropped, a backslash escapes."""
    text = "".join(piece.text if isinstance(piece, Literal) else chr(_MARK) for piece in value)
    found: list[list[Piece]] = []
    inside = False
    for match in _SHELL_PART.finditer(text):
        if match.lastgroup == "blank":
            inside = False
            continue
        if not inside:
            found.append([])
        inside = True
        found[-1].extend(piece for start, end in _kept(match) for piece in _between(value, start, end))
    return [tuple(pieces) for pieces in found]


_SHELL_PART = regex(
    r"""(?P<blank>\s+)|'(?P<single>[^']*)'|"(?P<double>(?:[^"\\]|\\.)*)"|\\(?P<escaped>.)|(?P<plain>[^\s'"\\]+)|(?P<open>.)""",
    re.DOTALL,
)
_ESCAPE = regex(r"\\(?P<escaped>.)|(?P<plain>[^\\]+)", re.DOTALL)


def _kept(match: "re.Match[str]") -> list[tuple[int, int]]:
    """Return the ranges of one part of a word that stay in it."""
    if match.lastgroup != "double":
        return [match.span(match.lastgroup or 0)]
    return [inner.span(inner.lastgroup or 0) for inner in _ESCAPE.finditer(match.string, *match.span("double"))]


def _between(value: Value, start: int, end: int) -> Iterator[Piece]:
    """Yield the pieces between two offsets; a hole counts as one character."""
    offset = 0
    for piece in value:
        size = len(piece.text) if isinstance(piece, Literal) else 1
        low, high = max(start - offset, 0), min(end - offset, size)
        if low < high:
            yield from part((piece,), low, high) if isinstance(piece, Literal) else (piece,)
        offset += size


def _parse(words: list[Word]) -> tuple[tuple[Flag, ...], tuple[Value, ...], tuple[Word, ...]]:
    flags: list[Flag] = []
    arguments: list[Value] = []
    unknown: list[Word] = []
    rest = iter(words)
    for word in rest:
        head = word.value[0].text if word.value and isinstance(word.value[0], Literal) else None
        if head is None and word.value:
            unknown.append(word)
        elif head is None or not head.startswith("-"):
            arguments.append(word.value)
        else:
            flags.append(_flag(word, rest))
    return tuple(flags), tuple(arguments), tuple(unknown)


def _flag(word: Word, rest: Iterator[Word]) -> Flag:
    name, *value = split(word.value, "=", 1)
    text = (text_of(name) or "").lstrip("-")
    if value:
        return Flag(text, value[0] or literal("", word.span), word.span)
    if text in _VALUED and text not in _BARE and (following := next(rest, None)):
        return Flag(text, following.value, following.span)
    return Flag(text, (), word.span)


def _prefixed(value: Value, prefix: str) -> Value | None:
    first = value[0] if value else None
    if not isinstance(first, Literal) or not first.text.startswith(prefix):
        return None
    return split(value, "=", 1)[1]


# ---------------------------------------------------------------- paths with holes


def join(directory: Value, path: Value) -> Value:
    """Join a path to a directory as a shell would; an absolute path stands for itself.

    One that begins with the place of the repository is read from its root.
    """
    first = path[0] if path else None
    if isinstance(first, Hole) and first.identity == _REPOSITORY:
        return after_first(path)
    if not directory or (isinstance(first, Literal) and first.text.startswith("/")):
        return path
    return joined([directory, literal("/"), path]) if path else directory


def after_first(path: Value) -> Value:
    """Return what follows the first piece of a path, without the slash between them."""
    rest = path[1:]
    if rest and isinstance(rest[0], Literal) and rest[0].text.startswith("/"):
        return (*part(rest[:1], 1, len(rest[0].text)), *rest[1:])
    return rest


def expand(value: Value, candidates: Collection[str]) -> list[tuple[str, dict[str, str]]]:
    """Return the candidate paths a path with holes may stand for, each with what its holes then are.

    Holes are one path segment or a part of it where that fits any candidate, else any number of
    segments. A value that is nothing but a hole fits nothing: it says too little.
    """
    text = normal(value)
    if text is None:
        return []
    if known(value):
        return [(text, {})] if text in candidates else []
    identities = [piece.identity for piece in value if isinstance(piece, Hole)]
    # Most paths do not begin or end so; a hole may be nothing with the slash after it.
    parts = _HOLES.split(text)
    head, tail = parts[0], parts[-1].removeprefix("/")
    pool = [path for path in candidates if path.startswith(head) and path.endswith(tail)]
    for inside in ("[^/]+?", ".+?") if pool else ():
        pattern = re.compile(_pattern(text, identities, inside))
        found = [(path, _texts(match, identities)) for path in pool if (match := pattern.fullmatch(path))]
        if found:
            return found
    return []


def pattern_of(value: Value) -> str | None:
    """Return the regular expression of the paths a value with holes may stand for; None where it says too little."""
    text = normal(value)
    return (
        None if text is None else _pattern(text, [piece.identity for piece in value if isinstance(piece, Hole)], ".+?")
    )


_MARK = 0xE000
_HOLES = regex("[\ue000-\uf8ff]")


def normal(value: Value) -> str | None:
    """Return a normalised path in which each hole is one private-use character; None where nothing literal is left."""
    count = itertools.count(_MARK)
    text = "".join(piece.text if isinstance(piece, Literal) else chr(next(count)) for piece in value)
    if not re.search(r"[\w]", re.sub("[\ue000-\uf8ff]", "", text)) and not known(value):
        return None
    text = posixpath.normpath(text) if text else ""
    return "" if text == "." else text


def _pattern(text: str, identities: list[str], inside: str) -> str:
    seen: set[str] = set()
    parts: list[str] = []
    for index, char in enumerate(text):
        number = ord(char) - _MARK
        if not 0 <= number < len(identities):
            parts.append(re.escape(char))
            continue
        name = f"h{identities.index(identities[number])}"
        if index == 0 and text[1:2] == "/" and inside != "[^/]+?":
            parts.append(f"(?P<{name}>(?:.*(?=/))?)" if name not in seen else f"(?P={name})")
        else:
            parts.append(f"(?P<{name}>{inside})" if name not in seen else f"(?P={name})")
        seen.add(name)
    pattern = "".join(parts)
    return pattern.replace("(?P<h0>(?:.*(?=/))?)/", "(?:(?P<h0>.*)/)?", 1)


def _texts(match: "re.Match[str]", identities: list[str]) -> dict[str, str]:
    return {identities[int(name[1:])]: text for name, text in match.groupdict().items() if text is not None}


def described(value: Value) -> str:
    """Return a value for messages, a short word where it is nothing but a hole."""
    return told(value) or '""'
