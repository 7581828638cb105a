"""``check --add-ignore``: write a comment for each finding, and say for which there can be none."""

from collections.abc import Callable, Mapping

from tflint_locks.commands.work import Work
from tflint_locks.finding import Finding, Report
from tflint_locks.ignoring import with_comments
from tflint_locks.mend import mend
from tflint_locks.places import Places
from tflint_locks.suppress import MARK
from tflint_locks.tree import Overlay, Tree
from tflint_locks.write import write_texts


def ignoring(work: Work, lint: Callable[[Tree], Report], reason: str) -> tuple[Report, Tree, Mapping[str, str]]:
    """Silence what ``lint`` finds; returns what is left, the tree as it is then, and the files changed."""

    def commented(tree: Tree) -> Report:
        report = lint(tree)
        places = Places(tree)
        silenced = with_comments(report.findings, places, reason)
        bare = (one._replace(edits=(), safe=False) for one in report.findings)
        kept = [silenced.get(one, left) for one, left in zip(report.findings, bare, strict=True)]
        return report._replace(findings=tuple(_told_apart(one, places) for one in kept))

    done = mend(work.tree, commented, lambda _one: True, unsafe=False, moving=True)
    refused = tuple(write_texts(work.tree, done.texts))
    after = Overlay(work.tree, done.texts)
    left = lint(after)
    where = f"{len(done.texts)} file{'' if len(done.texts) == 1 else 's'}"
    told = f"{done.fixed} silenced in {where}"
    report = left._replace(errors=(*left.errors, *refused), complaints=(*left.complaints, told))
    return report, after, done.texts


def _told_apart(finding: Finding, places: Places) -> Finding:
    """Return a finding whose message has its line, too: silenced in one place, it may still stand in another."""
    line = places.line(finding.span.path, places.position(finding.span.path, finding.span.start).line)
    said = line.partition(MARK)[0].rstrip(" #/<!-")
    return finding._replace(message=f"{finding.message} {said}")
