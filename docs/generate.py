"""Writes what is made from the rules: a page for each, and the table in the README."""

import sys
from pathlib import Path

from tflint_locks.catalog import read_catalog
from tflint_locks.rule import Rule
from tflint_locks.rule_file import Example, read_rule

ROOT = Path(__file__).parent.parent
RULES = ROOT / "rules"
START, END = "<!-- rules -->", "<!-- /rules -->"


def pages() -> dict[Path, str]:
    """Return the text of every generated file by its path."""
    rules = [rule for _, rule in sorted(read_catalog(RULES).items())]
    made = {ROOT / "docs" / "rules" / f"{rule.id}.md": page(rule, examples(rule)) for rule in rules}
    readme = ROOT / "README.md"
    made[readme] = with_table(readme.read_text("utf-8"), table(rules))
    return made


def examples(rule: Rule) -> list[Example]:
    """Return a rule's examples as its file has them."""
    path = RULES / f"{rule.id}.yaml"
    return list(read_rule(str(path), path.read_text("utf-8")).examples)


def table(rules: list[Rule]) -> str:
    """Return the README's table of rules."""
    rows = [f"| [`{rule.id}`](docs/rules/{rule.id}.md) | {rule.severity} | {rule.summary} |" for rule in rules]
    return "\n".join(["| rule | severity | what it finds |", "|---|---|---|", *rows])


def with_table(readme: str, rows: str) -> str:
    """Replace what stands between the markers."""
    head, _, rest = readme.partition(START)
    _, _, tail = rest.partition(END)
    return f"{head}{START}\n{rows}\n{END}{tail}"


def page(rule: Rule, shown: list[Example]) -> str:
    """Return a rule's page."""
    parts = [
        f"# {rule.id}",
        f"{rule.summary}. Severity: {rule.severity}, since {rule.since}.",
        f"## Why\n\n{rule.why.strip()}",
        f"## What to do\n\n{rule.remedy.strip()}",
        f"## When it keeps silent\n\n{rule.limits.strip()}",
        *(example_text(example) for example in shown[:1]),
        "## References\n\n" + "\n".join(f"- <{link}>" for link in rule.references),
    ]
    return "\n\n".join(parts) + "\n"


def example_text(example: Example) -> str:
    """Return the first example with what is found in it."""
    files = [f"`{path}`\n\n```\n{text.rstrip()}\n```" for path, text in example.files.items()]
    found = [f"- found in `{one.path}`: `{one.at}`" for one in example.expect]
    return "\n\n".join([f"## Example: {example.name}", *files, "\n".join(found)])


def main() -> int:
    """Write the files; with ``--check`` only say which are stale."""
    made = pages()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    stale += [path for path in (ROOT / "docs" / "rules").glob("*.md") if path not in made]
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
