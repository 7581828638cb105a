"""Documents as they are compared with what is: what a place is said to name, and when it does not speak of today.

Documents state today's place, a history, or how it is done in general. Only the first counts.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from tflint_locks.facts import Assignments, DocumentFile, Stated, TerraformFile
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.disagreements import disagreements
from tflint_locks.resolve.environments import Environments
from tflint_locks.resolve.lock_items import settled
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.roles import LOCK_TABLE, STATE_BUCKET, role_of_name
from tflint_locks.resolve.tables import undefined, unused
from tflint_locks.resolve.used import all_used
from tflint_locks.resolve.words import fold, words
from tflint_locks.source import Source, Span
from tflint_locks.value import Value, known, text_of

STATE_KEY, REGION, ACCOUNT, LOCK_ID = "state-key", "region", "account", "lock-id"
# Words by which a line says that it does not speak of today, or shows what not to do.
_PAST = regex(
    r"(?i)\b(?:old|older|previous|previously|former|formerly|legacy|renamed?|deprecated|obsolete|no longer"
    r"|migrat\w{1,8}"
    r"|instead of|replaced|originally|historical\w{0,3}|bad|wrong|incorrect|avoid|don't|for example|such as"
    r"|fixed|was)\b|\be\.g\.|→|(?<!-)->|=>|~~|❌|✗"
)
_PAST_HEADING = regex(
    r"(?i)\b(?:old|previous|former|legacy|histor\w{1,4}|changelog|migrat\w{1,6}|before|deprecated|examples?|incident|"
    r"postmortem|lessons|alternatives?|not recommended|anti-?patterns?|v?\d+\.\d+\.\d+|20\d\d-\d\d)\b|❌|✅|☑"
)
_STATE_NEARBY = regex(r"(?i)terraform|tfstate|\bstate\b|backend|tofu")
_AROUND = 600
_TOLD = regex(r"<!--[ \t]*tflint-locks:[^>]{0,400}-->")


class Page(NamedTuple):
    """A document with its text, in a repository with its S3 configurations and the names of its environments."""

    repository: Repository
    file: DocumentFile
    text: str
    configurations: Sequence[Configuration]
    environments: Environments


@lru_cache(maxsize=1)
def pages(repository: Repository) -> tuple[Page, ...]:
    """Return the documents that state anything, where the repository keeps state on S3."""
    configurations = settled(repository.configurations)
    names = Environments({fold(name): name for name in repository.environments}, repository.settings)
    return tuple(
        Page(repository, file, source.text, configurations, names)
        for file in repository.facts.values()
        if configurations and isinstance(file, DocumentFile)
        if isinstance(source := repository.tree.text(file.path), Source)
    )


# ---------------------------------------------------------------- roles


def role_in(stated: Stated) -> str | None:
    """Return what a place of a document is said to name; None where it says too little."""
    if stated.evidence in ("sample", "init"):
        return _BACKEND_ROLES.get(stated.label) or role_of_name(stated.label)
    return _FIXED_ROLES.get(stated.label) or (
        None if stated.evidence in ("arn", "url") else role_of_label(stated.label, stated.value)
    )


_BACKEND_ROLES = {"dynamodb_table": LOCK_TABLE, "bucket": STATE_BUCKET, "key": STATE_KEY, "region": REGION}
_FIXED_ROLES = {
    "--table-name": LOCK_TABLE,
    "table arn": LOCK_TABLE,
    "bucket arn": STATE_BUCKET,
    "--bucket": STATE_BUCKET,
    "bucket url": STATE_BUCKET,
    "key url": STATE_KEY,
    "LockID": LOCK_ID,
    "--region": REGION,
    "table arn region": REGION,
    "table arn account": ACCOUNT,
}
# What is said to be one of these is no table, bucket, key, region or account.
_NOT_NAMES = frozenset("policy role kms alias output module resource file partition hash prefix".split())
_TABLE_WORDS = frozenset("lock locks locking dynamodb locktable".split())


def role_of_label(label: str, value: Value) -> str | None:
    """Return what a label of a list, table or variable says its value is."""
    found = set(words(label.replace("_", " ")))
    text = text_of(value) or ""
    if found & _NOT_NAMES:
        return None
    if found & _TABLE_WORDS:
        return LOCK_TABLE if "/" not in text and ":" not in text else None
    if found & {"bucket", "s3"} and "/" not in text and ":" not in text and "key" not in found:
        return STATE_BUCKET
    if text.endswith(".tfstate") and found & {"key", "state", "path"}:
        return STATE_KEY
    return REGION if "region" in found else ACCOUNT if "account" in found else None


# ---------------------------------------------------------------- what silences


def occurrences(page: Page, text: str, role: str) -> list[Span]:
    """Return every place of a document where a name stands whole; what a slash follows is no table."""
    after = r"[\w-]|\.\w" if role == STATE_BUCKET else r"[\w/-]|\.\w"
    pattern = re.compile(rf"(?<![\w.-]){re.escape(text)}(?!{after})")
    return [Span(page.file.path, *found.span()) for found in pattern.finditer(page.text)]


def line_at(text: str, span: Span) -> str:
    """Return the line a place stands in, at most 2,000 characters of it; without what it says to this tool."""
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    return _TOLD.sub("", text[start : len(text) if end < 0 else end][:2000])


def speaks_of_past(text: str) -> bool:
    """Tell whether a line says that it is not about today, or shows what not to do."""
    return _PAST.search(text) is not None


def is_past(page: Page, span: Span) -> bool:
    """Tell whether the line of a place says that it is not about today."""
    return speaks_of_past(line_at(page.text, span))


def is_past_heading(stated: Stated) -> bool:
    """Tell whether a place stands under a heading of the past, or of samples."""
    return any(_PAST_HEADING.search(heading) for heading in stated.headings[1:] or stated.headings)


def has_whole(text: str, name: str) -> bool:
    """Tell whether a text has a name that is no part of a longer one."""
    return name in text and re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text) is not None


@lru_cache(maxsize=2)
def _blamed(repository: Repository) -> frozenset[Span]:
    """Return the places of names that another rule says are wrong: that they stand there proves nothing."""
    spans = {found.mention.span for role in (LOCK_TABLE, STATE_BUCKET) for found in disagreements(repository, role)}
    spans |= {table.span for table in unused(repository)}
    spans |= {definition.span for found in undefined(repository) for definition in found.definitions}
    return frozenset(spans)


def lives(repository: Repository, role: str, text: str) -> bool:
    """Tell whether a name stands anywhere in Terraform's own files, or is made or used by what no rule blames."""
    blamed = _blamed(repository)
    kind = "table" if role == LOCK_TABLE else "bucket"
    used = {text_of(one.name) for one in all_used(repository.configurations, role)}
    # A lock table or state bucket that a script makes and nothing uses is as stale as the document.
    made = (
        one
        for one in repository.definitions
        if one.kind == kind
        and one.span not in blamed
        and not (one.source == "command" and one.proven and text not in used)
    )
    if any(known(one.name) and text_of(one.name) == text for one in made):
        return True
    pattern = re.compile(rf"(?<![\w.-]){re.escape(text)}(?![\w-])")
    for path, file in repository.facts.items():
        source = repository.tree.text(path) if isinstance(file, (TerraformFile, Assignments)) else None
        if isinstance(source, Source) and text in source.text:
            spans = (Span(path, *found.span()) for found in pattern.finditer(source.text))
            if any(span not in blamed for span in spans):
                return True
    return False


def environment_at(page: Page, stated: Stated) -> str | None:
    """Return the environment a place speaks of: by its name, its row, its label, its headings, its file's name."""
    text = text_of(stated.value) or ""
    beside = stated.beside if stated.evidence == "table" else ""
    for said in (text, beside, stated.label, *reversed(stated.headings), page.file.path.rpartition("/")[2]):
        if said and len(page.environments.all_in(said)) > 1:
            return None
        found = page.environments.of_text(said) if said else None
        if found:
            return found
    return None


def speaks_of_state(page: Page, stated: Stated) -> bool:
    """Tell whether Terraform or its state are spoken of near a place, or in its headings."""
    start, end = stated.span.start, stated.span.end
    nearby = page.text[max(start - _AROUND, 0) : end + _AROUND]
    return _STATE_NEARBY.search(nearby) is not None or any(_STATE_NEARBY.search(one) for one in stated.headings)
