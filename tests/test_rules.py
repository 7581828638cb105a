"""Every example of every rule, from its YAML; good ones under all rules."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tflint_locks.catalog import rules_directory
from tflint_locks.engine import lint
from tflint_locks.finding import Finding, Report
from tflint_locks.own_rules import repair_word
from tflint_locks.places import Places
from tflint_locks.resolve import load
from tflint_locks.rule import Rule, RuleError
from tflint_locks.rule_file import Example, Expected, RuleModel, plain_rule, read_rule
from tflint_locks.settings import Settings
from tflint_locks.settings_file import read_settings
from tflint_locks.tree import DictTree

FILES = sorted(rules_directory().glob("*.yaml"))


def usable() -> Iterator[tuple[str, RuleModel]]:
    """A rule file that cannot be used fails its own test, and no others."""
    for file in FILES:
        with contextlib.suppress(RuleError):
            yield file.stem, read_rule(str(file), file.read_text("utf-8"))


MODELS: Mapping[str, RuleModel] = dict(usable())
CATALOG: Mapping[str, Rule] = {name: plain_rule(model) for name, model in MODELS.items()}
# What other rules rightly say of a bad example besides its own.
SAID_TOO: Mapping[str, frozenset[str]] = {
    "backend-attribute-unknown": frozenset({"backend-unlocked"}),
    "backend-attribute-unsupported": frozenset({"backend-unlocked"}),
    "ci-apply-unguarded": frozenset({"backend-unlocked"}),
    "ci-concurrency-key": frozenset({"backend-unlocked"}),
    "state-unwritten": frozenset({"ci-lock-deleted"}),
    "suppression-expired": frozenset({"backend-unlocked"}),
}


class Case(NamedTuple):
    rule: str
    example: Example


CASES = [
    pytest.param(Case(name, example), id=f"{name}: {example.name}")
    for name, model in MODELS.items()
    for example in model.examples
]
BAD = [case for case in CASES if case.values[0].example.expect]  # type: ignore[union-attr] # a Case, as made above
GOOD = [case for case in CASES if not case.values[0].example.expect]  # type: ignore[union-attr] # as above
FIXED = [case for case in BAD if case.values[0].example.fixed]  # type: ignore[union-attr] # as above


def run(example: Example, files: Mapping[str, str]) -> tuple[Report, DictTree]:
    tree = DictTree(files, unreadable=example.unreadable)
    settings = Settings()
    if example.settings:
        settings = read_settings(".tflint-locks.yaml", example.settings, frozenset(CATALOG))
    return lint(tree, CATALOG, settings, load), tree


def listed(report: Report, tree: DictTree) -> str:
    places = Places(tree)
    return "\n".join(
        f"{one.span.path}:{places.position(*one.span[:2]).line}: {one.rule}: {under(one, places)!r}: {one.message}"
        for one in report.findings
    )


def under(finding: Finding, places: Places) -> str:
    return places.text(finding.span.path)[finding.span.start : finding.span.end]


def is_expected(finding: Finding, expected: Expected, places: Places) -> bool:
    return (
        finding.span.path == expected.path
        and under(finding, places) == expected.at
        and (expected.line is None or places.position(*finding.span[:2]).line == expected.line)
        and (expected.severity is None or finding.severity == expected.severity)
        and (expected.message is None or expected.message in finding.message)
        and expected.repair in (None, repair_word(finding))
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_rule_file_can_be_used(file: Path) -> None:
    assert read_rule(str(file), file.read_text("utf-8")).id == file.stem


@pytest.mark.parametrize("case", BAD)
def test_a_bad_example_raises_what_it_expects_and_nothing_else_of_its_rule(case: Case) -> None:
    report, tree = run(case.example, case.example.files)
    places = Places(tree)
    assert not report.errors
    found = [one for one in report.findings if case.rule in (one.rule, *one.also)]
    missing = [one for one in case.example.expect if not any(is_expected(finding, one, places) for finding in found)]
    surplus = [one for one in found if not any(is_expected(one, expected, places) for expected in case.example.expect)]
    assert not missing, listed(report, tree)
    assert not surplus, listed(report, tree)
    for expected in case.example.expect:
        severity = expected.severity or case.example.severity or MODELS[case.rule].severity
        same = [one for one in found if is_expected(one, expected, places)]
        assert {one.severity.value for one in same} == {severity}, listed(report, tree)
    others = {one.rule for one in report.findings if one not in found}
    assert others <= SAID_TOO.get(case.rule, frozenset()), listed(report, tree)


@pytest.mark.parametrize("case", GOOD)
def test_a_good_example_raises_nothing_under_any_rule(case: Case) -> None:
    report, tree = run(case.example, case.example.files)
    assert not report.errors
    assert not report.findings, listed(report, tree)


@pytest.mark.parametrize("case", FIXED)
def test_a_repair_gives_the_text_shown_and_is_clean_then(case: Case) -> None:
    report, _ = run(case.example, case.example.files)
    files = repaired(case.example.files, [one for one in report.findings if case.rule in (one.rule, *one.also)])
    assert {path: files[path] for path in case.example.fixed or {}} == case.example.fixed
    again, tree = run(case.example, files)
    assert case.rule not in {one.rule for one in again.findings}, listed(again, tree)


def repaired(files: Mapping[str, str], findings: list[Finding]) -> dict[str, str]:
    """Apply all edits, from the end of each file to its start."""
    texts = dict(files)
    edits = {edit for finding in findings for edit in finding.edits}
    for edit in sorted(edits, key=lambda one: one.span, reverse=True):
        text = texts[edit.span.path]
        texts[edit.span.path] = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return texts


@pytest.mark.parametrize("name", MODELS)
def test_every_word_a_message_asks_for_is_given(name: str) -> None:
    """A word that a match does not give stays in its braces."""
    for example in MODELS[name].examples:
        report, _ = run(example, example.files)
        said = [one for one in report.findings if one.rule == name]
        texts = [text for one in said for text in (one.message, one.label, *one.notes)]
        assert not [text for text in texts if re.search(r"(?<![$])\{[a-z_.]+\}", text)]
