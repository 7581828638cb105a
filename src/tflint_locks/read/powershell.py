"""PowerShell scripts to facts: their grammar turned into a shell's tree, which the shell's reader then follows.

Of expressions it knows texts, variables, lists of them, ``+`` and the cmdlets on paths; every other one is a hole.
Names are compared without case, as PowerShell does.
"""

import re
from collections.abc import Callable

from tflint_locks.facts import ScriptFile
from tflint_locks.read import shell
from tflint_locks.read.expand import MARK
from tflint_locks.read.fork import Raw, raw
from tflint_locks.read.remarks import line_remarks
from tflint_locks.read.script import Step, faults_of, read_steps
from tflint_locks.read.shellstate import ASKED, STARTED, hole_word
from tflint_locks.record import field, record
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole

_DEEP = 30
_GAP = regex(r"(?:[ \t\r\n\f\v;]|`\r?\n|\ufeff)+")
_BLANK = regex(r"(?:[ \t\f\v]|`\r?\n)+")
_COMMENT = regex(r"#[^\n]*")
_KEYWORD = regex(
    r"(if|switch|foreach|for|while|do|try|function|filter|param|return|throw|exit|break|continue|begin|process|end)"
    r"(?![\w-])",
    re.IGNORECASE,
)
_TYPE = regex(r"\[[\w.\[\],]+\][ \t]*")
_VARIABLE = regex(r"\$(?:\{([^}\n]{1,200})\}|((?:\w+:)?\w+))|\$([?$^])")
_TARGET = regex(
    r"(?:\[[\w.\[\]]+\][ \t]*)*\$(?:\{([^}\n]{1,200})\}|((?:\w+:)?\w+))[ \t]*(\+?=)(?!=)[ \t]*(?:`\r?\n[ \t]*)?"
)
_BARE = regex(r"[^\s'\"`$(){};|&,@<>#]+|[,@#]")
_IN_QUOTES = regex(r"[^\"`$]+")
_ENVIRONMENT = regex(r"\$\{?env:(\w+)", re.IGNORECASE)
_EITHER = regex(
    r"if\s*\(\s*\$(env:)?(\w+)\s*\)\s*\{\s*\$\1\2\s*\}\s*else\s*\{\s*([\"'])([^\"'$`\n]*)\3\s*\}", re.IGNORECASE
)
_SCOPES = ("script:", "global:", "local:", "private:", "using:", "variable:")
_PLACES = frozenset(
    {"-path", "-literalpath", "-filepath", "-destination", "-parent", "-childpath", "-itemtype", "-force"}
)
# Cmdlets as the programs they are like.
_LIKE = {
    "set-location": "cd", "sl": "cd", "chdir": "cd", "push-location": "pushd", "pop-location": "popd",
    "write-host": "echo", "write-output": "echo", "write-warning": "echo", "write-error": "echo",
    "write-verbose": "echo", "write-information": "echo", "write-debug": "echo",
    "copy-item": "cp", "copy": "cp", "move-item": "mv", "move": "mv", "out-file": "tee", "set-content": "tee",
    "add-content": "tee", "new-item": "touch", "rename-item": "mv",
}  # fmt: skip
_COMPARES = {
    "-eq": "==",
    "-ieq": "==",
    "-ceq": "==",
    "-ne": "!=",
    "-ine": "!=",
    "-cne": "!=",
    "-and": "&&",
    "-or": "||",
}


