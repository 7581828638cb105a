import sys
from pathlib import Path
from types import ModuleType

import pytest

from tflint_locks import catalog
from tflint_locks.catalog import compiled_text, load_catalog, read_catalog, rule_from, rules_directory
from tflint_locks.finding import Severity
from tflint_locks.rule import Fix, Predicate, RelatedField, RuleError, Select
from tflint_locks.rule_file import plain_rule, read_rule

WHOLE = """\
id: a-rule
summary: Names another
  table
severity: error
since: 0.1.0
why: |
  Because.
remedy: Mend it.
message:
  default: "{role} names {value}"
  no-near: "{role} names nothing"
effect: every plan fails
label: granted here
off: true
select:
  from: pair
  where:
    - names: {equals: lock-table}
      value: {disagrees_with: configuration.lock_table, chars: {outside: a-z, longer_than: 3}}
    - {region: {none_of: {table: regions}}, account: {one_of: [111111111111, "2"]}, value: {contains: x, present: true}}
  at: value
related:
  - {at: configuration.lock_table, message: the table terraform locks}
fix: {replace: value, with: expected, safe: true}
limits: many
references: [https://example.com/a]
examples:
  - name: bad
    files: {a.tf: "x"}
    expect: [{path: a.tf, at: x, line: 1}]
    severity: note
    settings: "project: a"
    fixed: {a.tf: "y"}
  - name: good
    files: {a.tf: "y"}
"""


def test_a_whole_rule_file() -> None:
    rule = plain_rule(read_rule("rules/a-rule.yaml", WHOLE))
    assert rule.summary == "Names another table"
    assert (rule.severity, rule.off, rule.why, rule.effect) == (Severity.ERROR, True, "Because.", "every plan fails")
    assert rule.messages == {"default": "{role} names {value}", "no-near": "{role} names nothing"}
    assert rule.fix == Fix("value", "expected", safe=True)
    assert rule.select == Select(
        "pair",
        (
            (
                Predicate("names", "equals", "lock-table"),
                Predicate("value", "chars", {"outside": "a-z", "longer_than": 3}),
                Predicate("value", "disagrees_with", "configuration.lock_table"),
            ),
            (
                Predicate("region", "none_of", {"table": "regions"}),
                Predicate("account", "one_of", ("111111111111", "2")),
                Predicate("value", "contains", "x"),
                Predicate("value", "present", True),  # noqa: FBT003 - as written
            ),
        ),
        "value",
        "value",
        (RelatedField("configuration.lock_table", "the table terraform locks"),),
    )


def without(key: str) -> str:
    lines = WHOLE.splitlines(keepends=True)
    start = next(index for index, line in enumerate(lines) if line.startswith(f"{key}:"))
    end = next((index for index in range(start + 1, len(lines)) if lines[index][0] not in " -"), len(lines))
    return "".join(lines[:start] + lines[end:])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (without("remedy"), "rules/a-rule.yaml:1: remedy: field required"),
        (without("examples"), "rules/a-rule.yaml:1: examples: field required"),
        (without("select"), "rules/a-rule.yaml:1: `related` belongs to a rule with `select`"),
        (WHOLE.replace("severity: error", "severity: fatal"), "rules/a-rule.yaml:4: severity: input should be"),
        (WHOLE.replace("effect:", "efect:"), "rules/a-rule.yaml:12: efect: no such key"),
        (
            WHOLE.replace("disagrees_with", "differs_from"),
            "rules/a-rule.yaml:19: select.where.0.value.differs_from: no such key",
        ),
        (WHOLE.replace("at: value", "at: valeu"), "rules/a-rule.yaml:1: relation `pair` has no field valeu"),
        (WHOLE.replace("default:", "standard:"), "rules/a-rule.yaml:9: message: variants of a message need one called"),
        (
            WHOLE.replace("    expect: [{path: a.tf, at: x, line: 1}]\n", ""),
            "rules/a-rule.yaml:27: examples: at least one bad",
        ),
        (WHOLE.replace("table: regions", "table: colours"), "rules/a-rule.yaml:20: select.where.1.region.none_of"),
        (WHOLE.replace("id: a-rule", "id: b-rule"), "rules/a-rule.yaml: the rule's id is `b-rule`"),
        (WHOLE.replace("id: a-rule", "id: A_rule"), "rules/a-rule.yaml:1: id: string should match"),
        ("id: [", "rules/a-rule.yaml:2: "),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(RuleError) as raised:
        read_rule("rules/a-rule.yaml", text)
    assert str(raised.value).startswith(complaint)


def compiled(text: str) -> ModuleType:
    module = ModuleType("tflint_locks.compiled_rules")
    exec(compile(text, "compiled_rules.py", "exec"), module.__dict__)  # noqa: S102 - our own text
    return module


def test_the_compiled_catalogue_says_what_the_yaml_says(tmp_path: Path) -> None:
    (tmp_path / "a-rule.yaml").write_text(WHOLE)
    rules = read_catalog(tmp_path)
    module = compiled(compiled_text(rules))
    assert {plain[0]: rule_from(plain) for plain in module.RULES} == rules


def test_the_shipped_rules_compiled_say_what_their_yaml_says() -> None:
    rules = read_catalog(rules_directory())
    assert {plain[0]: rule_from(plain) for plain in compiled(compiled_text(rules)).RULES} == rules


def test_a_compiled_catalogue_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a-rule.yaml").write_text(WHOLE)
    monkeypatch.setitem(sys.modules, "tflint_locks.compiled_rules", compiled(compiled_text(read_catalog(tmp_path))))
    assert set(load_catalog()) == {"a-rule"}


def test_a_source_tree_reads_the_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a-rule.yaml").write_text(WHOLE)
    monkeypatch.setattr(catalog, "rules_directory", lambda: tmp_path)
    assert set(load_catalog()) == {"a-rule"}


def test_a_directory_without_rules_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no rules here"):
        read_catalog(tmp_path)
