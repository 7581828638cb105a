"""Repairs: the edits of findings applied round after round until none is left, each round read and judged again.

An edit that does not make the report shorter, or that leaves a file unparsable, is taken back. Texts only; what is
written to disk is ``write``'s matter.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from tflint_locks.finding import Edit, Finding, Report
from tflint_locks.source import Source, Unreadable
from tflint_locks.tree import Tree

ROUNDS = 20
_BROKEN = frozenset({"unparsable", "unreadable"})
Lint: TypeAlias = Callable[[Tree], Report]
Texts: TypeAlias = Mapping[str, str]


class Mended(NamedTuple):
    """What the repairs came to: the new text of each changed file, how many findings went, and what is left."""

    texts: Texts
    fixed: int
    left: Report


class Overlay:
    """A tree with some texts in place of its own."""

    def __init__(self, tree: Tree, texts: Texts) -> None:
        """Take the tree and the texts by path."""
        self._tree = tree
        self._texts = texts

    @property
    def links(self) -> Mapping[str, str]:
        """The links of the tree."""
        return self._tree.links

    @property
    def outward(self) -> frozenset[str]:
        """The open directories of the tree."""
        return self._tree.outward

    @property
    def unlisted(self) -> frozenset[str]:
        """The folders of the tree that cannot be listed."""
        return self._tree.unlisted

    def paths(self) -> Iterable[str]:
        """Return the paths of the tree."""
        return self._tree.paths()

    def text(self, path: str) -> Source | Unreadable:
        """Return the text that is to be, or the tree's."""
        here = self._tree.links.get(path, path)
        return Source(path, self._texts[here]) if here in self._texts else self._tree.text(path)


def mend(tree: Tree, lint: Lint, concerns: Callable[[Finding], bool], *, unsafe: bool) -> Mended:
    """Apply the repairs of the findings concerned; those that may change what people meant only where ``unsafe``."""
    texts: dict[str, str] = {}
    report = lint(tree)
    before = len(report.findings)
    refused: set[tuple[str, str, str]] = set()
    for _ in range(ROUNDS):
        chosen = [
            one
            for one in report.findings
            if one.edits and (one.safe or unsafe) and _named(one) not in refused and concerns(one)
        ]
        if not chosen:
            break
        texts, report, failed = _round(tree, lint, texts, report, chosen)
        refused |= failed
    return Mended(texts, before - len(report.findings), report)


def _named(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.span.path, finding.message


def _round(
    tree: Tree, lint: Lint, texts: dict[str, str], report: Report, chosen: list[Finding]
) -> tuple[dict[str, str], Report, set[tuple[str, str, str]]]:
    """Apply what can be applied at once; where that does not help, one after the other to find what does."""
    together = list(_apart(chosen))
    after = applied(tree, texts, together)
    judged = lint(Overlay(tree, after))
    if _better(report, judged):
        return after, judged, set()
    if len(together) == 1:
        return texts, report, {_named(together[0])}
    for one in together:
        after = applied(tree, texts, [one])
        judged = lint(Overlay(tree, after))
        if _better(report, judged):
            return after, judged, set()
    return texts, report, {_named(one) for one in together}


def _better(before: Report, after: Report) -> bool:
    """Tell whether a report got shorter without a file that cannot be read any more."""

    def broken(report: Report) -> set[tuple[str, str, str]]:
        return {_named(one) for one in report.findings if one.rule in _BROKEN}

    return (
        len(after.findings) < len(before.findings)
        and len(after.errors) <= len(before.errors)
        and broken(after) <= broken(before)
    )


def _apart(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings none of whose edits touch those of another; each is applied whole or not at all."""
    taken: dict[str, list[tuple[int, int]]] = {}
    for finding in findings:
        edits = dict.fromkeys(finding.edits)
        if any(_touches(edit, taken.get(edit.span.path, ())) for edit in edits):
            continue
        for edit in edits:
            taken.setdefault(edit.span.path, []).append((edit.span.start, edit.span.end))
        yield finding


def _touches(edit: Edit, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(edit.span.start <= end and start <= edit.span.end for start, end in ranges)


def applied(tree: Tree, texts: Texts, findings: Iterable[Finding]) -> dict[str, str]:
    """Return the texts with all edits in them, from the end of each file to its start."""
    new = dict(texts)
    edits = dict.fromkeys(edit for finding in findings for edit in finding.edits)
    for edit in sorted(edits, key=lambda one: one.span, reverse=True):
        path = edit.span.path
        if path not in new:
            source = tree.text(path)
            if not isinstance(source, Source):
                continue
            new[path] = source.text
        new[path] = edited(new[path], edit)
    return new


def edited(text: str, edit: Edit) -> str:
    """Return a text with one edit in it; its lines end as the file's first one does."""
    first = text.partition("\n")[0]
    put = edit.text.replace("\n", "\r\n") if first.endswith("\r") else edit.text
    return text[: edit.span.start] + put + text[edit.span.end :]
