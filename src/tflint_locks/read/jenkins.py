"""Jenkinsfiles to facts: the shell steps of a pipeline, with the folder, variables and parameters around them.

Of Groovy it knows texts, plain assignments, blocks and the steps named here; every other expression is a hole.
"""

import re
from collections.abc import Iterator, Mapping

from tflint_locks.facts import Group, Job, Name, Ran, Remark, ScriptFile, ToolVersion
from tflint_locks.read.container import image_version
from tflint_locks.read.expand import join_path
from tflint_locks.read.fork import Bit, Raw, normal_path, raw, scalar
from tflint_locks.read.program import NAMED
from tflint_locks.read.script import Origin, Step, placed, read_steps
from tflint_locks.read.settle import tells
from tflint_locks.read.shellstate import ROOT, hole_word
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal

_DEEP = 60
_STEPS = 1000
_VARIABLES = 400
_LONG = 20
_TOKEN = regex(
    r"""(?P<blank>[ \t\r\f;]+)|(?P<line>\n)|(?P<note>//[^\n]*|\#![^\n]*|/\*)|(?P<text>'''|\"\"\"|'|")"""
    r"""|(?P<name>[A-Za-z_$][\w$]*(?:\.[A-Za-z_]\w*)*)|(?P<other>.)""",
    re.DOTALL,
)
_REFERENCE = regex(r"\$(?:\{([^{}]*)\}|([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*))")
_KNOWN = regex(r"(?:(params|env)\.)?([A-Za-z_]\w*)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": ""}
_CONDITIONAL = frozenset({"if", "else", "when", "catch", "post", "failure", "success", "always", "unstable", "timeout"})
_LOOPS = frozenset({"for", "while", "each", "eachWithIndex", "def"})


class Token(NamedTuple):
    """One token; a text's is ``'`` or ``"`` with the range of its content."""

    kind: str
    text: str
    start: int
    end: int


class _Around(NamedTuple):
    """What holds in a block: the folder, the variables of the environment, Groovy's own, and whether it runs at all."""

    folder: Raw
    environment: Mapping[str, Raw]
    variables: Mapping[str, Raw]
    kind: str = ""
    conditional: bool = False


def read_jenkinsfile(path: str, text: str) -> ScriptFile:
    """Read a Jenkinsfile; never raises. What it does not know of Groovy it passes over."""
    tokens = _tokens(text)
    parameters = _parameters(tokens, text)
    root = hole_word(ROOT, "the repository's place")
    stack = [_Around(root, dict(parameters), {})]
    pending: _Around | None = None
    steps: list[Step] = []
    names: list[Name] = []
    for index, token in enumerate(tokens):
        around = stack[-1]
        if token.text == "{" and len(stack) < _DEEP:
            stack.append(pending or around)
            pending = None
        elif token.text == "}" and len(stack) > 1:
            left = stack.pop()
            # Variables that a block of variables sets hold in the block around it.
            if left.kind == "environment":
                stack[-1] = stack[-1]._replace(environment=left.environment)
        elif token.kind == "name":
            pending, around = _named(path, text, tokens, index, around, pending, steps)
            if around is not stack[-1]:
                names.extend(_new_names(path, text, tokens, index, around))
                stack[-1] = around
                _spread(stack, token)
    found = read_steps(path, steps)
    return ScriptFile(
        path, found.commands, found.written, (*names, *found.names), tuple(_remarks(path, text)), (),
        (*_images(path, tokens), *found.versions), found.exported | _exported(stack, tokens), found.defaults,
        "ci", found.calls, jobs=_jobs(path, text, tokens),
    )  # fmt: skip


def _jobs(path: str, text: str, tokens: list[Token]) -> tuple[Job, ...]:
    """Return the pipeline as a job where it says that a new build aborts the one before; else nothing keeps or cuts it.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#available-options.
    """
    for at, token in enumerate(tokens):
        if token.text == "abortPrevious" and [one.text for one in tokens[at + 1 : at + 3]] == [":", "true"]:
            span = Span(path, token.start, tokens[at + 2].end)
            whole = Ran(Span(path, 0, len(text)), ("push",))
            group = Group("disableConcurrentBuilds", span, ("push",), span)
            return (Job(path, Span(path, 0, len(text)), ("push",), (), (group,), (whole,)),)
    return ()


