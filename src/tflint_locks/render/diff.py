"""Changes as a unified diff, which ``git apply`` and ``patch`` take."""

from collections.abc import Iterator, Mapping
from difflib import unified_diff

from tflint_locks.regex import regex
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
        for line in unified_diff(old, new, f"a/{path}", f"b/{path}"):
            yield line if line.endswith("\n") else f"{line}\n{NO_END}"
