"""Words, related places and repairs for what a document states and nothing uses."""

from tflint_locks.finding import Edit, Match, Related
from tflint_locks.resolve.phrases import listed
from tflint_locks.resolve.stale import Stale


def outdated_match(found: Stale, shown_as: str, message: str = "default") -> Match:
    """Return the match of a stale value; ``shown_as`` is what stands under the places that are right."""
    first, *rest = found.places
    names = sorted({text for text, _ in found.expected})
    environment = found.environments[0] if len(found.environments) == 1 else "the backend"
    right = [Related(span, shown_as) for _, span in found.expected]
    replacement = names[0] if len(names) == 1 else None
    count = f"named in {len(found.places)} places of the document"
    return Match(
        first,
        {
            "value": f"`{found.text}`",
            "expected": listed([f"`{name}`" for name in names], "or"),
            "environment": environment,
        },
        (*right, *(Related(span, "here too") for span in rest)),
        message=message,
        label="documented here",
        environments=found.environments,
        notes=(count,) if rest else (),
        replacement=replacement,
        edits=tuple(Edit(span, replacement) for span in rest) if replacement is not None else (),
    )
