"""Which files are documents, and reading those that speak of a state backend. Says nothing of what they mean.

Documents are most of many repositories: they are read only where there is a backend to compare them with.
"""

import posixpath
from collections.abc import Iterable

from tflint_locks.facts import DocumentFile
from tflint_locks.regex import regex
from tflint_locks.source import Source, says
from tflint_locks.tree import Tree

_DOCUMENT = regex(r"(?i)(?:^|/)(?:readme|runbook)[^/.]{0,40}\.txt$")
# A sample of a file that people fill in: what it says is said of the live one. A backend file's is left out: its
# names are there to be replaced.
_SAMPLE = regex(
    r"(?i)(?:^|/)(?:\.env[^/]{0,40}\.(?:example|sample|dist|template)|\.?env[-_.](?:example|sample)[^/]{0,20}"
    r"|[^/]{1,80}\.tfvars\.(?:example|sample|dist))$"
)
# Without one of these a document says nothing that could be compared.
_WORDS = (
    *(b"dynamodb", b"tfstate", b"lockid", b"backend-config", b"terraform init", b"tofu init"),
    *(b"lock table", b"lock_table", b"lock-table", b"locktable"),
    *(b"terraform state", b"terraform_state", b"terraform-state"),
    *(b"state bucket", b"state_bucket", b"state-bucket"),
)


def is_document(path: str) -> bool:
    """Tell whether a path is a document's or a sample's."""
    low = path.lower()
    if low.endswith((".md", ".mdx", ".markdown", ".rst", ".adoc", ".asciidoc")):
        return True
    if low.endswith(".txt") and _DOCUMENT.search(path):
        return True
    return ("env" in low or ".tfvars." in low) and _SAMPLE.search(path) is not None


def read_documents(tree: Tree, paths: Iterable[str]) -> dict[str, DocumentFile]:
    """Read the documents that speak of a state backend; what cannot be read says nothing."""
    found: dict[str, DocumentFile] = {}
    for path in sorted(filter(is_document, paths)):
        if is_history(path):
            continue
        source = tree.text(path)
        if isinstance(source, Source) and says(source.text, _WORDS):
            found[path] = _read(path, source.text)
    return found


def _read(path: str, text: str) -> DocumentFile:
    from tflint_locks.read import markdown

    read = markdown.read_sample if _SAMPLE.search(path) else markdown.read_markdown
    return read(path, text)


# Documents of what was, will be or might be (GUARDS), by the words of their paths.
_HISTORIES = frozenset(
    "archive archives archived old history histories changelog changelogs changes migration migrations migrate "
    "migrating plan plans planning session sessions log logs notes note postmortem postmortems incident incidents "
    "adr adrs decision decisions rfc rfcs blog blogs post posts release releases roadmap todo todos next backlog "
    "sprint sprints retro retrospective summary summaries report reports status progress completed complete "
    "completion handoff handover lessons meeting meetings journal diary public proposal proposals deprecated "
    "legacy obsolete draft drafts review reviews audit audits findings analysis investigation fix fixes "
    "improvements refactor refactoring upgrade upgrading prompt prompts superpowers phase research tutorial "
    "tutorials example examples learning course exercises template templates skill skills".split()
)
_DATED = regex(r"(?:19|20)\d{2}[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?[0-3]\d)?(?!\d)")
_NAME_WORD = regex(r"[A-Za-z]+")


def is_history(path: str) -> bool:
    """Tell whether a document's path says that it does not speak of today."""
    if _SAMPLE.search(path):
        path = posixpath.dirname(path)
    return _DATED.search(path) is not None or any(word.lower() in _HISTORIES for word in _NAME_WORD.findall(path))
