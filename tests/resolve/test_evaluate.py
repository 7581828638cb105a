from collections.abc import Mapping

import pytest

from tflint_locks.resolve.evaluate import Scope, evaluate_span
from tflint_locks.value import Hole, Literal, Result, Value, hole, literal, shown

KNOWN: dict[str, Result] = {
    "var.env": literal("staging"),
    "var.on": (Literal("true", None, bare=True),),
    "var.names": [literal("b"), literal("a")],
    "local.tables": {"prod": literal("t-prod"), "staging": literal("t-staging")},
    "local.same": {"prod": literal("t"), "staging": literal("t")},
    "local.objects": [{"name": literal("x")}, {"name": hole("var.y")}],
    "path.module": literal("infra/modules/lock"),
    "path.root": literal("infra"),
    "path.cwd": literal("/srv/infra"),
}
FILES = {
    "infra/policy.json": '{"a": 1}',
    "infra/modules/lock/hello.tftpl": "hello ${name}!\n%{ for x in list ~}\n- ${x}\n%{ endfor ~}\n",
    "infra/modules/lock/plain.txt": "plain",
}


def scope(text: str, known: Mapping[str, Result] = KNOWN) -> Scope:
    def lookup(names: tuple[str, ...]) -> tuple[Result, int]:
        for used in range(len(names), 0, -1):
            if ".".join(names[:used]) in known:
                return known[".".join(names[:used])], used
        return hole(".".join(names)), len(names)

    def read(path: str) -> tuple[str, str] | None:
        return (path, FILES[path]) if path in FILES else None

    return Scope("main.tf", text, lookup, read, {})


def evaluated(text: str) -> Result:
    return evaluate_span(0, len(text.rstrip("\n")), scope(text))


def told(result: Result) -> str:
    """Show a result: texts in quotes, numbers bare, holes as <identity>, elements that are many with dots."""
    if result is None:
        return "null"
    if isinstance(result, dict):
        return "{" + ", ".join(f"{key} = {told(value)}" for key, value in result.items()) + "}"
    if isinstance(result, list):
        return "[" + ", ".join(map(told, result)) + "]"
    only = result[0] if len(result) == 1 else None
    if isinstance(only, Hole):
        return shown(result) + ("..." if only.many else "")
    return shown(result) if isinstance(only, Literal) and only.bare else f"'{shown(result)}'"


