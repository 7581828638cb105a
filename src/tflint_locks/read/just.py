"""Justfiles to facts: what each recipe runs, those it depends on first, with just's own variables filled in.

Of just's expressions it knows texts, names, ``+``, ``/``, variables of the environment and the justfile's folder.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from tflint_locks.facts import Name, ScriptFile, Word
from tflint_locks.read.fork import Bit, Raw, raw, scalar, single_hole, text_of_raw
from tflint_locks.read.make import remarks_of, together
from tflint_locks.read.program import NAMED
from tflint_locks.read.script import Step, read_steps
from tflint_locks.read.settle import tells
from tflint_locks.read.shellstate import ASKED, ROOT, hole_word
from tflint_locks.record import NamedTuple, field, record
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Value

_DEEP = 12
_STEPS = 2000
_LINES = 20_000
_PIECES = 200
_ASSIGN = regex(r"(export[ \t]+)?([A-Za-z_][\w-]*)[ \t]*:=[ \t]*")
_RECIPE = regex(r"@?([A-Za-z_][\w-]*)((?:[ \t]+[^:\n]*?)?)[ \t]*:(?!=)([^\n]*)")
_PARAMETER = regex(r"""([$+*]*)([A-Za-z_][\w-]*)(?:=("[^"\n]*"|'[^'\n]*'|\([^)\n]*\)|[^\s"'(]+))?""")
_NEEDED = regex(r"""\(([A-Za-z_][\w-]*)([^()\n]*)\)|([A-Za-z_][\w-]*)""")
_ARGUMENT = regex(r"""\"[^"\n]*\"|'[^'\n]*'|[^\s"']+""")
_TERM = regex(
    r"""[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([A-Za-z_][\w-]*)(\()?)"""  # a text in either quotes, a name, a call
)
_ENVIRONMENT = regex(
    r"""env(?:_var(?:_or_default)?)?\([ \t]*["'](\w+)["'](?:[ \t]*,[ \t]*["']([^"'\n]*)["'])?[ \t]*\)"""
)
_INTERPOLATION = regex(r"""\{\{(?!\{)((?:'[^'\n]*'|"[^"\n]*"|[^{}'"\n]|\{(?!\{)|\}(?!\}))*)\}\}""")


class _Recipe(NamedTuple):
    """A recipe: its parameters with their defaults, what it needs (with arguments), and its lines."""

    name: str
    parameters: tuple[tuple[str, Raw | None, str], ...]
    needed: tuple[tuple[str, tuple[Raw, ...]], ...]
    lines: list[tuple[int, int]]


@record
class _Justfile:
    path: str
    text: str
    folder: Raw
    variables: dict[str, Raw] = field(default_factory=dict)
    given: Mapping[str, Raw] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    recipes: dict[str, _Recipe] = field(default_factory=dict)
    names: list[Name] = field(default_factory=list)
    all_exported: bool = False
    groups: dict[str, list[Step]] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    count: int = 0


def read_just(
    path: str,
    text: str,
    target: str | None = None,
    given: Sequence[tuple[str, Value]] = (),
    words: Sequence[Word] = (),
) -> ScriptFile:
    """Read a justfile; never raises. With a target (empty: the first), what ``just NAME=value TARGET words`` runs."""
    folder = path.rpartition("/")[0]
    root = hole_word(ROOT, "the repository's place")
    book = _Justfile(path, text, root + (raw((Literal("/" + folder),)) if folder else ()))
    book.given = {name: raw(value) for name, value in given}
    _read(book)
    if target is not None:
        name = target or next(iter(book.recipes), "")
        _run(book, name, tuple(raw(word.value) for word in words), name, set(), 0)
    else:
        for name in sorted(
            book.recipes, key=lambda name: any(_needs(recipe, name) for recipe in book.recipes.values())
        ):
            if name not in book.reached:
                _run(book, name, (), name, set(), 0)
    found = [read_steps(path, steps) for steps in book.groups.values() if steps]
    return ScriptFile(
        path,
        tuple(command for one in found for command in one.commands),
        tuple(dict.fromkeys(written for one in found for written in one.written)),
        (*book.names, *dict.fromkeys(name for one in found for name in one.names)),
        remarks_of(path, text),
        (),
        tuple(dict.fromkeys(version for one in found for version in one.versions)),
        frozenset(book.exported).union(*(one.exported for one in found)),
        tuple(dict.fromkeys(pair for one in found for pair in one.defaults)),
        "build",
        tuple(together(found)),
    )


def _needs(recipe: _Recipe, name: str) -> bool:
    return any(needed == name for needed, _ in recipe.needed)


def _read(book: _Justfile) -> None:
    """Read the lines in order: settings, variables, recipes."""
    at = count = 0
    recipe: _Recipe | None = None
    text = book.text
    while at < len(text) and count < _LINES:
        count += 1
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        while text[stop - 1 : stop] == "\\" and stop < len(text):
            following = text.find("\n", stop + 1)
            stop = len(text) if following < 0 else following
        line = text[at:stop]
        if line[:1] in {" ", "\t"}:
            if recipe and line.strip():
                recipe.lines.append((at, stop))
        elif line.strip() and line[0] not in "#[":
            recipe = _top(book, at, stop) or None
        at = stop + 1


def _top(book: _Justfile, start: int, end: int) -> _Recipe | None:
    text = book.text
    if found := _ASSIGN.match(text, start, end):
        name = found[2]
        value = book.given.get(name) or _expression(book, found.end(), end, {})
        if name not in book.given and ASKED.fullmatch(name):
            text_ = text_of_raw(value)
            hole = single_hole(value)
            value = hole_word(
                f"{{{{{name}}}}}", "given on the command line", likely=text_ or (hole.likely if hole else None)
            )
        book.variables[name] = value
        if found[1]:
            book.exported.add(name)
        known = scalar(value, {}, {})
        if NAMED.search(name) and tells(known):
            book.names.append(Name(name, known, Span(book.path, start, end), book.path))
    elif text.startswith("set export", start):
        book.all_exported = True
    elif not text.startswith(("set ", "alias ", "import ", "mod "), start) and (
        found := _RECIPE.match(text, start, end)
    ):
        parameters = tuple(_parameters(book, found))
        needed = tuple(_needed(book, found, dict.fromkeys(name for name, _, _ in parameters)))
        recipe = _Recipe(found[1], parameters, needed, [])
        book.recipes[recipe.name] = recipe
        return recipe
    return None


def _parameters(book: _Justfile, found: re.Match[str]) -> Iterator[tuple[str, Raw | None, str]]:
    for item in _PARAMETER.finditer(book.text, *found.span(2)):
        default = _expression(book, *item.span(3), {}) if item[3] else None
        yield item[2], default, item[1]


def _needed(
    book: _Justfile, found: re.Match[str], parameters: Mapping[str, None]
) -> Iterator[tuple[str, tuple[Raw, ...]]]:
    end = found.end()
    comment = book.text.find("#", found.start(3), end)
    for item in _NEEDED.finditer(book.text, found.start(3), comment if comment >= 0 else end):
        arguments: tuple[Raw, ...] = ()
        if item[1]:
            own = {name: hole_word(f"\0{name}", "") for name in parameters}
            arguments = tuple(
                _expression(book, *part.span(), own) for part in _ARGUMENT.finditer(book.text, *item.span(2))
            )
        yield item[1] or item[3], arguments


def _expression(book: _Justfile, start: int, end: int, local: Mapping[str, Raw]) -> Raw:
    """Return what an expression gives: terms joined with ``+`` or ``/``; anything else is a hole."""
    text = book.text
    bits: list[Bit] = []
    at = start
    whole = text[start:end].split("#", 1)[0].strip() if '"' not in text[start:end] else text[start:end].strip()
    if environment := _ENVIRONMENT.fullmatch(whole):
        return hole_word(f"${environment[1]}", "set outside the justfile", likely=environment[2] or None)
    while found := _TERM.match(text, at, end):
        at = found.end()
        if found[4]:
            call = re.compile(r"[ \t]*\)").match(text, at, end)
            if found[3] not in {"justfile_directory", "justfile_dir", "invocation_directory"} or not call:
                return _hole(book, start, end)
            at = call.end()
            bits.extend(book.folder)
        elif found[3]:
            bits.extend(_value(book, found[3], local))
            if len(bits) > _PIECES:
                return _hole(book, start, end)
        else:
            span = found.span(1) if found[1] is not None else found.span(2)
            bits.append(Bit(Literal(text[slice(*span)], Span(book.path, *span)), quoted=False))
        sign = re.compile(r"[ \t]*([+/])").match(text, at, end)
        if not sign:
            rest = text[at:end].strip()
            return tuple(bits) if not rest or rest.startswith("#") else _hole(book, start, end)
        if sign[1] == "/":
            bits.append(Bit(Literal("/"), quoted=False))
        at = sign.end()
    return _hole(book, start, end)


def _hole(book: _Justfile, start: int, end: int) -> Raw:
    return hole_word(f"{{{{{book.text[start:end].strip()[:200]}}}}}@{start}", "an expression")


def _value(book: _Justfile, name: str, local: Mapping[str, Raw]) -> Raw:
    if name in local:
        return local[name]
    known = book.variables.get(name)
    return known if known is not None else hole_word(f"{{{{{name}}}}}", "set outside the justfile")


def _run(book: _Justfile, name: str, words: tuple[Raw, ...], scope: str, made: set[str], depth: int) -> None:  # noqa: PLR0913, PLR0917
    """Follow a recipe: what it needs first, then its lines."""
    recipe = book.recipes.get(name)
    if recipe is None or depth > _DEEP or book.count > _STEPS or (name in made and not words):
        return
    made.add(name)
    local = _arguments(recipe, words)
    for needed, given in recipe.needed:
        arguments = tuple(_filled(argument, local) for argument in given)
        _run(book, needed, arguments, scope, made, depth + 1)
        if not given:
            book.reached.add(needed)
    environment = tuple(
        (key, value)
        for key, value in {**book.variables, **local}.items()
        if book.all_exported or key in book.exported or any(p[0] == key and "$" in p[2] for p in recipe.parameters)
    )
    for step in _steps(book, recipe, local, scope, environment):
        book.count += 1
        book.groups.setdefault(scope, []).append(step)


def _arguments(recipe: _Recipe, words: tuple[Raw, ...]) -> dict[str, Raw]:
    local: dict[str, Raw] = {}
    for index, (name, default, sign) in enumerate(recipe.parameters):
        if index < len(words) and not set(sign) & {"+", "*"}:
            local[name] = words[index]
            continue
        likely = text_of_raw(default) if default is not None else None
        open_ = Hole(f"{{{{{name}}}}}", None, "an argument of the recipe", likely or None)
        local[name] = (Bit(open_, quoted=not set(sign) & {"+", "*"}),)
    return local


def _filled(content: Raw, local: Mapping[str, Raw]) -> Raw:
    """Put the recipe's own arguments in place of its parameters."""
    bits: list[Bit] = []
    for bit in content:
        name = bit.piece.identity[1:] if isinstance(bit.piece, Hole) and bit.piece.identity[:1] == "\0" else ""
        bits.extend(local.get(name, ()) if name else (bit,))
    return tuple(bits)


def _steps(
    book: _Justfile, recipe: _Recipe, local: Mapping[str, Raw], scope: str, environment: tuple[tuple[str, Raw], ...]
) -> Iterator[Step]:
    """Yield each line as a shell of its own, or all of them where the recipe is a script."""
    lines = recipe.lines
    if not lines:
        return
    if book.text[slice(*lines[0])].lstrip().startswith("#!"):
        first = book.text[slice(*lines[0])]
        if "sh" not in first:
            return
        lines = [(lines[0][1], lines[-1][1])]
    for start, end in lines:
        blank = re.compile(r"[ \t]*[@-]*").match(book.text, start, end)
        start = blank.end() if blank and len(lines) > 0 else start  # noqa: PLW2901 - the line without its prefix
        marks = {
            found.start() - start: (found.end() - start, _unquoted(_expression(book, *found.span(1), local)))
            for found in _INTERPOLATION.finditer(book.text, start, end)
        }
        place = partial(_place, book.path, start)
        assigned = frozenset(name for name, _ in environment)
        yield Step(
            book.text[start:end],
            place,
            marks,
            book.folder,
            environment,
            scope,
            assigned=assigned,
        )


def _unquoted(content: Raw) -> Raw:
    return tuple(Bit(bit.piece, quoted=False) for bit in content)


def _place(path: str, offset: int, start: int, end: int) -> Span:
    return Span(path, offset + start, offset + end)
