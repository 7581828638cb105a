"""The rules this tool has: from the compiled catalogue in a wheel, from the YAML itself in a source tree.

The compiled one is a Python module of plain literals that the build writes; it needs neither YAML nor pydantic and
costs a run about a millisecond.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from tflint_locks.finding import Severity
from tflint_locks.rule import Fix, Predicate, RelatedField, Rule, RuleError, Select

if TYPE_CHECKING:
    from pathlib import Path

Catalog: TypeAlias = Mapping[str, Rule]
COMPILED = "compiled_rules"


def load_catalog() -> Catalog:
    """Return the rules by id; raises RuleError."""
    try:
        compiled = __import__(f"tflint_locks.{COMPILED}", fromlist=["RULES"])
    except ModuleNotFoundError:
        return read_catalog(rules_directory())
    return {plain[0]: rule_from(plain) for plain in compiled.RULES}


def rules_directory() -> "Path":
    """Return where the YAML lies: in the package of a wheel, beside ``src`` in a source tree."""
    from pathlib import Path

    package = Path(__file__).resolve().parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parents[1] / "rules"


def read_catalog(directory: "Path") -> Catalog:
    """Read every rule file of a directory; raises RuleError for the first that is wrong, and where there is none."""
    from tflint_locks.rule_file import plain_rule, read_rule

    files = sorted(directory.glob("*.yaml"))
    if not files:
        raise RuleError(f"{directory}: no rules here")
    rules = (plain_rule(read_rule(str(file), file.read_text("utf-8"))) for file in files)
    return {rule.id: rule for rule in rules}


def compiled_text(catalog: Catalog) -> str:
    """Return the text of the compiled catalogue: a module that the build puts into the wheel."""
    lines = (f"    {_literal(rule)!r},\n" for rule in catalog.values())
    return f'"""The rules as plain data; written by the build from rules/*.yaml."""\n\nRULES = (\n{"".join(lines)})\n'


def _literal(value: object) -> object:
    """Return plain tuples, dicts and texts for what a rule is made of; it nests four deep at most."""
    if isinstance(value, Severity):
        return value.value
    if isinstance(value, tuple):
        return tuple(_literal(part) for part in value)
    return dict(value) if isinstance(value, Mapping) else value


def rule_from(plain: tuple[Any, ...]) -> Rule:
    """Return the rule that ``compiled_text`` wrote as plain tuples."""
    rule = Rule(*plain)
    return rule._replace(
        severity=Severity(rule.severity),
        select=_select(rule.select) if rule.select else None,
        fix=Fix(*rule.fix) if rule.fix else None,
    )


def _select(plain: tuple[Any, ...]) -> Select:
    select = Select(*plain)
    where = tuple(tuple(Predicate(*part) for part in alternative) for alternative in select.where)
    return select._replace(where=where, related=tuple(RelatedField(*part) for part in select.related))