def written(value: Result, text: str) -> list[str]:
    """Show what the spans of a value cover."""
    assert isinstance(value, tuple)
    return [text[piece.span.start : piece.span.end] if piece.span else "-" for piece in value]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"acme"', "'acme'"),
        ("5", "5"),
        ("1.50", "1.5"),
        ("true", "true"),
        ("null", "null"),
        ('""', "''"),
        (r'"a\tb\"c"', "'a\tb\"c'"),
        ('"$${x}"', "'${x}'"),
        ("<<EOT\na ${var.env}\nEOT\n", "'a staging\n'"),
        ("<<-EOT\n    a\n      b\n    EOT\n", "'a\n  b\n'"),
        ('"%{ if var.on }yes%{ else }no%{ endif }"', "'yes'"),
        ('"%{ if var.off }a%{ else }a%{ endif }"', "'a'"),
        ('"x%{ if var.off }a%{ endif }"', '\'x<if(var.off, "a", "")>\''),
        ('"%{ for n in var.names }${n},%{ endfor }"', "'b,a,'"),
    ],
)
def test_literals_and_templates(text: str, expected: str) -> None:
    assert told(evaluated(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("var.env", "'staging'"),
        ("var.unknown", "<var.unknown>"),
        ('"acme-${var.unknown}-locks"', "'acme-<var.unknown>-locks'"),
        ('"${var.unknown}"', "<var.unknown>"),
        ("local.tables[var.env]", "'t-staging'"),
        ("local.tables.prod", "'t-prod'"),
        ('local.tables["prod"]', "'t-prod'"),
        ("local.same[var.unknown]", "'t'"),
        ("var.names[1]", "'a'"),
        ("var.unknown.name[0]", "<var.unknown.name.0>"),
        ("var.unknown[var.env]", "<var.unknown.staging>"),
        ("var.unknown[var.key].id", "<var.unknown[var.key].id>"),
        ("local.objects[*].name", "['x', <var.y>]"),
        ("local.objects.*.name", "['x', <var.y>]"),
        ("aws_subnet.all[*].id", "<aws_subnet.all[*].id>"),
        ("var.env[*]", "['staging']"),
        ("null[*]", "[]"),
    ],
)
def test_names(text: str, expected: str) -> None:
    assert told(evaluated(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('var.on ? "a" : "b"', "'a'"),
        ('var.unknown ? "a" : "a"', "'a'"),
        ('var.unknown ? "a" : "b"', '<if(var.unknown, "a", "b")>'),
        ('var.unknown == "" ? "a" : "b"', '<if(==(var.unknown, ""), "a", "b")>'),
        ('"x-${var.unknown}" == "y"', "false"),
        ('"x-${var.unknown}" != "y"', "true"),
        ("var.unknown == var.unknown", "true"),
        ("var.unknown == null", "<==(var.unknown, null)>"),
        ("var.unknown && false", "false"),
        ("true || var.unknown", "true"),
        ('true ? toset(["b", "a"]) : []', "['a', 'b']"),
        ('true ? ["b", "a"] : toset([])', "['a', 'b']"),
        ("!var.unknown", "<!(var.unknown)>"),
        ('"5" == 5', '<==("5", 5)>'),
        ("1 + 2 * 3 - 4", "3"),
        ("1 / 3", "</(1, 3)>"),
        ("1 / 0", "</(1, 0)>"),
        ("-var.unknown", "<-(var.unknown)>"),
        ("var.unknown > 0", "<>(var.unknown, 0)>"),
    ],
)
def test_operators(text: str, expected: str) -> None:
    assert told(evaluated(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{b = 1, a = var.x}", "{a = <var.x>, b = 1}"),
        ("{(var.env) = 1}", "{staging = 1}"),
        ("{(var.unknown) = 1}", "<{(var.unknown) = 1}(var.unknown)>"),
        ("[for n in var.names : upper(n)]", "['B', 'A']"),
        ("{for k, v in local.tables : k => upper(v) if k != var.env}", "{prod = 'T-PROD'}"),
        (
            "[for n in var.names : n if n != var.unknown]",
            '[<if(!=("b", var.unknown), "b")>..., <if(!=("a", var.unknown), "a")>...]',
        ),
        ("[for n in var.unknown : n]", "<[for n in var.unknown : n](n, var.unknown)>"),
        ('[for k, v in concat(["a"], var.more) : k]', '<[for k, v in concat(["a"], var.more) : k](k, var.more)>'),
        ('[for v in concat(["a"], var.more) : "${v}/*"]', "['a/*', <each(var.more..., \"${var.more}/*\")>...]"),
        ("[for k, v in toset(var.names) : k]", "['a', 'b']"),
        ('concat(["a"], var.more)[0]', "'a'"),
        ('concat(var.more, ["a"])[0]', '<concat(var.more, ["a"])[0](var.more)>'),
    ],
)
def test_collections(text: str, expected: str) -> None:
    assert told(evaluated(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('try(local.tables.dev, "d")', "'d'"),
        ('try(local.tables.prod, "d")', "'t-prod'"),
        ('try(var.unknown, "d")', '<try(var.unknown, "d")>'),
        (
            'try(var.off ? local.tables.dev : "a", "b")',
            '<try(var.off ? local.tables.dev : "a"({"prod" = "t-prod", "staging" = "t-staging"}, var.off), "b")>',
        ),
        ("can(local.tables.dev)", "false"),
        ("can(var.unknown)", "<can(var.unknown)>"),
        ('file("policy.json")', "'{\"a\": 1}'"),
        ('file("${path.module}/plain.txt")', "'plain'"),
        ('file("plain.txt")', '<file("plain.txt")>'),
        ('file("../../../etc/passwd")', '<file("../../../etc/passwd")>'),
        ('jsondecode(file("policy.json"))', "{a = 1}"),
        (
            'templatefile("${path.module}/hello.tftpl", {name = var.env, list = ["x", var.y]})',
            "'hello staging!\n- x\n- <var.y>\n'",
        ),
        ('basename(abspath("x/y"))', "'y'"),
        ("basename(abspath(path.root))", "'infra'"),
        ("md5(var.env)", '<md5("staging")>'),
        ("uuid()", "<uuid() at main.tf:0>"),
        ("var.x.y.z(", "<main.tf:0>"),
        ("local.tables.dev", '<local.tables.dev({"prod" = "t-prod", "staging" = "t-staging"})>'),
    ],
)
def test_calls(text: str, expected: str) -> None:
    assert told(evaluated(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"acme-locks"', ["acme-locks"]),
        ('"acme-${var.x}-locks"', ["acme-", "var", "-locks"]),
        ('""', [""]),
        ("15", ["15"]),
        ('join("-", ["acme", "locks"])', ["acme", "-", "locks"]),
        ('format("%s-locks", "acme")', ["acme", "-locks"]),
        ('upper("acme")', ["acme"]),
        ('replace("acme_locks", "_", "-")', ["acme_locks"]),
        ('split("/", "a/bc")[1]', ["bc"]),
        ('trimprefix("x-acme", "x-")', ["acme"]),
        ('{a = "x"}.a', ["x"]),
        ('lookup({a = "x"}, "b", "default")', ["default"]),
        ('element(["x", "y"], 3)', ["y"]),
        ('merge({a = "x"}, {a = "yy"}).a', ["yy"]),
        ('try({}.a, "x")', ["x"]),
        ("<<-EOT\n    acme\n      locks\n    EOT\n", ["acme\n", "  locks\n"]),
        ('jsondecode("{\\"a\\": \\"x\\"}").a', ['{\\"a\\": \\"x\\"}']),
        ("lower(var.x)", ["var"]),
    ],
)
def test_pieces_keep_the_place_they_were_written_at(text: str, expected: list[str]) -> None:
    assert written(evaluated(text), text) == expected


