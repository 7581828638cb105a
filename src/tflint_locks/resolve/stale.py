"""What documents state of the lock table and the state's place that is certainly not so.

A name counts where it is near what the repository uses, or of the same project, and nothing live has it.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from tflint_locks.facts import Stated
from tflint_locks.record import NamedTuple
from tflint_locks.regex import regex
from tflint_locks.resolve.documents import (
    ACCOUNT,
    LOCK_ID,
    REGION,
    STATE_KEY,
    Page,
    environment_at,
    has_whole,
    is_past,
    is_past_heading,
    line_at,
    lives,
    occurrences,
    pages,
    role_in,
    speaks_of_state,
)
from tflint_locks.resolve.kin import kin, kindred_keys, named_environments, residue
from tflint_locks.resolve.lock_items import EVERYBODYS, STAND_INS, is_stand_in, item_of, may_be_item, unwritten
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.roles import LOCK_TABLE, STATE_BUCKET, names_lock_table, names_state_bucket
from tflint_locks.resolve.stated import account_of, backend_account
from tflint_locks.resolve.used import Used, all_used, used
from tflint_locks.resolve.words import fold, is_placeholder, near, words
from tflint_locks.source import Span
from tflint_locks.value import compare, known, literal, text_of

# Positions that any table or bucket may stand in: its own name must say that it is the state's.
_WEAK = frozenset({"--table-name", "table arn", "bucket arn", "--bucket", "bucket url"})


class Stale(NamedTuple):
    """A value that a document states and nothing uses: where it stands, first place first, and what is used.

    ``kind`` is ``lock-table``, ``state-bucket``, ``state-key``, ``region``, ``account``, ``lock-id``; ``unlocked``
    where no backend uses a lock table at all. ``expected`` are the texts that would be right with their places.
    """

    kind: str
    text: str
    places: tuple[Span, ...]
    expected: tuple[tuple[str, Span], ...]
    environments: tuple[str, ...]


@lru_cache(maxsize=1)
def stale(repository: Repository) -> tuple[Stale, ...]:
    """Return what every document states that is certainly not so."""
    return tuple(found for page in pages(repository) for found in _of_page(page))


def _of_page(page: Page) -> Iterator[Stale]:
    for role in (LOCK_TABLE, STATE_BUCKET):
        yield from _names(page, role)
    yield from _lock_ids(page)
    yield from _regions(page)
    yield from _keys(page)
    yield from _accounts(page)


# ---------------------------------------------------------------- tables and buckets


def _names(page: Page, role: str) -> Iterator[Stale]:
    """Yield the lock tables or state buckets that a document names and nothing uses, once for each name."""
    by_text: dict[str, list[Stated]] = {}
    for stated in page.file.stated:
        text = text_of(stated.value)
        if text and role_in(stated) == role and _may_be_name(text):
            by_text.setdefault(text, []).append(stated)
    for text, places in by_text.items():
        expected = _expected(page, role, text)
        if expected and _is_meant(page, role, text, places) and not lives(page.repository, role, text):
            found = _stale(page, role, text, places, expected)
            if found:
                yield found
        elif not expected and role == LOCK_TABLE and _locks_otherwise(page, text, places):
            yield from filter(None, [_stale(page, "unlocked", text, places, ())])


_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{2,254}")


def _may_be_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and not is_placeholder(text) and not set(words(text)) & STAND_INS


def _expected(page: Page, role: str, text: str) -> list[Used]:
    """Return what is used where a name is stated: kin of it, in its environment; nothing where anything may use it."""
    documented = _documented(page)
    every = list(all_used(documented, role))
    if text in _all_texts(page, role) or any(compare(one.name, literal(text)) is not False for one in every):
        return []
    meant = [one for one in every if (name := text_of(one.name)) and _may_mean(page, role, text, name)]
    projects = {one.configuration.project for one in meant}
    siblings = [one for one in documented if one.project in projects]
    if any(_unknown(one, role) for one in siblings):
        return []
    own = named_environments(text)
    return [one for one in meant if not own or _is_of(one, own)]


def _is_of(one: Used, environments: Sequence[str]) -> bool:
    """Tell whether what is used is of the environments that a name speaks of, which may live in another repository."""
    environment = one.configuration.environment
    return fold(environment or "") in environments or named_environments(text_of(one.name) or "") == environments


def _may_mean(page: Page, role: str, text: str, name: str) -> bool:
    if kin(text, name, page.repository.environments):
        return True
    # a project that names its table plainly is documented plainly too
    return role == LOCK_TABLE and not residue(text) and not residue(name) and names_lock_table(text)


def _unknown(configuration: Configuration, role: str) -> bool:
    """Tell whether a configuration's table or bucket is not certainly known; no table at all is known too."""
    if not configuration.closed:
        return True
    value = configuration.value("dynamodb_table" if role == LOCK_TABLE else "bucket")
    return value is None and role != LOCK_TABLE


