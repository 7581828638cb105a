"""The words of a script to values: quotes, variables, ``${x…}`` and the substitutions whose result is certain."""

from tflint_locks.read import shell
from tflint_locks.read.fork import (
    REF,
    REF_NAME,
    Bit,
    Fields,
    Raw,
    bounded,
    normal_path,
    raw,
    requoted,
    scalar,
    single_hole,
    text_of_raw,
)
from tflint_locks.read.shellstate import (
    ROOT,
    STARTED,
    Run,
    arguments,
    assign,
    content_of,
    directory,
    domains_here,
    hole_word,
    lookup,
    unknown,
)
from tflint_locks.regex import regex
from tflint_locks.value import Hole, Literal, Piece, Value, known, part

MARK = "\ue000"
_MARKED = regex("\ue000\ue001*")
# Commands whose output differs each time they run.
_FRESH = regex(r"\b(?:date|mktemp|uuidgen|openssl|shuf|RANDOM)\b")
_LONGEST = 10_000
# Where CI systems put the repository.
_CHECKOUTS = frozenset(
    {"GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BITBUCKET_CLONE_DIR", "BUILD_SOURCESDIRECTORY", "CODEBUILD_SRC_DIR"}
)
# Variables that GitHub sets, by the expression that is the same text.
_EXPRESSIONS = {
    f"GITHUB_{name}": f"${{{{ github.{name.lower()} }}}}"
    for name in ("REF", "REF_NAME", "REF_TYPE", "EVENT_NAME", "HEAD_REF", "BASE_REF", "ACTOR", "SHA", "RUN_ID")
}
_BUILT_IN = {
    "RANDOM": "a random number",
    "HOME": "the home folder",
    "USER": "the user",
    "HOSTNAME": "the host's name",
    "OSTYPE": "the system",
    "UID": "the user",
    "SECONDS": "the time",
    "EPOCHSECONDS": "the time",
}


def expand(run: Run, word: shell.Word) -> Raw:
    """Return a word's pieces; forks and arrays are left for the way the script takes."""
    return bounded(_parts(run, word.parts), f"@{word.start}", None)


def expand_parts(run: Run, parts: tuple[shell.Part, ...]) -> Raw:
    """Return the pieces of a text that is no word, such as a here-document's."""
    return _parts(run, parts)


def _parts(run: Run, parts: tuple[shell.Part, ...]) -> Raw:
    bits: list[Bit] = []
    for item in parts:
        if isinstance(item, shell.Text):
            bits.extend(_text(run, item))
        elif isinstance(item, shell.Parameter):
            bits.extend(requoted(_parameter(run, item), quoted=item.quoted))
        else:
            bits.extend(requoted(_substitution(run, item), quoted=item.quoted))
    return tuple(bits)


def _text(run: Run, item: shell.Text) -> Raw:
    if MARK not in item.text or not run.marks or len(item.text) != item.end - item.start:
        return (Bit(Literal(item.text, run.place(item.start, item.end)), item.quoted),)
    bits: list[Bit] = []
    at = 0
    for found in _MARKED.finditer(item.text):
        _literal(run, item, at, found.start(), bits)
        mark = run.marks.get(item.start + found.start())
        bits.extend(requoted(mark[1], quoted=item.quoted) if mark else ())
        at = found.end()
    _literal(run, item, at, len(item.text), bits)
    return tuple(bits)


def _literal(run: Run, item: shell.Text, low: int, high: int, bits: list[Bit]) -> None:
    if low < high:
        text = item.text[low:high]
        # A marked expression outside quotes may be several words, as a variable may; plain text may not.
        bits.append(Bit(Literal(text, run.place(item.start + low, item.start + high)), quoted=True))


def _parameter(run: Run, item: shell.Parameter) -> Raw:
    if item.name in {"@", "*"} and not item.operator:
        return (Bit(arguments(run), quoted=True),)
    if item.operator == "#" and not item.argument and run.text[item.start + 2 : item.start + 3] == "#":
        return _opaque(run, item, "a length")
    if item.operator == "!":
        return _opaque(run, item, "an indirect variable")
    content = _content(run, item)
    operator = item.operator
    if not operator:
        return content if content is not None else _unset(run, item)
    if operator in _DEFAULTS:
        return _default(run, item, content)
    return _computed(run, item, content)


_DEFAULTS = frozenset({":-", "-", ":=", "=", ":?", "?", ":+", "+"})


