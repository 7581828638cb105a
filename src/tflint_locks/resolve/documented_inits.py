"""Documented inits that cannot work: in a directory that is not there, or without what the backend leaves out.

Knows the backend blocks of the root modules and what a document's commands give them.
"""

import posixpath
from collections.abc import Iterator

from tflint_locks.facts import DocumentedInit
from tflint_locks.record import NamedTuple
from tflint_locks.resolve.backends import block_settings
from tflint_locks.resolve.documents import Page, pages, speaks_of_past
from tflint_locks.resolve.drafts import header
from tflint_locks.resolve.model import Repository
from tflint_locks.resolve.modules import Module
from tflint_locks.source import Source, Span
from tflint_locks.value import text_of

_NEEDED = ("bucket", "key")
_PLACEHOLDERS = "<>$*{}[]"


class Incomplete(NamedTuple):
    """A documented init, and what it lacks: ``missing`` values of the ``block``, or a ``directory`` that is not there.

    ``like`` is a root module that lies beside the missing directory.
    """

    span: Span
    missing: tuple[str, ...]
    directory: str
    block: Span | None = None
    like: str = ""
    others: tuple[Span, ...] = ()


def incomplete_inits(repository: Repository) -> Iterator[Incomplete]:
    """Yield the documented inits that cannot work, those of one document in one directory as one."""
    for page in pages(repository):
        found: dict[tuple[str, tuple[str, ...]], list[Incomplete]] = {}
        for init in page.file.inits:
            one = _judged(page, init)
            if one:
                found.setdefault((one.directory, one.missing), []).append(one)
        for first, *rest in found.values():
            yield first._replace(others=tuple(one.span for one in rest))


def _judged(page: Page, init: DocumentedInit) -> Incomplete | None:
    if init.has_file or any(mark in init.directory for mark in _PLACEHOLDERS):
        return None
    if not init.given and (init.words or "backend" in page.text.lower()):
        return None
    if _is_warned_of(page, init):
        return None
    directory = _resolved(page, init.directory)
    if directory is None:
        return _astray(page, init)
    block = _block(page.repository, page.repository.modules[directory])
    if block is None:
        return None
    missing = tuple(name for name in _NEEDED if name not in block[1] and name not in init.given)
    return Incomplete(init.span, missing, directory, block[0]) if missing else None


def _is_warned_of(page: Page, init: DocumentedInit) -> bool:
    """Tell whether the line of an init or the one before says that it is not, or no longer, how it is done."""
    start = page.text.rfind("\n", 0, max(page.text.rfind("\n", 0, init.span.start), 0)) + 1
    return speaks_of_past(page.text[start : init.span.end])


def _resolved(page: Page, written: str) -> str | None:
    """Return the root module a documented directory is: from the root, or from the document's own folder."""
    if not written or written.startswith(("/", "~", "-")):
        return None
    places = (written, posixpath.join(posixpath.dirname(page.file.path), written))
    return next((path for place in places if (path := posixpath.normpath(place)) in page.repository.modules), None)


def _block(repository: Repository, module: Module) -> tuple[Span, frozenset[str]] | None:
    """Return a root's backend block on S3 with the names it states a value for."""
    declared = module.backend
    source = repository.tree.text(declared.path) if declared else None
    if declared is None or not isinstance(source, Source) or [one.text for one in declared.block.labels] != ["s3"]:
        return None
    stated = {one.name for one in block_settings(declared, source.text, "block", None) if one.value}
    return header(declared), frozenset(stated)


def _astray(page: Page, init: DocumentedInit) -> Incomplete | None:
    """Return an init in a folder that is nowhere, though root modules with a backend lie beside where it would be."""
    path = posixpath.normpath(init.directory)
    parent = posixpath.dirname(path)
    if not parent or path.startswith((".", "/", "~")) or not _states_bucket(page, init):
        return None
    if any(f"/{path}/" in f"/{other}" for other in page.repository.tree.paths()):
        return None
    beside = [root for root in _roots(page) if posixpath.dirname(root) == parent]
    return Incomplete(init.span, (), path, None, beside[0]) if beside else None


def _roots(page: Page) -> list[str]:
    return sorted({one.root for one in page.configurations})


def _states_bucket(page: Page, init: DocumentedInit) -> bool:
    """Tell whether the init names a bucket that a configuration uses."""
    used = {text_of(one.value("bucket")) for one in page.configurations} - {None}
    return any(
        one.group == init.group and one.label == "bucket" and text_of(one.value) in used for one in page.file.stated
    )
