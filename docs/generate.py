"""Writes what is made from the rules: a page for each, and the table of all."""

import sys
from pathlib import Path

from tflint_locks.catalog import read_catalog
from tflint_locks.rule import Rule
from tflint_locks.rule_page import page

ROOT = Path(__file__).parent.parent
RULES = ROOT / "rules"
PAGES = ROOT / "docs" / "rules"
# The groups of the table, by how a rule's name begins; in this order.
GROUPS = (
    (
        "Names that disagree",
        ("lock-table-", "state-bucket-mismatch", "state-bucket-region", "environment-", "constants-", "account-"),
    ),
    ("States", ("state-key-", "state-locks-", "state-unwritten", "workspace-")),
    ("Backends", ("backend-",)),
    ("Policies", ("iam-",)),
    ("CI and scripts", ("ci-",)),
    ("Terragrunt", ("terragrunt-",)),
    ("Documents", ("docs-",)),
    ("Files", ("unparsable", "unreadable")),
    ("Silencing", ("suppression-",)),
)
OFF = "Off unless the settings turn them on"
HOW = """`tflint-locks explain RULE` prints its page.

A rule is turned on, off or to another severity in `.tflint-locks.yaml`:

```yaml
rules:
  state-bucket-unversioned: warning
  backend-dynamodb-deprecated: off
  backend-unlocked: error
```"""


def pages() -> dict[Path, str]:
    """Return the text of every generated file by its path."""
    catalog = read_catalog(RULES)
    rules = [rule for _, rule in sorted(catalog.items())]
    made = {PAGES / f"{rule.id}.md": page(rule, catalog) for rule in rules}
    made[PAGES / "README.md"] = overview(rules)
    return made


def overview(rules: list[Rule]) -> str:
    """Return the page that lists all rules."""
    groups: dict[str, list[Rule]] = {name: [] for name, _ in GROUPS}
    for rule in rules:
        if not rule.off:
            groups[group_of(rule)].append(rule)
    groups[OFF] = [rule for rule in rules if rule.off]
    off = f"{len(rules)} rules. {len(groups[OFF])} are off because other scanners have their kind."
    parts = ["# Rules", f"{off} {HOW}", *(f"## {name}\n\n{table(found)}" for name, found in groups.items())]
    return "\n\n".join(parts) + "\n"


def group_of(rule: Rule) -> str:
    """Return the group of the table that a rule stands in; every rule has one."""
    return next(name for name, beginnings in GROUPS if rule.id.startswith(beginnings))


def table(rules: list[Rule]) -> str:
    """Return some rules as a table."""
    rows = [f"| [`{rule.id}`]({rule.id}.md) | {rule.severity} | {repair(rule)} | {rule.summary} |" for rule in rules]
    return "\n".join(["| rule | severity | repair | what it finds |", "|---|---|---|---|", *rows])


def repair(rule: Rule) -> str:
    """Return what repairs the findings of a rule that can be repaired, as a cell of the table."""
    if rule.fix is None:
        return ""
    return "`--fix`" if rule.fix.safe else "`--unsafe-fixes`"


def main() -> int:
    """Write the files; with ``--check`` only say which are stale."""
    made = pages()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    stale += [path for path in PAGES.glob("*.md") if path not in made]
    if "--check" in sys.argv:
        for path in stale:
            print(f"stale: {path.relative_to(ROOT)} (make docs writes it anew)", file=sys.stderr)  # noqa: T201
        return 1 if stale else 0
    for path in stale:
        if path in made:
            path.parent.mkdir(exist_ok=True)
            path.write_text(made[path], "utf-8")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