def _opaque(run: Run, item: shell.Parameter, why: str) -> Raw:
    return unknown(run, f"{run.text[item.start : item.end][:80]}@{item.start}", item.start, item.end, why)


def _content(run: Run, item: shell.Parameter) -> Raw | None:
    """Return what a variable or positional parameter holds, None where nothing in the script says."""
    if item.name.isdecimal():
        return _positional(run, item)
    content = content_of(run, item.name)
    if content is None or len(content) != 1 or not isinstance(content[0].piece, Fields):
        if item.element not in {"", "@", "*", "0"}:
            return _opaque(run, item, "an element of an array")
        return content if content is not None else _special(run, item)
    array = content[0].piece
    if item.element in {"@", "*"}:
        return content
    index = int(item.element[:6]) if item.element.isdecimal() else 0 if not item.element else -1
    if 0 <= index < len(array.items):
        return array.items[index]
    return _opaque(run, item, "an element of an array")


def _positional(run: Run, item: shell.Parameter) -> Raw | None:
    number = int(item.name[:6])
    if number == 0:
        return _script(run)
    given = arguments(run)
    if number <= len(given.items):
        return given.items[number - 1]
    if given.rest is None:
        return None
    shifted, mark = given.rest
    return unknown(
        run, f"${number - len(given.items) + shifted}{mark}", item.start, item.end, "an argument of the script"
    )


def _script(run: Run) -> Raw:
    return raw((Hole(ROOT, None, "the repository's place"), Literal("/" + run.path)))


def _special(run: Run, item: shell.Parameter) -> Raw | None:
    name = item.name
    if name == "BASH_SOURCE":
        return _script(run)
    if name == "PWD":
        return directory(run)
    if name in _CHECKOUTS:
        return hole_word(ROOT, "the repository's place")
    if name == "OLDPWD":
        return _opaque(run, item, "the directory before")
    if name in _BUILT_IN or name in {"?", "$", "!", "-", "#"}:
        mark = f"@{item.start}" if name in {"RANDOM", "?", "!", "#", "SECONDS"} else ""
        return unknown(run, f"${name}{mark}", item.start, item.end, _BUILT_IN.get(name, "known when it runs"))
    return None


def _unset(run: Run, item: shell.Parameter) -> Raw:
    """Return the hole of a variable that nothing before this place assigns."""
    if item.name.isdecimal():
        return raw((Literal(""),))
    variable = lookup(run, item.name)
    if variable and variable.content is None and not run.sourced:
        return raw((Literal(""),))
    why = "may be set by a sourced file" if run.sourced else "set outside the script"
    return unknown(run, _EXPRESSIONS.get(item.name, f"${item.name}"), item.start, item.end, why)


def _default(run: Run, item: shell.Parameter, content: Raw | None) -> Raw:
    operator = item.operator
    if operator in {":?", "?"}:
        return content if content is not None else _unset(run, item)
    argument = bounded(_parts(run, item.argument), f"@{item.start}", None)
    text = text_of_raw(content) if content is not None else None
    if operator in {":+", "+"}:
        return argument if text else _opaque(run, item, "depends on another variable")
    result = content if content is not None else _unset(run, item)
    if text == "" and operator.startswith(":"):
        result = argument
    elif content is not None and text is None:
        result = _likely(content, text_of_raw(argument))
    elif content is None:
        unset = argument if item.name.isdecimal() else _likely(result, text_of_raw(argument))
        result = _held(run, item, argument, unset)
    if operator.endswith("=") and item.name.isidentifier():
        assign(run, item.name, result)
    return result


def _held(run: Run, item: shell.Parameter, argument: Raw, unset: Raw) -> Raw:
    """Return a default where nothing sets its variable, and note which texts it consists of; else ``unset``."""
    if not _unassigned(run, item.name):
        return unset
    place = run.place(item.start, item.end)
    for bit in argument:
        span = bit.piece.span if isinstance(bit.piece, Literal) else None
        if span and place.start <= span.start and span.end <= place.end:
            run.defaults[item.name, span] = None
    return argument


def _likely(word: Raw, likely: str | None) -> Raw:
    if len(word) == 1 and isinstance(word[0].piece, Hole) and likely:
        return (Bit(word[0].piece._replace(likely=likely), word[0].quoted),)
    return word


def _unassigned(run: Run, name: str) -> bool:
    """Tell whether a variable is set nowhere, so that its default holds."""
    return not run.sourced and name not in run.assigned and name not in run.compared and not name.isdecimal()


