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
from tflint_locks.read.powershell_commands import (
    BLANK,
    KEYWORD,
    Cursor,
    computed,
    give_up,
    name_of,
    read_block,
    read_braced,
    read_items,
    read_parenthesis,
    read_pipeline,
    read_term,
    read_whole,
    skip_gap,
    to_line_end,
    within,
)
from tflint_locks.read.remarks import line_remarks
from tflint_locks.read.script import Step, faults_of, read_steps
from tflint_locks.read.shellstate import ASKED, STARTED, hole_word
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole

_TARGET = regex(
    r"(?:\[[\w.\[\]]+\][ \t]*)*\$(?:\{([^}\n]{1,200})\}|((?:\w+:)?\w+))[ \t]*(\+?=)(?!=)[ \t]*(?:`\r?\n[ \t]*)?"
)
_ENVIRONMENT = regex(r"\$\{?env:(\w+)", re.IGNORECASE)
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
    cursor = Cursor(text, 0, min(len(text), shell.LONGEST), _statement)
    cursor.variables = frozenset(name.lower() for name in _ENVIRONMENT.findall(text))
    body = read_block(cursor)
    return shell.Script(body, (), cursor.broken), cursor.marks


def _statement(cursor: Cursor) -> list[shell.Node]:
    start = cursor.at
    found = KEYWORD.match(cursor.text, start, cursor.end)
    if found:
        cursor.at = found.end()
        return _STATEMENTS[found[1].lower()](cursor, start)
    target = _TARGET.match(cursor.text, start, cursor.end)
    if target:
        cursor.at = target.end()
        return [_assignment(cursor, target)]
    if cursor.text[start] == "{":
        return list(read_braced(cursor))
    return read_pipeline(cursor)


# ---------------------------------------------------------------- statements


def _unknown_test(cursor: Cursor) -> shell.Node:
    return shell.Test((), cursor.at, cursor.at)


def _if(cursor: Cursor, start: int) -> list[shell.Node]:
    arms: list[tuple[tuple[shell.Node, ...], tuple[shell.Node, ...]]] = []
    otherwise: tuple[shell.Node, ...] | None = None
    while True:
        arms.append(((_condition(cursor),), read_braced(cursor)))
        after = cursor.at
        skip_gap(cursor)
        found = re.compile(r"else(if)?(?![\w-])", re.IGNORECASE).match(cursor.text, cursor.at, cursor.end)
        if not found:
            cursor.at = after
            break
        cursor.at = found.end()
        if not found[1]:
            otherwise = read_braced(cursor)
            break
    return [shell.If(tuple(arms), otherwise, (), start)]


def _condition(cursor: Cursor) -> shell.Node:
    """Read the condition in parentheses: comparisons joined with ``-and`` and ``-or``, or one variable."""
    inner = read_parenthesis(cursor)
    if inner is None:
        return _unknown_test(cursor)
    sub = within(cursor, *inner)
    words: list[shell.Word] = []
    while True:
        skip_gap(sub)
        if sub.at >= sub.end:
            break
        before = sub.at
        word = read_term(sub)
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


def _switch(cursor: Cursor, start: int) -> list[shell.Node]:
    options = re.compile(r"(?:\s*-(\w+))*").match(cursor.text, cursor.at, cursor.end)
    regex = bool(options and "-regex" in options.group().lower())
    cursor.at = options.end() if options else cursor.at
    inner = read_parenthesis(cursor)
    skip_gap(cursor)
    if inner is None or not cursor.text.startswith("{", cursor.at):
        return []
    subject = read_whole(within(cursor, *inner))
    cursor.at += 1
    arms: list[tuple[tuple[shell.Word, ...], tuple[shell.Node, ...]]] = []
    while True:
        skip_gap(cursor)
        if cursor.at >= cursor.end or cursor.text[cursor.at] == "}":
            break
        before = cursor.at
        pattern = (
            computed(cursor, before, before)
            if cursor.text[before] == "{" and read_braced(cursor)
            else read_term(cursor)
        )
        if pattern is None or cursor.at == before:
            give_up(cursor)
            break
        if cursor.text[before : cursor.at].lower() == "default":
            pattern = shell.Word((shell.Text("*", before, cursor.at, quoted=False),), before, cursor.at)
        elif regex:
            pattern = computed(cursor, before, cursor.at)
        arms.append(((pattern,), read_braced(cursor)))
    cursor.at = min(cursor.at + 1, cursor.end)
    return [shell.Case(subject, tuple(arms), (), start)]


def _foreach(cursor: Cursor, start: int) -> list[shell.Node]:
    inner = read_parenthesis(cursor)
    if inner is None:
        return read_pipeline(cursor)
    found = re.compile(r"\s*\$(\w+)\s+in\s+", re.IGNORECASE).match(cursor.text, *inner)
    body = read_braced(cursor)
    if not found:
        return [shell.Loop("while", "", None, (), body, (), start)]
    items = read_items(within(cursor, found.end(), inner[1]))
    name = name_of(cursor, found[1])
    if items is None:
        items = (computed(cursor, found.end(), inner[1]),)
    return [shell.Loop("for", name, items, (), body, (), start)]


def _loop(cursor: Cursor, start: int) -> list[shell.Node]:
    read_parenthesis(cursor)
    return [shell.Loop("while", "", None, (), read_braced(cursor), (), start)]


def _do(cursor: Cursor, start: int) -> list[shell.Node]:
    body = read_braced(cursor)
    skip_gap(cursor)
    found = re.compile(r"(?:while|until)\b", re.IGNORECASE).match(cursor.text, cursor.at, cursor.end)
    if found:
        cursor.at = found.end()
        read_parenthesis(cursor)
    return [shell.Loop("while", "", None, (), body, (), start)]


