from collections.abc import Callable

import pytest

from tflint_locks.finding import Severity
from tflint_locks.resolve.model import Configuration, Pair, Repository
from tflint_locks.resolve.rows import Cell, configuration_cells, table_parts
from tflint_locks.rule import Argument, Fix, Predicate, Rule, Select
from tflint_locks.select import allowed_characters, filled, select_matches
from tflint_locks.source import Span
from tflint_locks.tree import DictTree
from tflint_locks.value import Hole, Literal, Result, Value, hole, literal, shown, text_of

Make = Callable[..., Configuration]
ANCHOR = Span("main.tf", 0, 5)
TREE = DictTree({"main.tf": "x" * 50})
HALF: Value = (Literal("acme-"), Hole("var.env"))


def rule(relation: str, *where: Predicate, at: str, fix: Fix | None = None) -> Rule:
    select = Select(relation, (where,), at, at)
    return Rule("a-rule", "s", Severity.ERROR, "0.1.0", {"default": "x"}, select=select, fix=fix)


@pytest.mark.parametrize(
    ("value", "predicate", "argument", "holds"),
    [
        (literal("a"), "present", True, True),
        (literal(""), "present", True, False),
        (None, "present", True, False),
        (hole("x"), "present", True, False),
        (HALF, "present", True, True),
        ([literal("a")], "present", True, True),
        (None, "absent", True, True),
        (literal(""), "absent", True, True),
        (hole("x"), "absent", True, False),
        (literal("a"), "absent", True, False),
        (literal("a"), "equals", "a", True),
        (literal("true"), "equals", True, True),
        (literal("5"), "equals", 5, True),
        (hole("x"), "equals", "a", False),
        (None, "equals", "a", False),
        (literal("a"), "not_equals", "b", True),
        (HALF, "not_equals", "b", True),
        (HALF, "not_equals", "acme-x", False),
        (None, "not_equals", "b", False),
        (literal("eu-west-1"), "one_of", {"table": "regions"}, True),
        (literal("eu-wset-1"), "one_of", {"table": "regions"}, False),
        (literal("eu-wset-1"), "none_of", {"table": "regions"}, True),
        (hole("x"), "none_of", {"table": "regions"}, False),
        (HALF, "none_of", ("a", "b"), True),
        (HALF, "none_of", ("acme-x", "b"), False),
        (literal("key"), "one_of", {"table": "backend_attributes"}, True),
        (literal("a//b"), "contains", "//", True),
        (HALF, "contains", ("zz", "cme"), True),
        (hole("x"), "contains", "x", False),
        (literal("a b"), "chars", {"outside": "a-z"}, True),
        (literal("ab"), "chars", {"outside": "a-z"}, False),
        ((Literal("a b"), Hole("x")), "chars", {"outside": "a-z"}, True),
        (literal("ab"), "chars", {"shorter_than": 3}, True),
        ((Literal("ab"), Hole("x")), "chars", {"shorter_than": 3}, False),
        ((Literal("abcd"), Hole("x")), "chars", {"longer_than": 3}, True),
        (literal("/a"), "chars", {"starts_with": "/"}, True),
        ((Hole("x"), Literal("/")), "chars", {"starts_with": "/"}, False),
        ((Hole("x"), Literal("/")), "chars", {"ends_with": "/"}, True),
        (literal("/a"), "chars", {"starts_with": "/", "ends_with": "/"}, False),
    ],
)
def test_predicates_hold_only_where_it_is_certain(
    configuration: Make,
    repository: Callable[..., Repository],
    value: Result,
    predicate: str,
    argument: Argument,
    holds: bool,
) -> None:
    found = repository(TREE, [configuration({"bucket": value}, anchor=ANCHOR)])
    wanted = rule("configuration", Predicate("bucket", predicate, argument), at="anchor")
    assert bool(list(select_matches(found, wanted))) is holds


def test_an_attribute_nobody_sets_is_absent_in_a_closed_configuration_only(
    configuration: Make, repository: Callable[..., Repository]
) -> None:
    wanted = rule("configuration", Predicate("dynamodb_table", "absent", True), at="anchor")  # noqa: FBT003
    for closed in (True, False):
        found = repository(TREE, [configuration({}, anchor=ANCHOR, closed=closed)])
        assert bool(list(select_matches(found, wanted))) is closed


