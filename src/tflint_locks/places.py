"""Lines and columns of spans in a tree's files, worked out once per file.

Knows nothing of what stands there.
"""

from tflint_locks.source import Position, Span, line_starts, position
from tflint_locks.tree import Tree, text_in

# Files in which a backtick at a line's end may mean that the line goes on.
POWERSHELL = (".ps1", ".psm1", ".yml", ".yaml")
# The most lines of one statement that are looked at.
LONGEST = 100


class Places:
    """Positions in the files of one tree."""

    def __init__(self, tree: Tree) -> None:
        """Take the tree; its files are read when asked for."""
        self._tree = tree
        self._starts: dict[str, list[int]] = {}

    def text(self, path: str) -> str:
        """Return a file's text; empty where it cannot be read."""
        return text_in(self._tree, path)

    def position(self, path: str, offset: int) -> Position:
        """Return the line and column of an offset."""
        return position(self._of(path), offset)

    def range(self, span: Span) -> tuple[Position, Position]:
        """Return where a span starts and ends; the end is exclusive."""
        return self.position(span.path, span.start), self.position(span.path, span.end)

    def line(self, path: str, number: int) -> str:
        """Return the text of a line without its end."""
        starts = self._of(path)
        end = starts[number] if number < len(starts) else len(self.text(path))
        return self.text(path)[starts[number - 1] : end].rstrip("\r\n")

    def of_line(self, path: str, number: int) -> Span:
        """Return what stands on a line, its indentation aside; the beginning where there is no such line."""
        starts = self._of(path)
        if number > len(starts):
            return Span(path, 0, 0)
        line = self.line(path, number)
        start = starts[number - 1]
        return Span(path, start + len(line) - len(line.lstrip()), start + len(line))

    def statement(self, path: str, number: int) -> tuple[int, int]:
        """Return the first and last line of a statement that goes on behind a backslash, in PowerShell a backtick."""
        return number - self._run(path, number - 1, -1), number + self._run(path, number, 1)

    def _run(self, path: str, number: int, step: int) -> int:
        """Return how many lines from one on, in one direction, go on in the next."""
        count = 0
        while (
            0 < number + count * step < len(self._of(path))
            and count < LONGEST
            and self._goes_on(path, number + count * step)
        ):
            count += 1
        return count

    def _goes_on(self, path: str, number: int) -> bool:
        line = self.line(path, number).rstrip()
        return line.endswith("\\") or (line.endswith("`") and path.endswith(POWERSHELL))

    def before(self, path: str, offset: int) -> tuple[int, str]:
        """Return the line of an offset and that line's text up to it."""
        starts = self._of(path)
        line = position(starts, offset).line
        return line, self.text(path)[starts[line - 1] : offset]

    def _of(self, path: str) -> list[int]:
        if path not in self._starts:
            self._starts[path] = line_starts(self.text(path))
        return self._starts[path]
