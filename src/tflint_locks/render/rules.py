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
