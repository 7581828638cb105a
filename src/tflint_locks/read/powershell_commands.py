"""PowerShell's commands, expressions and texts, turned into a shell's: what stands within a statement."""

import re
from collections.abc import Callable

from tflint_locks.read import shell
from tflint_locks.read.cmdlets import command_of, fed, parent_of, path_of
from tflint_locks.read.fork import Raw
from tflint_locks.record import field, record, replaced
from tflint_locks.regex import regex

_DEEP = 30
_GAP = regex(r"(?:[ \t\r\n\f\v;]|`\r?\n|\ufeff)+")
BLANK = regex(r"(?:[ \t\f\v]|`\r?\n)+")
_COMMENT = regex(r"#[^\n]*")
KEYWORD = regex(
    r"(if|switch|foreach|for|while|do|try|function|filter|param|return|throw|exit|break|continue|begin|process|end)"
    r"(?![\w-])",
    re.IGNORECASE,
)
_TYPE = regex(r"\[[\w.\[\],]+\][ \t]*")
_VARIABLE = regex(r"\$(?:\{([^}\n]{1,200})\}|((?:\w+:)?\w+))|\$([?$^])")
_BARE = regex(r"[^\s'\"`$(){};|&,@<>#]+|[,@#]")
_IN_QUOTES = regex(r"[^\"`$]+")
_EITHER = regex(
    r"if\s*\(\s*\$(env:)?(\w+)\s*\)\s*\{\s*\$\1\2\s*\}\s*else\s*\{\s*([\"'])([^\"'$`\n]*)\3\s*\}", re.IGNORECASE
)
_SCOPES = ("script:", "global:", "local:", "private:", "using:", "variable:")