@pytest.mark.parametrize(
    ("tables", "agrees", "disagrees"),
    [
        ([literal("a")], True, False),
        ([literal("b")], False, True),
        ([literal("b"), literal("a")], True, False),
        ([literal("b"), literal("c")], False, True),
        ([literal("b"), hole("x")], False, False),
        ([literal("b"), None], False, False),
        ([], False, False),
    ],
)
def test_a_pair_disagrees_only_with_all_it_is_paired_with(
    configuration: Make,
    mention: Callable[..., object],
    repository: Callable[..., Repository],
    tables: list[Result],
    agrees: bool,
    disagrees: bool,
) -> None:
    configurations = tuple(configuration({"dynamodb_table": table}, anchor=ANCHOR) for table in tables)
    pair = Pair(mention(literal("a"), ANCHOR), configurations, "evidence")  # type: ignore[arg-type] # the fixture makes one
    found = repository(TREE, configurations, [pair])
    for name, holds in (("agrees_with", agrees), ("disagrees_with", disagrees)):
        wanted = rule("pair", Predicate("value", name, "configuration.lock_table"), at="value")
        assert bool(list(select_matches(found, wanted))) is holds


@pytest.mark.parametrize(
    ("fix", "tables", "replacement"),
    [
        (Fix("value", "expected"), ["b"], "b"),
        (Fix("value", "expected"), ["b", "b"], "b"),
        (Fix("value", "expected"), ["b", "c"], None),
        (Fix("value", "configuration.bucket"), ["b"], "acme"),
        (Fix("value", "a plain text"), ["b"], "a plain text"),
        (Fix(safe=True), ["b"], None),
        (None, ["b"], None),
    ],
)
def test_what_a_repair_writes(
    configuration: Make,
    mention: Callable[..., object],
    repository: Callable[..., Repository],
    fix: Fix | None,
    tables: list[str],
    replacement: str | None,
) -> None:
    settings = [{"dynamodb_table": literal(table), "bucket": literal("acme")} for table in tables]
    configurations = tuple(configuration(one, anchor=ANCHOR) for one in settings)
    pair = Pair(mention(literal("a"), ANCHOR), configurations, "evidence")  # type: ignore[arg-type] # the fixture makes one
    wanted = rule("pair", Predicate("value", "disagrees_with", "configuration.lock_table"), at="value", fix=fix)
    (match,) = select_matches(repository(TREE, configurations, [pair]), wanted)
    assert match.replacement == replacement


@pytest.mark.parametrize(
    ("settings", "locks"),
    [
        ({}, "none"),
        ({"dynamodb_table": literal("t")}, "dynamodb"),
        ({"dynamodb_table": literal("")}, "none"),
        ({"use_lockfile": literal("true")}, "lockfile"),
        ({"use_lockfile": literal("1"), "dynamodb_table": literal("t")}, "both"),
        ({"use_lockfile": literal("false")}, "none"),
        ({"use_lockfile": hole("x")}, None),
        ({"dynamodb_table": hole("x")}, None),
    ],
)
def test_what_locks_a_configuration(configuration: Make, settings: dict[str, Result], locks: str | None) -> None:
    assert text_of(configuration_cells(configuration(settings, anchor=ANCHOR))["locks"].value) == locks


@pytest.mark.parametrize(
    ("table", "name", "region", "account"),
    [
        ("acme-locks", "acme-locks", None, None),
        ("arn:aws:dynamodb:eu-west-1:111111111111:table/acme-locks", "acme-locks", "eu-west-1", "111111111111"),
        ("arn:aws:dynamodb:::table/acme-locks", "acme-locks", None, None),
        ("arn:aws:s3:::acme-locks", "arn:aws:s3:::acme-locks", None, None),
    ],
)
def test_a_lock_table_may_be_an_arn(table: str, name: str, region: str | None, account: str | None) -> None:
    parts = table_parts(literal(table, Span("a.tf", 10, 10 + len(table))))
    assert tuple(shown(part) if part else None for part in parts) == (name, region, account)


def test_the_span_of_a_tables_name_in_an_arn(configuration: Make) -> None:
    arn = "arn:aws:dynamodb:eu-west-1:111111111111:table/acme-locks"
    made = configuration({"dynamodb_table": literal(arn, Span("a.tf", 0, len(arn)))}, anchor=ANCHOR)
    cell: Cell = configuration_cells(made)["lock_table"]
    assert cell.span == Span("a.tf", arn.index("acme"), len(arn))


@pytest.mark.parametrize(
    ("ranges", "characters"),
    [("a-c", "abc"), ("a-", "a-"), ("-a", "-a"), ("a-c0_", "abc0_"), ("", "")],
)
def test_ranges_of_characters(ranges: str, characters: str) -> None:
    assert allowed_characters(ranges) == frozenset(characters)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{a} and {a.b}", "1 and 2"),
        ("{missing} {a}", "{missing} 1"),
        ("no words", "no words"),
        ("open { and {a", "open { and {a"),
        ("{a}}", "1}"),
    ],
)
def test_words_in_a_message(template: str, text: str) -> None:
    assert filled(template, {"a": "1", "a.b": "2"}) == text
