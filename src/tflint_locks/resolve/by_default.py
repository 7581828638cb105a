"""Names that rest on a default environment: who applies a root module or makes a stack may give another."""

import posixpath

from tflint_locks.facts import StackTemplate
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.words import is_known_environment
from tflint_locks.source import Span
from tflint_locks.value import Hole, Literal, Piece, Value


def as_given(repository: Repository, value: Value, root: str | None) -> Value:
    """Return a name with a hole for each environment that is only a variable's or parameter's default.

    Of variables those of ``root`` alone: what a called module is not given has its default for certain.
    """
    return tuple(_opened(repository, piece, root) for piece in value)


def _opened(repository: Repository, piece: Piece, root: str | None) -> Piece:
    if not isinstance(piece, Literal) or piece.span is None or not is_known_environment(piece.text):
        return piece
    by_default = _of_variable(repository, piece.span, root) or _of_parameter(repository, piece.span)
    return Hole(f"default {piece.text}", piece.span, "a default", piece.text) if by_default else piece


def _of_variable(repository: Repository, span: Span, root: str | None) -> bool:
    module = repository.modules.get(root) if root is not None and posixpath.dirname(span.path) == root else None
    return module is not None and any(
        declared.path == span.path and declared.block.start <= span.start < declared.block.end
        for declared in module.variables.values()
    )


def _of_parameter(repository: Repository, span: Span) -> bool:
    template = repository.facts.get(span.path)
    if not isinstance(template, StackTemplate):
        return False
    return any(piece.span == span for _, value in template.defaults for piece in value)