@record
class _Cursor:
    """Where reading stands.

    ``functions`` are the parameters of each with their defaults, ``names`` how variables are spelt, ``marks`` what
    parameters of the script can be.
    """

    text: str
    at: int
    end: int
    depth: int = 0
    broken: int = -1
    functions: dict[str, list[tuple[str, shell.Word | None]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    variables: frozenset[str] = frozenset()
    marks: dict[int, tuple[int, Raw]] = field(default_factory=dict)
    inside: bool = False


def read_powershell(path: str, text: str) -> ScriptFile:
    """Read a script; never raises. Where its grammar ends, what stands before is kept."""
    script, marks = parse_powershell(text)
    start = hole_word(STARTED, "where the script is started")
    step = Step(text, lambda start, end: Span(path, start, end), marks, start, (), path, parsed=script)
    found = read_steps(path, [step])
    names = tuple(name for name in found.names if name.span.start < name.span.end)
    return ScriptFile(
        path, found.commands, found.written, names, line_remarks(path, text), faults_of(path, text), found.versions,
        found.exported, found.defaults, calls=found.calls,
    )  # fmt: skip


def parse_powershell(text: str) -> tuple[shell.Script, dict[int, tuple[int, Raw]]]:
    """Return a script as a shell's tree, and what its parameters can be by the ranges they stand in."""
    cursor = _Cursor(text, 0, min(len(text), shell.LONGEST))
    cursor.variables = frozenset(name.lower() for name in _ENVIRONMENT.findall(text))
    body = _block(cursor)
    return shell.Script(body, (), cursor.broken), cursor.marks


def _stop(cursor: _Cursor) -> None:
    if cursor.broken < 0:
        cursor.broken = cursor.at
    cursor.at = cursor.end


def _gap(cursor: _Cursor, pattern: re.Pattern[str] = _GAP) -> None:
    """Skip blanks (by default line ends too) and comments."""
    while cursor.at < cursor.end:
        found = pattern.match(cursor.text, cursor.at, cursor.end)
        if found:
            cursor.at = found.end()
        elif cursor.text.startswith("<#", cursor.at):
            close = cursor.text.find("#>", cursor.at, cursor.end)
            cursor.at = cursor.end if close < 0 else close + 2
        elif cursor.text[cursor.at] == "#" and (found := _COMMENT.match(cursor.text, cursor.at, cursor.end)):
            cursor.at = found.end()
        else:
            return


def _block(cursor: _Cursor) -> tuple[shell.Node, ...]:
    """Read statements up to a closing brace or parenthesis or the end."""
    nodes: list[shell.Node] = []
    if cursor.depth >= _DEEP:
        _stop(cursor)
        return ()
    cursor.depth += 1
    while True:
        _gap(cursor)
        if cursor.at >= cursor.end or cursor.text[cursor.at] in "})":
            break
        before = cursor.at
        nodes.extend(_statement(cursor))
        if cursor.at == before:
            _stop(cursor)
    cursor.depth -= 1
    return tuple(nodes)


def _braced(cursor: _Cursor) -> tuple[shell.Node, ...]:
    """Read ``{ … }``."""
    _gap(cursor)
    if not cursor.text.startswith("{", cursor.at):
        _stop(cursor)
        return ()
    cursor.at += 1
    body = _block(cursor)
    cursor.at = min(cursor.at + 1, cursor.end)
    return body


def _statement(cursor: _Cursor) -> list[shell.Node]:
    start = cursor.at
    found = _KEYWORD.match(cursor.text, start, cursor.end)
    if found:
        cursor.at = found.end()
        return _STATEMENTS[found[1].lower()](cursor, start)
    target = _TARGET.match(cursor.text, start, cursor.end)
    if target:
        cursor.at = target.end()
        return [_assignment(cursor, target)]
    if cursor.text[start] == "{":
        return list(_braced(cursor))
    return _pipeline(cursor)


# ---------------------------------------------------------------- statements


def _unknown_test(cursor: _Cursor) -> shell.Node:
    return shell.Test((), cursor.at, cursor.at)


def _if(cursor: _Cursor, start: int) -> list[shell.Node]:
    arms: list[tuple[tuple[shell.Node, ...], tuple[shell.Node, ...]]] = []
    otherwise: tuple[shell.Node, ...] | None = None
    while True:
        arms.append(((_condition(cursor),), _braced(cursor)))
        after = cursor.at
        _gap(cursor)
        found = re.compile(r"else(if)?(?![\w-])", re.IGNORECASE).match(cursor.text, cursor.at, cursor.end)
        if not found:
            cursor.at = after
            break
        cursor.at = found.end()
        if not found[1]:
            otherwise = _braced(cursor)
            break
    return [shell.If(tuple(arms), otherwise, (), start)]


def _parenthesis(cursor: _Cursor) -> tuple[int, int] | None:
    """Step over ``( … )`` and return the range within."""
    _gap(cursor)
    if not cursor.text.startswith("(", cursor.at):
        return None
    close = _closing(cursor.text, cursor.at, cursor.end)
    if close < 0:
        _stop(cursor)
        return None
    inner = (cursor.at + 1, close)
    cursor.at = close + 1
    return inner


_BRACKET = regex(r"[(){}]|\"(?:[^\"`]|`.)*\"|'[^']*'|`.|<#|#(?=[^>\n]*\n)", re.DOTALL)


def _closing(text: str, start: int, end: int) -> int:
    """Return where the bracket at ``start`` closes, texts within passed over; -1 where it does not."""
    depth = 0
    for found in _BRACKET.finditer(text, start, end):
        sign = found.group()
        depth += (sign in {"(", "{"}) - (sign in {")", "}"})
        if depth == 0:
            return found.start()
    return -1


def _condition(cursor: _Cursor) -> shell.Node:
    """Read the condition in parentheses: comparisons joined with ``-and`` and ``-or``, or one variable."""
    inner = _parenthesis(cursor)
    if inner is None:
        return _unknown_test(cursor)
    sub = _within(cursor, *inner)
    words: list[shell.Word] = []
    while True:
        _gap(sub)
        if sub.at >= sub.end:
            break
        before = sub.at
        word = _term(sub)
        if word is None or sub.at == before:
            return _unknown_test(cursor)
        operator = _COMPARES.get(sub.text[before : sub.at].lower())
        if operator:
            word = shell.Word((shell.Text(operator, before, sub.at, quoted=False),), before, sub.at)
        elif sub.text[before] in "-!":
            return _unknown_test(cursor)
        words.append(word)
    if len(words) == 1:
        sign = shell.Text("-n", inner[0], inner[0], quoted=False)
        words.insert(0, shell.Word((sign,), inner[0], inner[0]))
    return shell.Test(tuple(words), *inner)


def _within(cursor: _Cursor, start: int, end: int) -> _Cursor:
    return _Cursor(
        cursor.text, start, end, cursor.depth + 1, -1, cursor.functions, cursor.names, cursor.variables, cursor.marks,
        cursor.inside,
    )  # fmt: skip


def _switch(cursor: _Cursor, start: int) -> list[shell.Node]:
    options = re.compile(r"(?:\s*-(\w+))*").match(cursor.text, cursor.at, cursor.end)
    regex = bool(options and "-regex" in options.group().lower())
    cursor.at = options.end() if options else cursor.at
    inner = _parenthesis(cursor)
    _gap(cursor)
    if inner is None or not cursor.text.startswith("{", cursor.at):
        return []
    subject = _whole(_within(cursor, *inner))
    cursor.at += 1
    arms: list[tuple[tuple[shell.Word, ...], tuple[shell.Node, ...]]] = []
    while True:
        _gap(cursor)
        if cursor.at >= cursor.end or cursor.text[cursor.at] == "}":
            break
        before = cursor.at
        pattern = _computed(cursor, before, before) if cursor.text[before] == "{" and _braced(cursor) else _term(cursor)
        if pattern is None or cursor.at == before:
            _stop(cursor)
            break
        if cursor.text[before : cursor.at].lower() == "default":
            pattern = shell.Word((shell.Text("*", before, cursor.at, quoted=False),), before, cursor.at)
        elif regex:
            pattern = _computed(cursor, before, cursor.at)
        arms.append(((pattern,), _braced(cursor)))
    cursor.at = min(cursor.at + 1, cursor.end)
    return [shell.Case(subject, tuple(arms), (), start)]


def _foreach(cursor: _Cursor, start: int) -> list[shell.Node]:
    inner = _parenthesis(cursor)
    if inner is None:
        return _pipeline(cursor)
    found = re.compile(r"\s*\$(\w+)\s+in\s+", re.IGNORECASE).match(cursor.text, *inner)
    body = _braced(cursor)
    if not found:
        return [shell.Loop("while", "", None, (), body, (), start)]
    items = _items(_within(cursor, found.end(), inner[1]))
    name = _name(cursor, found[1])
    if items is None:
        items = (_computed(cursor, found.end(), inner[1]),)
    return [shell.Loop("for", name, items, (), body, (), start)]


def _loop(cursor: _Cursor, start: int) -> list[shell.Node]:
    _parenthesis(cursor)
    return [shell.Loop("while", "", None, (), _braced(cursor), (), start)]


def _do(cursor: _Cursor, start: int) -> list[shell.Node]:
    body = _braced(cursor)
    _gap(cursor)
    found = re.compile(r"(?:while|until)\b", re.IGNORECASE).match(cursor.text, cursor.at, cursor.end)
    if found:
        cursor.at = found.end()
        _parenthesis(cursor)
    return [shell.Loop("while", "", None, (), body, (), start)]


def _try(cursor: _Cursor, start: int) -> list[shell.Node]:
    """Read ``try``: its body and ``finally`` run, what stands in ``catch`` may."""
    nodes = [*_braced(cursor)]
    while True:
        after = cursor.at
        _gap(cursor)
        found = re.compile(r"(catch|finally)\b(?:\s*\[[\w., \]\[]+\])*", re.IGNORECASE).match(
            cursor.text, cursor.at, cursor.end
        )
        if not found:
            cursor.at = after
            return nodes
        cursor.at = found.end()
        body = _braced(cursor)
        if found[1].lower() == "catch":
            nodes.append(shell.If((((_unknown_test(cursor),), body),), None, (), start))
        else:
            nodes.extend(body)


def _function(cursor: _Cursor, start: int) -> list[shell.Node]:
    _gap(cursor)
    found = re.compile(r"(?:\w+:)?([\w-]+)").match(cursor.text, cursor.at, cursor.end)
    if not found:
        _stop(cursor)
        return []
    name = found[1].lower()
    cursor.at = found.end()
    parameters = _parameters(cursor, _parenthesis(cursor))
    cursor.functions[name] = parameters
    inside, cursor.inside = cursor.inside, True
    body = _braced(cursor)
    cursor.inside = inside
    given = [_given(cursor, index, name_) for index, (name_, _) in enumerate(cursor.functions[name])]
    declare = shell.Word((shell.Text("local", start, start + 5, quoted=False),), start, start)
    head = [shell.Simple((item,), (declare,), (), start, start) for item in given]
    return [shell.Function(name, (shell.Group((*head, *body), False, (), start),), start)]  # noqa: FBT003 - a field


def _given(cursor: _Cursor, index: int, name: str) -> shell.Assignment:
    """Return the assignment that gives a parameter what the call says."""
    at = cursor.at
    value = shell.Word((shell.Parameter(str(index + 1), "", "", (), at, at, quoted=True),), at, at)
    return shell.Assignment(name, False, False, value, None, at, at)  # noqa: FBT003 - fields


_PARAMETER = regex(r"\$(\w+)[ \t]*(=[ \t]*)?")
_CHOICES = regex(r"\[ValidateSet\(([^)]*)\)\]", re.IGNORECASE)
_CHOICE = regex(r"""["']([^"'$]*)["']""")


def _param(cursor: _Cursor, start: int) -> list[shell.Node]:
    """Read ``param( … )``: of a function, whose calls fill it, or of the script, which people do."""
    inner = _parenthesis(cursor)
    parameters = _parameters(cursor, inner)
    if cursor.inside:
        last = next(reversed(cursor.functions), None)
        if last is not None and not cursor.functions[last]:
            cursor.functions[last] = parameters
        return []
    nodes: list[shell.Node] = []
    for name, default in parameters:
        value = _asked(cursor, inner or (start, start), name, default)
        if value:
            item = shell.Assignment(name, False, False, value, None, value.start, value.end)  # noqa: FBT003 - fields
            nodes.append(shell.Simple((item,), (), (), value.start, value.end))
    return nodes


def _asked(cursor: _Cursor, inner: tuple[int, int], name: str, default: shell.Word | None) -> shell.Word | None:
    """Return what a parameter of the script holds: one of its choices, its default, or what people give."""
    found = re.compile(rf"\${re.escape(name)}\b", re.IGNORECASE).search(cursor.text, *inner)
    if not found:
        return None
    before = cursor.text[max(inner[0], cursor.text.rfind("$", inner[0], found.start()) + 1) : found.start()]
    choices = _CHOICES.search(before)
    domain = tuple(dict.fromkeys(_CHOICE.findall(choices[1]))) if choices else ()
    texts = [part.text for part in default.parts if isinstance(part, shell.Text)] if default else []
    likely = "".join(texts) if default and len(texts) == len(default.parts) else None
    if default is None and not domain:
        return None
    if domain or ASKED.fullmatch(name):
        hole = Hole(f"${name}", None, "an argument of the script", likely or None, domain)
        cursor.marks[found.start()] = (found.end(), raw((hole,)))
        text = MARK + "\ue001" * (found.end() - found.start() - 1)
        return shell.Word((shell.Text(text, *found.span(), quoted=True),), *found.span())
    argument = default.parts if default else ()
    start, end = (default.start, default.end) if default else found.span()
    return shell.Word((shell.Parameter(name, "", ":-", argument, start, end, quoted=True),), *found.span())


def _parameters(cursor: _Cursor, inner: tuple[int, int] | None) -> list[tuple[str, shell.Word | None]]:
    """Return the names of parameters with their defaults."""
    found: list[tuple[str, shell.Word | None]] = []
    if inner is None:
        return found
    at = inner[0]
    while match := _PARAMETER.search(cursor.text, at, inner[1]):
        at = match.end()
        default = None
        if match[2]:
            sub = _within(cursor, match.end(), inner[1])
            default = _whole(sub, stop=",")
            at = max(at, sub.at)
        if match[1].lower() not in {"true", "false", "null"}:
            found.append((_name(cursor, match[1]), default))
    return found[:40]


def _leave(word: str) -> Callable[[_Cursor, int], list[shell.Node]]:
    def read(cursor: _Cursor, start: int) -> list[shell.Node]:
        at = cursor.at
        nodes = [] if word == "exit" else _value_nodes(cursor)
        _to_line_end(cursor)
        head = shell.Word((shell.Text(word, start, at, quoted=False),), start, at)
        return [*nodes, shell.Simple((), (head,), (), start, at)]

    return read


def _value_nodes(cursor: _Cursor) -> list[shell.Node]:
    """Follow the command whose output is returned."""
    _gap(cursor, _BLANK)
    found = re.compile(r"[A-Za-z&]").match(cursor.text, cursor.at, cursor.end)
    return _pipeline(cursor) if found else []


def _plain_block(cursor: _Cursor, _: int) -> list[shell.Node]:
    return list(_braced(cursor))


_STATEMENTS: dict[str, Callable[[_Cursor, int], list[shell.Node]]] = {
    "if": _if, "switch": _switch, "foreach": _foreach, "for": _loop, "while": _loop, "do": _do, "try": _try,
    "function": _function, "filter": _function, "param": _param, "return": _leave("return"), "throw": _leave("exit"),
    "exit": _leave("exit"), "break": _leave("break"), "continue": _leave("continue"), "begin": _plain_block,
    "process": _plain_block, "end": _plain_block,
}  # fmt: skip


def _to_line_end(cursor: _Cursor) -> None:
    """Step to the end of a statement, over brackets within it."""
    while cursor.at < cursor.end:
        found = re.compile(r"[(\n;})]|@?\"|@?'|`.|\{|#", re.DOTALL).search(cursor.text, cursor.at, cursor.end)
        if not found:
            cursor.at = cursor.end
        elif found.group() in {"(", "{"}:
            close = _closing(cursor.text, found.start(), cursor.end)
            cursor.at = cursor.end if close < 0 else close + 1
        elif found.group()[-1] in "\"'":
            cursor.at = found.start()
            if _string(cursor) is None:
                cursor.at = cursor.end
        elif found.group()[0] == "`":
            cursor.at = found.end()
        else:
            cursor.at = found.start()
            return


# ---------------------------------------------------------------- assignments and expressions


def _name(cursor: _Cursor, written: str) -> str:
    """Return the shell's name of a variable: as first spelt, apart from a variable of the environment."""
    low = written.lower()
    if low.startswith("env:"):
        return written[4:]
    for scope in _SCOPES:
        low = low.removeprefix(scope)
    own = written[len(written) - len(low) :]
    name = cursor.names.setdefault(low, own)
    return name + "_" if low in cursor.variables else name


def _assignment(cursor: _Cursor, target: re.Match[str]) -> shell.Node:
    written = target[1] or target[2]
    name = _name(cursor, written)
    start = target.start()
    append = target[3] == "+="
    before = cursor.at
    items = _items(cursor, closed=True)
    value = shell.Word((), cursor.at, cursor.at)
    if items is None:
        cursor.at = before
        value = _whole(cursor)
    head: tuple[shell.Word, ...] = ()
    if written.lower().startswith("env:"):
        head = (shell.Word((shell.Text("export", start, start, quoted=False),), start, start),)
    end = value.end if items is None else cursor.at
    item = shell.Assignment(name, False, append, value, items, start, end)  # noqa: FBT003 - a field
    return shell.Simple((item,), head, (), start, end)


def _items(cursor: _Cursor, *, closed: bool = False) -> tuple[shell.Word, ...] | None:
    """Return the elements of ``@("a", "b")`` or ``"a", "b"``; of a variable (unless ``closed``) those it holds."""
    _gap(cursor, _BLANK)
    listed = cursor.text.startswith("@(", cursor.at)
    if listed:
        cursor.at += 1
    inner = _parenthesis(cursor) if listed else None
    sub = _within(cursor, *inner) if inner else cursor
    words: list[shell.Word] = []
    while True:
        _gap(sub, _GAP if inner else _BLANK)
        if sub.at >= sub.end:
            break
        word = _term(sub)
        if word is None:
            return None
        words.append(word)
        _gap(sub, _GAP if inner else _BLANK)
        if not sub.text.startswith(",", sub.at):
            break
        sub.at += 1
    if inner:
        return tuple(words) if sub.at >= sub.end else None
    if closed:
        return tuple(words) if len(words) > 1 and _at_end(cursor) else None
    if len(words) == 1 and len(words[0].parts) == 1 and isinstance(words[0].parts[0], shell.Parameter):
        part = words[0].parts[0]._replace(element="@")
        return (shell.Word((part,), words[0].start, words[0].end),)
    return tuple(words) or None


def _at_end(cursor: _Cursor) -> bool:
    return cursor.at >= cursor.end or cursor.text[cursor.at] in "\r\n;})#"


def _whole(cursor: _Cursor, stop: str = "") -> shell.Word:
    """Read an expression to the end of the statement (or up to ``stop``)."""
    _gap(cursor, _BLANK)
    start = cursor.at
    if found := _EITHER.match(cursor.text, start, cursor.end):
        cursor.at = found.end()
        name = _name(cursor, (found[1] or "") + found[2])
        default = shell.Text(found[4], *found.span(4), quoted=True)
        return shell.Word(
            (shell.Parameter(name, "", ":-", (default,), start, cursor.at, quoted=True),), start, cursor.at
        )
    if re.compile(r"[A-Za-z&.]").match(cursor.text, start, cursor.end) and not stop:
        return _output(cursor, start)
    parts: list[shell.Part] = []
    while True:
        word = _term(cursor)
        if word is None:
            break
        parts.extend(word.parts)
        end = cursor.at
        _gap(cursor, _BLANK)
        if not cursor.text.startswith("+", cursor.at):
            cursor.at = end
            break
        cursor.at += 1
        _gap(cursor)
    end = cursor.at
    _gap(cursor, _BLANK)
    if parts and (_at_end(cursor) or (stop and cursor.text[cursor.at] == stop)):
        return shell.Word(tuple(parts), start, end)
    _to_line_end(cursor)
    return _computed(cursor, start, cursor.at)


def _output(cursor: _Cursor, start: int) -> shell.Word:
    """Read a command whose output is the value; paths are worked out as the shell's programs do."""
    if _KEYWORD.match(cursor.text, start, cursor.end):
        nodes = _statement(cursor)
        return shell.Word((shell.Substitution(tuple(nodes), start, cursor.at, True, False),), start, cursor.at)  # noqa: FBT003
    nodes = _pipeline(cursor)
    simple = nodes[0] if len(nodes) == 1 else None
    if isinstance(simple, shell.Simple) and simple.words:
        word = _path(simple, start, cursor.at)
        if word:
            return word
    return shell.Word((shell.Substitution(tuple(nodes), start, cursor.at, True, True),), start, cursor.at)  # noqa: FBT003


def _path(simple: shell.Simple, start: int, end: int) -> shell.Word | None:
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
        return shell.Word((_parent(operands[0], start, end),), start, end)
    return None


def _parent(word: shell.Word, start: int, end: int) -> shell.Substitution:
    head = shell.Word((shell.Text("dirname", start, start, quoted=False),), start, start)
    body = shell.Simple((), (head, word), (), start, end)
    return shell.Substitution((body,), start, end, True, True)  # noqa: FBT003 - fields


def _computed(_: _Cursor, start: int, end: int) -> shell.Word:
    return shell.Word((shell.Substitution((), start, end, False, True),), start, end)  # noqa: FBT003 - fields


def _text_of(word: shell.Word) -> str:
    return "".join(part.text for part in word.parts if isinstance(part, shell.Text))


def _term(cursor: _Cursor) -> shell.Word | None:
    """Read one operand of an expression or argument of a command."""
    while found := _TYPE.match(cursor.text, cursor.at, cursor.end):
        cursor.at = found.end()
    start = cursor.at
    if start >= cursor.end:
        return None
    text = cursor.text
    if text.startswith(('@"\n', "@'\n", '@"\r', "@'\r")):
        parts = _string(cursor)
        return None if parts is None else shell.Word(tuple(parts), start, cursor.at)
    if text[start] == "(":
        return _inner(cursor, start)
    if text.startswith(("@(", "@{"), start) or text[start] == "{":
        close = _closing(text, start + (text[start] == "@"), cursor.end)
        cursor.at = cursor.end if close < 0 else close + 1
        return _computed(cursor, start, cursor.at)
    return _word(cursor)


def _inner(cursor: _Cursor, start: int) -> shell.Word | None:
    inner = _parenthesis(cursor)
    if inner is None or cursor.depth >= _DEEP:
        return None
    word = _whole(_within(cursor, *inner))
    member = re.compile(r"[.\[]\S*").match(cursor.text, cursor.at, cursor.end)
    if member:
        cursor.at = member.end()
        return _computed(cursor, start, cursor.at)
    return shell.Word(word.parts, start, cursor.at)


def _word(cursor: _Cursor) -> shell.Word | None:
    """Read texts, variables and bare characters that stand together."""
    start = cursor.at
    parts: list[shell.Part] = []
    text = cursor.text
    while cursor.at < cursor.end:
        at = cursor.at
        char = text[at]
        if char in "\"'" or text.startswith(('@"', "@'"), at):
            found = _string(cursor)
            if found is None:
                break
            parts.extend(found)
        elif char == "$":
            _dollar(cursor, parts, quoted=False)
        elif char == "@" and at == start:
            splat = re.compile(r"@\w*").match(text, at, cursor.end)
            cursor.at = splat.end() if splat else at + 1
            parts.append(shell.Substitution((), at, cursor.at, False, True))  # noqa: FBT003 - fields
        elif char == "`" and at + 1 < cursor.end and text[at + 1] not in "\r\n":
            parts.append(shell.Text(text[at + 1], at + 1, at + 2, quoted=True))
            cursor.at = at + 2
        elif (char != "," or parts) and (bare := _BARE.match(text, at, cursor.end)) and (char != "#" or parts):
            if char == "," and (text[at + 1 : at + 2].isspace() or not _in_argument(parts)):
                break
            parts.append(shell.Text(bare.group().replace("\\", "/"), at, bare.end(), quoted=True))
            cursor.at = bare.end()
        else:
            break
    return shell.Word(tuple(parts), start, cursor.at) if parts else None


def _in_argument(parts: list[shell.Part]) -> bool:
    """Tell whether a comma belongs to the word: after plain characters, as in ``AttributeName=x,KeyType=HASH``."""
    first = parts[0]
    return isinstance(first, shell.Text) and "=" in "".join(p.text for p in parts if isinstance(p, shell.Text))


def _string(cursor: _Cursor) -> list[shell.Part] | None:
    """Read a text in quotes or a here-string; None where it does not end."""
    text, at = cursor.text, cursor.at
    if text[at] == "@":
        sign = text[at + 1]
        line = text.find("\n", at, cursor.end)
        close = text.find("\n" + sign + "@", max(line, at), cursor.end)
        if line < 0 or close < 0:
            return None
        start = line + 1
        cursor.at = close + 3
        parts = _interpolated(cursor, start, max(start, close)) if sign == '"' else []
        return (
            parts
            if sign == '"'
            else [shell.Text(text[start : max(start, close)], start, max(start, close), quoted=True)]
        )
    if text[at] == "'":
        close = text.find("'", at + 1, cursor.end)
        while close >= 0 and text.startswith("''", close):
            close = text.find("'", close + 2, cursor.end)
        if close < 0:
            return None
        cursor.at = close + 1
        return [shell.Text(text[at + 1 : close].replace("''", "'"), at + 1, close, quoted=True)]
    close = _quote_end(text, at + 1, cursor.end)
    if close < 0:
        return None
    parts = _interpolated(cursor, at + 1, close)
    cursor.at = close + 1
    return parts


_QUOTED = regex(r"`.|\"\"|\"|\$\(", re.DOTALL)


def _quote_end(text: str, start: int, end: int) -> int:
    at = start
    while found := _QUOTED.search(text, at, end):
        if found.group() == '"':
            return found.start()
        at = found.end()
        if found.group() == "$(":
            close = _closing(text, found.end() - 1, end)
            if close < 0:
                return -1
            at = close + 1
    return -1


def _interpolated(cursor: _Cursor, start: int, end: int) -> list[shell.Part]:
    """Return the parts of a text in double quotes."""
    parts: list[shell.Part] = []
    sub = _within(cursor, start, end)
    while sub.at < end:
        found = _IN_QUOTES.match(sub.text, sub.at, end)
        if found:
            written = found.group()
            slashed = written.replace("\\", "/") if "\\\\" not in written else written
            parts.append(shell.Text(slashed, sub.at, found.end(), quoted=True))
            sub.at = found.end()
        elif sub.text[sub.at] == "$":
            _dollar(sub, parts, quoted=True)
        elif sub.text[sub.at] == "`":
            following = sub.text[sub.at + 1 : sub.at + 2]
            parts.append(shell.Text({"n": "\n", "t": "\t"}.get(following, following), sub.at, sub.at + 2, quoted=True))
            sub.at += 2
        else:
            parts.append(shell.Text('"', sub.at, sub.at + 2, quoted=True))
            sub.at += 2
    return parts or [shell.Text("", start, start, quoted=True)]


def _dollar(cursor: _Cursor, parts: list[shell.Part], *, quoted: bool) -> None:
    """Read a variable or ``$( … )``."""
    text, at = cursor.text, cursor.at
    if text.startswith("$(", at):
        cursor.at += 1
        inner = _parenthesis(cursor)
        word = _whole(_within(cursor, *inner)) if inner and cursor.depth < _DEEP else None
        parts.extend(word.parts if word else (shell.Substitution((), at, cursor.at, True, True),))  # noqa: FBT003
        return
    found = _VARIABLE.match(text, at, cursor.end)
    if not found:
        parts.append(shell.Text("$", at, at + 1, quoted=True))
        cursor.at = at + 1
        return
    cursor.at = found.end()
    member = None if quoted else re.compile(r"(?:\.\w+|\[[^\]\n]*\]|\([^()\n]*\))+").match(text, cursor.at, cursor.end)
    written = found[1] or found[2] or found[3]
    if text[at : cursor.at + 40].lower().startswith("$myinvocation.mycommand.path"):
        cursor.at = member.end() if member else cursor.at
        parts.append(shell.Parameter("0", "", "", (), at, cursor.at, quoted=True))
    elif written.lower() == "psscriptroot" and not member:
        script = shell.Word((shell.Parameter("0", "", "", (), at, at, quoted=True),), at, at)
        parts.append(_parent(script, at, cursor.at))
    elif (
        member
        or not re.fullmatch(r"(?:\w+:)?\w+", written)
        or written.lower() in {"true", "false", "null", "_", "args"}
    ):
        cursor.at = member.end() if member else cursor.at
        parts.append(_constant(written.lower(), at, cursor.at, member=bool(member)))
    else:
        name = "PWD" if written.lower() == "pwd" else _name(cursor, written)
        parts.append(shell.Parameter(name, "", "", (), at, cursor.at, quoted=True))


def _constant(name: str, start: int, end: int, *, member: bool) -> shell.Part:
    if name == "null" and not member:
        return shell.Text("", start, start, quoted=True)
    if name in {"true", "false"} and not member:
        return shell.Text(name.title(), start, end, quoted=True)
    return shell.Substitution((), start, end, True, True)  # noqa: FBT003 - fields


# ---------------------------------------------------------------- commands


def _pipeline(cursor: _Cursor) -> list[shell.Node]:
    """Read commands joined with ``|``, ``&&`` and ``||``."""
    start = cursor.at
    items: list[tuple[str, shell.Node]] = []
    parts: list[shell.Node] = []
    operator = ""
    while True:
        parts.extend(_command(cursor))
        _gap(cursor, _BLANK)
        sign = cursor.text[cursor.at : min(cursor.at + 2, cursor.end)]
        joins = sign in {"&&", "||"}
        if joins or not sign.startswith("|"):
            parts = _fed(parts)
            if parts:
                node = parts[0] if len(parts) == 1 else shell.Pipeline(tuple(parts), False, start)  # noqa: FBT003
                items.append((operator, node))
            parts = []
            if not joins:
                break
            operator = sign
        cursor.at += 2 if joins else 1
        _gap(cursor)
        if cursor.at >= cursor.end:
            break
    if not items:
        return []
    return [items[0][1]] if len(items) == 1 else [shell.Chain(tuple(items), start)]


def _command(cursor: _Cursor) -> list[shell.Node]:
    _gap(cursor, _BLANK)
    start = cursor.at
    called = re.compile(r"[&.](?=[ \t\"'$(])[ \t]*").match(cursor.text, start, cursor.end)
    if called and not cursor.text.startswith("&&", start):
        cursor.at = called.end()
    words: list[shell.Word] = []
    redirects: list[shell.Redirect] = []
    bodies: list[shell.Node] = []
    while True:
        _gap(cursor, _BLANK)
        if cursor.at >= cursor.end or cursor.text[cursor.at] in "\r\n;|})":
            break
        if cursor.text[cursor.at] == "&":
            cursor.at += 0 if cursor.text.startswith("&&", cursor.at) else 1
            break
        before = cursor.at
        if _redirect(cursor, redirects):
            continue
        if cursor.text[before] == "{":
            bodies.append(shell.Loop("while", "", None, (), _braced(cursor), (), before))
            continue
        word = _term(cursor)
        if word is None or cursor.at == before:
            _to_line_end(cursor)
            if cursor.at == before:
                cursor.at += 1
            break
        words.append(word)
    end = words[-1].end if words else cursor.at
    if called and called.group().startswith(".") and words:
        words = [shell.Word((shell.Text(".", start, start + 1, quoted=False),), start, start + 1), *words]
    node = _simple(cursor, words, tuple(redirects), start, end)
    return [*([node] if node else []), *bodies]


def _redirect(cursor: _Cursor, redirects: list[shell.Redirect]) -> bool:
    found = re.compile(r"(?:[0-9*]?>>?(?:&\d)?|<)[ \t]*").match(cursor.text, cursor.at, cursor.end)
    if not found:
        return False
    cursor.at = found.end()
    target = None if "&" in found.group() else _term(cursor)
    if target and found.group()[0] in ">1*":
        redirects.append(shell.Redirect(">", target, []))
    return True


def _simple(
    cursor: _Cursor, words: list[shell.Word], redirects: tuple[shell.Redirect, ...], start: int, end: int
) -> shell.Node | None:
    """Return a command as the shell's reader knows it: cmdlets by the programs they are like."""
    if not words:
        return None
    head = _text_of(words[0]).lower() if all(isinstance(p, shell.Text) for p in words[0].parts) else ""
    if head in cursor.functions:
        words = _call(cursor.functions[head], head, words)
    elif _LIKE.get(head) == "tee":
        return _writing(head, words, redirects, start, end)
    elif head in _LIKE:
        name = _named(_LIKE[head], words[0])
        words = [name, *(word for word in words[1:] if _text_of(word).lower() not in _PLACES)]
    elif head in {"local", "export", "readonly", "declare", "set", "eval", "read", "source", "test"}:
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
        text = _text_of(word).lower() if word.parts and not word.parts[0].quoted else ""
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


def _fed(parts: list[shell.Node]) -> list[shell.Node]:
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


def _call(parameters: list[tuple[str, shell.Word | None]], head: str, words: list[shell.Word]) -> list[shell.Word]:
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