def _spread(stack: list[_Around], token: Token) -> None:
    """Carry an assignment into the blocks around: ``env.X`` holds there too, a variable of theirs may."""
    here = stack[-1]
    name = token.text.removeprefix("env.")
    maybe = hole_word(f"{name}@{token.start}", "depends on the branch taken")
    for level, outer in enumerate(stack[:-1]):
        if token.text.startswith("env."):
            value = maybe if here.conditional else here.environment[name]
            stack[level] = outer._replace(environment={**outer.environment, name: value})
        elif name in outer.variables and here.kind != "environment":
            stack[level] = outer._replace(variables={**outer.variables, name: maybe})


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(text) and len(found) < 200_000:  # noqa: PLR2004 - more than any pipeline has
        match = _TOKEN.match(text, at)
        if not match:
            break
        at = match.end()
        kind = match.lastgroup or ""
        if kind == "note" and match.group() == "/*":
            close = text.find("*/", at)
            at = len(text) if close < 0 else close + 2
        elif kind == "text":
            close = _text_end(text, at, match.group())
            found.append(Token(match.group()[0], text[at:close], at, close))
            at = min(close + len(match.group()), len(text))
        elif kind in {"name", "other", "line"}:
            found.append(Token(kind, match.group(), match.start(), match.end()))
    return found


def _text_end(text: str, start: int, quote: str) -> int:
    pattern = _ENDS[quote]
    at = start
    while found := pattern.search(text, at):
        if found.group() == quote:
            return found.start()
        at = found.end()
        if found.group() == "\n":
            return found.start()
    return len(text)


_ENDS = {
    "'": regex(r"\\.|'|\n", re.DOTALL),
    '"': regex(r"\\.|\"|\n", re.DOTALL),
    "'''": regex(r"\\.|'''", re.DOTALL),
    '"""': regex(r"\\.|\"\"\"", re.DOTALL),
}


def _following(tokens: list[Token], index: int, limit: int = 40) -> Iterator[Token]:
    """Yield the tokens after one, up to the end of the line or of the parenthesis that opens there."""
    depth = 0
    for token in tokens[index + 1 : index + 1 + limit]:
        if token.text in {"(", "["} and token.kind == "other":
            depth += 1
        elif token.text in {")", "]"} and token.kind == "other":
            depth -= 1
            if depth <= 0:
                yield token
                return
        elif (token.kind == "line" or token.text == "{") and depth <= 0:
            return
        if token.kind != "line":
            yield token


def _named(  # noqa: PLR0913, PLR0917 - the reader's state
    path: str, text: str, tokens: list[Token], index: int, around: _Around, pending: _Around | None, steps: list[Step]
) -> tuple[_Around | None, _Around]:
    """Follow a name: a step, a block's head, or an assignment; return what a block opened next has, and here."""
    token = tokens[index]
    name = token.text
    if name == "sh" and len(steps) < _STEPS:
        script = _script(tokens, index)
        if script:
            steps.append(_step(path, script, around))
        return pending, around
    base = pending or around
    if name in {"dir", "ws"}:
        first = next((item for item in _following(tokens, index) if item.text != "("), None)
        folder = _content(path, text, first, around) if first else hole_word(f"dir@{token.start}", "a folder")
        return base._replace(folder=_joined(around.folder, folder)), around
    if name == "withEnv":
        given = [_content(path, text, item, around) for item in _following(tokens, index, 400) if item.kind in "'\""]
        return base._replace(environment={**base.environment, **dict(_pairs(given))}), around
    if name in {"environment", "parameters"}:
        return base._replace(kind=name), around
    if name in _CONDITIONAL or name in _LOOPS:
        return base._replace(conditional=True), around
    return pending, _assigned(path, text, tokens, index, around)


def _joined(folder: Raw, path: Raw) -> Raw:
    if len(folder) > _LONG:
        return hole_word("dir", "too deep to follow")
    joined = join_path(folder, path)
    return raw(normal_path(scalar(joined, {}, {})))


