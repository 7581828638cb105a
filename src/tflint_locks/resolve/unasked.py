"""What a machine does to locks without anybody asking: who gives an id, and what starts a CI file."""

import re
from collections.abc import Iterator

from tflint_locks.facts import Command, ScriptFile
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.runs import automated_paths, scripts
from tflint_locks.source import Source
from tflint_locks.value import Hole, Value, holes, known

# Triggers that need nobody; a workflow that people start and others call is taken for theirs.
_TRIGGER = re.compile(
    r"^[ \t]{1,8}(?:push|pull_request|pull_request_target|schedule|workflow_run|repository_dispatch|merge_group"
    r"|release|issue_comment)[ \t]*:|^['\"]?on['\"]?[ \t]*:.*\b(?:push|pull_request|schedule|workflow_run)\b"
    r"|^[ \t]*-[ \t]*(?:push|pull_request|schedule)[ \t]*$",
    re.MULTILINE,
)
_PERSON = re.compile(r"\$\{\{ (?:inputs|github\.event\.inputs)\.|^\$(?:\d|[A-Za-z_]\w*$)")


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
    return hole.why in {"an input", "read when it runs"} or _PERSON.search(hole.identity) is not None


def computed(value: Value) -> bool:
    """Tell whether a value is worked out when the command runs, by a command or an earlier step."""
    return any("$(" in hole.identity or "steps." in hole.identity or "needs." in hole.identity for hole in holes(value))


def written_down(value: Value) -> bool:
    """Tell whether a value is a text that stands in the file."""
    return known(value) and bool(value)


def is_started_by_hand(repository: Repository, path: str) -> bool:
    """Tell whether a CI file runs only when a person starts it (`workflow_dispatch` alone)."""
    source = repository.tree.text(path)
    text = source.text if isinstance(source, Source) else ""
    head = text.split("\njobs:", 1)[0]
    return "workflow_dispatch" in head and _TRIGGER.search(head) is None
