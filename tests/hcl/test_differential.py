"""The reader against HashiCorp's own (pygohcl), terraform and python-hcl2: acceptance, structure and literal values.

`TFLINT_LOCKS_CORPUS` names a folder whose .tf, .tfvars and .hcl files are compared too.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tflint_locks.hcl import (
    Attribute,
    Block,
    Constant,
    Expression,
    Name,
    Object,
    Template,
    Text,
    Tuple,
    Unary,
    check,
    expression,
    parse,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pygohcl = pytest.importorskip("pygohcl", reason="pygohcl has no wheel for this platform")

SEED = 20_240_601
NAMES = ["a", "key", "for_each", "in", "if", "for", "x-1", "é", "null", "true", "_b", "type"]
WORDS = [
    "",
    "x",
    "us-east-1",
    "a b",
    "é",
    "arn:aws:s3:::b/*",
    "#no",
    "//no",
    "/* no */",
    " {",
    "}",
    "[",
    "(",
    "100%",
    "$5",
    "~",
]
ESCAPES = [r"\n", r"\"", r"\\", r"\t", r"\u00e9", r"\U0001F600", "$${", "%%{", "$$", "%%", "$ {"]
FRAGMENTS = [
    "{", "}", "[", "]", "(", ")", '"', "\n", "${", "%{", "}", "~}", "<<EOT\n", "EOT", "=", " ", "#", "/*", "*/", "//", ",", ".",  # noqa: E501 # a table
    "*", "$", "%", "\\", "?", ":", "a", "0", "1.5", "...", "for", "in", "if", "%{if x}", "%{endif}", "%{else}", "!", "-", "&&",  # noqa: E501 # a table
    "\r", "\r\n", "é", "\t", "::", "=>", '"${', "null", ".0", "[*]", ".*", "<<-E\n", "E\n", "$$", "%%{", "$${",
]  # fmt: skip


class Writer:
    """Writes random valid HCL; `plain` leaves out what python-hcl2 is known not to read."""

    def __init__(self, seed: int, *, plain: bool = False) -> None:
        """Begin a series of files."""
        self.random = random.Random(seed)  # noqa: S311 # no secrets here
        self.plain = plain

    def one(self, *choices: str) -> str:
        """Pick one."""
        return self.random.choice(choices)

    def name(self) -> str:
        """Write an identifier."""
        return self.one("a", "key", "x-1", "_b", "type") if self.plain else self.random.choice(NAMES)

    def literal(self) -> str:
        """Write the literal text of a quoted string."""
        pieces = [*WORDS, *([] if self.plain else ESCAPES)]
        return "".join(self.random.choice(pieces) for _ in range(self.random.randrange(4)))

    def string(self, depth: int) -> str:
        """Write a quoted string, perhaps with sequences."""
        parts = [self.literal()]
        while depth > 0 and self.random.random() < 0.4:
            parts += [self.sequence(depth - 1), self.literal()]
        # A `$` or `%` before a sequence would escape it.
        return '"' + "".join(part.rstrip("$%") for part in parts) + '"'

    def sequence(self, depth: int) -> str:
        """Write an interpolation or a directive with its end."""
        if self.plain:
            return f"${{{self.term(depth)}}}"
        left, right = self.one("", "", "~", " "), self.one("", "", "~", "\n")
        inner = self.one("x", "${y}", "")
        return self.one(
            f"${{{left}{self.value(depth)}{right}}}",
            f"%{{{left} if {self.value(depth)} {right}}}{inner}%{{ endif }}",
            f"%{{ if {self.value(depth)} }}{inner}%{{ else }}{inner}%{{{left} endif {right}}}",
            f"%{{ for k, v in {self.value(depth)} }}{inner}%{{ endfor }}",
        )

    def heredoc(self, depth: int) -> str:
        """Write a heredoc, which ends a line."""
        marker = "EOT" if self.plain else self.one("EOT", "E-1", "_E")
        lines = []
        for _ in range(self.random.randrange(1 if self.plain else 0, 5)):
            line = self.one("", "  ", "    ", "\t") + self.random.choice(WORDS)
            if depth > 0 and not self.plain and self.random.random() < 0.3:
                line = line.rstrip("$%") + self.sequence(depth - 1) + self.random.choice(WORDS)
            lines.append(line)
        blanks = "" if self.plain else self.one("", " ", "\t")
        body = "".join(f"{line}\n" for line in lines)
        return f"<<{self.one('', '-')}{marker}\n{body}{self.one('', '  ')}{marker}{blanks}\n"

    def term(self, depth: int) -> str:
        """Write a value without operators."""
        simple = [
            "1",
            "0",
            "12.5",
            "true",
            "false",
            "var.x",
            "a.b[0]",
            'a["b"].c',
            "a[*].b",
            "a.*.b",
            "-1",
            self.string(0),
        ]
        if not self.plain:
            simple += ["1e3", "null.x", "!!a", "a.0.b", "é.x", "f::g()", "a[*].b[0].c.*.d"]
        if depth <= 0 or self.random.random() < 0.3:
            return self.random.choice(simple)
        inner, other = self.value(depth - 1), self.value(depth - 1)
        gap = self.one("", " ", "\n", " # c\n") if not self.plain else self.one("", " ")
        return self.one(
            f"[{gap}{inner},{gap}{other}{gap}]",
            f"[{inner}, ]",
            self.object(depth),
            f"({gap}{inner}{gap})",
            f"f({gap}{inner}, {other})",
            f"f({inner}...)",
            f"[for k, v in {inner} : {other} if k]",
            f"{{for k, v in {inner} : k => {other}...}}",
            self.string(depth),
        )

    def object(self, depth: int) -> str:
        """Write an object."""
        items = []
        for _ in range(self.random.randrange(4)):
            key = self.one("a", "b-c", '"k"', "(var.x)", *(() if self.plain else ("1", '"${x}y"', "in", "é")))
            items.append(f"{key}{self.one(' = ', '=', ':')}{self.value(depth - 1)}")
        end = self.one(",", "\n", ",\n", *(() if self.plain else (" # c\n", ",\n\n")))
        return "{" + self.one("", "\n") + "".join(f"{item}{end}" for item in items) + "}"

    def value(self, depth: int) -> str:
        """Write an expression."""
        if depth <= 0 or self.random.random() < 0.7:
            return self.term(depth)
        left, right = self.term(depth - 1), self.term(depth - 1)
        operator = self.one("||", "&&", "==", "!=", "<", ">=", "+", "-", "*", "/", "%")
        return self.one(f"{left} {operator} {right}", f"{left} ? {right} : {self.term(depth - 1)}")

    def body(self, depth: int) -> str:
        """Write attributes of different names, and blocks."""
        items, names = [], set()
        for _ in range(self.random.randrange(6)):
            name = self.name()
            comment = self.one("", "", " # c", " // c", " /* c */")
            if depth > 0 and self.random.random() < 0.35:
                labels = "".join(self.one(' "x"', ' "y z"', " w", ' ""') for _ in range(self.random.randrange(3)))
                inner = self.one("{}", f"{{ a = {self.term(0)} }}", f"{{\n{self.body(depth - 1)}}}")
                items.append(f"{name}{labels} {inner}{comment}\n")
            elif name not in names:
                names.add(name)
                value = self.heredoc(2) if self.random.random() < 0.15 else f"{self.value(3)}{comment}\n"
                items.append(f"{self.one('', '  ')}{name} = {value}")
            else:
                items.append(self.one("\n", "# c\n", "/* c\n */\n", "  \n"))
        return "".join(items)

    def file(self) -> str:
        """Write a file."""
        text = self.body(2)
        if self.plain:
            return text
        return self.one("", "", "", "\ufeff") + (text.replace("\n", "\r\n") if self.random.random() < 0.2 else text)

    def mutant(self, text: str) -> str:
        """Damage a text a little."""
        for _ in range(self.random.choice([1, 1, 1, 2, 3])):
            at = self.random.randrange(len(text) + 1)
            end = min(len(text), at + self.random.choice([0, 0, 1, 1, 3, 20]))
            text = text[:at] + self.random.choice([*FRAGMENTS, ""]) + text[end:]
        return text


def _go_refusal(text: str) -> str | None:
    """Message of HashiCorp's reader, or None where it accepts a text; what it cannot evaluate is accepted."""
    try:
        pygohcl.loads(text)
    except pygohcl.HCLParseError as problem:
        return str(problem)
    except pygohcl.HCLInternalError:
        return None
    return None