def _script(tokens: list[Token], index: int) -> Token | None:
    """Return the text that ``sh`` runs: its only argument, or that named ``script``."""
    items = list(_following(tokens, index))
    labels = [at for at, item in enumerate(items[:-1]) if item.text == "script" and items[at + 1].text == ":"]
    if labels:
        rest = items[labels[0] + 2 :]
        return rest[0] if rest and rest[0].kind in "'\"" else None
    plain = [item for item in items if item.text not in {"(", ")"} or item.kind in "'\""]
    whole = plain and plain[0].kind in "'\"" and not any(item.text == "+" for item in plain[1:2])
    return plain[0] if whole else None


def _pairs(given: list[Raw]) -> Iterator[tuple[str, Raw]]:
    for content in given:
        first = content[0].piece if content else None
        if isinstance(first, Literal) and "=" in first.text:
            name, _, value = first.text.partition("=")
            span = first.span
            if span and span.end - span.start == len(first.text):
                span = Span(span.path, span.end - len(value), span.end)
            yield name, (Bit(Literal(value, span), quoted=True), *content[1:])


def _assigned(path: str, text: str, tokens: list[Token], index: int, around: _Around) -> _Around:
    """Return the surroundings after ``NAME = "…"``; what else is assigned is not known."""
    after = [token for token in tokens[index + 1 : index + 4] if token.kind != "line"]
    if len(after) < 2 or after[0].text != "=" or after[1].text == "=":  # noqa: PLR2004 - a sign and a value
        return around
    name = tokens[index].text
    variable = name.removeprefix("env.")
    if "." in variable or len(around.variables) + len(around.environment) > _VARIABLES:
        return around
    closed = len(after) < 3 or after[2].text not in {"+", ".", "?"}  # noqa: PLR2004 - what follows the value
    value = _content(path, text, after[1], around) if after[1].kind in "'\"" and closed else hole_word(
        f"{variable}@{tokens[index].start}", "an expression")  # fmt: skip
    if around.kind == "environment" or name.startswith("env."):
        return around._replace(environment={**around.environment, variable: value})
    return around._replace(variables={**around.variables, variable: value})


def _new_names(path: str, text: str, tokens: list[Token], index: int, around: _Around) -> Iterator[Name]:
    token = tokens[index]
    name = token.text.removeprefix("env.")
    content = around.environment.get(name) if name in around.environment else around.variables.get(name)
    end = next((item.end + 1 for item in tokens[index + 1 : index + 4] if item.kind in "'\""), token.end)
    if content and NAMED.search(name) and tells(value := scalar(content, {}, {})):
        yield Name(name, value, Span(path, token.start, min(end, len(text))), path)


_CHOICE_NAME = regex(r"name\s*:\s*(['\"])(\w+)\1")


def _parameters(tokens: list[Token], text: str) -> dict[str, Raw]:
    """Return the parameters of the pipeline, which are variables of its shells too."""
    found: dict[str, Raw] = {}
    for index, token in enumerate(tokens):
        if token.kind != "name" or token.text not in {"choice", "string", "booleanParam", "text"}:
            continue
        items = list(_following(tokens, index, 200))
        if not items:
            continue
        name = _CHOICE_NAME.search(text, token.start, items[-1].end)
        if not name:
            continue
        domain = tuple(dict.fromkeys(_options(items))) if token.text == "choice" else ()
        likely = _labelled(items, "defaultValue")
        hole = Hole(f"params.{name[2]}", None, "a parameter of the pipeline", likely, domain)
        found[name[2]] = raw((hole,))
    return found


def _options(items: list[Token]) -> Iterator[str]:
    """Yield the choices: a list of texts, or lines of one."""
    at = next((index for index, item in enumerate(items) if item.text == "choices" and item.kind == "name"), len(items))
    for item in items[at + 1 :]:
        if item.kind in "'\"":
            yield from (line for line in item.text.replace("\\n", "\n").split("\n") if line)
        elif item.kind == "name" or item.text == "]":
            return


def _labelled(items: list[Token], label: str) -> str | None:
    for index, item in enumerate(items[:-2]):
        if item.text == label and item.kind == "name" and items[index + 2].kind in "'\"":
            return items[index + 2].text or None
    return None


# ---------------------------------------------------------------- texts


