"""The rules for people: the list, and one explained."""

from collections.abc import Iterator

from tflint_locks.catalog import Catalog
from tflint_locks.rule import Rule


def rule_lines(catalog: Catalog) -> Iterator[str]:
    """Yield one line for each rule: severity, whether it is repaired, id and summary."""
    width = max((len(identity) for identity in catalog), default=0)
    for rule in catalog.values():
        level = "off" if rule.off else rule.severity.value
        yield f"{rule.id:<{width}}  {level:<7}  {_fixable(rule):<11}  {rule.summary}"


def _fixable(rule: Rule) -> str:
    if rule.fix is None:
        return ""
    return "fix: safe" if rule.fix.safe else "fix: unsafe"


def explanation_lines(rule: Rule) -> Iterator[str]:
    """Yield all that is to say about one rule."""
    level = f"{rule.severity}, off unless the settings turn it on" if rule.off else rule.severity.value
    yield f"{rule.id} ({level}, since {rule.since})"
    yield rule.summary
    sections = (
        ("Why", rule.why),
        ("At run time", rule.effect),
        ("Remedy", rule.remedy),
        ("Repair", f"{_fixable(rule).removeprefix('fix: ')}" if rule.fix else ""),
        ("Silent where", rule.limits),
    )
    for title, text in sections:
        if text:
            yield from ("", f"{title}:", *(f"  {line}".rstrip() for line in text.splitlines()))
    yield from ("", "Silence one place:", f"  # tflint-locks: ignore[{rule.id}] reason")
    if rule.references:
        yield from ("", "References:", *(f"  {reference}" for reference in rule.references))
