"""Text to expression trees: shapes, values, places and refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tflint_locks.hcl import (
    Binary,
    Constant,
    GetAttr,
    HclError,
    Interpolation,
    Name,
    Splat,
    Template,
    TemplateFor,
    TemplateIf,
    Text,
    expression,
)

if TYPE_CHECKING:
    from collections.abc import Callable

TREES = {
    "null": "Constant(None)",
    "true": "Constant(True)",
    "12": "Constant(12)",
    "1.50": "Constant(1.5)",
    "1e3": "Constant(1000.0)",
    "1.e5": "Constant(100000.0)",
    "007": "Constant(7)",
    "a": "Name('a')",
    "a-b": "Name('a-b')",
    "null.a": "GetAttr(Constant(None), 'a')",
    "a.b": "GetAttr(Name('a'), 'b')",
    "a . b": "GetAttr(Name('a'), 'b')",
    "(a\n.b)": "Paren(GetAttr(Name('a'), 'b'))",
    "a.for.in": "GetAttr(GetAttr(Name('a'), 'for'), 'in')",
    "a[0]": "Index(Name('a'), Constant(0))",
    'a["b"].c': "GetAttr(Index(Name('a'), Template([Text('b')], False)), 'c')",
    "a[\n0\n]": "Index(Name('a'), Constant(0))",
    "a.0.b": "GetAttr(Index(Name('a'), Constant(0)), 'b')",
    "a.*.b.0": "Splat(Name('a'), Index(GetAttr(Placeholder(), 'b'), Constant(0)))",
    "a.*.b[0]": "Index(Splat(Name('a'), GetAttr(Placeholder(), 'b')), Constant(0))",
    "a[*].b[0]": "Splat(Name('a'), Index(GetAttr(Placeholder(), 'b'), Constant(0)))",
    "a[*][*]": "Splat(Name('a'), Splat(Placeholder(), Placeholder()))",
    "a[*]": "Splat(Name('a'), Placeholder())",
    "f()": "Call('f', [], False)",
    "f (a, )": "Call('f', [Name('a')], False)",
    "f(\n  a,\n  b...\n)": "Call('f', [Name('a'), Name('b')], True)",
    "p::q::f(1)": "Call('p::q::f', [Constant(1)], False)",
    "[]": "Tuple([])",
    "[1, # c\n 2,\n]": "Tuple([Constant(1), Constant(2)])",
    "{}": "Object([])",
    "{a = 1, b: 2\n\n c = 3}": "Object([[Name('a'), Constant(1)], [Name('b'), Constant(2)], [Name('c'), Constant(3)]])",
    "{\n  # c\n  (a) = 1 /* c */\n}": "Object([[Paren(Name('a')), Constant(1)]])",
    '{"a" = 1, 2 = 3, b.c = 4}': (
        "Object([[Template([Text('a')], False), Constant(1)], [Constant(2), Constant(3)], "
        "[GetAttr(Name('b'), 'c'), Constant(4)]])"
    ),
    "{if = 1, in = 2}": "Object([[Name('if'), Constant(1)], [Name('in'), Constant(2)]])",
    "[for x in a : x]": "For(None, 'x', Name('a'), None, Name('x'), None, False)",
    "[\nfor k, v in a :\nv if k]": "For('k', 'v', Name('a'), None, Name('v'), Name('k'), False)",
    "{for k, v in a : k => v... if v}": "For('k', 'v', Name('a'), Name('k'), Name('v'), Name('v'), True)",
    "[for if in in : if if if]": "For(None, 'if', Name('in'), None, Name('if'), Name('if'), False)",
    "-1": "Unary('-', Constant(1))",
    "!!a.b": "Unary('!', Unary('!', GetAttr(Name('a'), 'b')))",
    "-a + b": "Binary('+', Unary('-', Name('a')), Name('b'))",
    "a - b - c": "Binary('-', Binary('-', Name('a'), Name('b')), Name('c'))",
    "a || b && c == d < e + f * g": (
        "Binary('||', Name('a'), Binary('&&', Name('b'), Binary('==', Name('c'), "
        "Binary('<', Name('d'), Binary('+', Name('e'), Binary('*', Name('f'), Name('g')))))))"
    ),
    "a * b + c": "Binary('+', Binary('*', Name('a'), Name('b')), Name('c'))",
    "a ? b : c ? d : e": "Conditional(Name('a'), Name('b'), Conditional(Name('c'), Name('d'), Name('e')))",
    "a ? b ? c : d : e": "Conditional(Name('a'), Conditional(Name('b'), Name('c'), Name('d')), Name('e'))",
    "(a\n+ # c\n b)": "Paren(Binary('+', Name('a'), Name('b')))",
    "a /* c */ + /* d */ b": "Binary('+', Name('a'), Name('b'))",
    '""': "Template([], False)",
    '"a"': "Template([Text('a')], False)",
    r'"\n\t\"\\\u00e9\U0001F600"': "Template([Text('\\n\\t\"\\\\é😀')], False)",
    '"$${a} %%{b} $ % $$ $$$${"': "Template([Text('${a} %{b} $ % $$ $$${')], False)",
    '"a${b}c"': "Template([Text('a'), Interpolation(Name('b')), Text('c')], False)",
    '"${a}${b}"': "Template([Interpolation(Name('a')), Interpolation(Name('b'))], False)",
    '"a ${~ b ~} c"': "Template([Text('a'), Interpolation(Name('b')), Text('c')], False)",
    '"${"${"a"}"}"': (
        "Template([Interpolation(Template([Interpolation(Template([Text('a')], False))], False))], False)"
    ),
    '"${\n{a = 1}\n}"': "Template([Interpolation(Object([[Name('a'), Constant(1)]]))], False)",
    '"%{ if a }b%{ else }c%{ endif }"': "Template([TemplateIf(Name('a'), [Text('b')], [Text('c')])], False)",
    '"%{if a}%{endif}"': "Template([TemplateIf(Name('a'), [], [])], False)",
    '"%{ for k, v in a ~} ${v} %{~ endfor }"': (
        "Template([TemplateFor('k', 'v', Name('a'), [Text(''), Interpolation(Name('v')), Text('')])], False)"
    ),
    '"%{if a}%{for b in c}d%{endfor}%{endif}"': (
        "Template([TemplateIf(Name('a'), [TemplateFor(None, 'b', Name('c'), [Text('d')])], [])], False)"
    ),
}

HEREDOCS = {
    "<<EOT\nEOT\n": [],
    "<<EOT\na\n  b\nEOT\n": ["a\n  b\n"],
    "<<EOT\r\na\r\nEOT\r\n": ["a\r\n"],
    "<<EOT\n$${a} \\n 100% $\nEOT\n": ["${a} \\n 100% $\n"],
    "<<-EOT\n    a\n      b\n\n    c\n  EOT\n": ["a\n  b\n\nc\n"],
    "<<-EOT\n\ta\n  b\n  EOT\n": ["a\n b\n"],
    "<<-EOT\n  a ${x}\n    b\n  EOT\n": ["a ", "\n  b\n"],
    "<<-EOT\n  ${x}\n    b\n  EOT\n": ["", "\n  b\n"],
    "<<-EOT\n${x}\n    b\n  EOT\n": ["\n    b\n"],
    "<<EOT\n a\n\n ${~ x ~}\n\n b\nEOT\n": [" a\n\n", "\n b\n"],
    "<<EOT\nEOTX\n EOT x\nEOT\n": ["EOTX\n EOT x\n"],
    "<<EOT\n${x}EOT\nEOT\n": ["EOT\n"],
    "<<A-B\nA\nA-B\n": ["A\n"],
}

REFUSED = {
    "": "missing expression",
    "a b": "missing newline after argument",
    "a\nb": "missing newline after argument",
    "a +": "missing expression",
    "a\n+ b": "missing newline after argument",
    "a.": "an attribute name is required after a dot",
    "a.0.1.b": "invalid legacy index syntax",
    "a.*.*": "an attribute name is required after a dot",
    "a[\n*]": "invalid expression",
    "a[0": "missing close bracket on index",
    "1.2.3": "invalid number literal",
    "1e99999999999": "invalid number literal",
    "0x10": "missing newline after argument",
    "f(a b)": "missing argument separator",
    "f(a..., )": "missing closing parenthesis",
    "f::(a)": "missing function name",
    "f::g": "missing open parenthesis",
    "[1 2]": "missing item separator",
    "[,]": "invalid expression",
    "{a = 1 b = 2}": "missing attribute separator",
    "{a}": "missing key/value separator",
    "{for = 1}": "for requires a variable name",
    "{a = 1\n, b = 2}": "invalid expression",
    "[for x in a : x => y]": "key expression is not valid when building a tuple",
    "[for x in a : x...]": "extra characters after the end of the for expression",
    "{for x in a : x}": "key expression is required when building an object",
    "[for x of a : x]": "for requires the in keyword after its names",
    "a ? b": "missing false expression in conditional",
    "a ?\nb : c": "invalid expression",
    "a & b": "this character is not used within the language",
    "'a'": "this character is not used within the language",
    "½": "this character is not used within the language",
    "(a": "unbalanced parentheses",
    '"a': "unterminated string",
    '"a\n"': "unterminated string",
    '"${}"': "invalid expression",
    '"${a b}"': "unclosed template sequence",
    '"${a"': "unclosed template sequence",
    r'"\q"': "invalid escape sequence",
    r'"\u12"': "invalid escape sequence",
    r'"\ud800"': "cannot encode character U+d800",
    '"%{if a}"': "the if directive is missing its endif",
    '"%{endif}"': "unexpected endif directive",
    '"%{if a}%{else}%{else}%{endif}"': "unexpected else directive",
    '"%{for a in b}%{endif}"': "unexpected endif directive",
    '"%{while a}"': "invalid template control keyword",
    '"%{}"': "invalid template directive",
    "{~}": "invalid expression",
    "<<EOT\na\nEOT": "heredoc has no closing marker",
    "<<EOT \na\nEOT\n": "invalid expression",
}


@pytest.mark.parametrize(("text", "tree"), TREES.items())
def test_trees(text: str, tree: str, shown: Callable[[object], str]) -> None:
    assert shown(expression(f"x = {text}\n", 4, 4 + len(text))) == tree


@pytest.mark.parametrize(("text", "literals"), HEREDOCS.items())
def test_heredocs(text: str, literals: list[str]) -> None:
    tree = expression(text, 0, len(text.rstrip()))
    assert isinstance(tree, Template)
    assert tree.heredoc
    assert [part.value for part in tree.parts if isinstance(part, Text)] == literals


@pytest.mark.parametrize(("text", "message"), REFUSED.items())
def test_refused(text: str, message: str) -> None:
    with pytest.raises(HclError) as caught:
        expression(text, 0, len(text))
    assert caught.value.message == message
    assert 0 <= caught.value.start <= caught.value.end <= max(len(text), 1)


def test_places_of_a_template() -> None:
    text = 'k = "a${ b.c }d%{ if e }f%{ endif }"'
    tree = expression(text, 4, len(text))
    assert isinstance(tree, Template)
    assert [text[part.start : part.end] for part in tree.parts] == ["a", "${ b.c }", "d", "%{ if e }f%{ endif }"]
    _, interpolation, _, directive = tree.parts
    assert isinstance(interpolation, Interpolation)
    assert text[interpolation.expression.start : interpolation.expression.end] == "b.c"
    assert isinstance(directive, TemplateIf)
    assert text[directive.then[0].start : directive.then[0].end] == "f"


def test_places_of_a_heredoc() -> None:
    text = "k = <<-EOT\n  a ${b}\n  %{ for c in d }${c}%{ endfor }\n  EOT  \n"
    tree = expression(text, 4, text.rindex("EOT") + 3)
    assert isinstance(tree, Template)
    assert text[tree.start : tree.end] == text[4:].rstrip()
    assert [text[part.start : part.end] for part in tree.parts] == [
        "  a ", "${b}", "\n  ", "%{ for c in d }${c}%{ endfor }", "\n",
    ]  # fmt: skip
    assert isinstance(tree.parts[3], TemplateFor)


def test_places_of_steps() -> None:
    text = "a.b[0][*].c + 1"
    tree = expression(text, 0, len(text))
    assert isinstance(tree, Binary)
    splat = tree.left
    assert isinstance(splat, Splat)
    assert text[splat.start : splat.end] == "a.b[0][*].c"
    assert text[splat.on.start : splat.on.end] == "a.b[0]"
    assert isinstance(splat.each, GetAttr)
    assert text[splat.each.start : splat.each.end] == "[*].c"


def test_huge_numbers() -> None:
    assert expression("9" * 5000, 0, 5000) == Constant(0, 5000, float("inf"))


@pytest.mark.parametrize("depth", [190, 201, 20_000])
@pytest.mark.parametrize(
    "pair", ["[]", "()", ("{a=", "}"), ("f(", ")"), ('"${', '}"'), ("a[", "]"), ("[for x in ", ":x]")]
)
def test_nesting_has_a_limit(depth: int, pair: str | tuple[str, str]) -> None:
    text = pair[0] * depth + "a" + pair[1] * depth
    if depth < 200:
        assert expression(text, 0, len(text)).end == len(text)
        return
    with pytest.raises(HclError, match="nested too deeply"):
        expression(text, 0, len(text))


def test_chains_have_none() -> None:
    for text in (
        "1" + " + 1" * 20_000,
        "a" + ".b" * 20_000,
        "a" + "[*]" * 20_000,
        "!" * 20_000 + "a",
        "a ? b : " * 20_000 + "c",
    ):
        assert expression(text, 0, len(text)).end == len(text)


def test_simple_traversals_without_the_full_parser() -> None:
    assert expression("k = a.b", 4, 7) == GetAttr(4, 7, Name(4, 5, "a"), "b")