def _refusal(text: str) -> str | None:
    faults = check(text, parse(text))
    return faults[0].message if faults else None


def _assert_same_verdict(text: str) -> None:
    assert (_refusal(text) is None) == (_go_refusal(text) is None), (text, _refusal(text), _go_refusal(text))


class UnknownValueError(Exception):
    """A value that needs evaluation."""


def _literal(tree: Expression) -> object:
    match tree:
        case Constant():
            return tree.value
        case Unary(operator="-", operand=Constant(value=int() | float() as number)):
            return -number
        case Template() if all(isinstance(part, Text) for part in tree.parts):
            value = "".join(part.value for part in tree.parts if isinstance(part, Text))
            return unicodedata.normalize("NFC", value)
        case Tuple():
            return [_literal(item) for item in tree.items]
        case Object():
            return {_key(key): _literal(value) for key, value in tree.items}
    raise UnknownValueError


def _key(tree: Expression) -> str:
    if isinstance(tree, Name):
        return unicodedata.normalize("NFC", tree.name)
    value = _literal(tree)
    if isinstance(value, str):
        return value
    raise UnknownValueError


Leaf = tuple[tuple[str, ...], object]


def _leaves(value: object, path: tuple[str, ...]) -> Iterator[Leaf]:
    """Yield the scalars of a value with their path, list or not: pygohcl makes lists of repeated blocks."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, unicodedata.normalize("NFC", str(key))))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, path)
    else:
        yield path, float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _own_leaves(
    text: str, items: tuple[Attribute | Block, ...], path: tuple[str, ...]
) -> Iterator[Leaf | tuple[str, ...]]:
    """Yield the scalars of a file, or the path alone of an attribute that needs evaluation."""
    for item in items:
        if isinstance(item, Block):
            yield from _own_leaves(text, item.items, (*path, item.type, *(label.text for label in item.labels)))
            continue
        here = (*path, item.name)
        try:
            yield from _leaves(_literal(expression(text, item.value_start, item.value_end)), here)
        except UnknownValueError:
            yield here


def _assert_same_values(text: str) -> int:
    """Compare the literal values of a file that both accept; gives how many there are."""
    try:
        theirs = pygohcl.loads(text)
    except pygohcl.HCLInternalError:
        return 0  # "value is null" and the like: pygohcl's own limits of evaluation
    own = list(_own_leaves(text, parse(text).items, ()))
    unknown = {leaf for leaf in own if not (len(leaf) == 2 and isinstance(leaf[0], tuple))}
    normal = {tuple(unicodedata.normalize("NFC", name) for name in path) for path in unknown}

    def known(leaf: Leaf) -> bool:
        return not any(leaf[0][:length] in normal for length in range(1, len(leaf[0]) + 1))

    pairs = [leaf for leaf in own if leaf not in unknown]
    mine = Counter(
        (tuple(unicodedata.normalize("NFC", name) for name in path), repr(value))
        for path, value in pairs
        if known((tuple(unicodedata.normalize("NFC", name) for name in path), value))
    )
    go = Counter((path, repr(value)) for path, value in _leaves(theirs, ()) if known((path, value)))
    assert mine == go, (text, mine - go, go - mine)
    return sum(mine.values())


def test_generated_files_are_accepted_and_mean_the_same() -> None:
    writer = Writer(SEED)
    compared = 0
    for _ in range(600):
        text = writer.file()
        assert _go_refusal(text) is None, (text, _go_refusal(text))
        assert _refusal(text) is None, (text, _refusal(text))
        compared += _assert_same_values(text)
    assert compared > 200


def test_mutants_have_the_same_verdict() -> None:
    writer = Writer(SEED + 1)
    verdicts = Counter[bool]()
    for _ in range(6000):
        text = writer.mutant(writer.file())
        _assert_same_verdict(text)
        verdicts[_refusal(text) is None] += 1
    assert min(verdicts.values()) > 500


# What this reader refuses and HashiCorp's accepts, on purpose.
STRICTER = {
    "expressions nested more than 200 deep: a limit instead of a crash": "a = " + "[" * 201 + "]" * 201,
    "blocks nested more than 100 deep: a limit instead of a crash": "".join(f"{' ' * n}a {{\n" for n in range(101))
    + "".join(f"{' ' * n}}}\n" for n in reversed(range(101))),
}
# What this reader accepts and HashiCorp's refuses.
LOOSER = {
    "letters that Unicode got after version 9, which Go's reader is built for": "\U0001e922 = 1\n\u1c90 = 1",
}


@pytest.mark.parametrize("reason", STRICTER)
def test_stricter_than_go(reason: str) -> None:
    assert _refusal(STRICTER[reason])
    assert _go_refusal(STRICTER[reason]) is None


@pytest.mark.parametrize("reason", LOOSER)
def test_looser_than_go(reason: str) -> None:
    assert _refusal(LOOSER[reason]) is None
    assert _go_refusal(LOOSER[reason])


# What python-hcl2 8.1.4 judges otherwise than HashiCorp's reader and this one: reason, text, whether it is HCL.
HCL2_EXCEPTIONS = [
    ("no byte-order mark", "\ufeffa = 1\n", True),
    ("identifiers are ASCII only", "é = 1\n", True),
    ("no line break within ${ }", 'a = "${\nx\n}"\n', True),
    ("no strip markers", 'a = "${~ x ~}"\n', True),
    ("no double negation", "a = !!x\n", True),
    ("comments before an operator in parentheses", "a = (x\n # why\n && y)\n", True),
    ("a marker with blanks after it does not end a heredoc", "a = <<E\nx\nE  \n", True),
    ("a heredoc's marker must begin with a letter", "a = <<_E\nx\n_E\n", True),
    ("strings go over line breaks", 'a = "x\ny"\n', False),
    ("two arguments on one line", "a = 1 b = 2\n", False),
    ("an argument given twice", "a = 1\na = 2\n", False),
    ("unknown escapes", 'a = "\\q"\n', False),
]


def _hcl2_accepts(text: str) -> bool:
    hcl2 = pytest.importorskip("hcl2", reason="python-hcl2 is not installed")
    try:
        hcl2.parses(text)
    except RecursionError:
        return True
    except Exception:  # noqa: BLE001 # lark has many exceptions of its own
        return False
    return True


@pytest.mark.parametrize(("reason", "text", "sound"), HCL2_EXCEPTIONS)
def test_known_exceptions_of_python_hcl2(reason: str, text: str, *, sound: bool) -> None:
    assert (_refusal(text) is None) == sound
    assert (_go_refusal(text) is None) == sound
    assert _hcl2_accepts(text) != sound, f"mended in python-hcl2: {reason}"


def test_generated_files_are_accepted_by_python_hcl2() -> None:
    writer = Writer(SEED + 2, plain=True)
    for _ in range(80):
        text = writer.file()
        assert _refusal(text) is None, (text, _refusal(text))
        assert _hcl2_accepts(text), text


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_terraform_has_the_same_verdict(tmp_path: Path) -> None:
    """One run of terraform over a folder: it names every file that it cannot read."""
    writer = Writer(SEED + 3)
    texts = {f"f{number}.tf": writer.mutant(writer.file()) for number in range(400)}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": str(tmp_path / "none")}
    run = subprocess.run(  # our own arguments
        [str(shutil.which("terraform")), "fmt", "-write=false", "-list=false", "-no-color", str(tmp_path)],
        capture_output=True, check=False, env=environment, encoding="utf-8", timeout=300,
    )  # fmt: skip
    refused = set(re.findall(r"\b(f\d+\.tf) line \d+", run.stderr))
    assert refused == {name for name, text in texts.items() if _refusal(text) is not None}


def _corpus() -> list[Path]:
    folder = os.environ.get("TFLINT_LOCKS_CORPUS")
    if not folder:
        pytest.skip("TFLINT_LOCKS_CORPUS names no folder")
    return [path for path in Path(folder).rglob("*") if path.suffix in {".tf", ".tfvars", ".hcl"} and path.is_file()]


def test_corpus() -> None:
    """Real files: the same verdict as HashiCorp's reader, the same literal values."""
    seen: set[bytes] = set()
    compared = 0
    for path in _corpus():
        content = path.read_bytes()
        if content in seen or b"\0" in content:  # pygohcl takes C strings, which end at NUL
            continue
        seen.add(content)
        text = content.decode("utf-8", errors="strict")
        _assert_same_verdict(text)
        if _refusal(text) is None:
            compared += _assert_same_values(text)
    print(f"{len(seen)} files, {compared} values")  # noqa: T201 # shown by pytest -s
