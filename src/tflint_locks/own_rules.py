"""Declarative rules of one's own: read from the files that the settings name, and tested by their examples.

Imported only where the settings name rule files, or to test some.
"""

import os
from collections.abc import Iterable, Iterator

from tflint_locks.catalog import Catalog
from tflint_locks.engine import lint
from tflint_locks.finding import Finding, Report
from tflint_locks.places import Places
from tflint_locks.resolve import load
from tflint_locks.rule import Rule, RuleError
from tflint_locks.rule_file import Example, Expected, RuleModel, plain_rule, read_rule
from tflint_locks.settings import Settings, covers
from tflint_locks.settings_file import check_rules, read_settings
from tflint_locks.source import Source
from tflint_locks.tree import DictTree, Tree


def with_own(rules: Catalog, settings: Settings, tree: Tree) -> Catalog:
    """Return the rules with those of the settings' files; raises RuleError and SettingsError."""
    every = dict(rules)
    for glob in settings.rule_files:
        paths = [path for path in tree.paths() if path.endswith((".yaml", ".yml")) and covers(glob, path)]
        if not paths:
            line = dict(settings.origins).get("rule_files", 1)
            raise RuleError(f"{settings.path}:{line}: rule_files: no file is called `{glob}`")
        for path in paths:
            source = tree.text(path)
            if not isinstance(source, Source):
                raise RuleError(f"{path}: {source.reason}")
            rule = own_rule(path, source.text)
            if rule.id in every:
                raise RuleError(f"{path}:1: there is a rule `{rule.id}` already")
            every[rule.id] = plain_rule(rule)
    check_rules(settings, frozenset(every))
    return every


def own_rule(path: str, text: str) -> RuleModel:
    """Read a rule file; raises RuleError, also for a rule that would need code."""
    rule = read_rule(path, text)
    if rule.select is None:
        raise RuleError(f"{path}:1: a rule of one's own needs `select`")
    return rule


def rule_files(paths: Iterable[str]) -> Iterator[str]:
    """Yield the rule files that paths name, those of a folder in order; raises RuleError."""
    for path in paths:
        if os.path.isdir(path):
            found = sorted(os.path.join(path, name) for name in os.listdir(path) if name.endswith((".yaml", ".yml")))
            if not found:
                raise RuleError(f"{path}: no rules here")
            yield from found
        elif os.path.isfile(path):
            yield path
        else:
            raise RuleError(f"{path}: no such file or folder")


def failures(model: RuleModel, rules: Catalog) -> Iterator[str]:
    """Yield what each example of a rule does that it should not, or does not do that it should."""
    rule = plain_rule(model)
    for example in model.examples:
        for told in _failures_of(example, rule, {**rules, rule.id: rule}):
            yield f"example `{example.name}`: {told}"


def _failures_of(example: Example, rule: Rule, rules: Catalog) -> Iterator[str]:
    tree = DictTree(example.files, unreadable=example.unreadable)
    settings = Settings()
    if example.settings:
        settings = read_settings("settings", example.settings, frozenset(rules))
    report = lint(tree, rules, settings, load)
    yield from report.errors
    places = Places(tree)
    found = [one for one in report.findings if rule.id in (one.rule, *one.also)]
    for expected in example.expect:
        if not any(_is(one, expected, places) for one in found):
            yield f"`{expected.at}` in {expected.path} is not found"
    for one in found:
        if not any(_is(one, expected, places) for expected in example.expect):
            line = places.position(one.span.path, one.span.start).line
            yield f"not expected: {one.span.path}:{line}: {one.message}"
    yield from _not_repaired(example, report)


def _is(finding: Finding, expected: Expected, places: Places) -> bool:
    span = finding.span
    return (
        span.path == expected.path
        and places.text(span.path)[span.start : span.end] == expected.at
        and expected.line in (None, places.position(span.path, span.start).line)
        and expected.severity in (None, finding.severity.value)
        and (expected.message is None or expected.message in finding.message)
        and expected.repair in (None, repair_word(finding))
    )


def repair_word(finding: Finding) -> str:
    """Return how sure the repair of a finding is, as examples say it."""
    return "none" if not finding.edits else "safe" if finding.safe else "unsafe"


def _not_repaired(example: Example, report: Report) -> Iterator[str]:
    """Yield the files whose repair is not the text shown."""
    from tflint_locks.mend import applied

    texts = applied(DictTree(example.files), {}, report.findings)
    for path, text in (example.fixed or {}).items():
        if texts.get(path, example.files.get(path)) != text:
            yield f"the repair does not make {path} what `fixed` shows"