def _try(cursor: Cursor, start: int) -> list[shell.Node]:
    """Read ``try``: its body and ``finally`` run, what stands in ``catch`` may."""
    nodes = [*read_braced(cursor)]
    while True:
        after = cursor.at
        skip_gap(cursor)
        found = re.compile(r"(catch|finally)\b(?:\s*\[[\w., \]\[]+\])*", re.IGNORECASE).match(
            cursor.text, cursor.at, cursor.end
        )
        if not found:
            cursor.at = after
            return nodes
        cursor.at = found.end()
        body = read_braced(cursor)
        if found[1].lower() == "catch":
            nodes.append(shell.If((((_unknown_test(cursor),), body),), None, (), start))
        else:
            nodes.extend(body)


def _function(cursor: Cursor, start: int) -> list[shell.Node]:
    skip_gap(cursor)
    found = re.compile(r"(?:\w+:)?([\w-]+)").match(cursor.text, cursor.at, cursor.end)
    if not found:
        give_up(cursor)
        return []
    name = found[1].lower()
    cursor.at = found.end()
    parameters = _parameters(cursor, read_parenthesis(cursor))
    cursor.functions[name] = parameters
    inside, cursor.inside = cursor.inside, True
    body = read_braced(cursor)
    cursor.inside = inside
    given = [_given(cursor, index, name_) for index, (name_, _) in enumerate(cursor.functions[name])]
    declare = shell.Word((shell.Text("local", start, start + 5, quoted=False),), start, start)
    head = [shell.Simple((item,), (declare,), (), start, start) for item in given]
    return [shell.Function(name, (shell.Group((*head, *body), False, (), start),), start)]  # noqa: FBT003 - a field


def _given(cursor: Cursor, index: int, name: str) -> shell.Assignment:
    """Return the assignment that gives a parameter what the call says."""
    at = cursor.at
    value = shell.Word((shell.Parameter(str(index + 1), "", "", (), at, at, quoted=True),), at, at)
    return shell.Assignment(name, False, False, value, None, at, at)  # noqa: FBT003 - fields


_PARAMETER = regex(r"\$(\w+)[ \t]*(=[ \t]*)?")
_CHOICES = regex(r"\[ValidateSet\(([^)]*)\)\]", re.IGNORECASE)
_CHOICE = regex(r"""["']([^"'$]*)["']""")


def _param(cursor: Cursor, start: int) -> list[shell.Node]:
    """Read ``param( … )``: of a function, whose calls fill it, or of the script, which people do."""
    inner = read_parenthesis(cursor)
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


def _asked(cursor: Cursor, inner: tuple[int, int], name: str, default: shell.Word | None) -> shell.Word | None:
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


def _parameters(cursor: Cursor, inner: tuple[int, int] | None) -> list[tuple[str, shell.Word | None]]:
    """Return the names of parameters with their defaults."""
    found: list[tuple[str, shell.Word | None]] = []
    if inner is None:
        return found
    at = inner[0]
    while match := _PARAMETER.search(cursor.text, at, inner[1]):
        at = match.end()
        default = None
        if match[2]:
            sub = within(cursor, match.end(), inner[1])
            default = read_whole(sub, stop=",")
            at = max(at, sub.at)
        if match[1].lower() not in {"true", "false", "null"}:
            found.append((name_of(cursor, match[1]), default))
    return found[:40]


def _leave(word: str) -> Callable[[Cursor, int], list[shell.Node]]:
    def read(cursor: Cursor, start: int) -> list[shell.Node]:
        at = cursor.at
        nodes = [] if word == "exit" else _value_nodes(cursor)
        to_line_end(cursor)
        head = shell.Word((shell.Text(word, start, at, quoted=False),), start, at)
        return [*nodes, shell.Simple((), (head,), (), start, at)]

    return read


def _value_nodes(cursor: Cursor) -> list[shell.Node]:
    """Follow the command whose output is returned."""
    skip_gap(cursor, BLANK)
    found = re.compile(r"[A-Za-z&]").match(cursor.text, cursor.at, cursor.end)
    return read_pipeline(cursor) if found else []


def _plain_block(cursor: Cursor, _: int) -> list[shell.Node]:
    return list(read_braced(cursor))


_STATEMENTS: dict[str, Callable[[Cursor, int], list[shell.Node]]] = {
    "if": _if, "switch": _switch, "foreach": _foreach, "for": _loop, "while": _loop, "do": _do, "try": _try,
    "function": _function, "filter": _function, "param": _param, "return": _leave("return"), "throw": _leave("exit"),
    "exit": _leave("exit"), "break": _leave("break"), "continue": _leave("continue"), "begin": _plain_block,
    "process": _plain_block, "end": _plain_block,
}  # fmt: skip


def _assignment(cursor: Cursor, target: re.Match[str]) -> shell.Node:
    written = target[1] or target[2]
    name = name_of(cursor, written)
    start = target.start()
    append = target[3] == "+="
    before = cursor.at
    items = read_items(cursor, closed=True)
    value = shell.Word((), cursor.at, cursor.at)
    if items is None:
        cursor.at = before
        value = read_whole(cursor)
    head: tuple[shell.Word, ...] = ()
    if written.lower().startswith("env:"):
        head = (shell.Word((shell.Text("export", start, start, quoted=False),), start, start),)
    end = value.end if items is None else cursor.at
    item = shell.Assignment(name, False, append, value, items, start, end)  # noqa: FBT003 - a field
    return shell.Simple((item,), head, (), start, end)
