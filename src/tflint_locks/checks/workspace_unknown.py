"""Workspaces that are selected under a name that is one slip away from the name all others use."""

from collections import defaultdict
from collections.abc import Hashable, Iterator

from tflint_locks.facts import Assignments
from tflint_locks.finding import Edit, Match, Related
from tflint_locks.resolve.edits import written
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.runs import Run, runs
from tflint_locks.resolve.words import edit_marks, is_known_environment, is_slip, words
from tflint_locks.source import Span
from tflint_locks.value import Value, known, span_of, text_of

# The words of a name that are looked at: a name of more is no workspace's.
_MOST_WORDS = 20


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each name that is near exactly one other and known nowhere else."""
    selected: dict[str, list[Span]] = defaultdict(list)
    for run in runs(repository):
        name = _name(run)
        text = text_of(name) if name and known(name) else None
        if name and text:
            selected[text].append(span_of(name) or run.span)
    known_names = _known(repository)
    alike: dict[Hashable, set[str]] = defaultdict(set)
    for one in {*selected, *known_names}:
        for mark in _marks(one):
            alike[mark].add(one)
    for slip, spans in selected.items():
        near = set[str]().union(*(alike[mark] for mark in _marks(slip)))
        others = {other for other in near if other != slip and is_slip(slip, other)}
        if slip in known_names or is_known_environment(slip) or len(others) != 1:
            continue
        right = others.pop()
        others_at = selected.get(right, [])
        if right in known_names or len(others_at) > len(spans):
            yield _match(repository, slip, right, spans, others_at)


def _name(run: Run) -> Value | None:
    """Return the workspace a command selects; one that it makes is meant so."""
    invocation = run.invocation
    if invocation.subcommand == "workspace":
        verb = text_of(invocation.arguments[0]) if invocation.arguments else None
        return invocation.arguments[1] if verb == "select" and len(invocation.arguments) > 1 else None
    return invocation.environment.get("TF_WORKSPACE")


def _known(repository: Repository) -> frozenset[str]:
    """Return the names that environments, var and backend files have."""
    files = (path for path, file in repository.facts.items() if isinstance(file, Assignments))
    found = {word for path in files for word in words(path.rpartition("/")[2])}
    return frozenset({*found, *repository.environments})


def _marks(name: str) -> Iterator[Hashable]:
    """Yield marks of a name: two that differ by a slip in one word share one, so that not all are compared with all."""
    parts = words(name)
    for at, word in enumerate(parts[:_MOST_WORDS]):
        if word.isalpha():
            yield from ((parts[:at], mark, parts[at + 1 :]) for mark in edit_marks(word))


def _match(repository: Repository, name: str, right: str, spans: list[Span], others: list[Span]) -> Match:
    first, *rest = dict.fromkeys(spans)
    whole = all(written(repository.tree, span) == name for span in spans)
    related = [Related(span, "and here") for span in rest] + [
        Related(span, f"`{right}`") for span in dict.fromkeys(others)
    ]
    return Match(
        first,
        {"value": f"`{name}`", "expected": f"`{right}`"},
        tuple(related),
        replacement=right if whole else None,
        edits=tuple(Edit(span, right) for span in rest) if whole else (),
    )
