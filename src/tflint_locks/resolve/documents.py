"""What documents say of the state's place that is no longer so, or never was.

Documents state today's place, a history, or how it is done in general. Only the first counts: the name is near what the
repository uses, or of the same project, and nothing live has it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from tflint_locks.facts import Assignments, DocumentFile, Stated, TerraformFile
from tflint_locks.resolve.disagreements import disagreements
from tflint_locks.resolve.environments import Environments
from tflint_locks.resolve.kin import kin, kindred_keys, named_environments, residue
from tflint_locks.resolve.model import Configuration, Repository
from tflint_locks.resolve.pairs import state_key
from tflint_locks.resolve.roles import LOCK_TABLE, STATE_BUCKET, names_lock_table, names_state_bucket, role_of_name
from tflint_locks.resolve.tables import undefined, unused
from tflint_locks.resolve.used import Used, all_used, used
from tflint_locks.resolve.words import fold, is_placeholder, near, words
from tflint_locks.source import Source, Span
from tflint_locks.value import Value, compare, known, literal, span_of, text_of

STATE_KEY, REGION, ACCOUNT, LOCK_ID = "state-key", "region", "account", "lock-id"
# Words by which a line says that it does not speak of today, or shows what not to do.
_PAST = re.compile(
    r"(?i)\b(?:old|older|previous|previously|former|formerly|legacy|renamed?|deprecated|obsolete|no longer|migrat\w{1,8}"
    r"|instead of|replaced|originally|historical\w{0,3}|bad|wrong|incorrect|avoid|don't|e\.g\.|for example|such as"
    r"|fixed|was)\b|→|->|=>|~~|❌|✗"
)
_PAST_HEADING = re.compile(
    r"(?i)\b(?:old|previous|former|legacy|histor\w{1,4}|changelog|migrat\w{1,6}|before|deprecated|examples?|incident|"
    r"postmortem|lessons|alternatives?|not recommended|anti-?patterns?|v?\d+\.\d+\.\d+|20\d\d-\d\d)\b|❌|✅|☑"
)
_STATE_NEARBY = re.compile(r"(?i)terraform|tfstate|\bstate\b|backend|tofu")
_AROUND = 600
_STAND_INS = frozenset(
    "my your our example examples sample foo bar company mycompany yourcompany org myorg yourorg organization acme-corp "
    "unique placeholder name local localstack mock dummy test tests xxx demo myapp yourapp myproject yourproject".split()
)


class Stale(NamedTuple):
    """A value that a document states and nothing uses: where it stands, first place first, and what is used.

    ``kind`` is ``lock-table``, ``state-bucket``, ``state-key``, ``region``, ``account``, ``lock-id``; ``unlocked`` where
    no backend uses a lock table at all. ``expected`` are the texts that would be right with their places.
    """

    kind: str
    text: str
    places: tuple[Span, ...]
    expected: tuple[tuple[str, Span], ...]
    environments: tuple[str, ...]
    whole: bool = True  # the place is the whole of what is to be replaced
    of: str = ""  # the bucket or table a region, key or account is stated for


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


def settled(configurations: Iterable[Configuration]) -> list[Configuration]:
    """Return the S3 configurations without the open ones that have a closed twin: documents follow what is known."""
    found = [one for one in configurations if one.type == "s3"]
    closed = {(one.root, one.environment) for one in found if one.closed}
    return [one for one in found if one.closed or (one.root, one.environment) not in closed]


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
# Positions that any table or bucket may stand in: its own name must say that it is the state's.
_WEAK = frozenset({"--table-name", "table arn", "bucket arn", "--bucket", "bucket url"})


def role_of_label(label: str, value: Value) -> str | None:
    """Return what a label of a list, table or variable says its value is."""
    found = set(words(label.replace("_", " ")))
    text = text_of(value) or ""
    if found & {"policy", "role", "kms", "alias", "output", "module", "resource", "file", "partition", "hash", "prefix"}:
        return None
    if found & {"table", "lock", "locktable", "dynamodb"} and (found & {"lock", "locks", "locking", "dynamodb", "locktable"}):
        return LOCK_TABLE if "/" not in text and ":" not in text else None
    if found & {"bucket", "s3"} and "/" not in text and ":" not in text and "key" not in found:
        return STATE_BUCKET
    if text.endswith(".tfstate") and found & {"key", "state", "path"}:
        return STATE_KEY
    return REGION if "region" in found else ACCOUNT if "account" in found else None


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
        if expected and _is_meant(page, role, text, places) and not _lives(page.repository, role, text):
            found = _stale(page, role, text, places, expected)
            if found:
                yield found
        elif not expected and role == LOCK_TABLE and _locks_otherwise(page, text, places):
            yield from filter(None, [_stale(page, "unlocked", text, places, ())])


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{2,254}")


def _may_be_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and not is_placeholder(text) and not set(words(text)) & _STAND_INS


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
        return says or (_says_kind(role, text) and _speaks_of_state(page, stated))
    return True


def _says_kind(role: str, text: str) -> bool:
    """Tell whether a name says that it is for locks, or for state."""
    found = set(words(text))
    return bool(found & ({"lock", "locks", "locking"} if role == LOCK_TABLE else {"state", "states", "tfstate", "backend"}))


def _all_texts(page: Page, role: str) -> set[str]:
    return {text for one in all_used(page.configurations, role) if (text := text_of(one.name))}


def _speaks_of_state(page: Page, stated: Stated) -> bool:
    """Tell whether Terraform or its state are spoken of near a place, or in its headings."""
    start, end = stated.span.start, stated.span.end
    nearby = page.text[max(start - _AROUND, 0) : end + _AROUND]
    return _STATE_NEARBY.search(nearby) is not None or any(_STATE_NEARBY.search(one) for one in stated.headings)


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
        and not _lives(page.repository, LOCK_TABLE, text)
    )


# ---------------------------------------------------------------- what silences


def _stale(
    page: Page, kind: str, text: str, stated: Sequence[Stated], expected: Sequence[Used]
) -> Stale | None:
    """Return a finding with every place of the name, None where the document itself knows that it is not so."""
    spans = occurrences(page, text)
    environments = [environment_at(page, one) for one in stated]
    if not spans or any(_is_past(page, span) for span in spans) or any(_is_past_heading(one) for one in stated):
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


def occurrences(page: Page, text: str) -> list[Span]:
    """Return every place of a document where a name stands whole."""
    pattern = re.compile(rf"(?<![\w.-]){re.escape(text)}(?![\w-]|\.\w)")
    return [Span(page.file.path, *found.span()) for found in pattern.finditer(page.text)]


def _line_at(text: str, span: Span) -> str:
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    return text[start : len(text) if end < 0 else end][:2000]


def speaks_of_past(text: str) -> bool:
    """Tell whether a line says that it is not about today, or shows what not to do."""
    return _PAST.search(text) is not None


def _is_past(page: Page, span: Span) -> bool:
    return speaks_of_past(_line_at(page.text, span))


def _is_past_heading(stated: Stated) -> bool:
    return any(_PAST_HEADING.search(heading) for heading in stated.headings[1:] or stated.headings)


def _corrected(page: Page, spans: Iterable[Span], expected: Sequence[Used]) -> bool:
    """Tell whether a line names the right one beside the wrong one."""
    names = [name for one in expected if (name := text_of(one.name))]
    return any(_has_whole(_line_at(page.text, span), name) for span in spans for name in names)


def _has_whole(text: str, name: str) -> bool:
    return name in text and re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text) is not None


def _is_sample_of_many(page: Page, stated: Stated) -> bool:
    """Tell whether a sample beside the name has what everybody replaces."""
    beside = [one for one in page.file.stated if one.group == stated.group and one.evidence in ("sample", "init")]
    return any(set(words(text)) & _STAND_INS or is_placeholder(text) for one in beside if (text := text_of(one.value)))


@lru_cache(maxsize=2)
def _blamed(repository: Repository) -> frozenset[Span]:
    """Return the places of names that another rule says are wrong: that they stand there proves nothing."""
    spans = {found.mention.span for role in (LOCK_TABLE, STATE_BUCKET) for found in disagreements(repository, role)}
    spans |= {table.span for table in unused(repository)}
    spans |= {definition.span for found in undefined(repository) for definition in found.definitions}
    return frozenset(spans)


def _lives(repository: Repository, role: str, text: str) -> bool:
    """Tell whether a name stands anywhere in Terraform's own files, or is made or used by what no rule blames."""
    blamed = _blamed(repository)
    kind = "table" if role == LOCK_TABLE else "bucket"
    made = (one for one in repository.definitions if one.kind == kind and one.span not in blamed)
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


