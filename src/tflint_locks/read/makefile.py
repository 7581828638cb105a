"""The text of a Makefile interpreted: its variables as make sees them, and its rules.

Knows nothing of what a recipe does. Nothing is run: what ``$(shell …)`` gives is a hole.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import TypeAlias

from tflint_locks.read.fork import Bit, Raw, bounded, forked, normal_path, raw, scalar, single_hole, text_of_raw
from tflint_locks.read.make_functions import called, stem_of
from tflint_locks.read.makeline import Line, Part, chunks, lines_of, split_arguments
from tflint_locks.read.settle import without_root
from tflint_locks.read.shellstate import ASKED, ROOT, STARTED, Guard, hole_word
from tflint_locks.record import NamedTuple, field, record, replaced
from tflint_locks.regex import regex
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Value, known, literal, split

_DEEP = 16
_BUDGET = 20_000
_VARIABLES = 2000
_PREFIX_SIZE = 200
_NESTED = 20
_RULES = 2000
_ASSIGN = regex(r"[ ]*(?:(override|export|private)[ \t]+)*([\w.%/-]+)[ \t]*(:::=|::=|:=|\?=|\+=|!=|=)[ \t]*")
_DEFINE = regex(r"[ ]*(?:(?:override|export)[ \t]+)*define[ \t]+([\w.-]+)[ \t]*(?::?:?[+?]?=)?[ \t]*$")
_CONDITION = regex(r"[ \t]*(ifeq|ifneq|ifdef|ifndef|else|endif)\b[ \t]*")
_EXPORT = regex(r"[ ]*(un)?export\b[ \t]*([\w \t.-]*)$")
_INCLUDE = regex(r"[ ]*(?:-include|sinclude|include)\b|.*\$[({](?:eval|foreach)\b")
# A variable given in a usage line, to another make or for a target.
_SETTABLE = regex(r"(?<=[ \t\[\"'`(|])([A-Za-z_]\w*)[ \t]?:?=(?![=~\"' \t]*\$[({]?\1\b)")


class Now(NamedTuple):
    """A variable's content worked out where it was assigned."""

    content: Raw


class Later(NamedTuple):
    """A range of the text that is worked out where the variable is used; ``before`` is what ``+=`` adds to."""

    start: int
    end: int
    before: "Content | None" = None


class Either(NamedTuple):
    """A content that depends on a condition."""

    guard: Guard
    yes: "Content"
    no: "Content | None"


Content: TypeAlias = Now | Later | Either
Verdict: TypeAlias = "bool | Guard | None"


class Rule(NamedTuple):
    """Targets with the text of their prerequisites, the lines of their recipe and the conditions those stand in."""

    targets: tuple[str, ...]
    pattern: str
    needed: tuple[int, int]
    recipe: list[tuple[int, int, tuple[Verdict, ...]]]


