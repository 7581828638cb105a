"""Inits of one directory with another backend than the init before, without a word on what to do with the state."""

import re
from collections import defaultdict
from collections.abc import Iterator

from tflint_locks.finding import Edit, Match, Related
from tflint_locks.regex import regex
from tflint_locks.resolve.edits import written
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.runs import FALSE, Run, consistent, in_sequence, is_init, runs
from tflint_locks.source import Source, Span
from tflint_locks.tree import Tree, text_in
from tflint_locks.value import Value, compare, shown, split, text_of

_ITEM = regex(r"\[(\w{1,100})=[^\[\]]{1,200}\]$")
# What removes what an init has saved, or leaves it behind.
_CLEARS = (".terraform", "TF_DATA_DIR", "git clean", "checkout", "rm -r")
# What may take a stage of Jenkins to another machine or a clean folder, or pass it over.
_STAGED = regex(r"\b(?:agent|when|node|parallel|cleanWs|deleteDir)\b")
# What leaves a loop before its end, passes an item over, or goes on where an init fails.
_ENDS = ("break", "continue", "exit 0", "||", "mktemp", "-reconfigure", "New-TemporaryFile")
_SETTLES = ("reconfigure", "migrate-state", "force-copy")


def check(repository: Repository) -> Iterator[Match]:
    """Yield one match for each init that finds another backend than it is given."""
    told: set[Span] = set()
    for sequence in in_sequence(repository):
        last: dict[str, Run] = {}
        for run in filter(is_init, sequence):
            place = shown(run.invocation.directory)
            before = last.get(place)
            if before and run.span not in told and consistent(before, run) and _fails(repository, before, run):
                told.add(run.span)
                yield _match(repository.tree, before, run)
            last[place] = run
    for before, run in _rounds(repository):
        if run.span not in told and _fails(repository, before, run):
            told.add(run.span)
            yield _match(repository.tree, before, run)


def _rounds(repository: Repository) -> Iterator[tuple[Run, Run]]:
    """Yield two inits of a loop: one command, for two of the loop's items in one directory."""
    groups: dict[tuple[Span, str, str], list[Run]] = defaultdict(list)
    for run in runs(repository):
        found = _ITEM.search(run.invocation.command.scope)
        if is_init(run) and found and "$(" not in shown(run.invocation.directory):
            groups[run.span, found[1], shown(run.invocation.directory)].append(run)
    for (span, name, _), found_runs in groups.items():
        if len(found_runs) > 1 and _loops(repository, span, name):
            yield found_runs[0], found_runs[1]


def _loops(repository: Repository, span: Span, name: str) -> bool:
    """Tell whether a command stands in a loop over the items of a name that comes to more than one round."""
    text = text_in(repository.tree, span.path)
    found = [*re.finditer(rf"\bfor(?:each)?[ \t(]{{1,9}}\$?{re.escape(name)}[ \t]{{1,9}}in\b", text[: span.start])]
    body = text[found[-1].end() :] if found else ""
    return bool(found) and not any(word in body for word in (*_CLEARS, *_ENDS))


def _fails(repository: Repository, before: Run, run: Run) -> bool:
    """Tell whether the second init certainly finds a saved backend that is not its own."""
    commands = (before.invocation.command, run.invocation.command)
    if any(command.conditional or command.unknown_words for command in commands):
        return False
    if before.span == run.span and before.invocation.command.scope == run.invocation.command.scope:
        return False
    if any(text_of(flag.value) not in FALSE for name in _SETTLES for flag in run.invocation.all(name)):
        return False
    if before.invocation.unknown or run.invocation.unknown or "TF_DATA_DIR" in run.invocation.environment:
        return False
    return _differ(before, run) and not _is_cleared(repository, before.span, run.span)


def _differ(before: Run, run: Run) -> bool:
    """Tell whether the backend arguments of two inits certainly differ: files one by one, values by their names."""
    mine, theirs = _given(run), _given(before)
    if not mine or not theirs:
        return False  # without arguments an init goes on with what was saved
    return any(name in theirs and compare(value, theirs[name]) is False for name, value in mine.items())


def _given(run: Run) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for flag in run.invocation.all("backend-config"):
        name, *value = split(flag.value, "=", 1)
        text = text_of(name)
        if value and text:
            found[text] = value[0]
        elif not value:
            found["", str(sum(isinstance(key, tuple) for key in found))] = flag.value  # type: ignore[index] # one by one
    return found


def _is_cleared(repository: Repository, before: Span, run: Span) -> bool:
    """Tell whether the saved backend may be gone in between: removed, or left behind in another folder."""
    source = repository.tree.text(run.path)
    if before.path != run.path or not isinstance(source, Source):
        return True
    between = source.text[before.end : run.start] if before.end <= run.start else source.text[run.start : before.end]
    return any(word in between for word in _CLEARS) or ("Jenkinsfile" in run.path and bool(_STAGED.search(between)))


def _match(tree: Tree, before: Run, run: Run) -> Match:
    edits = _repair(tree, run)
    if before.span == run.span:
        return Match(run.span, {}, message="loop", edits=edits)
    return Match(run.span, {}, (Related(before.span, "the backend that is saved by then"),), edits=edits)


def _repair(tree: Tree, run: Run) -> tuple[Edit, ...]:
    """Return the flag put behind the word ``init``, where that stands in the command itself."""
    for word in run.invocation.command.words:
        if text_of(word.value) == "init":
            behind = Span(word.span.path, word.span.end, word.span.end)
            return (Edit(behind, " -reconfigure"),) if written(tree, word.span) == "init" else ()
    return ()
