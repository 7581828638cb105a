"""``check --add-ignore``: write a comment for each finding, and say for which there can be none."""

from collections.abc import Callable, Mapping

from tflint_locks.commands.work import Work
from tflint_locks.finding import Finding, Report
from tflint_locks.ignoring import with_comments
from tflint_locks.mend import Overlay, mend
from tflint_locks.places import Places
from tflint_locks.tree import Tree
from tflint_locks.write import write_texts


def ignoring(
    work: Work, lint: Callable[[Tree], Report], concerns: Callable[[Finding], bool], reason: str
) -> tuple[Report, Tree, Mapping[str, str]]:
    """Silence what is found; returns what is left, the tree as it is then, and the files changed."""

    def commented(tree: Tree) -> Report:
        report = lint(tree)
        places = Places(tree)
        silenced = with_comments((one for one in report.findings if concerns(one)), places, reason)
        bare = (one._replace(edits=(), safe=False) for one in report.findings)
        return report._replace(
            findings=tuple(silenced.get(one, left) for one, left in zip(report.findings, bare, strict=True))
        )

    done = mend(work.tree, commented, concerns, unsafe=False)
    refused = tuple(write_texts(work.tree, done.texts))
    left = done.left._replace(findings=tuple(one._replace(edits=(), safe=False) for one in done.left.findings))
    where = f"{len(done.texts)} file{'' if len(done.texts) == 1 else 's'}"
    told = f"{done.fixed} silenced in {where}"
    report = left._replace(errors=(*left.errors, *refused), complaints=(*left.complaints, told))
    return report, Overlay(work.tree, done.texts), done.texts