@record
class Cursor:
    """Where reading stands.

    ``statement`` reads the next one. ``functions`` are the parameters of each with their defaults, ``names`` how
    variables are spelt, ``marks`` what parameters of the script can be.
    """

    text: str
    at: int
    end: int
    statement: Callable[["Cursor"], list[shell.Node]]
    depth: int = 0
    broken: int = -1
    functions: dict[str, list[tuple[str, shell.Word | None]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    variables: frozenset[str] = frozenset()
    marks: dict[int, tuple[int, Raw]] = field(default_factory=dict)
    inside: bool = False


def give_up(cursor: Cursor) -> None:
    """Read no further: the grammar ends here."""
    if cursor.broken < 0:
        cursor.broken = cursor.at
    cursor.at = cursor.end


def skip_gap(cursor: Cursor, pattern: re.Pattern[str] = _GAP) -> None:
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


def read_block(cursor: Cursor) -> tuple[shell.Node, ...]:
    """Read statements up to a closing brace or parenthesis or the end."""
    nodes: list[shell.Node] = []
    if cursor.depth >= _DEEP:
        give_up(cursor)
        return ()
    cursor.depth += 1
    while True:
        skip_gap(cursor)
        if cursor.at >= cursor.end or cursor.text[cursor.at] in "})":
            break
        before = cursor.at
        nodes.extend(cursor.statement(cursor))
        if cursor.at == before:
            give_up(cursor)
    cursor.depth -= 1
    return tuple(nodes)


def read_braced(cursor: Cursor) -> tuple[shell.Node, ...]:
    """Read ``{ … }``."""
    skip_gap(cursor)
    if not cursor.text.startswith("{", cursor.at):
        give_up(cursor)
        return ()
    cursor.at += 1
    body = read_block(cursor)
    cursor.at = min(cursor.at + 1, cursor.end)
    return body


def read_parenthesis(cursor: Cursor) -> tuple[int, int] | None:
    """Step over ``( … )`` and return the range within."""
    skip_gap(cursor)
    if not cursor.text.startswith("(", cursor.at):
        return None
    close = _closing(cursor.text, cursor.at, cursor.end)
    if close < 0:
        give_up(cursor)
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


def within(cursor: Cursor, start: int, end: int) -> Cursor:
    """Return a cursor over a range of the text, one level deeper."""
    return replaced(cursor, at=start, end=end, depth=cursor.depth + 1, broken=-1)


def to_line_end(cursor: Cursor) -> None:
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


def name_of(cursor: Cursor, written: str) -> str:
    """Return the shell's name of a variable: as first spelt, apart from a variable of the environment."""
    low = written.lower()
    if low.startswith("env:"):
        return written[4:]
    for scope in _SCOPES:
        low = low.removeprefix(scope)
    own = written[len(written) - len(low) :]
    name = cursor.names.setdefault(low, own)
    return name + "_" if low in cursor.variables else name


def read_items(cursor: Cursor, *, closed: bool = False) -> tuple[shell.Word, ...] | None:
    """Return the elements of ``@("a", "b")`` or ``"a", "b"``; of a variable (unless ``closed``) those it holds."""
    skip_gap(cursor, BLANK)
    listed = cursor.text.startswith("@(", cursor.at)
    if listed:
        cursor.at += 1
    inner = read_parenthesis(cursor) if listed else None
    sub = within(cursor, *inner) if inner else cursor
    words: list[shell.Word] = []
    while True:
        skip_gap(sub, _GAP if inner else BLANK)
        if sub.at >= sub.end:
            break
        word = read_term(sub)
        if word is None:
            return None
        words.append(word)
        skip_gap(sub, _GAP if inner else BLANK)
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


def _at_end(cursor: Cursor) -> bool:
    return cursor.at >= cursor.end or cursor.text[cursor.at] in "\r\n;})#"


def read_whole(cursor: Cursor, stop: str = "") -> shell.Word:
    """Read an expression to the end of the statement (or up to ``stop``)."""
    skip_gap(cursor, BLANK)
    start = cursor.at
    if found := _EITHER.match(cursor.text, start, cursor.end):
        cursor.at = found.end()
        name = name_of(cursor, (found[1] or "") + found[2])
        default = shell.Text(found[4], *found.span(4), quoted=True)
        return shell.Word(
            (shell.Parameter(name, "", ":-", (default,), start, cursor.at, quoted=True),), start, cursor.at
        )
    if re.compile(r"[A-Za-z&.]").match(cursor.text, start, cursor.end) and not stop:
        return _output(cursor, start)
    parts: list[shell.Part] = []
    while True:
        word = read_term(cursor)
        if word is None:
            break
        parts.extend(word.parts)
        end = cursor.at
        skip_gap(cursor, BLANK)
        if not cursor.text.startswith("+", cursor.at):
            cursor.at = end
            break
        cursor.at += 1
        skip_gap(cursor)
    end = cursor.at
    skip_gap(cursor, BLANK)
    if parts and (_at_end(cursor) or (stop and cursor.text[cursor.at] == stop)):
        return shell.Word(tuple(parts), start, end)
    to_line_end(cursor)
    return computed(cursor, start, cursor.at)


def _output(cursor: Cursor, start: int) -> shell.Word:
    """Read a command whose output is the value; paths are worked out as the shell's programs do."""
    if KEYWORD.match(cursor.text, start, cursor.end):
        nodes = cursor.statement(cursor)
        return shell.Word((shell.Substitution(tuple(nodes), start, cursor.at, True, False),), start, cursor.at)  # noqa: FBT003
    nodes = read_pipeline(cursor)
    simple = nodes[0] if len(nodes) == 1 else None
    if isinstance(simple, shell.Simple) and simple.words:
        word = path_of(simple, start, cursor.at)
        if word:
            return word
    return shell.Word((shell.Substitution(tuple(nodes), start, cursor.at, True, True),), start, cursor.at)  # noqa: FBT003


def computed(_: Cursor, start: int, end: int) -> shell.Word:
    """Return a word of which only its place is known."""
    return shell.Word((shell.Substitution((), start, end, False, True),), start, end)  # noqa: FBT003 - fields


def read_term(cursor: Cursor) -> shell.Word | None:
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
        return computed(cursor, start, cursor.at)
    return _word(cursor)


def _inner(cursor: Cursor, start: int) -> shell.Word | None:
    inner = read_parenthesis(cursor)
    if inner is None or cursor.depth >= _DEEP:
        return None
    word = read_whole(within(cursor, *inner))
    member = re.compile(r"[.\[]\S*").match(cursor.text, cursor.at, cursor.end)
    if member:
        cursor.at = member.end()
        return computed(cursor, start, cursor.at)
    return shell.Word(word.parts, start, cursor.at)


def _word(cursor: Cursor) -> shell.Word | None:
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


def _string(cursor: Cursor) -> list[shell.Part] | None:
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
        parts = _interpolated(cursor, start, max(start, close), size=1) if sign == '"' else []
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


def _interpolated(cursor: Cursor, start: int, end: int, size: int = 2) -> list[shell.Part]:
    """Return the parts of a text in double quotes, in which ``size`` of them stand for one."""
    parts: list[shell.Part] = []
    sub = within(cursor, start, end)
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
            parts.append(shell.Text('"', sub.at, sub.at + size, quoted=True))
            sub.at += size
    return parts or [shell.Text("", start, start, quoted=True)]


def _dollar(cursor: Cursor, parts: list[shell.Part], *, quoted: bool) -> None:
    """Read a variable or ``$( … )``."""
    text, at = cursor.text, cursor.at
    if text.startswith("$(", at):
        cursor.at += 1
        inner = read_parenthesis(cursor)
        word = read_whole(within(cursor, *inner)) if inner and cursor.depth < _DEEP else None
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
        parts.append(parent_of(script, at, cursor.at))
    elif (
        member
        or not re.fullmatch(r"(?:\w+:)?\w+", written)
        or written.lower() in {"true", "false", "null", "_", "args"}
    ):
        cursor.at = member.end() if member else cursor.at
        parts.append(_constant(written.lower(), at, cursor.at, member=bool(member)))
    else:
        name = "PWD" if written.lower() == "pwd" else name_of(cursor, written)
        parts.append(shell.Parameter(name, "", "", (), at, cursor.at, quoted=True))


def _constant(name: str, start: int, end: int, *, member: bool) -> shell.Part:
    if name == "null" and not member:
        return shell.Text("", start, start, quoted=True)
    if name in {"true", "false"} and not member:
        return shell.Text(name.title(), start, end, quoted=True)
    return shell.Substitution((), start, end, True, True)  # noqa: FBT003 - fields


def read_pipeline(cursor: Cursor) -> list[shell.Node]:
    """Read commands joined with ``|``, ``&&`` and ``||``."""
    start = cursor.at
    items: list[tuple[str, shell.Node]] = []
    parts: list[shell.Node] = []
    operator = ""
    while True:
        parts.extend(_command(cursor))
        skip_gap(cursor, BLANK)
        sign = cursor.text[cursor.at : min(cursor.at + 2, cursor.end)]
        joins = sign in {"&&", "||"}
        if joins or not sign.startswith("|"):
            parts = fed(parts)
            if parts:
                node = parts[0] if len(parts) == 1 else shell.Pipeline(tuple(parts), False, start)  # noqa: FBT003
                items.append((operator, node))
            parts = []
            if not joins:
                break
            operator = sign
        cursor.at += 2 if joins else 1
        skip_gap(cursor)
        if cursor.at >= cursor.end:
            break
    if not items:
        return []
    return [items[0][1]] if len(items) == 1 else [shell.Chain(tuple(items), start)]


def _command(cursor: Cursor) -> list[shell.Node]:
    skip_gap(cursor, BLANK)
    start = cursor.at
    called = re.compile(r"[&.](?=[ \t\"'$(])[ \t]*").match(cursor.text, start, cursor.end)
    if called and not cursor.text.startswith("&&", start):
        cursor.at = called.end()
    words: list[shell.Word] = []
    redirects: list[shell.Redirect] = []
    bodies: list[shell.Node] = []
    while True:
        skip_gap(cursor, BLANK)
        if cursor.at >= cursor.end or cursor.text[cursor.at] in "\r\n;|})":
            break
        if cursor.text[cursor.at] == "&":
            cursor.at += 0 if cursor.text.startswith("&&", cursor.at) else 1
            break
        before = cursor.at
        if _redirect(cursor, redirects):
            continue
        if cursor.text[before] == "{":
            bodies.append(shell.Loop("while", "", None, (), read_braced(cursor), (), before))
            continue
        word = read_term(cursor)
        if word is None or cursor.at == before:
            to_line_end(cursor)
            if cursor.at == before:
                cursor.at += 1
            break
        words.append(word)
    end = words[-1].end if words else cursor.at
    if called and called.group().startswith(".") and words:
        words = [shell.Word((shell.Text(".", start, start + 1, quoted=False),), start, start + 1), *words]
    node = command_of(cursor.functions, words, tuple(redirects), start, end)
    return [*([node] if node else []), *bodies]


def _redirect(cursor: Cursor, redirects: list[shell.Redirect]) -> bool:
    found = re.compile(r"(?:[0-9*]?>>?(?:&\d)?|<)[ \t]*").match(cursor.text, cursor.at, cursor.end)
    if not found:
        return False
    cursor.at = found.end()
    target = None if "&" in found.group() else read_term(cursor)
    if target and found.group()[0] in ">1*":
        redirects.append(shell.Redirect(">", target, []))
    return True