def _is_meant(page: Page, role: str, text: str, places: Sequence[Stated]) -> bool:
    """Tell whether one place at least certainly names the state's table or bucket of this repository."""
    return any(_proves(page, role, text, stated) for stated in places)


def _proves(page: Page, role: str, text: str, stated: Stated) -> bool:
    says = names_lock_table(text) if role == LOCK_TABLE else names_state_bucket(text)
    if not residue(text) and not any(near(text, name, ()) for name in _all_texts(page, role)):
        # a plain name is anybody's in a sample, but not in a command of a runbook
        return stated.evidence == "command" and stated.beside != "create"
    if stated.label in _WEAK or stated.evidence in ("label", "table", "variable"):
        return says or (_says_kind(role, text) and speaks_of_state(page, stated))
    return True


def _says_kind(role: str, text: str) -> bool:
    """Tell whether a name says that it is for locks, or for state."""
    found = set(words(text))
    return bool(
        found & ({"lock", "locks", "locking"} if role == LOCK_TABLE else {"state", "states", "tfstate", "backend"})
    )


def _all_texts(page: Page, role: str) -> set[str]:
    return {text for one in all_used(page.configurations, role) if (text := text_of(one.name))}


def _locks_otherwise(page: Page, text: str, places: Sequence[Stated]) -> bool:
    """Tell whether a lock table is stated in a repository whose backends certainly use none."""
    if any(not one.closed or one.value("dynamodb_table") for one in page.configurations):
        return False
    owner = residue(text)
    buckets = _all_texts(page, STATE_BUCKET)
    mine = [name for name in buckets if owner and residue(name) == owner and name in page.text]
    return (
        bool(mine or any(owner and residue(name) == owner and names_lock_table(text) for name in buckets))
        and any(_proves(page, LOCK_TABLE, text, stated) and stated.evidence != "sample" for stated in places)
        and not lives(page.repository, LOCK_TABLE, text)
    )


def _documented(page: Page) -> list[Configuration]:
    """Return the configurations whose backend files the document's inits name, all where it names none."""
    files = {
        word.partition("=")[2].strip("\"'").removeprefix("./")
        for init in page.file.inits
        for word in init.words
        if word.startswith("-backend-config=")
    }
    found = [
        one
        for one in page.configurations
        if any(path == file or path.endswith(f"/{file}") for path in one.files for file in files if file)
    ]
    return found or list(page.configurations)


# ---------------------------------------------------------------- what silences


def _stale(page: Page, kind: str, text: str, stated: Sequence[Stated], expected: Sequence[Used]) -> Stale | None:
    """Return a finding with every place of the name, None where the document itself knows that it is not so."""
    # a plain name may be anything's elsewhere in the document
    spans = occurrences(page, text, kind) if residue(text) else [one.span for one in stated]
    environments = [environment_at(page, one) for one in stated]
    if not spans or any(is_past(page, span) for span in spans) or any(is_past_heading(one) for one in stated):
        return None
    if _corrected(page, spans, expected) or all(_is_sample_of_many(page, one) for one in stated):
        return None
    named = {one for one in environments if one}
    narrowed = [one for one in expected if one.configuration.environment in named] if len(named) == 1 else []
    right = narrowed or expected
    texts: dict[str, Span] = {}
    for one in right:
        texts.setdefault(text_of(one.name) or "", one.span)
    found = tuple(sorted({one.configuration.environment for one in right if one.configuration.environment}))
    return Stale(kind, text, tuple(spans), tuple(texts.items()), found)


def _corrected(page: Page, spans: Iterable[Span], expected: Sequence[Used]) -> bool:
    """Tell whether a line names the right one beside the wrong one."""
    names = [name for one in expected if (name := text_of(one.name))]
    return any(has_whole(line_at(page.text, span), name) for span in spans for name in names)


def _is_sample_of_many(page: Page, stated: Stated) -> bool:
    """Tell whether a sample beside the name has what everybody replaces."""
    beside = [one for one in page.file.stated if one.group == stated.group and one.evidence in ("sample", "init")]
    return any(set(words(text)) & STAND_INS or is_placeholder(text) for one in beside if (text := text_of(one.value)))


# ---------------------------------------------------------------- lock items