def test_file_content_has_its_place_in_the_file() -> None:
    value = evaluated('trimprefix(file("policy.json"), "{")')
    assert isinstance(value, tuple)
    assert [piece.span for piece in value] == [("infra/policy.json", 1, 8)]


def test_template_file_has_its_place_in_the_file() -> None:
    value = evaluated('templatefile("${path.module}/hello.tftpl", {name = "x", list = []})')
    assert isinstance(value, tuple)
    first = value[0].span
    assert first == ("infra/modules/lock/hello.tftpl", 0, 6)


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ('var.p ? "acme-prod" : "acme-dev"', ("acme-prod", "acme-dev")),
        ('var.p ? "acme-prod" : var.x', ()),
        ('var.p ? "acme-prod" : null', ()),
        ("local.tables[terraform.workspace]", ("t-prod", "t-staging")),
        ('lookup(local.tables, var.x, "d")', ("t-prod", "t-staging", "d")),
        ('lower(var.p ? "A" : "B")', ("a", "b")),
    ],
)
def test_choice_between_known_texts_has_a_domain(text: str, domain: tuple[str, ...]) -> None:
    value = evaluated(text)
    assert isinstance(value, tuple)
    assert isinstance(value[0], Hole)
    assert value[0].domain == domain


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("lower(var.x)", "var.x is not known"),
        ("md5(var.env)", "md5 is not known offline"),
        ("uuid()", "uuid differs from run to run"),
        ("local.tables.dev", "terraform refuses this expression"),
    ],
)
def test_hole_says_why(text: str, why: str) -> None:
    value = evaluated(text)
    assert isinstance(value, tuple)
    assert isinstance(value[0], Hole)
    assert value[0].why == why


def test_same_words_about_different_things_are_different_holes() -> None:
    def identity(known: Mapping[str, Result]) -> str:
        text = "[for n in local.l : n.id if n.on == local.x]"
        return told(evaluate_span(0, len(text), scope(text, known)))

    assert identity({"local.x": hole("module.a.x")}) != identity({"local.x": hole("module.b.x")})
    assert identity({"local.x": hole("module.a.x")}) == identity({"local.x": hole("module.a.x")})


@pytest.mark.parametrize(
    "text",
    [
        "[for a in range(100) : [for b in range(100) : [for c in range(100) : c]]]",
        "[" + ", ".join(['"x"'] * 20_000) + "]",
        "1" + " + 1" * 30_000,
        '"' + "${var.x}" * 20_000 + '"',
        f'join("", [for a in range(1000) : "{"x" * 3000}"])',
        "setproduct(range(1000), range(1000), range(1000))",
        "jsonencode([for x in range(300) : range(300)])",
        "9" * 100_000,
        "1e99999999",
    ],
)
def test_what_is_too_large_is_a_hole(text: str) -> None:
    value = evaluated(text)
    assert isinstance(value, tuple)
    assert isinstance(value[0], Hole)
    assert len(value[0].identity) < 400


def test_doubling_structures_stay_small() -> None:
    known: dict[str, Result] = {"local.a0": [literal("x"), hole("h")]}
    for depth in range(1, 60):
        text = f"[local.a{depth - 1}, local.a{depth - 1}]"
        known[f"local.a{depth}"] = evaluate_span(0, len(text), scope(text, known))
    for text in (
        "jsonencode(local.a59)",
        "flatten(local.a59)",
        "local.a59 == local.a58",
        "lower(local.a59)",
        "local.a59.x",
    ):
        value = evaluate_span(0, len(text), scope(text, known))
        assert isinstance(value, tuple)
        assert len(shown(value)) < 400


def test_doubling_texts_stay_small() -> None:
    value: Value = (Literal("x" * 1000), Hole("h"))
    for _ in range(40):
        text = '"${local.a}${local.a}"'
        found = evaluate_span(0, len(text), scope(text, {"local.a": value}))
        assert isinstance(found, tuple)
        value = found
    assert len(shown(value)) < 2_000_000