@record
class Makefile:
    """What is known of a Makefile's variables and rules; ``specific`` are the variables of single targets.

    ``settled`` are those of the target at hand, ``opened`` those that an included file may set.
    """

    path: str
    text: str
    variables: dict[str, Content] = field(default_factory=dict)
    given: dict[str, Raw] = field(default_factory=dict)
    specific: dict[str, list[tuple[str, str, Content]]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    exported: dict[str, None] = field(default_factory=dict)
    everything: bool = False
    assigned: list[tuple[str, Span]] = field(default_factory=list)
    likely: dict[str, Span] = field(default_factory=dict)
    settable: frozenset[str] = frozenset()
    defaults: dict[tuple[str, Span], None] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    settled: frozenset[str] = frozenset()
    one_shell: bool = False
    budget: list[int] = field(default_factory=lambda: [_BUDGET])
    folder: Raw = ()
    place: Value = ()
    goal: str = ""

    def value(self, name: str) -> Raw:
        """Return what a variable holds."""
        return bounded(_variable(self, name, None, 0), f"${name}", None)

    def of_target(self, name: str, stem: Raw | None, rules: Sequence[Rule]) -> "Makefile":
        """Return the Makefile as the recipe of one target sees it."""
        own = self.specific.get(name, [])
        if not own and not any(rule.recipe or rule.pattern for rule in rules):
            return self
        inner = replaced(self, variables=dict(self.variables))
        inner.settled = self.settled.union(variable for variable, _, _ in own)
        for variable, _, content in own:
            inner.variables[variable] = content
        inner.likely = {key: span for key, span in self.likely.items() if key not in inner.settled}
        inner.variables["@"] = Now(raw(literal(name)) if "$" not in name else hole_word("$@", "a target's name"))
        inner.variables["*"] = Now(stem if stem is not None else raw(literal("")))
        for key in ("<", "^", "?", "+", "|"):
            inner.variables[key] = Now(hole_word(f"${key}@{name}", "prerequisites"))
        return inner


def interpret(path: str, text: str, given: Sequence[tuple[str, Raw]] = ()) -> Makefile:
    """Work out a Makefile's variables and rules, line by line, with variables given on the command line.

    Once for all calls that give the same; what each then uses up and meets is its own.
    """
    shared = _interpreted(path, text, tuple(given))
    return replaced(shared, budget=[*shared.budget], defaults={**shared.defaults})


@lru_cache(maxsize=64)
def _interpreted(path: str, text: str, given: tuple[tuple[str, Raw], ...]) -> Makefile:
    folder, _, name = path.rpartition("/")
    makefile = Makefile(path, text, given=dict(given))
    root = hole_word(ROOT, "the repository's place")
    # What other Makefiles include runs where they do.
    included = name.endswith(".mk")
    makefile.folder = hole_word(STARTED, "where make is started") if included else root + _below(folder)
    makefile.place = without_root(scalar(makefile.folder, {}, {}))
    makefile.settable = _settable(text)
    makefile.exported.update(dict.fromkeys(makefile.given))
    reader = _Reader(makefile)
    for line in _lines(text):
        reader.line(line)
    makefile.goal = _goal(makefile)
    return makefile


def _below(folder: str) -> Raw:
    return raw((Literal("/" + folder),)) if folder else ()


def _goal(makefile: Makefile) -> str:
    stated = text_of_raw(makefile.value(".DEFAULT_GOAL")) if ".DEFAULT_GOAL" in makefile.variables else None
    names = (name for rule in makefile.rules for name in rule.targets if not name.startswith(".") and "%" not in name)
    return (stated or "").strip() or next(names, "")


# One Makefile is read again for each call of it.
@lru_cache(maxsize=4)
def _lines(text: str) -> tuple[Line, ...]:
    return tuple(lines_of(text))


@lru_cache(maxsize=4)
def _settable(text: str) -> frozenset[str]:
    """Return the variables that something in the text gives another value than their definition."""
    found: set[str] = set()
    for match in _SETTABLE.finditer(text):
        before = text[max(text.rfind("\n", 0, match.start()) + 1, match.start() - _PREFIX_SIZE) : match.start()].strip()
        if before not in {"", "export", "override", "else", "define"}:
            found.add(match[1])
    return frozenset(found)


@record
class _Reader:
    """The state of reading: the open conditions and the rule that recipe lines belong to."""

    makefile: Makefile
    conditions: list[tuple[list[Verdict], list[Verdict]]] = field(default_factory=list)
    rule: Rule | None = None
    define: tuple[str, int] | None = None

    def line(self, line: Line) -> None:
        """Read one logical line."""
        text = self.makefile.text
        if self.define is not None:
            if text[line.start : line.end].strip() == "endef":
                name, start = self.define
                self.makefile.variables[name] = Later(start, max(start, line.start - 1))
                self.define = None
            return
        verdicts = self.verdicts()
        if line.recipe and self.rule is not None:
            if False not in verdicts:
                self.rule.recipe.append((line.start, line.end, verdicts))
        elif found := _CONDITION.match(text, line.start, line.end):
            self.condition(found[1], found.end(), line.end)
        elif False not in verdicts:
            self.statement(line, verdicts)

    def verdicts(self) -> tuple[Verdict, ...]:
        """Return what the open conditions say that is not certainly true."""
        if not self.conditions:
            return ()
        return tuple(one for _, current in self.conditions for one in current if one is not True)

    def condition(self, word: str, start: int, end: int) -> None:
        """Open, turn or close a condition."""
        if word == "endif":
            del self.conditions[-1:]
        elif word == "else" and self.conditions:
            passed, current = self.conditions[-1]
            passed = [*passed, _negated(current[-1])] if current else passed
            nested = _CONDITION.match(self.makefile.text, start, end)
            new = [self.verdict(nested[1], nested.end(), end)] if nested and nested[1].startswith("if") else []
            self.conditions[-1] = (passed, passed + new)
        elif word.startswith("if") and len(self.conditions) < _NESTED:
            self.conditions.append(([], [self.verdict(word, start, end)]))

    def verdict(self, word: str, start: int, end: int) -> Verdict:
        """Judge a condition as make does while it reads."""
        if word in {"ifdef", "ifndef"}:
            name = self.makefile.text[start:end].strip()
            if name not in self.makefile.variables and name not in self.makefile.given:
                return None
            return word == "ifdef"
        sides = _sides(self.makefile, start, end)
        if sides is None:
            return None
        left, right = sides
        texts = (text_of_raw(left), text_of_raw(right))
        if None not in texts:
            return (texts[0] == texts[1]) == (word == "ifeq")
        subject, text = (right, texts[0]) if texts[0] is not None else (left, texts[1])
        hole = single_hole(subject)
        return Guard(hole.identity, (text,), word == "ifeq") if hole and text is not None else None

    def statement(self, line: Line, verdicts: tuple[Verdict, ...]) -> None:
        """Read an assignment, an export, an include or a rule."""
        makefile = self.makefile
        text = makefile.text
        if found := _DEFINE.match(text, line.start, line.end):
            self.define = (found[1], min(line.end + 1, len(text)))
        elif found := _ASSIGN.match(text, line.start, line.end):
            _assign(makefile, found, line.end, verdicts)
        elif found := _EXPORT.match(text, line.start, line.end):
            names = found[2].split()
            makefile.everything = makefile.everything or (not names and not found[1])
            makefile.exported.update({} if found[1] else dict.fromkeys(names))
        elif _INCLUDE.match(text, line.start, line.end):
            # What is included may set anything, what is set so far as well.
            makefile.opened.update(makefile.variables)
            makefile.opened.add("")
        else:
            self.rule = _rule(makefile, line, verdicts) or self.rule


def _negated(verdict: Verdict) -> Verdict:
    if isinstance(verdict, Guard):
        return verdict._replace(positive=not verdict.positive)
    return None if verdict is None else not verdict


def _sides(makefile: Makefile, start: int, end: int) -> tuple[Raw, Raw] | None:
    """Return the two sides of ``(a,b)``, ``"a" "b"`` or ``'a' 'b'``."""
    text = makefile.text
    while end > start and text[end - 1] in " \t\r":
        end -= 1
    if text[start : start + 1] == "(" and text[end - 1 : end] == ")":
        parts = split_arguments(text, start + 1, end - 1)
    else:
        found = re.compile(r"""(["'])([^"'\n]*)\1[ \t]*(["'])([^"'\n]*)\3""").match(text, start, end)
        parts = [found.span(2), found.span(4)] if found else []
    if len(parts) != 2:  # noqa: PLR2004 - two sides
        return None
    left, right = (_stripped(_expand(makefile, *part, 0)) for part in parts)
    return left, right


def _stripped(content: Raw) -> Raw:
    """Drop the blanks at the ends."""
    bits = list(content)
    for at, strip in ((0, str.lstrip), (-1, str.rstrip)):
        if bits and isinstance(piece := bits[at].piece, Literal):
            text = strip(piece.text)
            if text != piece.text:
                bits[at] = Bit(_cut(piece, text, at), bits[at].quoted)
    return tuple(bit for bit in bits if not (isinstance(bit.piece, Literal) and not bit.piece.text)) or raw(literal(""))


def _cut(piece: Literal, text: str, at: int) -> Literal:
    span = piece.span
    if span and span.end - span.start == len(piece.text):
        span = Span(span.path, span.end - len(text), span.end) if at == 0 else Span(
            span.path, span.start, span.start + len(text))  # fmt: skip
    return Literal(text, span)


# ---------------------------------------------------------------- assignments and rules


def _assign(makefile: Makefile, found: re.Match[str], end: int, verdicts: tuple[Verdict, ...]) -> None:
    name, operator, start = found[2], found[3], found.end()
    if len(makefile.variables) > _VARIABLES:
        return
    if found[1] == "export" or "export" in found.group()[: found.start(2) - found.start()]:
        makefile.exported[name] = None
    end = _value_end(makefile.text, start, end)
    if operator == "?=" and name in makefile.variables and not verdicts:
        return
    content = _content(makefile, name, operator, start, end)
    makefile.variables[name] = _conditional(makefile, name, content, verdicts)
    makefile.assigned.append((name, Span(makefile.path, found.start(2), end)))
    makefile.likely.pop(name, None)
    makefile.opened.discard(name)
    if operator == "?=":
        makefile.likely[name] = Span(makefile.path, start, end)


def _value_end(text: str, start: int, end: int) -> int:
    """Return where a value ends: before a comment and the blanks there."""
    comment = re.compile(r"(?<!\\)#").search(text, start, end)
    end = comment.start() if comment else end
    while end > start and text[end - 1] in " \t\r":
        end -= 1
    return end


def _content(makefile: Makefile, name: str, operator: str, start: int, end: int) -> Content:
    before = makefile.variables.get(name)
    if operator == "!=":
        return Now(hole_word(f"${name}", "a command's output"))
    if operator == "+=" and before is not None:
        if isinstance(before, Now):
            return Now((*before.content, Bit(Literal(" "), quoted=False), *_expand(makefile, start, end, 0)))
        return Later(start, end, before)
    if operator.startswith(":"):
        return Now(_expand(makefile, start, end, 0))
    return Later(start, end)


def _conditional(makefile: Makefile, name: str, content: Content, verdicts: tuple[Verdict, ...]) -> Content:
    """Return the content a variable has after an assignment that a condition may leave out."""
    before = makefile.variables.get(name)
    if any(verdict is None for verdict in verdicts):
        texts = text_of_raw(content.content) if isinstance(content, Now) else None
        return Now(hole_word(f"${name}", "depends on a condition", likely=texts))
    for verdict in reversed(verdicts):
        if isinstance(verdict, Guard):
            content = Either(verdict, content, before)
    return content


def _rule(makefile: Makefile, line: Line, verdicts: tuple[Verdict, ...]) -> Rule | None:
    """Read ``targets: prerequisites`` or ``target: NAME = value``."""
    text = makefile.text
    colon = next((at for at in _top_level(text, line.start, line.end, ":")), -1)
    if colon < 0 or len(makefile.rules) >= _RULES:
        return None
    names = tuple(_names(makefile, line.start, colon))
    after = colon + 2 if text.startswith("::", colon) else colon + 1
    blank = re.compile(r"[ \t]*").match(text, after)
    found = _ASSIGN.match(text, blank.end() if blank else after, line.end)
    if found:
        end = _value_end(text, found.end(), line.end)
        content = _content(makefile, found[2], found[3], found.end(), end)
        for name in names:
            makefile.specific.setdefault(name, []).append((found[2], found[3], content))
        return None
    end = _value_end(text, after, line.end)
    semicolon = next(iter(_top_level(text, after, end, ";")), end)
    pattern = next(iter(_top_level(text, after, semicolon, ":")), -1)
    recipe = [(semicolon + 1, line.end, verdicts)] if semicolon < end else []
    shape = text[after:pattern].strip() if pattern >= 0 else ""
    rule = Rule(names, shape, (max(after, pattern + 1), semicolon), recipe)
    makefile.rules.append(rule)
    makefile.one_shell = makefile.one_shell or ".ONESHELL" in names
    return rule


def _top_level(text: str, start: int, end: int, char: str) -> Iterator[int]:
    """Yield where a character stands outside references."""
    for part in chunks(text, start, end):
        if part.kind == "text":
            at = text.find(char, part.start, part.end)
            while at >= 0:
                yield at
                at = text.find(char, at + 1, part.end)


def _names(makefile: Makefile, start: int, end: int) -> list[str]:
    """Return the names of targets or prerequisites; holes appear in them as written."""
    shown: list[str] = []
    for bit in _expand(makefile, start, end, 0):
        piece = bit.piece
        shown.append(piece.text if isinstance(piece, Literal) else "$" + getattr(piece, "identity", ""))
    return "".join(shown).replace("|", " ").split()


def prerequisites(makefile: Makefile, rule: Rule, stem: Raw | None = None) -> list[str]:
    """Return the names of what a rule needs, the stem of a pattern put in."""
    names = _names(makefile, *rule.needed)
    text = text_of_raw(stem) if stem is not None else None
    return [name.replace("%", text, 1) if text else name for name in names]


def rules_of(makefile: Makefile, name: str) -> tuple[list[Rule], Raw | None]:
    """Return the rules that make a target, and the stem where a pattern fits it."""
    own = [rule for rule in makefile.rules if name in rule.targets]
    stem: Raw | None = None
    if "%" in name:
        stem = hole_word("$*", "the stem of a pattern")
    for rule in own:
        if rule.pattern and (text := stem_of(rule.pattern, name)):
            stem = raw(literal(text))
    if not any(rule.recipe for rule in own):
        for rule in makefile.rules:
            texts = [text for target in rule.targets if "%" in target and (text := stem_of(target, name))]
            if texts and (rule.recipe or not own):
                return [*own, rule], raw(literal(texts[0]))
    return own, stem


# ---------------------------------------------------------------- values


def _variable(makefile: Makefile, name: str, span: Span | None, depth: int) -> Raw:
    """Return what a variable holds where it is used."""
    if name in makefile.given:
        return makefile.given[name]
    content = makefile.variables.get(name)
    if content is None:
        return _special(makefile, name, span)
    result = _worked_out(makefile, name, content, depth)
    identity = f"${name}"
    text = text_of_raw(result)
    hole = single_hole(result)
    if len(name) == 1 and not name.isalpha():
        return result
    if "" in makefile.opened and (name in makefile.opened or name in makefile.likely):
        return hole_word(identity, "may be set by an included file", span, likely=text or None)
    if (text is not None or hole) and name not in makefile.settled and _is_asked(makefile, name):
        return hole_word(identity, "given on the command line", span, likely=text or (hole.likely if hole else None))
    if name in makefile.likely:
        makefile.defaults[name, makefile.likely[name]] = None
    return result


def _is_asked(makefile: Makefile, name: str) -> bool:
    return name in makefile.settable or ASKED.fullmatch(name) is not None


def _special(makefile: Makefile, name: str, span: Span | None) -> Raw:
    if name in {"CURDIR", "PWD"}:
        return makefile.folder
    if name == "MAKE":
        return raw(literal("make", span), quoted=False)
    if name in {"MAKEFILE_LIST", "firstword"}:
        return raw(literal(makefile.path.rpartition("/")[2]))
    return hole_word(f"${name}", "set outside the Makefile", span)


def _worked_out(makefile: Makefile, name: str, content: Content, depth: int) -> Raw:
    makefile.budget[0] -= 1
    if depth > _DEEP or makefile.budget[0] < 0:
        return hole_word(f"${name}", "too long to follow")
    if isinstance(content, Now):
        return content.content
    if isinstance(content, Later):
        result = _expand(makefile, content.start, content.end, depth + 1)
        if content.before is not None:
            before = _worked_out(makefile, name, content.before, depth + 1)
            result = (*before, Bit(Literal(" "), quoted=False), *result)
        return bounded(result, f"${name}", None)
    yes = _worked_out(makefile, name, content.yes, depth + 1)
    outside = hole_word(f"${name}", "set outside the Makefile")
    no = _worked_out(makefile, name, content.no, depth + 1) if content.no is not None else outside
    yes, no = (yes, no) if content.guard.positive else (no, yes)
    chosen = forked(content.guard.identity, [(text, yes) for text in content.guard.texts], no)
    return chosen or hole_word(f"${name}", "depends on a condition")


def _expand(makefile: Makefile, start: int, end: int, depth: int) -> Raw:
    """Return the content of a range of the text."""
    bits: list[Bit] = []
    for part in chunks(makefile.text, start, end):
        bits.extend(_part(makefile, part, depth))
        makefile.budget[0] -= 1
        if makefile.budget[0] < 0 or len(bits) > _DEEP * 20:
            return hole_word(f"$({start})", "too long to follow")
    return tuple(bits)


_JOINT = regex(r"[ \t]*\\\r?\n[ \t]*")


def _part(makefile: Makefile, part: Part, depth: int) -> Raw:
    text = makefile.text
    if part.kind == "text":
        bits: list[Bit] = []
        at = part.start
        for joint in _JOINT.finditer(text, part.start, part.end):
            bits += [_literal(makefile, at, joint.start()), Bit(Literal(" "), quoted=False)]
            at = joint.end()
        return (*bits, _literal(makefile, at, part.end))
    if part.kind == "dollar":
        return (Bit(Literal("$", Span(makefile.path, part.start, part.end)), quoted=False),)
    return reference(makefile, part, depth)


def _literal(makefile: Makefile, start: int, end: int) -> Bit:
    return Bit(Literal(makefile.text[start:end], Span(makefile.path, start, end)), quoted=False)


_FUNCTION = regex(r"([a-z-]+)[ \t]+")
_NAME = regex(r"[\w.@<^?*+|/-]+")


def reference(makefile: Makefile, part: Part, depth: int) -> Raw:
    """Return what ``$(…)`` gives."""
    text = makefile.text
    span = Span(makefile.path, part.start, part.end)
    written = text[part.inner : part.close]
    if depth > _DEEP:
        return hole_word(text[part.start : part.end][:200], "too deep to follow", span)
    if _NAME.fullmatch(written):
        return _variable(makefile, written, span, depth + 1)
    found = _FUNCTION.match(text, part.inner, part.close)
    if found:
        return _function(makefile, found[1], split_arguments(text, found.end(), part.close), span, depth)
    if "$" in written.split(":", 1)[0]:
        name = text_of_raw(_expand(makefile, part.inner, part.close, depth + 1))
        if name and _NAME.fullmatch(name):
            return _variable(makefile, name, span, depth + 1)
    return _hole(text[part.start : part.end], span)


def _hole(written: str, span: Span) -> Raw:
    shown = written if len(written) <= 200 else written[:200] + f"…{len(written)}"  # noqa: PLR2004 - fits a message
    return hole_word(shown, "worked out by make", span)


def _function(makefile: Makefile, name: str, parts: list[tuple[int, int]], span: Span, depth: int) -> Raw:
    written = makefile.text[span.start : span.end]
    if name == "shell":
        return _shell(makefile, parts, span)
    if name == "call" and parts:
        return _call(makefile, parts, span, depth)
    values = [_stripped(_expand(makefile, *part, depth + 1)) for part in parts[:8]]
    if name == "or" and values:
        return _first(values)
    if name in _PATHS and len(values) == 1:
        return _PATHS[name](makefile, values[0]) or _hole(written, span)
    return _known(name, values) or _hole(written, span)


def _known(name: str, values: list[Raw]) -> Raw | None:
    """Return what a function gives for texts that are known."""
    texts = [text for value in values if (text := text_of_raw(value)) is not None]
    if name in {"info", "warning", "error", "eval"}:
        return raw(literal(""))
    if len(texts) != len(values):
        return None
    if name == "if" and len(values) > 1:
        return values[1] if texts[0] else (values[2] if len(values) > 2 else raw(literal("")))  # noqa: PLR2004
    result = called(name, texts)
    return None if result is None else raw(literal(result), quoted=False)


def _shell(makefile: Makefile, parts: list[tuple[int, int]], span: Span) -> Raw:
    text = " ".join(makefile.text[parts[0][0] : parts[-1][1]].split()) if parts else ""
    if text in {"pwd", "echo $$PWD"}:
        return makefile.folder
    if text.startswith("git rev-parse --show-toplevel"):
        return hole_word(ROOT, "the repository's place")
    found = re.match(r"(?:which|command -v|type -P) ([\w-]+)", text)
    if found:
        return hole_word(f"$(shell {text[:200]})", "found when it runs", span, likely=found[1])
    return _hole(makefile.text[span.start : span.end], span)


def _call(makefile: Makefile, parts: list[tuple[int, int]], span: Span, depth: int) -> Raw:
    name = makefile.text[slice(*parts[0])].strip()
    if name not in makefile.variables or len(parts) > 10:  # noqa: PLR2004 - $(1) to $(9)
        return _hole(makefile.text[span.start : span.end], span)
    inner = replaced(makefile, variables=dict(makefile.variables))
    for index in range(1, 10):
        content = _expand(makefile, *parts[index], depth + 1) if index < len(parts) else raw(literal(""))
        inner.variables[str(index)] = Now(content)
    return _worked_out(inner, name, inner.variables[name], depth + 4)


def _first(values: list[Raw]) -> Raw:
    """Return what ``$(or …)`` gives: the first that is not empty."""
    for at, value in enumerate(values):
        text = text_of_raw(value)
        if text is None:
            hole = single_hole(value)
            likely = text_of_raw(values[at + 1]) if at + 1 < len(values) else None
            return hole_word(hole.identity, hole.why, hole.span, likely=likely) if hole and likely else value
        if text:
            return value
    return raw(literal(""))


def _absolute(makefile: Makefile, value: Raw) -> Raw | None:
    first = value[0].piece
    if isinstance(first, Hole):
        return value if first.identity == ROOT else None
    place = value if isinstance(first, Literal) and first.text.startswith("/") else (
        *makefile.folder, Bit(Literal("/"), quoted=False), *value)  # fmt: skip
    return _path(place)


def _path(value: Raw) -> Raw | None:
    plain = all(isinstance(bit.piece, Literal | Hole) for bit in value)
    return raw(normal_path(scalar(value, {}, {}))) if plain else None


def _last(_: Makefile, value: Raw, *, base: bool) -> Raw | None:
    """Return the last part of a path or what comes before it, where a slash stands in what is known."""
    if not all(isinstance(bit.piece, Literal | Hole) for bit in value) or any(
        isinstance(bit.piece, Literal) and " " in bit.piece.text for bit in value
    ):
        return None
    parts = split(scalar(value, {}, {}), "/")
    if len(parts) == 1:
        return (value if base else raw(literal("./"))) if known(parts[0]) else None
    if any(isinstance(piece, Hole) for piece in parts[-1]) and not any(isinstance(p, Literal) for p in parts[-1]):
        return None
    if base:
        return raw(parts[-1])
    kept: list[Bit] = []
    for part in parts[:-1]:
        kept.extend((*raw(part), Bit(Literal("/"), quoted=True)))
    return tuple(kept)


_PATHS: dict[str, Callable[[Makefile, Raw], Raw | None]] = {
    "abspath": _absolute,
    "realpath": _absolute,
    "strip": lambda _, value: value,
    "lastword": lambda _, value: value if " " not in (text_of_raw(value) or " ") else None,
    "firstword": lambda _, value: value if " " not in (text_of_raw(value) or " ") else None,
    "notdir": partial(_last, base=True),
    "dir": partial(_last, base=False),
}