def _step(path: str, token: Token, around: _Around) -> Step:
    decoded, origin, references = _decoded(token)
    place = placed(path, origin)
    marks = {
        start: (end, _reference(written, place(start, end), around)) for start, end, written in references
    }  # fmt: skip
    return Step(decoded, place, marks, around.folder, tuple(around.environment.items()), path, around.conditional)


def _content(path: str, text: str, token: Token, around: _Around) -> Raw:
    """Return what a text is with its references worked out."""
    if token.kind not in "'\"":
        return hole_word(f"{text[token.start : token.end][:80]}@{token.start}", "an expression")
    decoded, origin, references = _decoded(token)
    place = placed(path, origin)
    bits: list[Bit] = []
    at = 0
    for start, end, written in references:
        if start > at:
            bits.append(Bit(Literal(decoded[at:start], place(at, start)), quoted=True))
        bits.extend(_reference(written, place(start, end), around))
        at = end
    if at < len(decoded) or not bits:
        bits.append(Bit(Literal(decoded[at:], place(at, len(decoded))), quoted=True))
    return tuple(bits)


def _decoded(token: Token) -> tuple[str, Origin, list[tuple[int, int, str]]]:
    """Return a text without its escapes, where its characters stand, and the references in it."""
    pieces: list[str] = []
    texts, places = [0], [token.start]
    references: list[tuple[int, int, str]] = []
    size = at = 0
    pattern = _PARTS if token.kind == '"' else _ESCAPE
    for found in pattern.finditer(token.text):
        pieces.append(token.text[at : found.start()])
        size += found.start() - at
        at = found.end()
        if found.group()[0] == "\\":
            piece = "" if found.group()[1:] == "\n" else _ESCAPES.get(found.group()[1:], found.group()[1:])
        else:
            piece = found.group()
            references.append((size, size + len(piece), found[1] or found[2]))
        texts.append(size)
        places.append(token.start + found.start() + (found.group()[0] == "\\"))
        pieces.append(piece)
        size += len(piece)
        texts.append(size)
        places.append(token.start + at)
    pieces.append(token.text[at:])
    return "".join(pieces), Origin(texts, places), references


_ESCAPE = regex(r"\\(.)", re.DOTALL)
_PARTS = regex(r"\\.|" + _REFERENCE.pattern, re.DOTALL)


def _reference(written: str, span: Span, around: _Around) -> Raw:
    """Return what ``${…}`` is: a variable, a variable of the environment or a parameter that is known, else a hole."""
    found = _KNOWN.fullmatch(written.strip())
    if not found:
        return hole_word(f"${{{written.strip()[:200]}}}", "an expression", span)
    kind, name = found[1], found[2]
    if name == "WORKSPACE":
        return hole_word(ROOT, "the repository's place")
    known = None
    if kind is None:
        known = around.variables.get(name)
    if known is None:
        known = around.environment.get(name)
    if known is None:
        return hole_word(f"params.{name}" if kind == "params" else f"${name}", "set outside the pipeline", span)
    return known


def _images(path: str, tokens: list[Token]) -> Iterator[ToolVersion]:
    """Yield the versions of the images that steps run in."""
    folder = path.rpartition("/")[0]
    for index, token in enumerate(tokens):
        if token.kind == "name" and token.text in {"image", "docker.image"}:
            first = next((item for item in _following(tokens, index, 4) if item.kind in "'\""), None)
            if first and "$" not in first.text:
                span = Span(path, first.start, first.end)
                version = image_version((Literal(first.text, span),), folder, span)
                if version:
                    yield version


def _exported(stack: list[_Around], tokens: list[Token]) -> frozenset[str]:
    """Return the variables that the pipeline sets for its shells."""
    found = set(stack[0].environment)
    for token in tokens:
        if token.kind in "'\"" and (match := re.match(r"([A-Za-z_]\w*)=", token.text)):
            found.add(match[1])
    return frozenset(found)


def _remarks(path: str, text: str) -> Iterator[Remark]:
    if "tflint-locks" in text:
        for found in re.finditer(r"(?:^|(?<=[ \t]))(?://|#)[^\n]*", text, re.MULTILINE):
            end = found.start() + len(found.group().rstrip())
            yield Remark(text[found.start() : end].lstrip("/#").strip(), Span(path, found.start(), end))
