"""A rule's page, for ``explain`` and the documentation: its words, and an example with what a run says of it."""

from collections.abc import Iterator

from tflint_locks.catalog import Catalog, rules_directory
from tflint_locks.engine import lint
from tflint_locks.places import Places
from tflint_locks.render.formats import render
from tflint_locks.render.view import View
from tflint_locks.resolve import load
from tflint_locks.rule import Rule
from tflint_locks.rule_file import Example, read_rule
from tflint_locks.settings import Settings
from tflint_locks.settings_file import read_settings
from tflint_locks.tree import DictTree

# What files are shown as, by the end of their names; else as plain text.
_LANGUAGES = {
    ".tf": "hcl",
    ".hcl": "hcl",
    ".tfvars": "hcl",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".sh": "sh",
    ".json": "json",
}


def page(rule: Rule, rules: Catalog) -> str:
    """Return a rule's page as Markdown."""
    return "\n\n".join(_parts(rule, rules)) + "\n"


def _parts(rule: Rule, rules: Catalog) -> Iterator[str]:
    off = ", off unless the settings turn it on" if rule.off else ""
    yield f"# {rule.id}"
    yield f"{rule.summary}. Severity: {rule.severity}{off}; since {rule.since}{_repair(rule)}."
    sections = (
        ("Why", rule.why),
        (
            "At run time",
            f"{rule.effect[:1].upper()}{rule.effect[1:]}." if rule.effect and "{" not in rule.effect else "",
        ),
        ("What to do", rule.remedy),
        ("When it keeps silent", rule.limits),
    )
    yield from (f"## {title}\n\n{text.strip()}" for title, text in sections if text)
    examples = _examples(rule)
    bad = next((one for one in examples if one.expect), None)
    good = next((one for one in examples if not one.expect), None)
    if bad:
        yield f"## Example: {bad.name}\n\n{_files(bad)}"
        yield f"```\n{_said(bad, rules)}\n```"
    if good:
        yield f"Nothing is said of this ({good.name}):\n\n{_files(good)}"
    if not rule.id.startswith("suppression-"):
        comment = f"tflint-locks: ignore[{rule.id}] reason"
        written = f"<!-- {comment} -->" if rule.id.startswith("docs-") else f"# {comment}"
        yield f"## To silence one place\n\n`{written}`, there or on the line above."
    if rule.references:
        yield "## References\n\n" + "\n".join(f"- <{link}>" for link in rule.references)


def _repair(rule: Rule) -> str:
    if rule.fix is None:
        return ""
    return "; repaired by `--fix`" if rule.fix.safe else "; repaired by `--fix --unsafe-fixes`"


def _examples(rule: Rule) -> list[Example]:
    """Return a rule's examples as its file has them; none where the file is not among the tool's own."""
    path = rules_directory() / f"{rule.id}.yaml"
    return list(read_rule(str(path), path.read_text("utf-8")).examples) if path.is_file() else []


def _files(example: Example) -> str:
    shown = [(".tflint-locks.yaml", example.settings)] if example.settings else []
    shown += [one for one in example.files.items() if not (shown and one[0] == shown[0][0])]
    return "\n\n".join(f"`{path}`\n\n```{_language(path)}\n{text.rstrip()}\n```" for path, text in shown)


def _language(path: str) -> str:
    return _LANGUAGES.get(path[path.rfind(".") :], "")


def _said(example: Example, rules: Catalog) -> str:
    """Return what a run says of an example, without the counts."""
    tree = DictTree(example.files, unreadable=example.unreadable)
    settings = Settings()
    if example.settings:
        settings = read_settings(".tflint-locks.yaml", example.settings, frozenset(rules))
    report = lint(tree, rules, settings, load)
    return "\n".join(render("text", report, View(Places(tree), rules, quiet=True))).strip()
