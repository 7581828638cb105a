"""PowerShell's cmdlets and calls in the words of a shell: as the programs they are like."""

from collections.abc import Mapping, Sequence

from tflint_locks.read import shell

_PLACES = frozenset(
    {"-path", "-literalpath", "-filepath", "-destination", "-parent", "-childpath", "-itemtype", "-force"}
)
# Words that tell a shell to do what PowerShell does not.
_OF_SHELLS = frozenset({"local", "export", "readonly", "declare", "set", "eval", "read", "source", "test"})
# Cmdlets as the programs they are like.
_LIKE = {
    "set-location": "cd", "sl": "cd", "chdir": "cd", "push-location": "pushd", "pop-location": "popd",
    "write-host": "echo", "write-output": "echo", "write-warning": "echo", "write-error": "echo",
    "write-verbose": "echo", "write-information": "echo", "write-debug": "echo",
    "copy-item": "cp", "copy": "cp", "move-item": "mv", "move": "mv", "out-file": "tee", "set-content": "tee",
    "add-content": "tee", "new-item": "touch", "rename-item": "mv",
}  # fmt: skip


def path_of(simple: shell.Simple, start: int, end: int) -> shell.Word | None:
    """Return what a cmdlet that works on paths gives, None for any other command."""
    head = _text_of(simple.words[0]).lower()
    operands = [word for word in simple.words[1:] if _text_of(word).lower() not in _PLACES]
    if any(_text_of(word).startswith("-") for word in operands):
        return None
    if head == "join-path" and len(operands) > 1:
        parts: list[shell.Part] = []
        for index, word in enumerate(operands):
            parts.extend([shell.Text("/", word.start, word.start, quoted=True)] if index else [])
            parts.extend(word.parts)
        return shell.Word(tuple(parts), start, end)
    if head == "resolve-path" and len(operands) == 1:
        return operands[0]
    if head in {"get-location", "pwd"} and not operands:
        return shell.Word((shell.Parameter("PWD", "", "", (), start, end, quoted=True),), start, end)
    if head == "split-path" and len(operands) == 1:
        return shell.Word((parent_of(operands[0], start, end),), start, end)
    return None


def parent_of(word: shell.Word, start: int, end: int) -> shell.Substitution:
    """Return the folder that a path lies in."""
    head = shell.Word((shell.Text("dirname", start, start, quoted=False),), start, start)
    body = shell.Simple((), (head, word), (), start, end)
    return shell.Substitution((body,), start, end, True, True)  # noqa: FBT003 - fields


def _text_of(word: shell.Word) -> str:
    return "".join(part.text for part in word.parts if isinstance(part, shell.Text))


def command_of(
    functions: Mapping[str, Sequence[tuple[str, shell.Word | None]]],
    words: list[shell.Word],
    redirects: tuple[shell.Redirect, ...],
    start: int,
    end: int,
) -> shell.Node | None:
    """Return a command as the shell's reader knows it: cmdlets by the programs they are like."""
    if not words:
        return None
    head = _text_of(words[0]).lower() if all(isinstance(p, shell.Text) for p in words[0].parts) else ""
    if head in functions:
        words = _call(functions[head], head, words)
    elif _LIKE.get(head) == "tee":
        return _writing(head, words, redirects, start, end)
    elif head in _LIKE:
        name = _named(_LIKE[head], words[0])
        words = [name, *(word for word in words[1:] if _text_of(word).lower() not in _PLACES)]
    elif head in _OF_SHELLS:
        return None
    return shell.Simple((), tuple(words), redirects, start, end)


def _named(name: str, word: shell.Word) -> shell.Word:
    return shell.Word((shell.Text(name, word.start, word.end, quoted=False),), word.start, word.end)


# Parameters of cmdlets that write a file: those that take a word, and those that take what is written.
_TAKES = frozenset({"-encoding", "-width", "-stream", "-filter", "-include", "-exclude", "-credential", "-erroraction"})
_CONTENT = frozenset({"-value", "-inputobject"})


def _writing(
    head: str, words: list[shell.Word], redirects: tuple[shell.Redirect, ...], start: int, end: int
) -> shell.Simple:
    """Return a cmdlet that writes a file as ``tee``, which is given the text as a here-string."""
    appends = head == "add-content"
    operands: list[shell.Word] = []
    rest = iter(words[1:])
    for word in rest:
        text = _text_of(word).lower() if len(_text_of(word)) == word.end - word.start else ""
        appends = appends or text == "-append"
        if text in _TAKES:
            next(rest, None)
        elif text in _CONTENT:
            redirects = (*redirects, *(shell.Redirect("<<<", value, []) for value in [next(rest, None)] if value))
        elif not text.startswith("-"):
            operands.append(word)
    redirects = (*redirects, *(shell.Redirect("<<<", word, []) for word in operands[1:2]))
    name = _named("tee", words[0])
    options = [_named("-a", words[0])] if appends else []
    return shell.Simple((), (name, *options, *operands[:1]), redirects, start, end)


def fed(parts: list[shell.Node]) -> list[shell.Node]:
    """Return a text that is piped to a cmdlet which writes a file as that cmdlet with the text."""
    if len(parts) == 2:  # noqa: PLR2004 - a text and a cmdlet
        text, writer = parts
        one = isinstance(text, shell.Simple) and len(text.words) == 1 and not text.redirects
        if one and isinstance(text, shell.Simple) and isinstance(writer, shell.Simple):
            tee = writer.words[:1] and _text_of(writer.words[0]) == "tee"
            value = text.words[0].parts
            if tee and value and (value[0].quoted or isinstance(value[0], shell.Parameter)):
                given = shell.Redirect("<<<", text.words[0], [])
                return [writer._replace(redirects=(*writer.redirects, given), start=text.start)]
    return parts


def _call(parameters: Sequence[tuple[str, shell.Word | None]], head: str, words: list[shell.Word]) -> list[shell.Word]:
    """Return the call of a function with its arguments in the order of its parameters."""
    names = {name.lower().removesuffix("_"): index for index, (name, _) in enumerate(parameters)}
    given: dict[int, shell.Word] = {}
    plain: list[shell.Word] = []
    rest = iter(words[1:])
    for word in rest:
        text = _text_of(word) if len(word.parts) == 1 else ""
        index = names.get(text[1:].rstrip(":").lower()) if text.startswith("-") else None
        if index is None:
            plain.append(word)
        else:
            given[index] = next(rest, word)
    arguments: list[shell.Word] = []
    for index, (_, default) in enumerate(parameters):
        word_ = given.get(index) or (plain.pop(0) if plain else None) or default
        arguments.append(word_ or shell.Word((shell.Text("", words[0].end, words[0].end, quoted=True),), *words[0][1:]))
    name = shell.Word((shell.Text(head, words[0].start, words[0].end, quoted=False),), words[0].start, words[0].end)
    return [name, *arguments, *plain]