# ---------------------------------------------------------------- lock items


def _lock_ids(page: Page) -> Iterator[Stale]:
    seen: set[str] = set()
    for stated in page.file.stated:
        text = text_of(stated.value)
        if role_in(stated) != LOCK_ID or text is None or text in seen:
            continue
        seen.add(text)
        tables = [text_of(one.value) for one in page.file.stated if one.group == stated.group and role_in(one) == LOCK_TABLE]
        right = unwritten(page.configurations, text, tables[0] if tables else None, page.repository.environments)
        if right and not _is_past(page, stated.span) and not _is_past_heading(stated):
            spans = tuple(one.span for one in page.file.stated if text_of(one.value) == text and role_in(one) == LOCK_ID)
            yield Stale(LOCK_ID, text, spans, tuple(right), (), whole=True)


def unwritten(
    configurations: Iterable[Configuration], lock_id: str, table: str | None, environments: Iterable[str]
) -> list[tuple[str, Span]]:
    """Return what a LockID should be where it names a state that nothing writes, each with the place of its key.

    Nothing is returned where it may be right: for a state of another table or project, for one that is not known,
    and for placeholders. Of several that may be meant, those of the environment it names.
    """
    bucket, _, key = lock_id.removesuffix("-md5").partition("/")
    if not key or is_placeholder(lock_id) or set(words(lock_id)) & _STAND_INS or "path/to" in lock_id:
        return []
    found = [one for one in configurations if one.type == "s3" and _may_lock_in(one, table)]
    places = {one: _place(one) for one in found}
    if not found or any(place is None for place in places.values()):
        return []
    kindred = [
        (one, place)
        for one, place in places.items()
        if place and _akin_place(bucket, key, place, environments)
    ]
    if any(place and place[0] == f"{bucket}/{key}" for place in places.values()):
        return []
    named = named_environments(lock_id)
    mine = [(one, place) for one, place in kindred if fold(one.environment or "") in named]
    suffix = "-md5" if lock_id.endswith("-md5") else ""
    return list({place[0] + suffix: place[1] for _, place in mine or kindred}.items())


