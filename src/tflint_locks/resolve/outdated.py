"""Words, related places and repairs for what a document states and nothing uses."""

from tflint_locks.data.regions import REGIONS
from tflint_locks.finding import Edit, Match, Related
from tflint_locks.regex import regex
from tflint_locks.resolve.documents import REGION
from tflint_locks.resolve.expected import is_made
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.phrases import listed
from tflint_locks.resolve.stale import Stale
from tflint_locks.source import Source, Span
from tflint_locks.tree import Tree

# Commands of the AWS CLI and of terraform that take something away, and how far before a name one may begin.
_DELETION = regex(r"\b(?:delete-(?:table|item|bucket|objects?)|s3 r[bm]|state rm|force-unlock)\b")
_WIDEST = 500


def outdated_match(repository: Repository, found: Stale, shown_as: str, message: str = "default") -> Match:
    """Return the match of a stale value; ``shown_as`` is what stands under the places that are right."""
    first, *rest = found.places
    names = sorted({text for text, _ in found.expected})
    environment = found.environments[0] if len(found.environments) == 1 else "the backend"
    right = [Related(span, shown_as) for _, span in found.expected]
    replacement = names[0] if len(names) == 1 and _is_sound(found.kind, names[0]) else None
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
        unsafe=is_made(repository, found.text) or any(_deletes(repository.tree, place) for place in found.places),
        edits=tuple(Edit(span, replacement) for span in rest) if replacement is not None else (),
    )


def _is_sound(kind: str, text: str) -> bool:
    """Tell whether terraform takes what a backend states; else the backend is what is to be mended."""
    if kind == REGION:
        return text in REGIONS
    return not text.startswith("/") and "//" not in text


def _deletes(tree: Tree, place: Span) -> bool:
    """Tell whether a place stands in a command that deletes: with the right name it deletes something else."""
    source = tree.text(place.path)
    before = source.text[max(place.start - _WIDEST, 0) : place.start] if isinstance(source, Source) else ""
    return bool(_DELETION.search(before.replace("\\\n", " ").replace("`\n", " ").rpartition("\n")[2]))