def _computed(run: Run, item: shell.Parameter, content: Raw | None) -> Raw:
    """Work out ``%``, ``#``, ``/``, ``^`` and ``,`` on a value that is known; ``%/*`` on any path."""
    pattern = text_of_raw(_parts(run, item.argument))
    if (item.operator, pattern) in _NAMES_OF_REF and _is_ref(content if content is not None else _unset(run, item)):
        return unknown(run, REF_NAME, item.start, item.end, "known when it runs")
    if content is None:
        return _opaque(run, item, "computed from a variable")
    value = scalar(content, {}, domains_here(run))
    if item.operator == "%" and pattern == "/*" and (folder := _before_slash(value)) is not None:
        return raw(folder)
    if pattern is None or not known(value):
        return _opaque(run, item, "computed from a variable")
    result = _cut(value, item.operator, pattern) if item.operator in _CUTS else _changed(value, item.operator, pattern)
    return _opaque(run, item, "computed from a variable") if result is None else raw(result)


_CUTS = frozenset({"%", "%%", "#", "##"})


# What leaves of a full ref the name of its branch, for all who write it.
_NAMES_OF_REF = frozenset({("#", "refs/heads/"), ("##", "*/"), ("#", "refs/*/"), ("##", "refs/heads/")})


def _is_ref(word: Raw) -> bool:
    hole = single_hole(word)
    return hole is not None and hole.identity == REF


def _cut(value: Value, operator: str, pattern: str) -> Value | None:
    """Remove a prefix or suffix: a literal, or one with ``*`` at its outer end."""
    text = "".join(piece.text for piece in value if isinstance(piece, Literal))
    front = operator.startswith("#")
    star = pattern[:1] == "*" if front else pattern[-1:] == "*"
    fixed = (pattern[1:] if front else pattern[:-1]) if star else pattern
    if not fixed or any(char in fixed for char in "*?["):
        return None
    if not star:
        matches = text.startswith(fixed) if front else text.endswith(fixed)
        low, high = (len(fixed), len(text)) if front else (0, len(text) - len(fixed))
        return part(value, low, high) if matches else value
    at = text.rfind(fixed) if operator in {"%", "##"} else text.find(fixed)
    if at < 0:
        return value
    return part(value, at + len(fixed), len(text)) if front else part(value, 0, at)


def _changed(value: Value, operator: str, argument: str) -> Value | None:
    text = "".join(piece.text for piece in value if isinstance(piece, Literal))
    if len(text) > _LONGEST:
        return None
    if operator in {",,", "^^"} and not argument:
        return (Literal(text.lower() if operator == ",," else text.upper()),)
    if operator in {"/", "//"}:
        old, _, new = argument.partition("/")
        if not old or any(char in old for char in "*?[\\#%"):
            return None
        changed = text.replace(old, new, 1 if operator == "/" else -1)
        return (Literal(changed),) if len(changed) <= _LONGEST else None
    return None


def _substitution(run: Run, item: shell.Substitution) -> Raw:
    if item.output and item.body:
        result = _certain(run, item.body)
        if result is not None:
            return result
    evaluate_apart(run, item.body)
    text = run.text[item.start : item.end]
    identity = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    if "$" in text[1:] or len(text) > _SHOWN or _FRESH.search(text):
        identity += f"@{item.start}{run.frame}"
    return unknown(run, identity, item.start, item.end, "a command's output" if item.body else "computed")


_SHOWN = 200


def evaluate_apart(run: Run, body: tuple[shell.Node, ...]) -> None:
    """Follow commands whose changes do not come back: a subshell."""
    if not body:
        return
    run.layers.append({})
    run.narrowed.append({})
    left, run.left = run.left, ""
    run.evaluate(run, body)
    run.left = left
    run.layers.pop()
    run.narrowed.pop()
    run.version += 1


def plain(word: shell.Word) -> str:
    """Return the text of a word without expansions, else an empty text."""
    texts: list[str] = []
    for item in word.parts:
        if not isinstance(item, shell.Text):
            return ""
        texts.append(item.text)
    return "".join(texts)