def _may_lock_in(configuration: Configuration, table: str | None) -> bool:
    mine = used(configuration, LOCK_TABLE)
    if table is None:
        return True
    return not configuration.closed or (mine is not None and compare(mine.name, literal(table)) is not False)


def _place(configuration: Configuration) -> tuple[str, Span, str, str] | None:
    """Return the lock item of a configuration's state, where its key stands, its bucket and its key; None if unknown."""
    bucket, key = text_of(configuration.value("bucket")), state_key(configuration)
    text = text_of(key) if key else None
    if bucket is None or text is None or not configuration.closed:
        return None
    return f"{bucket}/{text}", configuration.settings["key"].span, bucket, text


def _akin_place(bucket: str, key: str, place: tuple[str, Span, str, str], environments: Iterable[str]) -> bool:
    same = bucket == place[2] or kin(bucket, place[2], environments)
    return same and kindred_keys(f"{bucket} {key}" if bucket != place[2] else key, f"{place[2]} {place[3]}" if bucket != place[2] else place[3])


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


_REGION_NAME = re.compile(r"[a-z]{2}(?:-[a-z]+){1,3}-\d")


def _regions(page: Page) -> Iterator[Stale]:
    """Yield the regions stated beside a bucket or table that is in another one for every backend that uses it."""
    for stated in page.file.stated:
        text = text_of(stated.value)
        if role_in(stated) != REGION or text is None or not _REGION_NAME.fullmatch(text):
            continue
        for role in (STATE_BUCKET, LOCK_TABLE):
            found = _group(page, stated, role) or []
            right = _settled(found, "region", text)
            if right and not _is_past(page, stated.span) and not _is_past_heading(stated):
                yield Stale(REGION, text, (stated.span,), right, (), of=role)
                break


def _settled(found: Sequence[Configuration], name: str, text: str) -> tuple[tuple[str, Span], ...]:
    """Return what all of some configurations certainly have in one attribute, nothing where one may have the text."""
    values = [one.value(name) for one in found]
    if not found or any(value is None or not known(value) for value in values) or any(not one.closed for one in found):
        return ()
    texts = {said: one.settings[name].span for one, value in zip(found, values, strict=True) if (said := text_of(value))}
    return () if text in texts else tuple(texts.items())


def _keys(page: Page) -> Iterator[Stale]:
    """Yield the state keys stated with a bucket in which no backend writes them."""
    for stated in page.file.stated:
        text = text_of(stated.value)
        if role_in(stated) != STATE_KEY or text is None or not text.endswith(".tfstate") or text.startswith("env:"):
            continue
        if is_placeholder(text) or set(words(text)) & _STAND_INS or "path/to" in text:
            continue
        right = _right_keys(page, stated, text)
        if right and not _is_past(page, stated.span) and not _is_past_heading(stated):
            yield Stale(STATE_KEY, text, (stated.span,), right, (), of=STATE_BUCKET)


def _right_keys(page: Page, stated: Stated, text: str) -> tuple[tuple[str, Span], ...]:
    found = _group(page, stated, STATE_BUCKET) or []
    places = [_place(one) for one in found]
    if not found or any(place is None for place in places):
        return ()
    plain = {text_of(one.value("key")) for one in found}
    if text in plain or any(place and place[3] == text for place in places):
        return ()
    if any(place and place[3].endswith("/" + text) for place in places) and stated.evidence not in ("init", "sample", "url"):
        return ()
    return tuple({place[3]: place[1] for place in places if place and kindred_keys(text, place[3])}.items())


_EVERYBODYS = frozenset({"000000000000", "123456789012", "111122223333", "444455556666"})


def _accounts(page: Page) -> Iterator[Stale]:
    """Yield the accounts in ARNs of a lock table that every backend that uses it has in another account."""
    from tflint_locks.resolve.stated import account_of, backend_account  # noqa: PLC0415 (rarely needed)

    for stated in page.file.stated:
        account = account_of(stated.value) if role_in(stated) == ACCOUNT and stated.evidence == "arn" else None
        if account is None or account in _EVERYBODYS:
            continue
        found = _group(page, stated, LOCK_TABLE) or []
        known_accounts = [backend_account(one) for one in found]
        right = {one.account: one.span for one in known_accounts if one}
        if found and all(known_accounts) and account not in right and not _is_past(page, stated.span):
            yield Stale(ACCOUNT, account, (stated.span,), tuple(right.items()), (), of=LOCK_TABLE)


__all__ = ["Page", "Stale", "occurrences", "pages", "span_of", "stale", "unwritten"]