def _lock_ids(page: Page) -> Iterator[Stale]:
    seen: set[str] = set()
    for stated in page.file.stated:
        text = text_of(stated.value)
        if role_in(stated) != LOCK_ID or text is None or text in seen:
            continue
        seen.add(text)
        tables = [
            text_of(one.value) for one in page.file.stated if one.group == stated.group and role_in(one) == LOCK_TABLE
        ]
        right = unwritten(page.configurations, text, tables[0] if tables else None, page.repository.environments)
        if right and not is_past(page, stated.span) and not is_past_heading(stated):
            spans = tuple(
                one.span for one in page.file.stated if text_of(one.value) == text and role_in(one) == LOCK_ID
            )
            yield Stale(LOCK_ID, text, spans, tuple(right), ())


# ---------------------------------------------------------------- regions, keys, accounts


def _group(page: Page, stated: Stated, role: str) -> list[Configuration] | None:
    """Return the configurations whose bucket or table is stated beside a place; None where there is none."""
    for other in page.file.stated:
        same = other.group == stated.group and other.evidence == stated.evidence and role_in(other) == role
        text = text_of(other.value) if same else None
        if text is None or (stated.beside and stated.evidence != "table" and stated.beside != text):
            continue
        found = [one for one in page.configurations if not one.closed or _uses(one, role, text)]
        if any(one.closed and text_of(mine.name) == text for one in found if (mine := used(one, role))):
            return found
    return None


def _uses(configuration: Configuration, role: str, text: str) -> bool:
    mine = used(configuration, role)
    return mine is not None and compare(mine.name, literal(text)) is not False


_REGION_NAME = regex(r"[a-z]{2}(?:-[a-z]+){1,3}-\d")


def _regions(page: Page) -> Iterator[Stale]:
    """Yield the regions stated beside a bucket or table that is in another one for every backend that uses it."""
    for stated in page.file.stated:
        text = text_of(stated.value)
        if role_in(stated) != REGION or text is None or not _REGION_NAME.fullmatch(text) or not _says_backends(stated):
            continue
        for role in (STATE_BUCKET, LOCK_TABLE):
            found = _group(page, stated, role) or []
            right = _settled(found, "region", text)
            if right and not is_past(page, stated.span) and not is_past_heading(stated):
                yield Stale(REGION, text, (stated.span,), right, ())
                break


def _says_backends(stated: Stated) -> bool:
    """Tell whether a region is certainly the state's: lists and variables state those of all kinds of things."""
    said = set(words(stated.label.replace("_", " ")))
    return stated.evidence not in ("label", "variable") or bool(said & {"state", "backend", "tfstate", "lock", "locks"})


def _settled(found: Sequence[Configuration], name: str, text: str) -> tuple[tuple[str, Span], ...]:
    """Return what all of some configurations certainly have in one attribute, nothing where one may have the text."""
    values = [one.value(name) for one in found]
    if not found or any(value is None or not known(value) for value in values) or any(not one.closed for one in found):
        return ()
    texts = {
        said: one.settings[name].span for one, value in zip(found, values, strict=True) if (said := text_of(value))
    }
    return () if text in texts else tuple(texts.items())


def _keys(page: Page) -> Iterator[Stale]:
    """Yield the state keys stated with a bucket in which no backend writes them."""
    for stated in page.file.stated:
        text = text_of(stated.value)
        if role_in(stated) != STATE_KEY or text is None or not text.endswith(".tfstate") or text.startswith("env:"):
            continue
        if is_stand_in(text):
            continue
        right = _right_keys(page, stated, text)
        if right and not is_past(page, stated.span) and not is_past_heading(stated):
            yield Stale(STATE_KEY, text, (stated.span,), right, ())


def _right_keys(page: Page, stated: Stated, text: str) -> tuple[tuple[str, Span], ...]:
    found = [item_of(one) for one in _group(page, stated, STATE_BUCKET) or []]
    items = [item for item in found if item is not None]
    if len(items) < len(found) or any(text == item.key or item.key.endswith(f"/{text}") for item in items):
        # the end of a key may be all of it that a sentence gives; a backend's own block or flags give the whole
        exact = stated.evidence in ("init", "sample", "url") and not any(text == item.key for item in items)
        if len(items) < len(found) or not exact:
            return ()
    if any(may_be_item(item.bucket, text, item) for item in items):
        return ()
    return tuple({item.key: item.span for item in items if kindred_keys(text, item.key)}.items())


def _accounts(page: Page) -> Iterator[Stale]:
    """Yield the accounts in ARNs of a lock table that every backend that uses it has in another account."""
    for stated in page.file.stated:
        account = account_of(stated.value) if role_in(stated) == ACCOUNT and stated.evidence == "arn" else None
        if account is None or account in EVERYBODYS:
            continue
        found = _group(page, stated, LOCK_TABLE) or []
        known_accounts = [backend_account(one) for one in found]
        right = {one.account: one.span for one in known_accounts if one}
        if found and all(known_accounts) and account not in right and not is_past(page, stated.span):
            yield Stale(ACCOUNT, account, (stated.span,), tuple(right.items()), ())
