"""Changes as a unified diff, which ``git apply`` and ``patch`` take.

The lines around a change are fewer where one of them holds a secret: it is not printed, and the patch still applies.
"""

from collections.abc import Iterator, Mapping
from difflib import unified_diff

from tflint_locks.regex import regex
from tflint_locks.render.escape import masked
from tflint_locks.source import Source
from tflint_locks.tree import Tree

# Lines as git has them: a form feed or another of Unicode's line ends is a character like others.
_LINE = regex(r"[^\n]*\n|[^\n]+")
NO_END = "\\ No newline at end of file\n"


def diff_lines(tree: Tree, texts: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines, ends included, of the differences between what a tree has and new texts."""
    for path, text in sorted(texts.items()):
        source = tree.text(path)
        if not isinstance(source, Source):
            continue
        old, new = _LINE.findall(source.text), _LINE.findall(text)
        for line in _without_secrets(old, new, path):
            yield line if line.endswith("\n") else f"{line}\n{NO_END}"


def _without_secrets(old: list[str], new: list[str], path: str) -> list[str]:
    """Return a diff whose lines hold no secret; one on a line that changes is stars, and that patch is to be read."""
    lines: list[str] = []
    for around in range(3, -1, -1):
        lines = list(unified_diff(old, new, f"a/{path}", f"b/{path}", n=around))
        if all(masked(line[1:]) == line[1:] for line in lines):
            return lines
    return [line[:1] + masked(line[1:]) for line in lines]
