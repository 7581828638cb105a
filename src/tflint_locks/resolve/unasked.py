"""What a machine does to locks without anybody asking: who gives an id, and what starts a CI file."""

import re
from collections.abc import Iterable, Iterator

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.regex import regex
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.runs import automated_paths, scripts
from tflint_locks.source import Span
from tflint_locks.tree import text_in
from tflint_locks.value import Hole, Value, holes

# Triggers that need nobody; a workflow that people start and others call is taken for theirs.
_TRIGGER = regex(
    r"^[ \t]{1,8}(?:push|pull_request|pull_request_target|schedule|workflow_run|repository_dispatch|merge_group"
    r"|release|issue_comment)[ \t]*:|^['\"]?on['\"]?[ \t]*:.*\b(?:push|pull_request|schedule|workflow_run)\b"
    r"|^[ \t]*-[ \t]*(?:push|pull_request|schedule)[ \t]*$",
    re.MULTILINE,
)
_PERSON = regex(r"\$\{\{ (?:inputs|github\.event\.inputs)\.|^\$(?:\d|[A-Za-z_]\w*$)")

# What people say before a machine starts: Azure's variables are written like commands, ``$(LOCK_ID)``.
_ASKED = frozenset({"an input", "read when it runs", "set outside the file"})
# A job of GitLab, and when it runs.
_JOB = regex(r"^[^\s#\-][^\n]{0,200}:", re.MULTILINE)
_WHEN = regex(r"\bwhen[ \t]{0,9}:[ \t]{0,9}['\"]?(\w+)")
_LISTED = "an item of a command's output"


def commands(repository: Repository) -> Iterator[tuple[ScriptFile, Command, bool]]:
    """Yield every command with its file and whether CI or a hook runs it."""
    unasked = automated_paths(repository)
    for file in scripts(repository):
        for command in file.commands:
            yield file, command, file.path in unasked


def given_by_person(value: Value) -> bool:
    """Tell whether a value comes from an input, an argument, the environment of whoever starts it, or a question."""
    return any(_is_asked(hole) for hole in holes(value))


def _is_asked(hole: Hole) -> bool:
    return hole.why in _ASKED or _PERSON.search(hole.identity) is not None


def computed(value: Value) -> bool:
    """Tell whether a value is worked out when the command runs, by a command or an earlier step."""
    return any(_is_computed(hole) for hole in holes(value))


def _is_computed(hole: Hole) -> bool:
    if hole.why in _ASKED or "github.event.comment" in hole.identity:
        return False
    return hole.why == _LISTED or any(word in hole.identity for word in ("$(", "steps.", "needs."))


def is_started_by_hand(repository: Repository, path: str, spans: Iterable[Span] = ()) -> bool:
    """Tell whether a CI file, or the jobs of GitLab that some places stand in, run only when a person starts them."""
    text = text_in(repository.tree, path)
    places = [span for span in spans if span.path == path]
    if ".gitlab-ci" in path:
        return bool(places) and all(_is_manual(_job_around(text, span.start)) for span in places)
    head = text.split("\njobs:", 1)[0]
    return "workflow_dispatch" in head and _TRIGGER.search(head) is None


def _job_around(text: str, at: int) -> str:
    """Return the lines of the top-level key that a place stands under."""
    start = max((found.start() for found in _JOB.finditer(text, 0, at)), default=0)
    following = _JOB.search(text, at)
    return text[start : following.start() if following else len(text)]


def _is_manual(job: str) -> bool:
    said = {found[1] for found in _WHEN.finditer(job)}
    return "manual" in said and said <= {"manual", "never"} and job.count("- if") <= job.count("manual")