def _certain(run: Run, body: tuple[shell.Node, ...]) -> Raw | None:
    """Return the output of the idioms that find a script's own place, and of ``echo`` and the like."""
    if len(body) == 1 and isinstance(body[0], shell.Chain):
        items = body[0].items
        if any(operator == "||" for operator, _ in items):
            return None
        body = tuple(node for _, node in items)
    if not all(isinstance(node, shell.Simple) and node.words and not node.assignments for node in body):
        return None
    simple = [node for node in body if isinstance(node, shell.Simple)]
    heads = [plain(node.words[0]) for node in simple]
    if heads == ["cd", "pwd"] and len(simple[0].words) > 1:
        return _absolute(run, expand(run, simple[0].words[-1]))
    if len(simple) > 1:
        return None
    return _shown(run, simple[0]) if simple[0].redirects else _output(run, heads[0], simple[0].words[1:])


def _shown(run: Run, node: shell.Simple) -> Raw | None:
    """Return a here-document that says something of a backend, as ``$(cat <<EOF`` gives it."""
    if plain(node.words[0]) != "cat" or not all(redirect.operator in {"<<", "<<-"} for redirect in node.redirects):
        return None
    from tflint_locks.read.heretext import backend_text  # what few scripts need

    return backend_text(run, node)


def _output(run: Run, head: str, words: tuple[shell.Word, ...]) -> Raw | None:
    if head == "pwd":
        return directory(run)
    if head == "git" and [plain(word) for word in words[-2:]] == ["rev-parse", "--show-toplevel"]:
        return hole_word(ROOT, "the repository's place")
    if head in {"echo", "printf"} and words and plain(words[0]) in {"-n", "%s", "%s\\n"}:
        words = words[1:]
    operands = [word for word in words if not plain(word).startswith("-")]
    if head not in _OUTPUTS or len(operands) != 1:
        return None
    word = expand(run, operands[0])
    if head in {"echo", "printf"}:
        return word if text_of_raw(word) is not None or len(operands[0].parts) else None
    if head in {"realpath", "readlink"}:
        return _absolute(run, word)
    value = scalar(word, {}, domains_here(run))
    result = parent(value) if head == "dirname" else _base(value)
    return (
        raw(result)
        if result is not None
        else hole_word(f"{head} of {run.text[operands[0].start : operands[0].end]}", "a path")
    )


_OUTPUTS = frozenset({"echo", "printf", "dirname", "basename", "realpath", "readlink"})


def _absolute(run: Run, word: Raw) -> Raw:
    joined = join_path(directory(run), word)
    if all(isinstance(bit.piece, Literal | Hole) for bit in joined):
        return raw(normal_path(scalar(joined, {}, domains_here(run))))
    return joined


def join_path(base: Raw, path: Raw) -> Raw:
    """Return a path as seen from a directory."""
    first = next((bit.piece for bit in path if not (isinstance(bit.piece, Literal) and not bit.piece.text)), None)
    if first is None or not base:
        return path or base
    if isinstance(first, Literal) and first.text.startswith("/"):
        return path
    if isinstance(first, Hole) and first.identity in {ROOT, STARTED, "$HOME"}:
        return path
    return (*base, Bit(Literal("/"), quoted=True), *path)


def parent(value: Value) -> Value | None:
    """Return the directory part of a path, None where it is not known."""
    pieces = list(_without_slash(value))
    while pieces and isinstance(last := pieces[-1], Literal):
        at = last.text.rfind("/")
        if at >= 0:
            kept = [*pieces[:-1], *(part((last,), 0, at) if at else ())]
            return tuple(kept) or (Literal("/"),)
        pieces.pop()
    return None if pieces or not value else (Literal("."),)


def _before_slash(value: Value) -> Value | None:
    """Return what stands before the last slash of a value, None where a hole may hold a later one or there is none."""
    pieces = list(value)
    while pieces and isinstance(last := pieces[-1], Literal):
        if (at := last.text.rfind("/")) >= 0:
            return (*pieces[:-1], *part((last,), 0, at))
        pieces.pop()
    return None


def _base(value: Value) -> Value | None:
    """Return the last part of a path, None where it is not known."""
    found: list[Piece] = []
    for piece in reversed(_without_slash(value)):
        if not isinstance(piece, Literal):
            return None
        at = piece.text.rfind("/")
        found[:0] = part((piece,), at + 1, len(piece.text)) if at >= 0 else (piece,)
        if at >= 0:
            break
    return tuple(found) or None


def _without_slash(value: Value) -> Value:
    """Return a path without the slashes at its end."""
    pieces = list(value)
    while pieces and isinstance(last := pieces[-1], Literal) and last.text.endswith("/"):
        kept = last.text.rstrip("/")
        pieces[-1:] = part((last,), 0, len(kept)) if kept else ()
    return tuple(pieces)
